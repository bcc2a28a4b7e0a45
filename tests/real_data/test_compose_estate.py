"""The compose files of a real estate: 51 files, one project, and who depends on whom, counted another way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

from ingested import Workspace


def declared(folder: Path) -> str:
    estate = folder / "govuk" / "estate"
    return (f'estate: {{ kind: compose, file: ["{estate}/docker-compose.yml", "{estate}/projects/*/docker-compose.yml"], '
            "project: govuk, absent: delete }")  # fmt: skip


def counted(folder: Path) -> tuple[Counter[str], Counter[tuple[str, str]], set[str]]:
    """Count with PyYAML's own loader: edges per file, each edge, and the services."""
    per_file: Counter[str] = Counter()
    edges: Counter[tuple[str, str]] = Counter()
    services: set[str] = set()
    estate = folder / "govuk" / "estate"
    for path in [estate / "docker-compose.yml", *sorted(estate.glob("projects/*/docker-compose.yml"))]:
        for name, service in (yaml.safe_load(path.read_text(encoding="utf-8")).get("services") or {}).items():
            services.add(name)
            for other in service.get("depends_on") or ():
                per_file["root" if path.parent == estate else "projects"] += 1
                edges[name, other] += 1
    return per_file, edges, services


def test_the_edges_are_those_that_are_declared(workspace: Workspace, real_data: Path):
    """369 edges in 50 projects and one in the root file, each once; what is depended on most is what others counted."""
    report = workspace.ingest(declared(real_data))
    assert report.problems == ()
    found = {
        (name, to) for name, relation, to in workspace.rows("sightings", "name", "relation", "to_name") if relation == "uses"
    }
    per_file, edges, services = counted(real_data)
    assert per_file == {"projects": 369, "root": 1}
    assert set(edges) == found
    assert max(edges.values()) == 1
    on = Counter(to for _, to in found)
    assert (on["publishing-api-app"], on["content-store-app"]) == (29, 10)
    assert {row[0] for row in workspace.rows("sightings", "name", "relation") if row[1] is None} == services
    counts = report.sources[0]
    assert counts.read == counts.kept + counts.known + counts.superseded + counts.refused == len(services) + 370


def test_no_password_of_the_estate_is_stored(workspace: Workspace, real_data: Path):
    """The root file has `MYSQL_ROOT_PASSWORD: root` and URLs with users: no value of a variable is in the store."""
    workspace.ingest(declared(real_data).replace("project:", "urls: true, project:"))
    stored = repr(workspace.store.read(workspace.store.latest(), "sightings").to_pylist())
    assert "MYSQL_ROOT_PASSWORD" not in stored
    assert "://" not in stored
    assert "url:ELASTICSEARCH_URI, a hint" in stored


def test_the_same_estate_again_changes_nothing(workspace: Workspace, real_data: Path):
    """A second reading keeps the run."""
    assert workspace.ingest(declared(real_data)).is_new
    assert not workspace.ingest(declared(real_data)).is_new
