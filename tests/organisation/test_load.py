"""Loading: files that are not what they should be, types of fields, composition, the content hash."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from organisation.texts import HOTEL, codes_of, declared, problems_of
from wholeservice.organisation.graph import ancestors, leaves
from wholeservice.organisation.load import MAX_BYTES, load, load_texts
from wholeservice.units import Amount, money


def in_folder(folder: Path, **files: bytes) -> Path:
    (folder / "organisation").mkdir()
    for name, content in files.items():
        (folder / "organisation" / f"{name}.yaml").write_bytes(content)
    return folder


def test_the_organisation_of_the_design_loads_without_a_word():
    """Every key of the example is understood; a supplier's service is declared by being provided."""
    org = declared(HOTEL)
    assert (org.name, org.north_star) == ("Stayline", "guests who come back")
    assert org.entities["search"].parent == "book-and-stay"
    assert org.entities["card-acquiring"].kind == "service"
    assert {need.id: need.is_aim for need in org.needs} == {"quick-find": False, "easy": False, "lean": True}


def test_fields_have_their_types():
    """Text becomes amounts, days, numbers and flags; `1.10` and `no` stay text until a field says otherwise."""
    org = declared(HOTEL)
    assert org.entities["look-to-stay"].fields["fund"] == Amount(6_400_000.0, money("EUR"), per="yr")
    assert org.entities["guest"].fields["outside"] is True
    assert org.entities["discovery"].fields["people"] == 7.0
    contract = org.entities["adyen"].fields["contract"]
    assert contract == {"ends": dt.date(2027, 3, 31), "cost": Amount(0.11, money("EUR"), per="booking")}
    assert declared("org: { name: no, purpose: 1.10 }").purpose == "1.10"


def test_uses_say_how():
    """`any` is one group, `optional` and `retry` are marked, the rest is needed."""
    edges = [edge for edge in declared(HOTEL).edges if edge.from_id == "checkout" and edge.relation == "uses"]
    assert [(edge.to_id, edge.how) for edge in edges] == [
        ("payments", "all"), ("rooms", "any"), ("prices", "any"), ("search", "optional"), ("rooms", "retry"),
    ]  # fmt: skip
    assert edges[1].group == edges[2].group is not None
    assert edges[0].group is None


def test_a_journey_may_be_a_typed_graph():
    """Groups nest; a step may have a title; steps keep their order."""
    org = declared(
        "org: { name: X }\nservices:\n  s:\n    journey:\n"
        "      - { step: find, title: Find a room }\n      - choice: [card, { sequence: [wait, cash] }]\n"
        "      - { parallel: [key, bill] }\n      - { retry: enter }\n      - { optional: rate }\n"
    )
    journey = org.entities["s"].journey
    assert [node.kind for node in journey] == ["step", "choice", "parallel", "retry", "optional"]
    assert journey[0].title == "Find a room"
    assert [child.kind for child in journey[1].children] == ["step", "sequence"]
    assert len({node.id for node in journey}) == 5


def test_parts_may_be_declared_in_another_file():
    """`part-of` is the same as nesting, whatever the order of files."""
    nested = declared("org: { name: X }\nservices: { a: { journey: [go], parts: { p: { at: go } } } }")
    apart, problems = load_texts(
        {
            "organisation/a.yaml": "parts: { p: { at: go, part-of: a } }",
            "organisation/z.yaml": "org: { name: X }\nservices: { a: { journey: [go] } }",
        }
    )
    assert not problems
    assert apart.entities["p"].parent == nested.entities["p"].parent == "a"
    assert [edge.to_id for edge in apart.edges if edge.relation == "at"] == ["a.go"]


def test_a_service_is_inside_its_service_before_its_unit():
    """A nested service keeps its place and still names its unit; one of its own is inside the unit."""
    org = declared("org: { name: X }\nunits: { u: {} }\nservices: { a: { unit: u, services: { b: { unit: u } } } }")
    assert (org.entities["a"].parent, org.entities["b"].parent) == ("u", "a")
    assert [(edge.from_id, edge.to_id) for edge in org.edges if edge.relation == "part-of"] == [("a", "u"), ("b", "u")]


