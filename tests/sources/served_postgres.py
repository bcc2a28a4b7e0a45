"""A PostgreSQL server for the length of the tests: made in a temporary folder, listening on this machine only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER, PASSWORD = "owner", "let/me:in@home"
N_TRIES, BETWEEN_S = 200, 0.05


@dataclass(frozen=True)
class Server:
    """Where the server listens, and its tools."""

    port: int
    binaries: Path

    def url(self, user: str = OWNER, database: str = "postgres") -> str:
        return f"postgresql+pg8000://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, script: str) -> None:
        """Run statements as the owner, each on its own."""
        import pg8000.native

        connection = pg8000.native.Connection(OWNER, host="127.0.0.1", port=self.port, database="postgres", password=PASSWORD)
        try:
            for statement in script.split(";"):
                if statement.strip():
                    connection.run(statement)
        finally:
            connection.close()


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs; None when it is not installed."""
    beside = shutil.which("initdb")
    found = [Path(beside).resolve().parent] if beside else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in found if (each / "initdb").exists() and (each / "postgres").exists()), None)


@contextmanager
def server(programs: Path) -> Iterator[Server]:
    """Start a server, and stop it at the end. As root it runs as the user `postgres`, for it refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    run_as = {"user": "postgres"} if os.geteuid() == 0 else {}
    try:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if run_as:
            for each in (folder, folder / "password"):
                shutil.chown(each, "postgres")
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "scram-sha-256", "--pwfile", folder / "password",
             "--no-sync", "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, cwd=folder, **run_as,
        )  # fmt: skip
        port = _free_port()
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=127.0.0.1"]
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-p", str(port), *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **run_as,
        )  # fmt: skip
        try:
            _wait_for(port)
            yield Server(port, programs)
        finally:
            process.terminate()
            process.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    import pg8000.native

    for _ in range(N_TRIES):
        try:
            pg8000.native.Connection(OWNER, host="127.0.0.1", port=port, database="postgres", password=PASSWORD).close()
        except (pg8000.native.InterfaceError, pg8000.native.DatabaseError, OSError):
            time.sleep(BETWEEN_S)
        else:
            return
    raise TimeoutError(port)
