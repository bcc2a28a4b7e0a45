"""A real PostgreSQL server as a source: its types, its cursors, and what it does not let us do."""

from __future__ import annotations

import datetime as dt

import pytest

from sources.served_postgres import OWNER, PASSWORD, Server, binaries, server
from wholeservice.documents import parse
from wholeservice.errors import describe
from wholeservice.sources import database
from wholeservice.sources.base import Batch, Context, Cursor

pytest.importorskip("sqlalchemy", reason="reading databases is an extra: pip install 'wholeservice[database]'")
pytest.importorskip("pg8000", reason="the driver pg8000 is not installed; it is in the extra 'test'")

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TYPES = """
CREATE TABLE types (
  id bigint PRIMARY KEY, price numeric(14,2), rate double precision, ok boolean, happened timestamptz, civil timestamp,
  day date, took interval, raw bytea, doc jsonb, code uuid, tags text[], said text);
INSERT INTO types VALUES
  (1, 12345678901.10, 0.5, true, '2026-07-01 12:00:00+02', '2026-07-01 12:00:00', '2026-07-01', '90 seconds', '\\x00ff',
   '{"a": [1, "é"]}', '6f1d1e6e-7a53-4b0b-9a51-0a8a4d8d5c11', '{x,y}', 'L''Étoile'),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
"""


@pytest.fixture(scope="module")
def postgres():
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL here: neither `initdb` on the PATH nor in /usr/lib/postgresql")
    with server(programs) as started:
        started.run(TYPES)
        started.run(
            """CREATE TABLE bookings (id int PRIMARY KEY, step text, changed timestamptz);
            INSERT INTO bookings SELECT i, 'pay', '2026-03-01 00:00:00+00'::timestamptz + i * interval '1 minute'
            FROM generate_series(1, 5000) i;
            CREATE TABLE secret (id int);
            CREATE SCHEMA "Other"; CREATE TABLE "Other"."Orders" (id int); INSERT INTO "Other"."Orders" VALUES (7);
            CREATE SEQUENCE counter;
            CREATE USER reader PASSWORD 'reader'; GRANT SELECT ON bookings TO reader"""
        )
        yield started


def options_of(declaration: str):
    node, _ = parse(declaration, "wholeservice.yaml")
    options, problems = database.load(node)
    assert [each for each in problems if each.severity == "error"] == []
    return options


def read(postgres: Server, what: str, tmp_path, cursor=None, *, user=OWNER, password=PASSWORD):
    """Return what a declaration reads: batches, and the cursor at the end."""
    declaration = f"url: {postgres.url(user)}\npassword: '{password}'\nrecord: [id]\n{what}"
    raw = list(database.read(options_of(declaration), Context(tmp_path, "UTC"), cursor))
    cursors = [each.text for each in raw if isinstance(each, Cursor)]
    return [each for each in raw if isinstance(each, Batch)], cursors[-1] if cursors else None


def refusal(postgres, what, tmp_path, **who):
    """Return the problem that a declaration meets, as it is printed."""
    from wholeservice.errors import WholeserviceError

    with pytest.raises(WholeserviceError) as caught:
        read(postgres, what, tmp_path, **who)
    (problem,) = caught.value.problems
    said = describe(problem)
    assert PASSWORD not in said
    return problem, said


def test_types_stay_what_they_are(postgres, tmp_path):
    """Exact decimals, instants in UTC, civil times without a zone, seconds, hexadecimal, JSON as text; NULL is missing."""
    (batch,), _ = read(postgres, "table: types", tmp_path)
    cells = {
        name: [str(each) for each in column.to_pylist()] for name, column in zip(batch.header.names, batch.columns, strict=True)
    }
    assert cells == {
        "id": ["1", "2"], "price": ["12345678901.10", "None"], "rate": ["0.5", "None"], "ok": ["True", "None"],
        "happened": ["2026-07-01 10:00:00+00:00", "None"], "civil": ["2026-07-01 12:00:00", "None"],
        "day": ["2026-07-01", "None"],
        "took": ["90.0", "None"], "raw": ["00ff", "None"], "doc": ['{"a": [1, "é"]}', "None"],
        "code": ["6f1d1e6e-7a53-4b0b-9a51-0a8a4d8d5c11", "None"], "tags": ['["x", "y"]', "None"], "said": ["L'Étoile", "None"],
    }  # fmt: skip
    assert batch.header.file == "postgresql://127.0.0.1/postgres/types"


