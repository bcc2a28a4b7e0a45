"""Compose files become the services that were seen and what they use, merged, extended and filled in as compose does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse
from wholeservice.errors import InputError, OutsideError, Problem
from wholeservice.sources import compose
from wholeservice.sources.base import Batch, Context

SHOP = """
x-base: &base
  image: shop/web:${TAG:-1.4}
  environment: &env { PASSWORD: hunter2, DATABASE_URL: "postgresql://shop:hunter2@db:5432/shop" }
services:
  web:
    <<: *base
    depends_on: [db, cache]
    container_name: shop-web-1
  worker:
    <<: *base
    depends_on:
      db: { condition: service_healthy }
      cache: { condition: service_started }
    network_mode: "service:web"
  db: { image: "postgres:17@sha256:abc" }
  cache: { image: redis, profiles: [fast, test] }
"""


def read(folder, declaration, **files):
    """Write files, and return the raw rows and the problems beside them."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_yml", ".yml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    node, _ = parse(declaration, "wholeservice.yaml")
    options, problems = compose.load(node)
    assert problems == []
    found = list(compose.read(options, Context(folder)))
    rows = []
    for batch in (each for each in found if isinstance(each, Batch)):
        cells = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        for number, row in zip(batch.numbers.to_pylist(), cells, strict=True):
            rows.append(dict(zip(batch.header.names, row, strict=True)) | {"place": f"{batch.header.file}:{number}"})
    return rows, [each for each in found if isinstance(each, Problem)]


def read_or_told(folder, declaration, **files):
    """Read, with what is wrong with the whole as problems."""
    try:
        return read(folder, declaration, **files)
    except (InputError, OutsideError) as error:
        return [], list(error.problems)


def edges(rows):
    return sorted((row["name"], row["target"], row["how"]) for row in rows if row["row"] == "edge")


def codes(problems):
    return [each.code for each in problems]


def test_every_way_to_use_a_service_is_an_edge(tmp_path):
    """Lists and mappings of depends_on, a shared network, links and volumes; the condition is kept."""
    rows, problems = read(
        tmp_path,
        "file: c.yml\nproject: shop",
        c_yml=SHOP
        + """
  old:
    links: ["db:database", cache]
    external_links: [legacy_1:mail]
    volumes_from: [web:ro, "container:files:rw"]
    pid: "service:db"
""",
    )
    assert edges(rows) == [
        ("old", "cache", "links"), ("old", "db", "links pid"), ("old", "files", "volumes_from"),
        ("old", "legacy_1", "external_links"), ("old", "web", "volumes_from"),
        ("web", "cache", "depends_on"), ("web", "db", "depends_on"),
        ("worker", "cache", "depends_on"), ("worker", "db", "depends_on"), ("worker", "web", "network_mode"),
    ]  # fmt: skip
    assert [row["condition"] for row in rows if row["row"] == "edge" and row["name"] == "worker"] == [
        "service_healthy", "service_started", None]  # fmt: skip
    assert problems == []


def test_an_edge_knows_its_line(tmp_path):
    """Where an edge comes from is the line that says it."""
    rows, _ = read(tmp_path, "file: c.yml", c_yml="services:\n  a:\n    depends_on:\n      - b\n  b: {image: x}\n")
    assert [(row["row"], row["place"]) for row in rows] == [("service", "c.yml:3"), ("edge", "c.yml:4"), ("service", "c.yml:5")]


def test_versions_and_digests_are_those_of_the_image(tmp_path):
    """A default fills in the tag; a declared value wins; a version 1.10 keeps its zero."""
    rows, _ = read(tmp_path, "file: c.yml\nproject: shop", c_yml=SHOP)
    found = {
        row["name"]: (row["image"], row["version"], row["digest"], row["profiles"]) for row in rows if row["row"] == "service"
    }
    assert found["web"] == ("shop/web:1.4", "1.4", None, None)
    assert found["db"] == ("postgres:17@sha256:abc", "17", "sha256:abc", None)
    assert found["cache"] == ("redis", None, None, "fast test")
    rows, _ = read(tmp_path, 'file: c.yml\nproject: shop\nvariables: { TAG: "1.10" }', c_yml=SHOP)
    assert {row["version"] for row in rows if row["service"] == "web" and row["row"] == "service"} == {"1.10"}


