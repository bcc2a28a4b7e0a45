"""The hotel organisation with channels, teams, rules and what stands in for what, for the pages people ask for.

Every number is made so that the usual mistake gives another: channels do not add up to the newest month alone, months differ,
and the spa declares a channel that nobody counts while parking does not offer it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from measures.lives_by_hand import STREAM, A, B, C, E, flow, work
from pages import sample
from wholeservice.findings.base import Finding
from wholeservice.measures.base import SAMPLE, Cell, Measure, Statistics
from wholeservice.measures.results import Results
from wholeservice.measures.stories import stories_of
from wholeservice.organisation.graph import Edge, Entity, Need
from wholeservice.pages.base import Data
from wholeservice.units import SHARE

HOSTILE = "<script>alert(1)</script> & =Co"
SATISFACTION = Measure(
    "satisfaction", "How satisfied people are", SHARE, "higher", ("answers",), sample.EASE.units, sample.finish_share, SAMPLE
)
SUCCESS = Measure("success", "Calls that worked", SHARE, "higher", ("calls",), sample.EASE.units, sample.finish_share, SAMPLE)
MEASURES = {**sample.MEASURES, SATISFACTION.name: SATISFACTION, SUCCESS.name: SUCCESS}
PAY_BY_WEB = {21: 4000, 22: 4100, 23: 4400}
PAY_BY_APP = {22: 900, 23: 700}  # one month is missing: no sum of the whole


def share(hits: float, n: float) -> Statistics:
    return Statistics(n=n, numerator=hits, denominator=n)


def rows() -> Iterator[tuple[Cell, Statistics]]:
    yield from sample.rows()
    for by, counts in (("web", PAY_BY_WEB), ("app", PAY_BY_APP)):
        for month, people in counts.items():
            yield sample.cell(sample.VOLUME, "stay", month, step="pay", channel=by), Statistics(n=people, numerator=people)
            yield sample.cell(sample.CONVERSION, "stay", month, step="pay", channel=by), share(people, people + 1000)
    yield sample.cell(sample.COMPLETION, "stay", 23, channel="web"), share(12_000, 30_000)
    yield sample.cell(SATISFACTION, "stay", 23), share(800, 1000)
    yield sample.cell(SATISFACTION, "stay", 23, channel="web"), share(790, 990)
    yield sample.cell(SATISFACTION, "stay", 23, step="pay"), share(60, 90)
    yield sample.cell(SUCCESS, "checkout", 23), share(900, 1000)
    yield sample.cell(SUCCESS, "checkout", 23, step="pay"), share(970, 1000)


def _entities() -> dict[str, Entity]:
    found = dict(sample.organisation().entities)
    stages = ({"stage": "decide", "kind": "necessary"}, {"stage": "build", "team": "booking", "meets": ("prices",)},
              {"stage": "check-it"})  # fmt: skip
    found[STREAM] = replace(found[STREAM], fields={"owner": "Maya Okafor", "stages": stages})
    found["spa"] = replace(found["spa"], channels=("web", "desk"), team="booking", fields={"owner": HOSTILE})
    found["parking"] = replace(found["parking"], channels=("desk",))
    team = {"type": "stream-aligned", "people": 7.0, "ask": ("chat #booking",), "serves": {"pricing": ("collaboration",)}}
    found["booking"] = replace(found["booking"], fields=team)
    more = (
        Entity("cards", "service", "Card payments", team="pricing", fields={"was": ("old-cards",)}),
        Entity("cash", "service", "Cash desk"),
        Entity("hints", "service", "Hints for guests"),
        Entity("id-check", "policy", "Check of papers", fields={"owner": "Maya Okafor", "basis": "our own choice"}),
        Entity("bank", "supplier", "Bank of the North", fields={"provides": ("cards",)}),
        Entity("zuerich", "service", "Zürich: self-service"),
    )
    return found | {each.id: each for each in more}


def _edges() -> tuple[Edge, ...]:
    group = "checkout:cards|cash"
    return (
        *sample.organisation().edges,
        Edge("checkout", "uses", "cards", how="any", group=group), Edge("checkout", "uses", "cash", how="any", group=group),
        Edge("search", "uses", "hints", how="optional"), Edge("checkout", "uses", "prices"),
        Edge("checkout", "at", "stay.pay"), Edge("search", "at", "stay.find"), Edge("id-check", "binds", "stay.pay"),
        Edge("id-check", "binds", "checkout"), Edge("bank", "provides", "cards"), Edge("booking", "serves", "pricing"),
        Edge("look-to-stay", "staffed-by", "booking"),
    )  # fmt: skip


def data() -> Data:
    """The sample with more of everything."""
    whole = sample.data()
    need = Need("fast", "stay", "Let me pay at once", "9 guests watched", None,
                (sample._target("step-conversion >= 70% over 30d @ pay", "step-conversion", "70%", step="pay"),))  # fmt: skip
    found = replace(
        whole.organisation, entities=_entities(), edges=_edges(), needs=(*whole.organisation.needs, need),
        aliases={"komp:pay-ui": "checkout"},
    )  # fmt: skip
    at_pay = Finding("F120", "stay", "More leave at Pay than before", step="pay", who_can_act="Maya Okafor")
    return replace(
        whole, organisation=found, results=Results(MEASURES.values(), rows()), measures=MEASURES,
        findings=(*whole.findings, at_pay), snapshot="asked", rows=partial(sample.rows_behind, dict(rows())),
        flows=(flow(A, B, C),), stories=stories_of(work(A, B, C, E), [flow(A, B, C)]),
    )  # fmt: skip