def test_rows_come_in_batches_from_a_cursor_of_the_server(postgres, tmp_path):
    """5,000 rows, 1,000 at a time, numbered through."""
    batches, _ = read(postgres, "table: bookings\nbatch: 1000", tmp_path)
    assert [len(each.numbers) for each in batches] == [1000] * 5
    assert [each.numbers[0].as_py() for each in batches] == [1, 1001, 2001, 3001, 4001]


@pytest.mark.parametrize(
    "what", ["table: bookings", "query: 'SELECT * FROM bookings WHERE id > :least -- some'\nparameters: {least: 0}"]
)
def test_an_instant_is_followed(postgres, tmp_path, what):
    """The second reading starts at the last instant; with an overlap of an hour, 60 rows before it."""
    _, cursor = read(postgres, f"{what}\nfollow: changed", tmp_path)
    again, same = read(postgres, f"{what}\nfollow: changed", tmp_path, cursor)
    assert [len(each.numbers) for each in again] == [1]
    assert same == cursor
    earlier, _ = read(postgres, f"{what}\nfollow: changed\noverlap: 1h", tmp_path, cursor)
    assert [len(each.numbers) for each in earlier] == [61]


def test_names_in_capitals_and_schemas_are_quoted(postgres, tmp_path):
    """ "Other"."Orders" is not other.orders."""
    (batch,), _ = read(postgres, "table: Other.Orders\nfollow: id", tmp_path)
    assert batch.columns[0].to_pylist() == [7]


@pytest.mark.parametrize(
    "query",
    ["WITH gone AS (DELETE FROM bookings RETURNING *) SELECT * FROM gone", "SELECT nextval('counter')",
     "WITH x AS (SELECT set_config('transaction_read_only', 'off', false) AS id) SELECT * FROM x"],
)  # fmt: skip
def test_the_transaction_is_read_only(postgres, tmp_path, query):
    """What begins as a SELECT and writes is refused by the server; nothing is gone."""
    problem, said = refusal(postgres, f'query: "{query}"', tmp_path)
    assert problem.code == "SRC208"
    assert "a source never writes" in said
    (batch,), _ = read(postgres, "query: SELECT count(*) AS id FROM bookings", tmp_path)
    assert batch.columns[0].to_pylist() == [5000]


@pytest.mark.parametrize(
    ("what", "who", "code", "words"),
    [
        ("table: booking", {}, "SRC207", "nearest   'bookings'"),
        ("query: SELECT * FROM bokings", {}, "SRC208", "nearest   'bookings'"),
        ("query: SELECT stpe FROM bookings", {}, "SRC208", 'column "stpe" does not exist'),
        ("table: secret", {"user": "reader", "password": "reader"}, "SRC208", "GRANT SELECT"),
        ("table: bookings", {"user": "reader", "password": "wrong-one"}, "SRC206", "password authentication failed"),
        ("table: bookings", {"user": "nobody-known"}, "SRC206", "see that the server runs"),
    ],
)  # fmt: skip
def test_what_the_server_refuses_is_told(postgres, tmp_path, what, who, code, words):
    """Its own words, the nearest name and the next step; never a password."""
    problem, said = refusal(postgres, what, tmp_path, **who)
    assert problem.code == code
    assert words in said
    assert "wrong-one" not in said


def test_an_url_without_a_driver_takes_one_that_is_installed(postgres, tmp_path):
    """`postgresql://` is enough."""
    options = options_of(f"url: {postgres.url().replace('+pg8000', '')}\npassword: '{PASSWORD}'\ntable: bookings")
    assert sum(len(each.numbers) for each in database.read(options, Context(tmp_path, "UTC"))) == 5000


def test_facts_come_out_of_it(postgres, workspace):
    """From the server to the store, and what comes twice changes nothing."""
    sources = f"""
shop:
  kind: database
  url: {postgres.url("reader")}
  password: ${{key}}
  table: bookings
  follow: changed
  record: [id]
  facts: [ interaction: {{ happened_at: "{{changed}}", service: shop, step: "{{step}}" }} ]
"""
    declared, problems = workspace.load(sources, key="reader")
    assert problems == []
    from wholeservice.facts import ingest

    first = ingest.ingest(declared, workspace.store, workspace.context, NOW, guards=lambda source: None).sources[0]
    again = ingest.ingest(declared, workspace.store, workspace.context, NOW, guards=lambda source: None).sources[0]
    assert (first.problems, first.read, first.kept, first.facts) == ((), 5000, 5000, 5000)
    assert (again.read, again.known) == (1, 1)
