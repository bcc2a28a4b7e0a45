"""How work flows at the example organisation, run once for all tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from architecture.reading import ROOT
from wholeservice.organisation.load import load
from wholeservice.simulation.flow import Flowed, simulate_flow
from wholeservice.simulation.flow_facts import FlowFacts, told
from wholeservice.simulation.flow_truth import Truth, truth_of
from wholeservice.simulation.flow_world import Flow
from wholeservice.simulation.scenario import load_world

EXAMPLE = ROOT / "examples" / "stayline"
SEED = 20260907


@cache
def declared() -> Flow:
    """Return the flow that the scenario of the example declares."""
    organisation, _ = load(EXAMPLE)
    text = (EXAMPLE / "scenarios" / "now.yaml").read_text(encoding="utf-8")
    flow = load_world(text, "now.yaml", organisation).flow
    assert flow is not None
    return flow


@cache
def happened(without: str = "", seed: int = SEED) -> tuple[Flowed, FlowFacts, Truth]:
    """Return what happened with every trouble but one, what is told of it, and the truth."""
    flow = declared()
    flowed = simulate_flow(replace(flow, troubles=flow.troubles - {without}), seed)
    facts = told(flowed)
    return flowed, facts, truth_of(flowed, facts)
