"""A database as a source: SQLite files here, a PostgreSQL server in its own file; both through SQLAlchemy."""

from __future__ import annotations

import sqlite3

import pytest

pytest.importorskip("sqlalchemy", reason="reading databases is an extra: pip install 'wholeservice[database]'")

BOOKINGS = """
bookings:
  kind: database
  url: sqlite:///shop.db
  table: bookings
  record: [id]
  facts:
    - interaction: { happened_at: "{changed_at}", service: "{hotel}", step: "{step}" }
"""
FOLLOWED = BOOKINGS.replace("  record:", "  follow: changed_at\n  record:")


@pytest.fixture
def shop(workspace):
    """A database with two bookings; the fixture's value runs more statements."""

    def run(script: str) -> None:
        with sqlite3.connect(workspace.folder / "shop.db") as connection:
            connection.executescript(script)
        connection.close()

    run("""CREATE TABLE bookings (id INTEGER PRIMARY KEY, hotel TEXT, step TEXT, changed_at TEXT);
           INSERT INTO bookings VALUES (1, 'Aurora', 'find', '2026-03-01 10:15:00'),
                                       (2, 'Aurora', 'pay', '2026-03-01 10:21:00');""")
    return run


def counts(report):
    (each,) = report.sources
    assert each.problems == ()
    return each.read, each.kept, each.known, each.superseded


def problems_of(workspace, sources):
    """Return what `check` or, if that is content, ingest says."""
    _, problems = workspace.load(sources)
    if any(each.severity == "error" for each in problems):
        return problems
    return workspace.check(sources) or list(workspace.ingest(sources).problems)


def test_a_table_is_read_whole(workspace, shop):
    """Two rows, with a place that names file, table and row."""
    assert counts(workspace.ingest(BOOKINGS)) == (2, 2, 0, 0)
    assert workspace.rows("interactions", "record", "step", "where_from") == [
        ("1", "find", "shop.db/bookings#1"), ("2", "pay", "shop.db/bookings#2"),
    ]  # fmt: skip
    assert counts(workspace.ingest(BOOKINGS)) == (2, 0, 2, 0)


def test_a_query_binds_its_parameters(workspace, shop):
    """The value with a quote in it is a value, and no part of the statement."""
    shop("INSERT INTO bookings VALUES (3, 'L''Étoile', 'pay', '2026-03-02')")
    query = """query: "SELECT * FROM bookings WHERE hotel = :hotel AND id > :least -- of one hotel"
  parameters: { hotel: "L'Étoile", least: 2 }"""
    assert counts(workspace.ingest(BOOKINGS.replace("table: bookings", query))) == (1, 1, 0, 0)


def test_following_reads_from_the_last_value_on(workspace, shop):
    """The second reading starts at the greatest value: that row again, and what is new or was changed since."""
    assert counts(workspace.ingest(FOLLOWED)) == (2, 2, 0, 0)
    shop("""UPDATE bookings SET step = 'pay', changed_at = '2026-03-02 09:00:00' WHERE id = 1;
            INSERT INTO bookings VALUES (3, 'Bella', 'pay', '2026-03-02 10:00:00')""")
    assert counts(workspace.ingest(FOLLOWED)) == (3, 1, 1, 1)
    assert workspace.rows("interactions", "record", "step") == [("1", "pay"), ("2", "pay"), ("3", "pay")]
    assert counts(workspace.ingest(FOLLOWED)) == (1, 0, 1, 0)


def test_a_row_that_comes_late_with_an_equal_value_is_not_lost(workspace, shop):
    """At the last value and not after it: two rows may share an instant, and the second be committed later."""
    workspace.ingest(FOLLOWED)
    shop("INSERT INTO bookings VALUES (3, 'Bella', 'pay', '2026-03-01 10:21:00')")
    assert counts(workspace.ingest(FOLLOWED)) == (2, 1, 1, 0)


