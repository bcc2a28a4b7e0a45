"""The password of a database: never in a message, a name or a repr, whatever goes wrong; and what is not installed is told."""

from __future__ import annotations

import builtins
import datetime as dt

import pytest

from wholeservice.errors import describe
from wholeservice.sources.database_options import is_select

pytest.importorskip("sqlalchemy", reason="reading databases is an extra: pip install 'wholeservice[database]'")

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LETTERS = "hunter/2 @home"  # with letters that a URL would have to spell otherwise
SERVER = """
shop:
  kind: database
  url: postgresql+pg8000://reader@127.0.0.1:1/shop
  password: ${key}
  table: bookings
  facts: [ sighting: { kind: service, name: x } ]
"""


def told(workspace, sources, **settings):
    """Return everything that is said about a declaration that cannot work."""
    declared, problems = workspace.load(sources, **settings)
    said = [describe(each) for each in problems]
    for each in declared:
        said += [repr(each), repr(each.options), repr(each.source)]
    if not any(each.severity == "error" for each in problems):
        from wholeservice.facts import ingest

        report = ingest.ingest(declared, workspace.store, workspace.context, known_at=NOW, guards=lambda source: None)
        said += [describe(each) for each in report.problems] + [repr(report)]
    return "\n".join(said)


@pytest.mark.parametrize(
    "url",
    ["postgresql+pg8000://reader@127.0.0.1:1/shop", "postgresql+pg8000://reader:${key}@127.0.0.1:1/shop", "nosuch://reader:${key}@h/d",
     "postgresql+pg8000://reader:${key}@127.0.0.1:port/shop", "sqlite:///${key}.db"],
)  # fmt: skip
def test_a_password_from_a_setting_is_never_shown(workspace, url):
    """Nobody listens, the dialect is unknown, the port is no number: the password is in none of the messages."""
    said = told(workspace, SERVER.replace("postgresql+pg8000://reader@127.0.0.1:1/shop", url), key="s3cret-w0rd")
    assert "SRC20" in said
    assert "s3cret-w0rd" not in said.replace("s3cret-w0rd.db", "")  # the name of a file is no secret


def test_a_password_with_any_letters_is_given_apart(workspace):
    """`password:` takes what a URL would break at, and it is masked in every spelling."""
    said = told(workspace, SERVER, key=LETTERS)
    assert "SRC20" in said
    assert LETTERS not in said


@pytest.mark.parametrize(("old", "new"), [("${key}", "open-sesame"), ("reader@", "reader:open-sesame@")])
def test_a_password_in_the_file_is_warned_of_and_not_shown(workspace, old, new):
    """The warning says where and what to do, without the line."""
    _, problems = workspace.load(SERVER.replace(old, new), key="")
    assert [(each.code, each.severity) for each in problems] == [("SRC204", "warning")]
    assert "open-sesame" not in told(workspace, SERVER.replace(old, new), key="")


def test_a_line_with_a_password_is_shown_without_it(workspace):
    """A mistake on the same line is shown with its line, and stars where the password is; the caret still fits."""
    line = "shop: { kind: database, url: 'postgresql://reader:open-sesame@h/d', password: open-sesame, tabel: x }"
    _, problems = workspace.load(line)
    said = "\n".join(describe(each) for each in problems)
    assert "open-sesame" not in said
    assert "postgresql://reader:***********@h/d', password: ***********, tabel: x" in said


def test_without_sqlalchemy_the_extra_is_named(workspace, monkeypatch):
    """What to install is said, and the other sources are read."""
    plain = builtins.__import__

    def without(name, *arguments, **options):
        if name.partition(".")[0] == "sqlalchemy":
            raise ImportError(name)
        return plain(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "SRC201" in (said := told(workspace, SERVER, key="x"))
    assert "pip install 'wholeservice[database]'" in said


@pytest.mark.parametrize(
    ("url", "package"),
    [("mysql+mysqldb://r@h/d", "mysqlclient"), ("oracle+cx_oracle://r@h/d", "oracledb"), ("mssql+pymssql://r@h/d", "pymssql")],
)
def test_a_missing_driver_is_named_with_its_package(workspace, url, package):
    """SQLAlchemy is there, the driver is not."""
    said = told(workspace, SERVER.replace("postgresql+pg8000://reader@127.0.0.1:1/shop", url), key="x")
    assert "SRC202" in said
    assert f"pip install '{package}'" in said


@pytest.mark.parametrize(
    ("query", "expected"),
    [("(SELECT 1) UNION SELECT 2", True), ("/* of ; today */ SELECT ';' AS x;", True),
     ("-- x\nWITH a AS (SELECT 1) SELECT * FROM a", True),
     ("SELECT 1; SELECT 2", False), ("EXPLAIN SELECT 1", False), ("PRAGMA writable_schema", False), ("", False),
     ("CALL f()", False)],
)  # fmt: skip
def test_one_select_is_told_from_the_rest(query, expected):
    """Comments and quoted semicolons are no statements."""
    assert is_select(query) is expected
