"""How changes reach production, counted again in plain Python over random facts: loops over lists, no joins."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Statistics
from wholeservice.measures.compute import compute
from wholeservice.measures.durations import FIRST, PARTS

START, DAY, HOUR = at("2026-01-01"), dt.timedelta(days=1), dt.timedelta(hours=1)
NAMES = ("change-lead-time", "failed-deployment-recovery-time", "change-fail-rate", "deployment-rework-rate", "coupling",
         "deployment-frequency")  # fmt: skip
SERVICES = ("pay", "desk")
Rows = list[dict[str, Any]]


def made_up(seed: int) -> dict[str, Rows]:
    """Two services, forty deployments (some not to production), incidents, changes, and links between them."""
    r = random.Random(seed)

    def moment() -> dt.datetime:
        return START + r.randrange(29 * 24 * 12) * HOUR / 12

    deployments: Rows = [
        {"deployment": f"d{n}", "service": r.choice(SERVICES), "deployed_at": moment(),
         "environment": r.choice([None, "prod", "Live ", "staging"]), "planned": r.choice([None, True, False]),
         "result": r.choice([None, "succeeded", "succeeded", "failed", "rolled-back"])}
        for n in range(40)
    ]  # fmt: skip
    incidents: Rows = []
    for n in range(6):
        started_at = moment()
        restored_at = r.choice([None, started_at + r.randrange(1, 60) * HOUR])
        incidents.append(
            {"incident": f"i{n}", "service": r.choice(SERVICES), "started_at": started_at, "restored_at": restored_at}
        )
    items: Rows = [{"item": f"c{n}", "kind": "change", "created_at": moment()} for n in range(30)]
    links = [(f"incident:i{r.randrange(6)}", "caused-by", f"deployment:d{r.randrange(40)}") for _ in range(8)]
    links += [(f"deployment:d{r.randrange(40)}", "delivers", f"item:c{r.randrange(30)}") for _ in range(70)]
    links += [(f"deployment:d{r.randrange(40)}", "fixes", f"incident:i{r.randrange(6)}") for _ in range(3)]
    named = [{"from_ref": a, "relation": relation, "to_ref": b} for a, relation, b in links]
    return {"deployments": deployments, "incidents": incidents, "items": items, "links": named}


class Plain:
    """The same facts as lists, and what is so of each deployment."""

    def __init__(self, facts: dict[str, Rows], holder: str) -> None:
        self.incidents = {each["incident"]: each for each in facts["incidents"]}
        self.items = {each["item"]: each for each in facts["items"]}
        self.links = {(each["from_ref"], each["relation"], each["to_ref"]) for each in facts["links"]}
        live = [each for each in facts["deployments"] if (each["environment"] or "prod").strip().lower() in ("prod", "live")]
        self.all = sorted(live, key=lambda each: (each["deployed_at"], f"{each['service']}/{each['deployment']}"))
        self.mine = [each for each in self.all if holder in (each["service"], "the organisation")]

    def of(self, start: str, relation: str) -> set[str]:
        return {b.partition(":")[2] for a, each, b in self.links if (a, each) == (start, relation)}

    def caused(self, d: dict[str, Any]) -> list[dict[str, Any]]:
        return [each for name, each in self.incidents.items() if d["deployment"] in self.of(f"incident:{name}", "caused-by")]

    def told(self, d: dict[str, Any]) -> bool | None:
        return None if d["result"] is None else d["result"] != "succeeded"

    def linked(self, d: dict[str, Any]) -> bool | None:
        known = any(each["service"] == d["service"] for each in self.incidents.values())
        return True if self.caused(d) else False if known else None

    def later(self, d: dict[str, Any]) -> Rows:
        own = [each for each in self.all if each["service"] == d["service"]]
        return own[own.index(d) + 1 :]

    def after(self, d: dict[str, Any]) -> bool | None:
        own = [each for each in self.all if each["service"] == d["service"]]
        near = [each for each in self.incidents.values() if each["service"] == d["service"]]
        for each in near:
            before = [one for one in own if one["deployed_at"] <= each["started_at"] <= one["deployed_at"] + DAY]
            newest = max((one["deployed_at"] for one in before), default=None)
            if d in before and d["deployed_at"] == newest:
                return True
        following = self.later(d)[:1]
        if following and following[0]["planned"] is False and following[0]["deployed_at"] <= d["deployed_at"] + DAY:
            return True
        return False if near or any(each["planned"] is not None for each in own) else None

    def newest(self, d: dict[str, Any]) -> bool | None:
        near = [each for each in self.incidents.values() if each["service"] == d["service"]]
        own = [each for each in self.all if each["service"] == d["service"] and not self.told(each)]
        blamed = [max((one for one in own if one["deployed_at"] <= each["started_at"]), default=None,
                      key=lambda one: one["deployed_at"]) for each in near]  # fmt: skip
        return d in blamed if near else None

    def failed(self, d: dict[str, Any]) -> bool | None:
        said = [each for each in (self.told(d), self.linked(d)) if each is not None]
        return any(said) if said else None

    def recovered_at(self, d: dict[str, Any]) -> dt.datetime | None:
        if caused := self.caused(d):
            ends = [each["restored_at"] for each in caused]
            return None if None in ends else max(ends)
        return next((each["deployed_at"] for each in self.later(d) if not self.told(each)), None)

    def brings(self, d: dict[str, Any]) -> set[str]:
        return self.of(f"deployment:{d['deployment']}", "delivers")

    def is_bound(self, d: dict[str, Any]) -> bool | None:
        if not self.brings(d):
            return None
        others = [each for each in self.all if each["service"] != d["service"]]
        return any(
            self.brings(d) & self.brings(each) and abs(each["deployed_at"] - d["deployed_at"]) <= HOUR for each in others
        )

    def is_rework(self, d: dict[str, Any]) -> bool | None:
        mends = bool(self.of(f"deployment:{d['deployment']}", "fixes"))
        return True if mends else None if d["planned"] is None else not d["planned"]


def lead_times(plain: Plain) -> list[float]:
    first: dict[str, dt.datetime] = {}
    for each in plain.mine:
        if not plain.told(each):
            for item in plain.brings(each):
                first.setdefault(item, each["deployed_at"])
    lasted = [(landed - plain.items[item]["created_at"]).total_seconds() for item, landed in first.items()]
    return [each for each in lasted if each >= 0]


def recovery_times(plain: Plain) -> list[float]:
    pairs = [(d["deployed_at"], plain.recovered_at(d)) for d in plain.mine if plain.failed(d)]
    return [
        (end - begin).total_seconds() for begin, end in pairs if end is not None and end >= begin and end < at("2026-02-01")
    ]


def buckets(seconds: list[float]) -> dict[int, int]:
    """A bucket is the 32nd part of a doubling, counted from 1 ms."""
    found: dict[int, int] = {}
    for each in seconds:
        octave = 0 if each < 1 else int(each).bit_length() - 1
        bucket = 0 if each == 0 else 1 + PARTS * (octave - FIRST) + int((each / 2**octave - 1) * PARTS)
        found[bucket] = found.get(bucket, 0) + 1
    return found


def verdicts(sums: Statistics | None) -> tuple[float, float]:
    return (sums.numerator, sums.denominator) if sums else (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_random_deployments_count_as_plain_loops_count_them(seed: int):
    """Of each service and of both together: lead and recovery times, failures by each rule, rework, coupling and frequency."""
    facts, known = made_up(seed), organisation(*map(service, SERVICES))
    measures = [each for each in MEASURES if each.name in NAMES]
    engine = prepared(engine_with(**facts), known, [need for each in measures for need in each.needs])
    rows = compute(engine, known, zone="UTC", source_order=[], measures=measures)
    month = {(c.measure, c.entity, c.segment): sums for c, sums in rows if (c.to_at - c.from_at).days == 31}
    for holder in (*SERVICES, "the organisation"):
        plain = Plain(facts, holder)

        def share(judge: Any, plain: Plain = plain) -> tuple[float, float]:
            said = [judge(each) for each in plain.mine if judge(each) is not None]
            return sum(said), len(said)

        for name, times in (("change-lead-time", lead_times), ("failed-deployment-recovery-time", recovery_times)):
            found = month.get((name, holder, None), Statistics()).durations
            assert {bucket: ended for bucket, ended, _ in found} == buckets(times(plain)), (name, holder)
        judged = {None: plain.failed, "rule:told": plain.told, "rule:linked": plain.linked, "rule:after": plain.after,
                  "rule:newest": plain.newest}  # fmt: skip
        for segment, judge in judged.items():
            assert verdicts(month.get(("change-fail-rate", holder, segment))) == share(judge), (segment, holder)
        assert verdicts(month.get(("deployment-rework-rate", holder, None))) == share(plain.is_rework), holder
        assert verdicts(month.get(("coupling", holder, None))) == share(plain.is_bound), holder
        n = sum(each["result"] != "failed" for each in plain.mine)
        assert verdicts(month[("deployment-frequency", holder, None)]) == (n, pytest.approx(31 / 7)), holder
