"""Rules are silent on noise: their false alarms are counted on seeded chance, and stay under what their help page states."""

from __future__ import annotations

import datetime as dt
import random

from findings.cases import MEASURES
from wholeservice.findings import coverage_change, target_missed, watermelon
from wholeservice.findings.base import Facts
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load_texts
from wholeservice.periods import Period, parse_period

SEED = 20260101
AS_OF = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
HEAD = "org: { name: Land, purpose: To serve, north-star: people served }\n"


def organisation_of(services: dict[str, str]):
    text = HEAD + "services:\n" + "".join(f"  {name}: {{ {fields} }}\n" for name, fields in services.items())
    organisation, problems = load_texts({"organisation/x.yaml": text})
    assert not problems
    return organisation


def cell(measure: str, entity: str, period: Period) -> Cell:
    return Cell(measure, entity, period.from_at, period.to_at, period.window)


def test_a_target_that_is_just_met_is_called_missed_in_at_most_five_of_a_hundred():
    """1,000 services whose true completion is exactly the target: at a 95 % interval about 2.5 % are called missed."""
    chance, n_services, n_people = random.Random(SEED), 1000, 400
    month = parse_period("2026-05")
    needs = "needs: { easy: { says: Be easy, targets: [ completion >= 90% over 31d ] } }"
    organisation = organisation_of({f"s{i}": needs for i in range(n_services)})
    rows = []
    for i in range(n_services):
        hits = sum(chance.random() < 0.9 for _ in range(n_people))
        rows.append((cell("completion", f"s{i}", month), Statistics(n=n_people, numerator=hits, denominator=n_people)))
    found = list(target_missed.check(Facts(organisation, Results(MEASURES, rows), "UTC", AS_OF, {})))
    assert 0 < len(found) / n_services <= 0.05


def test_people_who_are_just_content_enough_are_rarely_called_discontent_behind_green_targets():
    """600 services whose calls surely work and whose true satisfaction is exactly the target: about 2.5 % speak by chance."""
    chance, n_services, n_people = random.Random(SEED), 600, 300
    month = parse_period("2026-05")
    needs = "needs: { glad: { says: Please me, targets: [ satisfaction >= 70% over 31d, success >= 95% over 31d ] } }"
    organisation = organisation_of({f"s{i}": needs for i in range(n_services)})
    rows = []
    for i in range(n_services):
        hits = sum(chance.random() < 0.7 for _ in range(n_people))
        rows.append((cell("satisfaction", f"s{i}", month), Statistics(n=n_people, numerator=hits, denominator=n_people)))
        rows.append((cell("success", f"s{i}", month), Statistics(n=10_000, numerator=9_900, denominator=10_000)))
    found = list(watermelon.check(Facts(organisation, Results(MEASURES, rows), "UTC", AS_OF, {})))
    assert 0 < len(found) / n_services <= 0.05


def test_services_that_miss_a_period_by_chance_are_rarely_a_coverage_change():
    """200 histories of twenty months of thirty like services, each missing one month in twenty, shares wandering by 2 pp."""
    chance, n_histories = random.Random(SEED), 200
    months = [parse_period(f"{2024 + i // 12}-{i % 12 + 1:02}") for i in range(20)]
    organisation = organisation_of({f"s{i}": f"title: S{i}" for i in range(30)})
    n_loud = 0
    for _ in range(n_histories):
        results = Results(MEASURES, noisy_rows(chance, months))
        n_loud += any(True for _ in coverage_change.check(Facts(organisation, results, "UTC", AS_OF, {})))
    assert n_loud / n_histories <= 0.05


def noisy_rows(chance: random.Random, months: list[Period]):
    """Like services: what each brings is like what the others bring, so who is missing matters little."""
    usual = {f"s{i}": (chance.uniform(800, 1200), chance.uniform(0.5, 0.9)) for i in range(30)}
    for month in months:
        for name, (volume, share) in usual.items():
            if chance.random() >= 0.05:
                n = round(volume * chance.uniform(0.95, 1.05))
                hits = n * min(1.0, max(0.0, chance.gauss(share, 0.02)))
                yield cell("channel-take-up", name, month), Statistics(n=n, numerator=hits, denominator=n)
                yield cell("volume", name, month), Statistics(n=n, numerator=n)


def test_no_service_misses_anything_no_coverage_change():
    """Numbers that only wander, all services reporting: not one finding in 50 histories."""
    chance = random.Random(SEED)
    months = [parse_period(f"2025-{i + 1:02}") for i in range(12)]
    organisation = organisation_of({f"s{i}": f"title: S{i}" for i in range(5)})
    for _ in range(50):
        rows = [
            (cell("channel-take-up", f"s{i}", month), Statistics(n=100, numerator=chance.uniform(10, 90), denominator=100))
            for month in months
            for i in range(5)
        ]
        facts = Facts(organisation, Results(MEASURES, rows), "UTC", AS_OF, {})
        assert list(coverage_change.check(facts)) == []