def test_no_value_of_a_variable_is_given_on(workspace):
    """Neither a password nor a URL with one stands in a row, a fact or a message, even when URLs are looked at."""
    rows, problems = read(workspace.folder, "file: c.yml\nurls: true", c_yml=SHOP)
    workspace.ingest("shop: { kind: compose, file: c.yml, urls: true }")
    stored = json.dumps([workspace.store.read(workspace.store.latest(), "sightings").to_pylist()], default=str)
    assert "hunter2" not in repr(rows) + repr(problems) + stored
    assert "url:DATABASE_URL" in stored


def test_a_url_is_a_hint_only_when_asked_for(tmp_path):
    """The URL that names db is seen only with `urls: true`, says how it was seen, and never outweighs what is declared."""
    text = 'services: { a: { environment: ["U=redis://:p@cache:6379/0", "V=http://elsewhere/x"] }, cache: { image: r } }'
    assert edges(read(tmp_path, "file: c.yml", c_yml=text)[0]) == []
    rows, _ = read(tmp_path, "file: c.yml\nurls: true\nproject: p", c_yml=text)
    assert [(row["target"], row["how"], row["is_hint"]) for row in rows if row["row"] == "edge"] == [("cache", "url:U", True)]
    rows, _ = read(tmp_path, "file: c.yml\nurls: true\nproject: shop", c_yml=SHOP)
    hints = {(row["name"], row["target"]): (row["how"], row["is_hint"]) for row in rows if row["row"] == "edge"}
    assert hints["web", "db"] == ("depends_on url:DATABASE_URL", False)


def test_a_later_file_overrides_and_adds(tmp_path):
    """Images are replaced, what is depended on is joined, `!reset` and `!override` take out."""
    over = """
services:
  web: { image: "shop/web:2", depends_on: [queue] }
  worker: { depends_on: !override [queue], network_mode: !reset null }
  queue: { image: rabbitmq:3 }
"""
    rows, problems = read(tmp_path, "file: [a.yml, b.yml]\nproject: shop", a_yml=SHOP, b_yml=over)
    assert edges(rows) == [("web", "cache", "depends_on"), ("web", "db", "depends_on"), ("web", "queue", "depends_on"),
                           ("worker", "queue", "depends_on")]  # fmt: skip
    assert {row["version"] for row in rows if row["row"] == "service" and row["name"] == "web"} == {"2"}
    assert problems == []


def test_extends_and_include_bring_what_they_name(tmp_path):
    """A service on top of one in another file has its dependencies too; included services are there."""
    rows, problems = read(
        tmp_path, "file: c.yml\nproject: p",
        c_yml="include: [lib/db.yml]\nservices:\n  a: { extends: { file: lib/base.yml, service: base }, depends_on: [mq] }\n"
        "  mq: { image: m }\n  b: { extends: a, image: own }\n",
        lib__base_yml="services: { base: { extends: root, depends_on: [db] }, root: { image: 'x:7' } }",
        lib__db_yml="services: { db: { image: 'postgres:16' } }",
    )  # fmt: skip
    assert edges(rows) == [
        ("a", "db", "depends_on"),
        ("a", "mq", "depends_on"),
        ("b", "db", "depends_on"),
        ("b", "mq", "depends_on"),
    ]
    assert {row["name"]: row["version"] for row in rows if row["row"] == "service"} == {
        "a": "7",
        "b": None,
        "db": "16",
        "mq": None,
    }
    assert problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("include: [c.yml]\nservices: { a: { image: x } }", ["SRC192"]),
     ("services: { a: { extends: b }, b: { extends: a } }", ["SRC192"]),
     ("services: { a: { image: x }\n", ["SRC122"]), ("[1, 2]", ["SRC190"]), ("volumes: { x: {} }", ["SRC190"]),
     ("services: { a: &a [*a] }", ["SRC122"]), (b"services: {\xff: 1}", ["SRC123"]), ("  \n", ["SRC121"]),
     ("services: { a: 3 }", ["SRC191"])],
)  # fmt: skip
def test_what_cannot_be_read_stops_the_source(tmp_path, text, expected):
    """A circle, broken YAML and what is no compose file have codes; nothing is taken, so nothing seems to have ended."""
    with pytest.raises((InputError, OutsideError)) as caught:
        read(tmp_path, "file: c.yml", c_yml=text)
    assert [each.code for each in caught.value.problems] == expected


