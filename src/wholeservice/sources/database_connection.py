"""Open a database so that nothing can be written through it, and say in words of ours what it says against it.

Read only in depth: the query must begin as a SELECT does, the connection is opened read-only where the database can do
that (SQLite, PostgreSQL, MySQL, MariaDB), and whatever was done is rolled back. A password is never shown: not in a
message, not in the name of a place, not in what a driver says.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote

from wholeservice.errors import InputError, OutsideError, Problem, WholeserviceError, suggest
from wholeservice.sources.base import Context
from wholeservice.sources.database_options import DatabaseOptions, password_in

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

CONNECT_SECONDS = 10
MASK = "***"
DRIVERS = {"postgresql": ("psycopg", "psycopg2", "pg8000"), "mysql": ("pymysql", "mysqldb", "mysqlconnector"),
           "mariadb": ("pymysql", "mysqldb", "mysqlconnector")}  # fmt: skip
PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "mysqldb": "mysqlclient",
            "mysqlconnector": "mysql-connector-python", "cx_oracle": "oracledb"}  # fmt: skip
DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql", "snowflake", "bigquery", "duckdb", "redshift")
READ_ONLY = {  # said before the first statement of a transaction
    "postgresql": ("SET TRANSACTION READ ONLY",),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"),
    "sqlite": ("PRAGMA query_only = ON",),
}
TIMEOUTS = {"psycopg": "connect_timeout", "psycopg2": "connect_timeout", "pymysql": "connect_timeout",
            "mysqldb": "connect_timeout", "mysqlconnector": "connection_timeout"}  # fmt: skip
_TABLE_IN_QUERY = re.compile(r"\b(?:from|join)\s+[\"`\[]?(\w+)", re.IGNORECASE)


@contextmanager
def connected(options: DatabaseOptions, context: Context) -> Iterator[Connection]:
    """Open the database for reading, and roll back at the end. Raises OutsideError when it cannot be reached."""
    engine = _engine(_url(options), options, context)
    quiet = logging.getLogger("sqlalchemy")
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())  # else it prints tracebacks of what we tell as a problem
    try:
        connection = _open(engine, options)
        try:
            yield connection
        finally:
            with suppress(Exception):  # a connection that broke has nothing left to roll back
                connection.rollback()
            with suppress(Exception):
                connection.close()
    finally:
        engine.dispose()


@contextmanager
def told(connection: Connection, options: DatabaseOptions) -> Iterator[None]:
    """Turn what the database says against a statement into a problem."""
    try:
        yield
    except (WholeserviceError, GeneratorExit):
        raise
    except Exception as error:
        said = masked(_said(error), options)
        raise OutsideError(_refusal(said, connection, options)) from None


def name_of(options: DatabaseOptions, context: Context) -> str:
    """Return how places call what is read: without user and password, a file relative to the workspace."""
    url = _url(options)
    if url.get_backend_name() == "sqlite":
        where = Path(os.path.relpath(context.folder / (url.database or ""), context.folder)).as_posix()
    else:
        where = f"{url.get_backend_name()}://{url.host}/{url.database}"
    return "/".join([where, *([".".join(options.table)] if options.table else [])])


def masked(text: str, options: DatabaseOptions) -> str:
    """Return a text without the password, however it was written."""
    given = [each for each in (options.password, password_in(options.url)) if each]
    spelled = {form for each in given for form in (each, unquote(each), quote(each), quote(each, safe=""), quote_plus(each))}
    for each in sorted(spelled, key=len, reverse=True):
        text = text.replace(each, MASK)
    return re.sub(r"(://[^\s:/@]*:)[^\s@]*@", rf"\1{MASK}@", text)


def _url(options: DatabaseOptions) -> URL:
    library(options)
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(options.url)
    except (ArgumentError, ValueError):
        raise InputError(_no_url(options)) from None
    return url.set(password=options.password) if options.password else url


def library(options: DatabaseOptions) -> None:
    """Raise OutsideError with what to install when SQLAlchemy is not there."""
    try:
        import sqlalchemy  # noqa: F401
    except ImportError:
        raise OutsideError(Problem("SRC201", "reading a database needs SQLAlchemy, which is not installed", options.place,
                                   next_step="pip install 'wholeservice[database]', and the driver of your database")
                           ) from None  # fmt: skip


def _engine(url: URL, options: DatabaseOptions, context: Context) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    if url.get_backend_name() == "sqlite":
        return create_engine("sqlite://", poolclass=NullPool, creator=_sqlite(url, options, context))
    backend, *_ = url.drivername.partition("+")
    tried = (
        [url.drivername] if "+" in url.drivername else [f"{backend}+{each}" for each in DRIVERS.get(backend, ())] or [backend]
    )
    for name in tried:
        try:
            given = {} if url.query else _timeout(name)
            return create_engine(url.set(drivername=name), poolclass=NullPool, connect_args=given)
        except NoSuchModuleError:
            raise InputError(_no_dialect(backend, name, options)) from None
        except ImportError:
            continue
    driver = tried[0].rpartition("+")[2]
    package = PACKAGES.get(driver, driver)
    raise OutsideError(Problem("SRC202", f"the driver for {backend} is not installed", options.place, " or ".join(tried),
                               next_step=f"pip install '{package}'")) from None  # fmt: skip


def _timeout(name: str) -> dict[str, Any]:
    option = TIMEOUTS.get(name.rpartition("+")[2])
    return {option: CONNECT_SECONDS} if option else {}


def _sqlite(url: URL, options: DatabaseOptions, context: Context) -> Any:
    """Return a function that opens the file read-only; a file that is not there is never made."""
    import sqlite3

    path = context.folder / Path(url.database or "").expanduser()
    if not url.database or url.database == ":memory:":
        raise InputError(_no_url(options))
    if not path.is_file():
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        raise OutsideError(Problem("SRC206", f"there is no {url.database}", options.place, "a file of SQLite",
                                   suggest(path.name, beside), "correct url:"))  # fmt: skip
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    return lambda: sqlite3.connect(address, uri=True)


def _open(engine: Engine, options: DatabaseOptions) -> Connection:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a server newer than the dialect knows is no concern of ours
            connection = engine.connect()
        for statement in READ_ONLY.get(engine.dialect.name, ()):
            connection.exec_driver_sql(statement)
    except Exception as error:
        said = masked(_said(error), options)
        raise OutsideError(Problem("SRC206", f"the database cannot be opened: {said}", options.place, "a database that answers",
                                   next_step="see that the server runs, and that host, port, name, user and password are right")
                           ) from None  # fmt: skip
    return connection


def _said(error: Exception) -> str:
    """Return the first line of what the driver said, without the statement that SQLAlchemy puts behind it."""
    origin: Any = getattr(error, "orig", None) or error
    first = origin.args[0] if origin.args else origin
    text = first.get("M", first) if isinstance(first, dict) else str(origin)
    return next((line.strip() for line in str(text).splitlines() if line.strip()), type(origin).__name__)[:300]


def _refusal(said: str, connection: Connection, options: DatabaseOptions) -> Problem:
    from sqlalchemy import inspect

    known: list[str] = []
    with suppress(Exception):
        connection.rollback()
        inspector = inspect(connection)
        known = sorted({*inspector.get_table_names(), *inspector.get_view_names()})
    strange = [name for name in _TABLE_IN_QUERY.findall(options.query or "") if name.lower() not in map(str.lower, known)]
    nearest = suggest(strange[0], known) if strange else None
    lowered = said.lower()
    if "bind parameter" in lowered:
        next_step = "give it under parameters:, or write \\: for a colon that stands for itself"
    elif "denied" in lowered or "permission" in lowered:
        next_step = "give the user the right to read it (GRANT SELECT)"
    elif re.search("read.?only|read-write|data-modifying", lowered):
        next_step = "write a query that only reads: a source never writes"
    else:
        next_step = "correct query:, table: or follow:; try the query in the database's own client"
    return Problem("SRC208", f"the database refuses: {said}", options.place, "a query that it answers", nearest, next_step)


def _no_url(options: DatabaseOptions) -> Problem:
    return Problem("SRC203", "this is no URL of a database", options.place, "DIALECT://USER@HOST/DATABASE",
                   next_step="write it as SQLAlchemy does: postgresql://reader@db.example/shop, sqlite:///shop.db")  # fmt: skip


def _no_dialect(backend: str, name: str, options: DatabaseOptions) -> Problem:
    return Problem("SRC203", f"SQLAlchemy knows no database '{name}'", options.place, f"one of: {', '.join(DIALECTS)} ...",
                   suggest(backend, DIALECTS), "correct url:, or install the dialect of that database")  # fmt: skip
