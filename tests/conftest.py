"""What every room's tests may use: a small workspace, and where the public data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from chromium import browser
from ingested import Workspace

__all__ = ["browser"]  # a fixture

ROOT = Path(__file__).resolve().parents[1]
settings.register_profile("untimed", deadline=None)  # a busy machine is no mistake in the product
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data beside the project; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("WHOLESERVICE_TEST_DATA") or ROOT / "../shared/data").resolve()
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}; name its folder with WHOLESERVICE_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def real_peers(real_data: Path) -> Path:
    """The folder of figures that others computed from the public data."""
    folder = real_data.parent / "peers"
    if not folder.is_dir():
        pytest.skip(f"no figures to compare with in {folder}")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace to write files into, with a store of its own."""
    return Workspace(tmp_path)


@pytest.fixture
def small_workspace(tmp_path: Path) -> Path:
    """A workspace with one service, declared without a mistake, and no sources."""
    folder = tmp_path / "small"
    (folder / "organisation").mkdir(parents=True)
    (folder / "wholeservice.yaml").write_text("name: Small\nzone: Europe/Amsterdam\n", encoding="utf-8")
    (folder / "organisation" / "organisation.yaml").write_text(SMALL, encoding="utf-8")
    return folder


SMALL = """\
org: { name: Small, purpose: To be looked at, north-star: people who come back }
consumers:
  guest: { outside: true }
value-streams:
  look-to-stay: { owner: maya.okafor }
services:
  stay:
    for: { guest: [uses] }
    stream: look-to-stay
    team: booking
    outcome: A bed for the night
    channels: [web, desk]
    journey: [find, pay, sleep]
    needs:
      easy:
        says: Do not make me work for it
        because: { research: 5 guests watched, dated: 2026-05-12 }
        targets: [ completion >= 90% over 28d ]
teams:
  booking: { type: stream-aligned, people: 8 }
"""
