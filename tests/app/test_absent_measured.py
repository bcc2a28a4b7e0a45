"""What people wrote goes as far as the words they share: from a file of contacts to the stored results."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.test_incremental import run
from wholeservice.app import derived_store, stored_results
from wholeservice.measures import MEASURES

SETTINGS = """name: Inn
sources:
  desk:
    file: contacts.csv
    record: [id]
    facts:
      - contact: { happened_at: "{at}", consumer: "{who}", service: stay, step: "{step}", words: "{words}" }
"""
ORGANISATION = "org: { name: Inn, purpose: x, north-star: y }\nservices:\n  stay: { journey: [find, pay] }\n"
SENTENCE = "Where could Mister Featherstonehaugh number {n} store his luggage"


def contacts(n: int) -> str:
    """Contacts of so many people about luggage, each twice, and one about paying."""
    lines = [f"{i}{again},2026-01-{1 + i:02}T09:00:00Z,p{i},,{SENTENCE.format(n=i)}" for i in range(n) for again in "ab"]
    return "id,at,who,step,words\n" + "\n".join([*lines, "z,2026-01-31T23:30:00Z,p0,pay,all is well"]) + "\n"


@pytest.fixture
def inn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose derived tables are kept, so that the second time only what changed is derived."""
    monkeypatch.setattr(derived_store, "LEAST_ROWS", 0)
    (tmp_path / "organisation").mkdir()
    (tmp_path / "organisation" / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    (tmp_path / "wholeservice.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def test_people_are_counted_from_the_file_to_the_results_and_no_sentence_comes_with_them(inn: Path):
    """Six, then seven people; contacts at a step are only counted among all; only words of five people are stored."""
    results = inn / ".wholeservice" / "results"
    for n in (6, 7):
        (inn / "contacts.csv").write_text(contacts(n), encoding="utf-8")
        run(inn, "ingest")
        run(inn, "measure")
        (found,) = stored_results.load(results, stored_results.current(results) or "", MEASURES).absent
        assert (found.entity, found.n_people, found.sources) == ("stay", n, ("desk",))
        assert "luggage" in found.words
        assert [(each.n, each.of) for each in found.tellings] == [(2 * n, 2 * n + 1)]
        assert [(str(each.first_on), each.n_people, each.is_whole) for each in found.months] == [("2026-01-01", n, True)]
    stored = b"".join(path.read_bytes() for path in results.rglob("*") if path.is_file())
    assert b"luggage" in stored
    assert b"number 3" not in stored
    assert b"featherstonehaugh" not in stored.lower()
