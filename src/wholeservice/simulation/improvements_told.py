"""What the people of the example wrote into their improvement log over the summer. Nothing is drawn: these are their words.

They promised and did not look (one was closed without evidence), did small things that nobody measures, and one of them read a
finding. What really changed is the world's affair (`changed_world`); the log only tells what was said, and when.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from wholeservice.improvements.base import (
    CLOSED,
    COMPARED_WITH,
    COST_OF_DELAY,
    FOR,
    HYPOTHESIS,
    IMPROVES,
    JUDGED_BY,
    LEARNT,
    OWNER,
    PRIORITY,
    PROBLEM,
    PROMISE,
    SAYS,
    STARTED,
    TYPED_IN,
    WITHOUT_EVIDENCE,
    WORTH,
)
from wholeservice.improvements.checks import Said, Submission
from wholeservice.improvements.entries import line_of

A_WEEK = "EUR a week"


def told_improvements(zone: str) -> tuple[dict[str, Any], ...]:
    """Return the lines of the log, oldest first, as the source of the kind `improvements` reads them."""
    lines = []
    for number, (day, id_, submission) in enumerate(_told(zone), 1):
        lines.append(line_of(submission, id_, f"{id_}/{number}", _at(day, zone)))
    return tuple(lines)


def _at(day: str, zone: str, hour: int = 10) -> dt.datetime:
    return dt.datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def _told(zone: str) -> list[tuple[str, str, Submission]]:
    def promise(number: str, by: float, unit: str, until: str) -> Said:
        return Said(PROMISE, number, by, unit, TYPED_IN, _at(until, zone, 0))

    def started(day: str, deployment: str | None = None) -> Said:
        return Said(STARTED, day, evidence=deployment, at=_at(day, zone, 0))

    return [*_of_june(promise, started), *_of_july(promise, started)]


def _new(*said: Said, where: tuple[str, ...], because: tuple[str, ...] = (), by: str) -> Submission:
    links = (*((IMPROVES, each) for each in where), *((FOR, f"finding:{each}") for each in because))
    return Submission(None, said, links, by)


def _more(id_: str, *said: Said, by: str) -> Submission:
    return Submission(id_, said, (), by)


def _of_june(promise: Any, started: Any) -> list[tuple[str, str, Submission]]:
    whole_price = _new(
        Said(SAYS, "Show the whole price, with tax and breakfast, on the first page"),
        Said(PROBLEM, "Guests see one price while they look and another one when they pay, and go elsewhere."),
        Said(HYPOTHESIS, "Whoever knows the whole price early does not leave because of it later."),
        Said(OWNER, "Head of pricing"), promise("completion of book-and-stay", 2.0, "pp", "2026-08-01"),
        Said(PRIORITY, COST_OF_DELAY, 3_000.0, A_WEEK), where=("part:prices", "step:book-and-stay.choose"), by="Pricing team",
    )  # fmt: skip
    lobby = _new(Said(SAYS, "Say in the letter which door is open at night"), started("2026-06-18"),
                 where=("part:confirmation",), by="Booking team")  # fmt: skip
    bill = _new(
        Said(SAYS, "Send the bill the evening before, so that nobody queues to leave"),
        Said(PROBLEM, "In the morning guests queue at the desk to pay, and some go without ever hearing from us again."),
        Said(HYPOTHESIS, "Whoever has seen the bill leaves in peace and comes back."),
        Said(OWNER, "Lead of the front desk"), promise("step-conversion of book-and-stay @ come-back", 6.0, "pp", "2026-10-01"),
        Said(PRIORITY, COST_OF_DELAY, 7_000.0, A_WEEK), where=("step:book-and-stay.leave",), by="Front desk",
    )  # fmt: skip
    evening = _new(
        Said(SAYS, "Give the app’s checkout its own connections in the evening"),
        Said(PROBLEM, "Between six and ten in the evening, guests who pay in the app are thrown out."),
        Said(HYPOTHESIS, "The pool that all channels share runs dry; one of its own does not."),
        Said(OWNER, "Lead of the booking team"), promise("completion of book-and-stay in app", 3.0, "pp", "2026-09-30"),
        Said(WORTH, "completion of book-and-stay in app", 1.0, "pp"), Said(JUDGED_BY, "response-time of checkout"),
        Said(PRIORITY, COST_OF_DELAY, 9_500.0, A_WEEK), where=("part:checkout", "step:book-and-stay.pay"), by="Booking team",
    )  # fmt: skip
    return [
        ("2026-06-04", "IMP-1", whole_price),
        ("2026-06-17", "IMP-2", lobby),
        ("2026-06-22", "IMP-3", bill),
        ("2026-06-29", "IMP-4", evening),
    ]


def _of_july(promise: Any, started: Any) -> list[tuple[str, str, Submission]]:
    review = _new(
        Said(SAYS, "Let a second person of the team review, where no personal data is touched"),
        Said(PROBLEM, "Every change waits for one review that a few people of another team can give."),
        Said(OWNER, "Owner of Look to stay"), promise("cycle-time of look-to-stay", 3.0, "d", "2026-12-01"),
        Said(JUDGED_BY, "change-fail-rate of checkout"), Said(COMPARED_WITH, "payments"),
        Said(PRIORITY, COST_OF_DELAY, 6_000.0, A_WEEK), where=("policy:secure-release", "stream:look-to-stay"),
        by="Owner of Look to stay",
    )  # fmt: skip
    typed_in = _new(
        Said(SAYS, "Fill in the address of guests who have been here before"),
        Said(PROBLEM, "Booking takes ten minutes, and we think that typing is most of it."),
        Said(OWNER, "Lead of the booking team"), promise("time-to-convert of book-and-stay", 3.0, "min", "2026-09-01"),
        Said(PRIORITY, COST_OF_DELAY, 4_000.0, A_WEEK), where=("step:book-and-stay.pay",), by="Booking team",
    )  # fmt: skip
    desk = _new(Said(SAYS, "A bell at the front desk of the three largest hotels"), where=("step:book-and-stay.arrive",),
                by="Front desk")  # fmt: skip
    fresh = _new(
        Said(SAYS, "Ask room status again before a guest is told that the room is gone"),
        Said(PROBLEM, "Since the middle of July rooms that are free are refused, and rooms that are gone are sold."),
        Said(HYPOTHESIS, "What room status says is old; a second question after a second gets the answer of now."),
        Said(OWNER, "Lead of the booking team"), promise("completion of book-and-stay", 5.0, "pp", "2026-11-01"),
        Said(PRIORITY, COST_OF_DELAY, 24_000.0, A_WEEK), where=("service:room-status", "part:rooms"),
        because=("F101.book-and-stay",), by="Booking team",
    )  # fmt: skip
    forgotten = "Nobody wrote down what it was before, and rooms went wrong on the same day: we cannot tell any more."
    return [
        ("2026-07-02", "IMP-5", typed_in),
        ("2026-07-13", "IMP-3", _more("IMP-3", started("2026-07-13"), by="Front desk")),
        ("2026-07-13", "IMP-5", _more("IMP-5", started("2026-07-13"), by="Booking team")),
        ("2026-07-14", "IMP-6", review),
        ("2026-07-16", "IMP-1", _more("IMP-1", started("2026-07-15", "prices@44"), by="Pricing team")),
        ("2026-07-22", "IMP-7", desk),
        ("2026-08-04", "IMP-4", _more("IMP-4", started("2026-08-03"), by="Booking team")),
        ("2026-08-11", "IMP-1", _more("IMP-1", Said(LEARNT, forgotten), Said(CLOSED, WITHOUT_EVIDENCE), by="Pricing team")),
        ("2026-08-20", "IMP-8", fresh),
    ]
