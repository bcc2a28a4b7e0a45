"""`measure` after an ingest computes only what changed, says so, and prints what a full run prints."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pyarrow as pa
import pytest

from wholeservice.app import derived_store
from wholeservice.app.cli import main

SETTINGS = """name: Shop
sources:
  web:
    file: visits.csv
    record: [id]
    facts:
      - interaction: { happened_at: "{at}", consumer: "{who}", service: shop, step: "{step}", attempt: "{attempt}" }
"""
ORGANISATION = "org: { name: Shop, purpose: x, north-star: y }\nservices:\n  shop: { journey: [find, pay] }\n"
HEADER = "id,at,who,step,attempt\n"


def run(folder: Path, *arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(folder), *arguments])
    assert int(stopped.value.code or 0) == 0, err.getvalue()
    return out.getvalue(), err.getvalue()


def rows(n: int) -> str:
    lines = []
    for number in range(n):
        day = f"2026-01-{1 + number % 28:02}"
        lines.append(f"{number}a,{day}T09:00:00Z,p{number % 7},find,t{number}")
        lines.append(f"{number}b,{day}T09:05:00Z,p{number % 7},{'pay' if number % 3 else 'find'},t{number}")
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace measured once, and ingested once more: twenty new attempts beside two hundred."""
    monkeypatch.setattr(derived_store, "LEAST_ROWS", 0)
    (tmp_path / "organisation").mkdir()
    (tmp_path / "organisation" / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    (tmp_path / "wholeservice.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(rows(200), encoding="utf-8")
    run(tmp_path, "ingest")
    run(tmp_path, "measure")
    (tmp_path / "visits.csv").write_text(rows(220), encoding="utf-8")
    run(tmp_path, "ingest")
    return tmp_path


def test_measure_says_how_much_it_derived_again(shop: Path):
    """20 of 220 attempts are new; what is printed is what `--full` prints."""
    again, said = run(shop, "measure", "--format", "csv")
    assert "recomputed 9.1% of attempts; full run: --full" in said
    full, said = run(shop, "measure", "--full", "--format", "csv")
    assert "recomputed" not in said
    assert again == full
    assert again.count("\n") > 2


def test_what_cannot_be_used_costs_a_full_run(shop: Path):
    """A file of the right length that says nothing is found out only when it is read: a warning, and everything is computed."""
    (file,) = (shop / ".wholeservice" / "derived").glob("*/whole_visits.parquet")
    file.write_bytes(b"\0" * file.stat().st_size)
    _, said = run(shop, "measure")
    assert "recomputed" not in said
    log = Path(said.partition("everything is computed; see ")[2].split()[0])
    assert "Traceback" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["", "cut off", "gone", "other organisation", "later run", "facts gone"])
def test_only_what_is_whole_and_of_the_same_definitions_is_used(tmp_path: Path, damage: str):
    """Cut off, gone, of another organisation, of a later run, of files that are there no more: nothing is given."""
    facts = tmp_path / "facts.parquet"
    facts.write_bytes(b"facts")
    about = {"key": "one organisation", "number": 2, "files": {"interactions": [str(facts)]}}
    derived_store.save(tmp_path / "derived", "two", about, {"usual": pa.table({"n": [1]})})
    piece = tmp_path / "derived" / "two" / "usual.parquet"
    if damage == "cut off":
        piece.write_bytes(piece.read_bytes()[:-1])
    elif damage.endswith("gone"):
        (facts if damage == "facts gone" else piece).unlink()
    key = "another" if damage == "other organisation" else "one organisation"
    with derived_store.borrowed(tmp_path / "derived", key, 1 if damage == "later run" else 3) as kept:
        assert (kept is not None) == (damage == "")
    assert [path.name for path in (tmp_path / "derived").iterdir()] == ["two"]


def test_who_reads_keeps_what_another_process_replaces(tmp_path: Path):
    """The next snapshot is saved while somebody reads the one before: the reader has its rows, the folder only the next."""
    for number, name in enumerate(("one", "two")):
        with derived_store.borrowed(tmp_path, "k", number) as kept:
            derived_store.save(
                tmp_path, name, {"key": "k", "number": number, "files": {}}, {"usual": pa.table({"n": [number]})}
            )
            if number:
                assert kept is not None
                assert kept.read("usual")["n"].to_pylist() == [0]
    assert [path.name for path in tmp_path.iterdir()] == ["two"]