def test_a_circle_through_a_service_and_its_unit_is_cut():
    """Each is in a unit first and then part of the other: said once, and no walk goes round for ever."""
    org, _ = load_texts({"a.yaml": "units: { u: {} }\nservices: { a: { unit: u, part-of: b }, b: { unit: u, part-of: a } }"})
    assert ancestors(org, "a") == ("b", "u")
    assert [reference.from_id for reference in org.unresolved] == ["b"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "ORG006"),
        (b"# only a comment\n", "ORG006"),
        (b"- a\n- b\n", "ORG006"),
        (b"teams:\n  a: { people: 3", "ORG001"),
        ("org: { name: Café }".encode("latin-1"), "ORG005"),
        ("org: { name: X }".encode("utf-16"), "ORG005"),
        (b"PK\x03\x04\x14\x00\x00\x00\xff\xfe", "ORG005"),
        (b"org: { name: a\x00b }", "ORG005"),
        (b"[" * 200_000, "ORG003"),
        (b"a: " + b"[" * 300 + b"]" * 300, "ORG003"),
        (b"- " * 5_000 + b"a", "ORG003"),
        (b"teams: &all\n  a: *all\n", "ORG003"),
        (b"teams: { a: {}, a: {} }", "ORG002"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be(tmp_path: Path, content: bytes, code: str):
    """Empty, cut off, binary, another encoding, too deep: a problem with the file's name, and the rest still loads."""
    org, problems = load(in_folder(tmp_path, bad=content, good=b"org: { name: X }\nteams: { care: {} }"))
    assert code in [problem.code for problem in problems if problem.place and problem.place.file == "organisation/bad.yaml"]
    assert "care" in org.entities


def test_a_byte_that_is_not_utf8_is_pointed_at(tmp_path: Path):
    """The line and column of the first wrong byte are said."""
    _, problems = load(in_folder(tmp_path, a="org:\n  name: Café\n".encode("latin-1")))
    assert str(problems[0].place) == "organisation/a.yaml:2:12"


def test_a_file_too_large_is_refused_unread(tmp_path: Path):
    """Beyond 16 MB nothing is parsed."""
    _, problems = load(in_folder(tmp_path, big=b"#" * (MAX_BYTES + 1)))
    assert problems[0].code == "ORG007"


def test_a_missing_folder_and_an_empty_one(tmp_path: Path):
    """Both are problems with a next step, not an exception; a folder named like a file too."""
    assert [problem.code for problem in load(tmp_path)[1]] == ["ORG004"]
    (tmp_path / "organisation").mkdir()
    assert [problem.code for problem in load(tmp_path)[1]] == ["ORG008"]
    (tmp_path / "organisation" / "x.yaml").mkdir()
    assert [problem.code for problem in load(tmp_path)[1]] == ["ORG004"]


def test_a_byte_order_mark_is_no_letter(tmp_path: Path):
    """Files saved with a mark in front read like those without."""
    org, problems = load(in_folder(tmp_path, a=b"\xef\xbb\xbforg: { name: X }"))
    assert (org.name, problems) == ("X", [])


@pytest.mark.parametrize(
    ("text", "code", "line_and_column"),
    [
        ("servces: {}", "ORG010", (2, 1)),
        ("teams: { a: { peple: 3 } }", "ORG011", (2, 15)),
        ("teams: { a: { people: nine } }", "ORG014", (2, 23)),
        ("teams: [a]", "ORG014", (2, 8)),
        ("teams: { a: text }", "ORG014", (2, 13)),
        ("teams: { a: { people: [3] } }", "ORG014", (2, 23)),
        ("value-streams: { a: { fund: plenty } }", "ORG014", (2, 29)),
        ("consumers: { a: { outside: yes } }", "ORG014", (2, 28)),
        ("services: { a: { team: [b] } }", "ORG014", (2, 24)),
        ("services: { a: { uses: [{ both: x }] } }", "ORG014", (2, 25)),
        ("services: { a: { for: [[x]] } }", "ORG014", (2, 24)),
        ("services: { a: { needs: { n: { targets: [] } } } }", "ORG015", (2, 30)),
        ("teams: { a: { type: stream } }", "ORG016", (2, 21)),
        ("services: { a: { state: dead } }", "ORG016", (2, 25)),
        ("teams: { Care Team: {} }", "ORG017", (2, 10)),
        ("services: { a: { journey: [Find It] } }", "ORG017", (2, 28)),
        ("teams: { a: {} }\nservices: { a: {} }", "ORG018", (3, 13)),
        ("services: { a: { needs: { n: { says: x } }, aims: { n: volume > 1 over 7d } } }", "ORG018", (2, 53)),
        ("services: { a: { used-by: b } }", "ORG019", (2, 18)),
        ("teams: { a: { owner: me } }", "ORG019", (2, 15)),
        ("services: { a: {}, b: { parts: { p: { part-of: a } } } }", "ORG022", (2, 48)),
        ("teams: { a: { from: 2026-02-30 } }", "ORG023", (2, 21)),
        ("suppliers: { a: { contract: { ends: soon } } }", "ORG023", (2, 37)),
        ("suppliers: { a: { contract: { end: 2026-01-01 } } }", "ORG011", (2, 31)),
        ("services: { a: { aliases: [x] }, b: { was: x } }", "ORG025", (2, 44)),
        ("services: { a: { needs: { n: { says: x } } } }", "ORG036", (2, 27)),
        ("services: { a: { journey: [{ either: [b] }] } }", "ORG040", (2, 28)),
        ("services: { a: { journey: [{ choice: [] }] } }", "ORG040", (2, 28)),
        ("services: { a: { journey: [b, { retry: b }] } }", "ORG041", (2, 40)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_where_it_stands(text: str, code: str, line_and_column: tuple[int, int]):
    """Each mistake has its code and its line and column."""
    found = {problem.code: problem.place for problem in problems_of(text)}
    assert code in found
    place = found[code]
    assert place is not None
    assert (place.line, place.column) == line_and_column


def test_a_mistake_is_said_once():
    """A team with a wrong number does not bring a second problem in its wake."""
    assert codes_of("teams: { a: { people: nine } }") == ["ORG014"]


def test_all_mistakes_are_collected_over_all_files():
    """Nothing stops at the first problem; problems come in the order of files and lines."""
    _, problems = load_texts({"b.yaml": "org: { name: X }\nteams: { a: { x: 1, y: 2 } }", "a.yaml": "what: {}"})
    assert [(problem.code, problem.place and problem.place.file) for problem in problems] == [
        ("ORG010", "a.yaml"), ("ORG011", "b.yaml"), ("ORG011", "b.yaml"),
    ]  # fmt: skip


def test_an_organisation_without_a_name_is_told_so():
    """Pages carry the name, so a folder without it has a problem."""
    _, problems = load_texts({"a.yaml": "teams: { care: {} }"})
    assert [problem.code for problem in problems] == ["ORG015"]


def test_the_hash_names_the_content_and_not_the_layout():
    """Order of keys, comments and files do not change it; any meaning does."""
    one = declared("org: { name: X }\nteams: { a: { people: 3 }, b: {} }\nservices: { s: { uses: [t, u] }, t: {}, u: {} }")
    same, _ = load_texts(
        {
            "1.yaml": "services: { u: {}, t: {}, s: { uses: [u, t] } }  # why",
            "2.yaml": "teams: { b: {}, a: { people: 3 } }\norg: { name: X }",
        }
    )
    assert one.hash == same.hash
    assert len(one.hash) == 16
    others = ("people: 4", "people: 3, type: platform", "people: 3, until: 2030-01-01", "people: 3, aliases: [z]")
    hashes = {declared(f"org: {{ name: X }}\nteams: {{ a: {{ {each} }}, b: {{}} }}").hash for each in others}
    assert len(hashes | {one.hash}) == 5


def test_the_order_of_a_journey_is_content():
    """Find then pay is another journey than pay then find."""
    hashes = {declared(f"org: {{ name: X }}\nservices: {{ s: {{ journey: {steps} }} }}").hash for steps in ("[a, b]", "[b, a]")}
    assert len(hashes) == 2


def test_a_step_says_its_stage_and_what_is_inside_a_group_follows_the_group():
    """The nearest word wins, a wrong one is a problem with what may stand there, and a step without one has none."""
    text = (
        "org: { name: Inn }\nservices:\n  stay:\n    journey:\n      - find\n"
        "      - choice: [pay, { step: owe, stage: after }]\n        stage: during\n"
        "      - { step: leave, stage: afterwards }\n"
    )
    org, problems = load_texts({"organisation/x.yaml": text})
    assert [(each.id, each.stage) for each in leaves(org.entities["stay"].journey)] == [
        ("find", None), ("pay", "during"), ("owe", "after"), ("leave", None),
    ]  # fmt: skip
    assert [(each.code, each.nearest, each.place.line) for each in problems] == [("ORG016", "after", 8)]


def test_a_stage_is_part_of_the_hash_and_its_absence_is_not():
    """Who says nothing of stages keeps the hash of before there were any; who says one gets another."""
    plain = "org: { name: Inn }\nservices: { stay: { journey: [find, leave] } }\n"
    staged = plain.replace("leave", "{ step: leave, stage: ending }")
    assert declared(plain).hash == "7032bf9864e30795"
    assert declared(staged).hash != declared(plain).hash
