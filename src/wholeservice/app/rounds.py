"""What `ingest --every` does in a round, and the one line that it prints."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import JSON, TABLE, problem_row, say
from wholeservice.app.repeat import Clock, Signals, Stopped, alone, parse_interval, repeat
from wholeservice.errors import InputError, Problem, WholeserviceError

if TYPE_CHECKING:
    from wholeservice.facts.ingest import Report

COUNTS = ("read", "kept", "known", "superseded", "refused", "deleted")


def ingest_every(asked: Asked, source: str | None, interval: str, form: str) -> int:
    """Ingest round after round until a signal comes. Return the exit code: 130 after SIGINT, 143 after SIGTERM."""
    every_s = parse_interval(interval)
    if form not in (TABLE, JSON):
        raise InputError(Problem("ING004", f"a loop prints line by line, and {form} does not", expected="table or json",
                                 next_step="take --format out, or say --format json: one object a line"))  # fmt: skip
    settings = asked.settings()
    clock, signals = Clock(), Signals()
    try:
        with signals.watched(), alone(settings.state):
            say(f"Ingesting into {settings.name} every {interval}. Ctrl-C stops.")
            rounds = _Rounds(asked, source, settings.zone, form, signals)
            repeat(every_s, rounds.work, rounds.told, clock=clock, signals=signals)
    except Stopped as stopped:
        say("Stopped. What was committed is complete; nothing half-done is kept.")
        return stopped.exit_code
    return 0


@dataclass(slots=True)
class _Rounds:
    """The rounds of one loop. Settings and declarations are read anew in each, so that a change of them counts."""

    asked: Asked
    source: str | None
    zone: str
    form: str
    signals: Signals
    report: Report | None = field(default=None)

    def work(self) -> bool:
        """Ingest once; True when at least one source could be read, or there is none."""
        from wholeservice.app.workspace import ingest_workspace

        self.report = None
        # Once something of a commit is on disk it is finished first; before that there is nothing to finish.
        self.report = ingest_workspace(self.asked.settings(), self.source, reached=lambda step: self.signals.finish())
        return any(each.is_read for each in self.report.sources) or not self.report.sources

    def told(self, number: int, wait_s: float, error: WholeserviceError | None) -> None:
        """Print what the round did, and when the next one comes."""
        now = dt.datetime.now(ZoneInfo(self.zone))
        said = row(number, self.report, error)
        next_at = now + dt.timedelta(seconds=wait_s)
        if self.form == JSON:
            click.echo(json.dumps({"at": now.isoformat(), **said, "next_at": next_at.isoformat()}, ensure_ascii=False))
        else:
            click.echo(f"{now:%Y-%m-%d %H:%M:%S}  {line(said)}; next at {_clock(next_at, now)}")


def row(number: int, report: Report | None, error: WholeserviceError | None) -> dict[str, Any]:
    """Return what a round did as plain values."""
    sources = report.sources if report else ()
    problems = [*(error.problems if error else ()), *(each for of in sources if not of.is_read for each in of.problems)]
    return {
        "round": number,
        "run": report.run.id if report and report.run else None,
        "is_new": bool(report and report.is_new),
        **{name: sum(getattr(each, name) for each in sources) for name in COUNTS},
        "not_read": [each.source for each in sources if not each.is_read],
        "problems": [problem_row(each) for each in problems],
    }


def line(said: dict[str, Any]) -> str:
    """Return what a round did, in one line for people.

    >>> nothing = {**dict.fromkeys(COUNTS, 0), "run": "0001-a", "is_new": False, "not_read": [], "problems": []}
    >>> line({**nothing, "round": 2, "read": 40})
    'round 2: nothing new in 40 rows'
    """
    first = next(iter(said["problems"]), None)
    why = f"{first['code']} {first['what']}" if first else ""
    if said["problems"] and not said["read"]:
        return f"round {said['round']}: failed: {why}"
    words = {"kept": "new", "superseded": "changed", "deleted": "deleted", "refused": "refused"}
    counts = [f"{said[name]:,} {word}" for name, word in words.items() if said[name]]
    did = f"{', '.join(counts)} of {said['read']:,} rows" if counts else f"nothing new in {said['read']:,} rows"
    run = f" (run {said['run']})" if said["is_new"] else ""
    missing = f"; not read: {', '.join(said['not_read'])} ({why})" if said["not_read"] else ""
    return f"round {said['round']}: {did}{run}{missing}"


def _clock(moment: dt.datetime, now: dt.datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M:%S}"
