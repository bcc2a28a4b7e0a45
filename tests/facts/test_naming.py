"""Names counted without an engine are those that resolving them with one leaves over."""

from __future__ import annotations

from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.identity import resolve
from wholeservice.facts.naming import names_of
from wholeservice.organisation.graph import Entity, Organisation

KNOWN = Organisation(
    name="Small", purpose="", north_star="", edges=(), needs=(), hash="0",
    entities={"stay": Entity("stay", "service", "A night"), "desk": Entity("desk", "part", "Desk")},
    aliases={"the-desk": "desk"},
)  # fmt: skip
ROWS = "day,who\n2026-03-01, STAY \n2026-03-01,a night\n2026-03-02,The-Desk\n2026-03-02,Nobody\n2026-03-03,nobody\n"
MAPPING = """
web:
  file: a.csv
  facts:
    - interaction: { happened_at: "{day}", service: "{who}" }
    - incident: { started_at: "{day}", incident: "{day}", service: "{who}" }
desk:
  file: a.csv
  facts:
    - interaction: { happened_at: "{day}", service: Nobody }
    - incident: { started_at: "{day}", incident: "{day}" }
"""


def test_names_are_counted_as_resolving_counts_them(workspace):
    """Ids, aliases and titles in any letter case are known; of two spellings of a stranger each is told; no name is none."""
    workspace.write("a.csv", ROWS)
    run = workspace.ingest(MAPPING).run
    engine = DuckdbEngine()
    for name, files in workspace.store.files(run).items():
        engine.add(name, files)
    found = names_of(workspace.store, run, KNOWN)
    assert set(found.unresolved) == set(resolve(engine, KNOWN))
    assert found.unresolved[0].n_rows == 6  # five rows of the desk's, and one of the web's
    assert found.by_source == {"web": (5, 3), "desk": (1, 0)}
    engine.close()
