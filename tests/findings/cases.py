"""Read a case of `tests/cases/findings`: an organisation and measured rows in, findings out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from wholeservice.app.records import from_plain, to_plain
from wholeservice.facts.quality import SourceQuality
from wholeservice.findings import RULES
from wholeservice.findings.base import Facts
from wholeservice.findings.find import find
from wholeservice.findings.wording import describe
from wholeservice.measures.base import FULL_COUNT, Cell, Measure, Statistics, Value
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load_texts
from wholeservice.organisation.sightings import with_sightings
from wholeservice.periods import CALENDAR, Period, instant, parse_period
from wholeservice.tables import Sighting
from wholeservice.uncertainty import Interval, wilson
from wholeservice.units import COUNT, SECONDS, SHARE, Unit

CASES = Path(__file__).resolve().parents[1] / "cases" / "findings"
STEP_DAYS = {"weekly": 7, "daily": 1}


def share_of(statistics: Statistics) -> Value:
    hits, n = statistics.numerator, statistics.denominator
    if n <= 0:
        return Value(None, None, 0.0, "nobody tried")
    return Value(hits / n, wilson(hits, n) if 0 <= hits <= n else None, statistics.n)


def mean_of(statistics: Statistics) -> Value:
    """A mean with a spread of exactly one either way, so that a case is checked by hand."""
    mean = statistics.numerator / statistics.denominator
    return Value(mean, Interval(mean - 1, mean + 1, "by hand"), statistics.n)


def count_of(statistics: Statistics) -> Value:
    return Value(statistics.numerator, None, statistics.n)


def measure(name: str, title: str, unit: Unit, finish: Any, **more: Any) -> Measure:
    return Measure(name, title, unit, "higher", (), lambda facts: (), finish, **more)


MEASURES = (
    measure("volume", "Volume", COUNT, count_of, basis=FULL_COUNT),
    measure("completion", "People who finish", SHARE, share_of, words=("finished",)),
    measure("channel-take-up", "Share who use the digital channels", SHARE, share_of, basis=FULL_COUNT),
    measure("success", "Calls that worked", SHARE, share_of, words=("success-rate",)),
    measure("satisfaction", "How satisfied people are", SHARE, share_of),
    measure("search-time", "Time to find a room", SECONDS, mean_of),
)


def cell_of(measure: str, entity: str, period: str, *, zone: str = "UTC", window: str = CALENDAR, **where: str | None) -> Cell:
    """A cell over a period in words."""
    civil = parse_period(period, zone)
    return Cell(measure, entity, civil.from_at, civil.to_at, window, **where)


def facts_of(case: dict[str, Any]) -> Facts:
    """Build what rules look at from a case; the organisation must load without an error."""
    organisation, problems = load_texts({"organisation/case.yaml": case["organisation"]})
    errors = [problem for problem in problems if problem.severity == "error"]
    assert not errors, errors
    organisation, _ = with_sightings(organisation, [seen(row) for row in case.get("sightings", [])])
    as_of = dt.datetime.fromisoformat(str(case["as_of"])).replace(tzinfo=dt.UTC)
    rows = [row for each in case.get("results", []) for row in rows_of(each)]
    sources = tuple(source_of(each) for each in case.get("sources", []))
    return Facts(organisation, Results(MEASURES, rows), "UTC", as_of, extracts_of(case), sources)


def source_of(written: dict[str, Any]) -> SourceQuality:
    """The quality of a source as a case writes it; what every case has in common is made up."""
    same = {"run": "0001-a", "as_of": "2026-04-01T00:00:00+00:00", "as_of_on": "2026-04-01", "compared_on": "2026-04-01"}
    found: SourceQuality = from_plain(SourceQuality, {**same, **to_plain(written)})
    return found


def seen(row: dict[str, Any]) -> Sighting:
    """A sighting from what a case says of it; `seen_at` is a day."""
    known_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    keys = {"source": "test", "record": "1", "part": "0", "known_at": known_at, "where_from": "test:1", "digest": "-"}
    seen_at = {"seen_at": instant(row["seen_at"], "UTC")} if "seen_at" in row else {}
    return Sighting(**{**keys, **row, **seen_at})


def extracts_of(case: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Extracts may write a period in words; rules get its two instants."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, rows in case.get("extracts", {}).items():
        for row in rows:
            rest = {key: value for key, value in row.items() if key != "period"}
            period = parse_period(str(row["period"])) if "period" in row else None
            instants = {"from_at": period.from_at, "to_at": period.to_at} if period else {}
            found.setdefault(name, []).append({**rest, **instants})
    return found


def rows_of(row: dict[str, Any]) -> Iterator[tuple[Cell, Statistics]]:
    """One written row is one cell, or one per period with `weekly` or `yearly` values, where null is a missing period."""
    where = {key: row.get(key) for key in ("step", "channel", "segment")}
    for period, hits, n in periods_of(row):
        yield (
            Cell(row["measure"], row["of"], period.from_at, period.to_at, row.get("window", CALENDAR), **where),
            Statistics(n=n, numerator=hits, denominator=n),
        )


def periods_of(row: dict[str, Any]) -> Iterator[tuple[Period, float, float]]:
    if "period" in row:
        yield parse_period(str(row["period"])), row["hits"], row.get("n", row["hits"])
    for word in STEP_DAYS.keys() & row.keys():
        for index, hits in enumerate(row[word]):
            first = row["from"] + dt.timedelta(days=index * STEP_DAYS[word])
            after = first + dt.timedelta(days=STEP_DAYS[word])
            if hits is not None:
                yield Period(instant(first, "UTC"), instant(after, "UTC")), hits, row.get("n", hits)
    for index, hits in enumerate(row.get("yearly", [])):
        if hits is not None:
            yield parse_period(str(row["from"] + index)), hits, row.get("n", hits)


def names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def findings_text(name: str) -> str:
    """Run the rule a case is about and write what it finds."""
    case = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    rules = [rule for rule in RULES if rule.code == case["rule"]]
    found = find(facts_of(case), rules)
    return "\n\n".join(describe(each) for each in found) + "\n" if found else "nothing\n"
