"""A workspace whose visits name people, and the command line run in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from wholeservice.app.cli import main

SOURCES = """
sources:
  visits:
    file: visits.csv
    record: [id]
    facts:
      - interaction: { happened_at: "{day}", service: stay, step: "{step}", consumer: "{guest}" }
      - contact: { happened_at: "{day}", service: stay, words: "{said}", consumer: "{guest}" }
"""
HEAD = "id,day,guest,step,said\n"
ROWS = "1,2026-03-01,guest-fortytwo,find,lovely\n2,2026-03-02,guest-seven,pay,call guest-seven\n"
MORE = "3,2026-03-03,guest-seven,sleep,again\n"


class People:
    """A workspace with two guests."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.state = folder / ".wholeservice"
        declared = folder / "wholeservice.yaml"
        declared.write_text(declared.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
        self.write(ROWS)

    def write(self, rows: str) -> None:
        (self.folder / "visits.csv").write_text(HEAD + rows, encoding="utf-8")

    def run(self, *arguments: str, folder: Path | None = None) -> tuple[int, str, str]:
        """Run a command and return (exit code, stdout, stderr)."""
        with pytest.raises(SystemExit) as stopped:
            main(["--workspace", str(folder or self.folder), *arguments])
        return (int(stopped.value.code or 0), *self._capsys.readouterr())


def facts(folder: Path, table: str = "interactions") -> list[tuple[object, ...]]:
    """Every fact of the newest run, in order."""
    from wholeservice.facts.store import Store

    store = Store(folder / ".wholeservice" / "store")
    run = store.latest()
    rows = store.read(run, table).to_pylist() if run else []
    return sorted((tuple(row.values()) for row in rows), key=repr)
