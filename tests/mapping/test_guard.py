"""Nobody enters the store under their own name, and nobody forgotten at all."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from pathlib import Path

import pyarrow as pa
import pytest

from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms, is_alias

SECRET = b"a secret of this workspace, long enough"
NAMES = Pseudonyms(SECRET)

VISITS = """\
at,guest,hotel,step,visit,said
2026-03-01T10:00:00Z,42,Aurora,pay,v1,fine
2026-03-01T11:00:00Z,7,Aurora,jane@example.org,v2,mail me at jane@example.org
2026-03-01T12:00:00Z,42,81.2.69.142,pay,81.2.69.142,
2026-03-01T13:00:00Z,,bob@example.org,pay,v3,
"""
MAPPING = """\
web:
  file: visits.csv
  record: [at]
  facts:
    - interaction: { happened_at: "{at}", consumer: "{guest}", service: "{hotel}", step: "{step}", visit: "{visit}" }
    - contact: { happened_at: "{at}", consumer: "{guest}", service: stay, words: "{said}" }
"""


def guards(*forgotten: str):
    return lambda source: Guard(source, Pseudonyms(SECRET), frozenset(forgotten))


@pytest.fixture
def visits(workspace):
    workspace.write("visits.csv", VISITS)
    return workspace


def bytes_below(folder: Path) -> bytes:
    """Every file below a folder: as it stands, and the values of those that are Parquet."""
    import pyarrow.parquet as pq

    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        found.append(path.read_bytes())
        if path.suffix == ".parquet":
            found.append(repr(pq.read_table(path, partitioning=None).to_pylist()).encode())
    return b"\n".join(found)


def test_an_alias_is_an_hmac_of_source_and_id():
    """Anybody with the secret can compute it again; the source is part of it."""
    code = hmac.digest(SECRET, b"web\x0042", "sha256")[:16]
    assert NAMES.one("web", "42") == "p_" + urlsafe_b64encode(code).decode().rstrip("=")
    assert NAMES.one("webx", "42") != NAMES.one("web", "42") != NAMES.one("web", "x42")
    assert Pseudonyms(b"k" * 100).one("a", "b")[2:] == (
        urlsafe_b64encode(hmac.digest(b"k" * 100, b"a\x00b", "sha256")[:16]).decode().rstrip("=")
    )


@pytest.mark.parametrize("n", [0, 1, 3000, 250_000])
def test_whole_columns_are_hashed_like_single_ids(n):
    """However many there are, and whatever was hashed before; missing stays missing."""
    ids = pa.array([None, *(str(each % 1000 if n == 3000 else each) for each in range(n))], pa.string())
    mine = Pseudonyms(SECRET)
    for _ in range(2):
        found = mine.of("web", ids)
        assert found[0].as_py() is None
        for at in {1, n // 2, n} - {0} if n else ():
            assert found[at].as_py() == NAMES.one("web", ids[at].as_py())
        assert len(found.unique()) == len(ids.unique())


def test_the_secret_cannot_be_seen_in_what_makes_aliases():
    """Neither printing nor pickling shows it."""
    assert SECRET.decode() not in repr(NAMES) + str(NAMES.__slots__)
    with pytest.raises(TypeError):
        __import__("pickle").dumps(NAMES)


def test_references_to_people_become_references_to_their_aliases():
    """The same alias as in the consumer column of the source that is named; other references stay."""
    written = ["consumer:42", "account: 42", "consumer@shop:42", "item:42", None, "consumer:", "consumer:a:b", " Consumer:42"]
    refs = pa.array(written)
    assert NAMES.refs("web", refs).to_pylist() == [
        f"consumer:{NAMES.one('web', '42')}", f"account:{NAMES.one('web', '42')}", f"consumer:{NAMES.one('shop', '42')}",
        "item:42", None, "consumer:", f"consumer:{NAMES.one('web', 'a:b')}", f"consumer:{NAMES.one('web', '42')}",
    ]  # fmt: skip


def test_people_enter_as_aliases_only(visits):
    """The column consumer holds aliases, and nothing below the store holds what the source calls them."""
    visits.write("visits.csv", VISITS.replace(",42,", ",guest-fortytwo,"))
    visits.ingest(MAPPING, guards=guards())
    alias = NAMES.one("web", "guest-fortytwo")
    assert visits.rows("interactions", "consumer") == [alias, alias, NAMES.one("web", "7")]
    below = bytes_below(visits.store.path)
    assert b"guest-fortytwo" not in below
    assert alias.encode() in below


def test_personal_cells_are_withheld_and_told_without_their_value(visits):
    """An optional cell is missing; a fact that needs the cell is not made; free text is masked; an identity still joins."""
    report = visits.ingest(MAPPING, guards=guards())
    assert visits.rows("interactions", "step", "service") == [("pay", "81.2.69.142"), ("pay", "Aurora"), (None, "Aurora")]
    told = visits.rows("quarantine", "place", "code", "reason", "raw")
    assert told == [
        ("visits.csv:3", "PRV110", "column 'step' looks like a mail address, and was not stored", None),
        ("visits.csv:5", "PRV110", "column 'hotel' looks like a mail address, and was not stored", None),
    ]
    assert "mail me at [mail address]" in visits.rows("contacts", "words")
    assert [each for each in visits.rows("interactions", "visit") if is_alias(each)] == [
        NAMES.identities(pa.array(["81.2.69.142"]))[0].as_py()
    ]
    assert b"example.org" not in bytes_below(visits.store.path)
    web = report.sources[0]
    assert (web.read, web.kept, web.refused, web.facts) == (4, 4, 0, 3 + 4)
    assert sorted(each.what for each in web.reasons) == sorted(reason for _, _, reason, _ in told)


def test_a_row_of_which_nothing_is_left_is_refused(visits):
    """Kept, known, superseded and refused still add up to what was read."""
    mapping = MAPPING.rpartition("    - contact")[0]
    web = visits.ingest(mapping, guards=guards()).sources[0]
    assert (web.read, web.kept, web.refused) == (4, 3, 1)


def test_what_is_refused_anyway_is_kept_with_what_is_personal_masked(visits):
    """The raw text of a cell that cannot be read, and the reason that shows it, do not bring a mail address in."""
    visits.write("visits.csv", VISITS.replace("2026-03-01T12:00:00Z", "ask bob@example.org"))
    mapping = MAPPING.replace("record: [at]", "record: [visit]")
    report = visits.ingest(mapping, guards=guards())
    raw = [each for each in visits.rows("quarantine", "raw", "reason") if each[0]]
    assert raw == [("ask [mail address]", "column 'at': 'ask [mail address]' is no instant")]
    assert any(each.what == "column 'at' is no instant" for each in report.sources[0].reasons)


def test_whole_rows_in_quarantine_are_masked(visits):
    """A row with a field too many is kept as text, without the mail address in it."""
    visits.write("visits.csv", VISITS + "2026-03-02T10:00:00Z,1,a,b,c,d,jane@example.org\n")
    visits.ingest(MAPPING, guards=guards())
    assert any("[mail address]" in (raw or "") for raw in visits.rows("quarantine", "raw"))
    assert b"example.org" not in bytes_below(visits.store.path)


def test_a_consumer_that_cannot_be_read_is_not_shown(visits):
    """`map:` refuses a consumer it does not name: quarantine tells the place, not who it is."""
    mapping = MAPPING.replace(
        'consumer: "{guest}", service: stay', 'consumer: { column: guest, map: { "7": seven } }, service: stay'
    )
    visits.ingest(mapping, guards=guards())
    told = [each for each in visits.rows("quarantine", "raw", "reason") if "guest" in each[1]]
    assert told
    assert all(raw is None and "42" not in reason for raw, reason in told)


def test_a_record_told_apart_by_a_person_is_told_apart_by_the_alias(visits):
    """The id of the person is in no key; several columns keep their parts apart."""
    visits.write("visits.csv", VISITS.replace(",42,", ",guest|fortytwo,"))
    visits.ingest(MAPPING.replace("[at]", "[guest, at]"), guards=guards())
    alias = NAMES.one("web", "guest|fortytwo")
    assert f"{alias}|2026-03-01T10:00:00Z" in visits.rows("interactions", "record")
    assert b"fortytwo" not in bytes_below(visits.store.path)


def test_a_record_told_apart_by_the_parts_of_a_name_tells_nobody(workspace):
    """First and last name make the consumer; neither stands in a key, and the rows stay two records, known the second time."""
    workspace.write("a.csv", "first,last,at\nAda,Lovelace,2026-03-01\nAda,Byron,2026-03-01\n")
    mapping = "a:\n  file: a.csv\n  record: [first, last]\n  facts:\n    - interaction: "
    mapping += '{ happened_at: "{at}", consumer: "{first} {last}", service: stay }\n'
    assert [each.kept for each in workspace.ingest(mapping, guards=guards()).sources] == [2]
    assert [each.known for each in workspace.ingest(mapping, guards=guards()).sources] == [2]
    found = bytes_below(workspace.store.path)
    assert not [name for name in (b"Ada", b"Lovelace", b"Byron") if name in found]


def test_a_record_that_looks_personal_stays_one_under_another_name(visits):
    """Rows of one mail address are still one record, superseded as a whole."""
    mapping = MAPPING.replace("[at]", "[step]")
    first = visits.ingest(mapping, guards=guards()).sources[0]
    again = visits.ingest(mapping, guards=guards()).sources[0]
    assert (first.kept, again.known, again.kept) == (4, 4, 0)
    assert len([each for each in set(visits.rows("contacts", "record")) if is_alias(each)]) == 1
    assert b"example.org" not in bytes_below(visits.store.path)


def test_a_name_made_of_content_cannot_be_tried_out(workspace):
    """Without `record:` a row is known by its content; the name mixes in the secret, and is stable."""
    workspace.write("visits.csv", VISITS)
    mapping = MAPPING.replace("  record: [at]\n", "")
    workspace.ingest(mapping, guards=guards())
    mine = set(workspace.rows("contacts", "record"))
    other = type(workspace)(workspace.folder / "other")
    other.folder.mkdir()
    other.write("visits.csv", VISITS)
    other.ingest(mapping, guards=lambda source: Guard(source, Pseudonyms(b"another secret")))
    assert mine.isdisjoint(other.rows("contacts", "record"))
    assert workspace.ingest(mapping, guards=guards()).sources[0].known == 4


def test_the_same_file_twice_changes_nothing(visits):
    """Aliases are stable, so nothing is new the second time; with another secret everybody would be."""
    visits.ingest(MAPPING, guards=guards())
    assert visits.ingest(MAPPING, guards=guards()).sources[0].known == 4


def test_somebody_forgotten_comes_without_alias_and_words(visits):
    """Their facts are counted; nobody can tell that they were one person's."""
    visits.ingest(MAPPING, guards=guards(NAMES.one("web", "7")))
    assert visits.rows("interactions", "consumer") == [NAMES.one("web", "42")] * 2 + [None]
    assert visits.rows("contacts", "words") == ["fine", None, None, None]


def test_links_of_somebody_forgotten_are_not_made(workspace):
    """A same-as link names two people; when one is forgotten there is nothing to link."""
    workspace.write("links.csv", "a,b\nconsumer:42,account:7\nconsumer:1,account:2\n")
    mapping = 'pairs:\n  file: links.csv\n  facts:\n    - link: { from_ref: "{a}", relation: same-as, to_ref: "{b}" }\n'
    report = workspace.ingest(mapping, guards=guards(NAMES.one("pairs", "7")))
    assert workspace.rows("links", "from_ref") == [f"consumer:{NAMES.one('pairs', '1')}"]
    assert (report.sources[0].read, report.sources[0].refused, report.sources[0].empty) == (2, 0, 1)