def test_overlap_goes_further_back(workspace, shop):
    """A row whose value lies half an hour before the last one, committed late, is found with an overlap of an hour."""
    overlapping = FOLLOWED.replace("  follow:", "  overlap: 1h\n  follow:")
    for sources, expected in ((FOLLOWED, 2), (overlapping, 3)):
        workspace.ingest(sources)
        shop("INSERT OR IGNORE INTO bookings VALUES (3, 'Bella', 'pay', '2026-03-01 09:50:00')")
        workspace.ingest(sources)
        assert len(workspace.rows("interactions", "record")) == expected


def test_rows_without_the_followed_value_are_always_read(workspace, shop):
    """A missing value is not after anything, and would otherwise be read once and never again."""
    workspace.ingest(FOLLOWED)
    shop("INSERT INTO bookings VALUES (3, 'Bella', 'pay', NULL)")
    assert counts(workspace.ingest(FOLLOWED.replace("{changed_at}", "2026-01-01")))[0] == 3
    assert counts(workspace.ingest(FOLLOWED.replace("{changed_at}", "2026-01-01")))[0] == 2


def test_a_changed_declaration_is_read_from_the_start(workspace, shop):
    """The mapping now wants another column: rows that were read before must give it too."""
    workspace.ingest(FOLLOWED)
    changed = FOLLOWED.replace('step: "{step}"', 'step: "{step}", channel: web')
    assert counts(workspace.ingest(changed)) == (2, 0, 0, 2)
    assert workspace.rows("interactions", "channel") == ["web", "web"]


def test_what_was_refused_is_read_again(workspace, shop):
    """While a cell cannot be read, the next reading starts where this one did: nothing is passed over for good."""
    shop("INSERT INTO bookings VALUES (3, 'Bella', 'pay', 'soon')")
    sources = FOLLOWED.replace("follow: changed_at", "follow: id")
    for _ in range(2):
        assert workspace.ingest(sources).sources[0].refused == 1
    shop("UPDATE bookings SET changed_at = '2026-03-03' WHERE id = 3")
    assert counts(workspace.ingest(sources)) == (3, 1, 2, 0)
    assert counts(workspace.ingest(sources)) == (1, 0, 1, 0)


@pytest.mark.parametrize("follow", ["id", "CHANGED_AT"])
def test_many_batches_give_the_rows_of_one(workspace, shop, follow):
    """Three rows at a time; the greatest value is that of all batches, and 10 is more than 9."""
    shop("DELETE FROM bookings; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) "
         "INSERT INTO bookings SELECT i, 'Aurora', 'pay', '2026-03-' || printf('%02d', 11 - i) FROM n")  # fmt: skip
    sources = FOLLOWED.replace("follow: changed_at", f"follow: {follow}\n  batch: 3")
    assert counts(workspace.ingest(sources)) == (10, 10, 0, 0)
    assert counts(workspace.ingest(sources)) == (1, 0, 1, 0)


def test_an_empty_table_is_no_mistake_and_a_wrong_column_is(workspace, shop):
    """No rows give no facts; the mapping is checked all the same."""
    shop("DELETE FROM bookings")
    assert counts(workspace.ingest(FOLLOWED)) == (0, 0, 0, 0)
    (problem,) = problems_of(workspace, BOOKINGS.replace("{hotel}", "{hotle}"))
    assert (problem.code, problem.nearest) == ("SRC108", "hotel")