def test_a_service_that_cannot_be_understood_is_refused_alone(tmp_path):
    """The others are kept; the refused one has its line and no text of the file's values."""
    rows, problems = read(tmp_path, "file: c.yml", c_yml="services:\n  a: { image: x }\n  b: { depends_on: 7 }\n")
    assert [row["service"] for row in rows] == ["a"]
    assert [(each.code, each.place.line) for each in problems] == [("SRC191", 3)]
    text = "services: { a: { image: x }, b: { environment: { P: hunter2 }, links: 7 } }"
    for broken in (text, text + "}", "include: [c.yml]\n" + text):
        told = read_or_told(tmp_path, "file: c.yml", c_yml=broken)[1]
        assert told
        assert "hunter2" not in repr(told)


def test_what_is_odd_is_told_once_with_a_count(tmp_path):
    """Variables without a value, services that no file declares, and files that cannot be followed are warnings."""
    text = "include: [https://example.org/x.yml]\nservices: { a: { image: '${A}:${B}', depends_on: [gone, lost] } }"
    rows, problems = read(tmp_path, "file: c.yml", c_yml=text)
    assert len(rows) == 3
    assert {(each.code, each.severity) for each in problems} == {
        ("SRC192", "warning"),
        ("SRC193", "warning"),
        ("SRC194", "warning"),
    }
    assert any("2 variables have no value and no default: A, B" in each.what for each in problems)


def test_each_folder_is_a_project_unless_one_is_named(tmp_path):
    """Two projects may each have a `db`; with `project:` they are one, and the files are on top of each other."""
    files = {
        "x__compose_yml": "name: shop\nservices: { db: { image: 'p:1' } }",
        "y__compose_yml": "services: { db: { image: 'p:2' } }",
    }
    rows, _ = read(tmp_path, "file: '*/compose.yml'", **files)
    assert [(row["name"], row["version"]) for row in rows] == [("shop/db", "1"), ("y/db", "2")]
    rows, _ = read(tmp_path, "file: '*/compose.yml'\nproject: all", **files)
    assert [(row["name"], row["version"]) for row in rows] == [("db", "2")]


def test_when_it_was_seen_is_said_or_not_known(workspace):
    """Undated without `seen:`; a day when it is said; never the clock."""
    workspace.write("c.yml", SHOP)
    for seen, expected in (("", {None}), (", seen: 2026-01-31", {"2026-01-31T00:00:00+00:00"})):
        workspace.ingest(f"shop: {{ kind: compose, file: c.yml, project: shop, environment: development{seen} }}")
        found = workspace.rows("sightings", "seen_at")
        assert {moment and moment.isoformat() for moment in found} == expected
    assert set(workspace.rows("sightings", "environment")) == {"development"}


def test_a_use_that_ended_is_taken_out_with_its_record(workspace):
    """The service is one record: reading again without an edge supersedes it; a service that is gone goes with `absent`."""
    declared = "shop: { kind: compose, file: c.yml, project: shop, absent: delete }"
    workspace.write("c.yml", SHOP)
    workspace.ingest(declared)
    assert not workspace.ingest(declared).is_new
    workspace.write("c.yml", SHOP.replace("depends_on: [db, cache]", "depends_on: [db]"))
    workspace.ingest(declared)
    assert ("web", "cache") not in workspace.rows("sightings", "name", "to_name")
    assert ("web", "shop-web-1") in workspace.rows("sightings", "name", "to_name")
    workspace.write("c.yml", "services: { db: { image: 'postgres:17' } }")
    assert workspace.ingest(declared).sources[0].deleted == 3
    assert set(workspace.rows("sightings", "name")) == {"db"}


def test_a_file_of_the_first_form_has_its_services_at_the_top(tmp_path):
    """Before `services:` was invented, the whole file was services."""
    rows, _ = read(tmp_path, "file: c.yml\nproject: p", c_yml="web: { build: ., links: [db] }\ndb: { image: 'mysql:5' }")
    assert edges(rows) == [("web", "db", "links")]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SHOP) - 1), st.sampled_from("{}[]:,-&*<> \n$!'x\x00é")), max_size=6))
def test_a_damaged_file_brings_nothing_down(tmp_path_factory, changes):
    """Whatever characters change: rows and problems with codes, or a problem for the whole; never a traceback or a secret."""
    text = list(SHOP)
    for at, character in changes:
        text[at] = character
    folder = tmp_path_factory.mktemp("compose")
    rows, problems = read_or_told(folder, "file: c.yml\nurls: true", c_yml="".join(text))
    assert rows or problems
    assert all(each.code.startswith("SRC") for each in problems)
    assert "hunter2" not in repr(rows) + repr(problems)
