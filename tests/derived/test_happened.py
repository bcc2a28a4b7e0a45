"""Releases and incidents, as what else could explain a change: of what, and when."""

from __future__ import annotations

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.app.snapshots import happened_in
from wholeservice.improvements.judged import INCIDENT, RELEASE, Happened


def test_releases_and_incidents_in_production_stand_newest_first():
    """One told of twice is one; other environments and names that stand for nothing are none."""
    engine = engine_with(
        deployments=[
            {"deployment": "A", "service": "pay", "deployed_at": at("2026-03-01")},
            {"deployment": "A", "service": "pay", "deployed_at": at("2026-03-01"), "source": "hub"},
            {"deployment": "B", "service": "pay", "deployed_at": at("2026-03-05"), "environment": "staging"},
            {"deployment": "C", "service": "nowhere", "deployed_at": at("2026-03-05")},
        ],
        incidents=[
            {"incident": "I", "service": "desk", "started_at": at("2026-03-02")},
            {"incident": "H", "service": "desk", "started_at": at("2026-02-02"), "restored_at": at("2026-02-04")},
        ],
    )
    prepared(engine, organisation(service("pay"), service("desk")), ["deliveries"])
    assert happened_in(engine) == (
        Happened(INCIDENT, "desk", at("2026-03-02"), "I"), Happened(RELEASE, "pay", at("2026-03-01"), "A"),
        Happened(INCIDENT, "desk", at("2026-02-02"), "H", at("2026-02-04")),
    )  # fmt: skip


def test_nothing_happened_is_nothing():
    """Without deployments and incidents there are no rivals."""
    engine = prepared(engine_with(deployments=[]), organisation(service("pay")), ["deliveries"])
    assert happened_in(engine) == ()