@pytest.mark.parametrize(
    ("old", "new", "code", "nearest"),
    [
        ("table: bookings", "table: bookins", "SRC207", "bookings"),
        ("table: bookings", "query: SELECT * FROM bokings", "SRC208", "bookings"),
        ("table: bookings", "query: SELECT hotl FROM bookings WHERE id = :id", "SRC208", None),
        ("table: bookings", "query: SELECT * FROM", "SRC208", None),
        ("table: bookings", "query: DELETE FROM bookings", "SRC205", None),
        ("table: bookings", "query: SELECT 1; DELETE FROM bookings", "SRC205", None),
        ("table: bookings", "query: SELECT 1\n  table: bookings", "SRC103", None),
        ("  table: bookings\n", "", "SRC103", None),
        ("sqlite:///shop.db", "sqlite:///shpo.db", "SRC206", "shop.db"),
        ("sqlite:///shop.db", "sqlite://", "SRC203", None),
        ("sqlite:///shop.db", "shop.db", "SRC203", None),
        ("sqlite:///shop.db", "sqllite:///shop.db", "SRC203", "sqlite"),
        ("sqlite:///shop.db", "'postgresql://reader@127.0.0.1:port/shop'", "SRC203", None),
        ("record:", "follow: chnged_at\n  record:", "SRC209", "changed_at"),
        ("record:", "follow: id\n  absent: delete\n  record:", "SRC209", None),
        ("record:", "follow: id\n  overlap: soon\n  record:", "SRC209", None),
        ("record:", "overlap: 1h\n  record:", "SRC209", None),
        ("record:", "batch: many\n  record:", "SRC113", None),
    ],
)
def test_mistakes_are_told_with_what_to_do(workspace, shop, old, new, code, nearest):
    """Each has its code, the nearest name where there is one, and a next step; no traceback."""
    problem = problems_of(workspace, BOOKINGS.replace(old, new, 1))[0]
    assert (problem.code, problem.nearest) == (code, nearest)
    assert problem.next_step


def test_overlap_of_a_column_that_is_no_time_is_told(workspace, shop):
    """An hour before number 3 is nothing."""
    sources = FOLLOWED.replace("follow: changed_at", "follow: id\n  overlap: 1h")
    workspace.ingest(sources)
    (problem,) = workspace.ingest(sources).problems
    assert problem.code == "SRC209"


def test_follow_without_a_record_is_warned_of(workspace):
    """A changed row would stand beside what it was."""
    _, problems = workspace.load(FOLLOWED.replace("  record: [id]\n", ""))
    assert [(each.code, each.severity) for each in problems] == [("SRC209", "warning")]


@pytest.mark.parametrize(
    "query",
    ["WITH gone AS (SELECT 1) DELETE FROM bookings", "WITH x AS (SELECT 1) INSERT INTO bookings SELECT 9, '', '', ''",
     "WITH x AS (SELECT 1) UPDATE bookings SET step = 'x'"],
)  # fmt: skip
def test_a_statement_that_writes_is_refused_by_the_connection(workspace, shop, query):
    """It begins as a SELECT may; the database, opened for reading only, does not let it."""
    (problem,) = problems_of(workspace, BOOKINGS.replace("table: bookings", f"query: {query}"))
    assert problem.code == "SRC208"
    assert "read-only" in problem.what or "readonly" in problem.what
    assert counts(workspace.ingest(BOOKINGS)) == (2, 2, 0, 0)


def test_a_file_that_is_not_there_is_never_made(workspace):
    """SQLite makes a new file where there is none; a source does not."""
    (problem,) = problems_of(workspace, BOOKINGS)
    assert problem.code == "SRC206"
    assert not (workspace.folder / "shop.db").exists()


def test_a_file_that_is_no_database_is_told(workspace):
    """The driver's words, without a traceback."""
    workspace.write("shop.db", "id,hotel\n1,Aurora\n" * 100)
    (problem,) = problems_of(workspace, BOOKINGS)
    assert "not a database" in problem.what


def test_names_are_quoted_as_the_dialect_does(workspace, shop):
    """A table whose name is a word of SQL, with a blank and a quote in it."""
    shop('CREATE TABLE "order \'s ""list" AS SELECT * FROM bookings')
    sources = FOLLOWED.replace("table: bookings", "table: 'order ''s \"list'")
    assert counts(workspace.ingest(sources)) == (2, 2, 0, 0)
    assert counts(workspace.ingest(sources)) == (1, 0, 1, 0)
