"""Real workspaces that several modules only read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made_once import made_once
from wholeservice.app import settings
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.pages.base import Data

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def govuk_workspace(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of examples/govuk without its store, ingested and measured; to be read only."""

    def make(folder: Path) -> None:
        shutil.copytree(ROOT / "examples" / "govuk", folder, ignore=shutil.ignore_patterns(".wholeservice"))
        declared = _settings(folder, real_data)
        ingest_workspace(declared)
        current_data(declared)

    return made_once(tmp_path_factory, "govuk", make)


@pytest.fixture(scope="session")
def govuk(govuk_workspace: Path, real_data: Path) -> Data:
    """What was measured in it."""
    return current_data(_settings(govuk_workspace, real_data))


def _settings(folder: Path, real_data: Path) -> settings.Settings:
    declared, problems = settings.load(folder, overrides=[f"data={real_data / 'govuk'}"])
    assert not problems
    return declared
