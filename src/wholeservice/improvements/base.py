"""What an improvement is, as the log tells it: an item of the kind `improvement`, and the judgements and links on it.

Nothing of it is ever changed or deleted: each entry is a judgement, and of those on one question the newest counts. The words
of `QUESTIONS` stand in `judgements.question`; `about` is `item:ID`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

KIND = "improvement"
DAILY, PROMISED = "daily", "promised"

SAYS, PROBLEM, HYPOTHESIS, OWNER, LEARNT = "improvement", "problem", "hypothesis", "owner", "learnt"
PROMISE, WORTH, JUDGED_BY, COMPARED_WITH, STARTED = "promise", "worth", "judged by", "compared with", "started"
PRIORITY, CLOSED, VERDICT = "priority", "closed", "verdict"
QUESTIONS = {
    SAYS: "the improvement in one line",
    PROBLEM: "what is wrong, and for whom",
    HYPOTHESIS: "why the change should help",
    OWNER: "the role or person who answers for it",
    PROMISE: "the number that should move (`MEASURE of ENTITY [@ STEP] [in CHANNEL]`); value: by how much for the better, in "
    "unit; evidence: `typed in` or `scenario:NAME`; expires_at: by when",
    WORTH: "a number as in promise; value: the smallest effect on it that is worth having, in unit",
    JUDGED_BY: "a further number that judges it, in the words of a promise; several",
    COMPARED_WITH: "a service that did not change, to compare with",
    STARTED: "judged_at is when the change reached people; evidence: the deployment, where known; version: when that was said, "
    "where it was said more than once",
    PRIORITY: "`cost of delay`, `wsjf` or `simulated gain`; value and unit: how much",
    LEARNT: "what was learnt, also when it did not help",
    VERDICT: "one of `VERDICTS` on one number (evidence), as `improve verify` found; value: the effect, in unit",
    CLOSED: "one of `VERDICTS`, or `without evidence`, which stays visible",
}
"""What a judgement may say of an improvement, and what its columns then hold. Where it is: links `improves` to part:ID,
service:ID, step:SERVICE.STEP, policy:ID, stream:ID or team:ID; why: links `for` to finding:CODE.ENTITY; the work on it: links
`part-of`, `delivers`, `for` or `fixes` between it and other items."""

IMPROVES, FOR = "improves", "for"
WORKED_ON_BY = ("part-of", "delivers", "for", "fixes")
COST_OF_DELAY, WSJF, SIMULATED_GAIN = PRIORITIES = ("cost of delay", "wsjf", "simulated gain")
TYPED_IN, SCENARIO = "typed in", "scenario:"

IMPROVED, NO_EFFECT, WORSE, UNCLEAR, STILL_MEASURING = "improved", "no effect", "worse", "unclear", "still measuring"
VERDICTS = (IMPROVED, NO_EFFECT, WORSE, UNCLEAR, STILL_MEASURING)
WITHOUT_EVIDENCE = "without evidence"


@dataclass(frozen=True, slots=True)
class Number:
    """Which number: a measure of an entity, at a step, in a channel (None: all of them)."""

    measure: str
    entity: str
    step: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """How far a number should move, positive = for the better, in `unit` as written; `source` is typed in or scenario:NAME."""

    number: Number
    by: float
    unit: str
    source: str
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: what was said about one question, when and by whom."""

    question: str
    says: str
    at: dt.datetime
    by: str | None = None
    value: float | None = None
    unit: str | None = None
    evidence: str | None = None
    until: dt.datetime | None = None  # of a promise: by when
    said_at: dt.datetime | None = None  # where that is another instant than `at`: of a start


@dataclass(frozen=True, slots=True)
class Improvement:
    """One improvement, as its newest entries have it. `where` are references such as part:checkout; several are allowed.

    A daily one has no promise, and is shown as not measured. `started_at` None: it has not reached anybody yet.
    """

    id: str
    sort: str  # DAILY or PROMISED
    says: str
    created_at: dt.datetime
    where: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()  # references: finding:F101.book-and-stay
    problem: str | None = None
    hypothesis: str | None = None
    owner: str | None = None
    stream: str | None = None
    team: str | None = None
    promises: tuple[Promise, ...] = ()
    worth: tuple[tuple[Number, float, str], ...] = ()
    judged_by: tuple[Number, ...] = ()
    compared_with: tuple[str, ...] = ()
    started_at: dt.datetime | None = None
    priority: tuple[str, float, str | None] | None = None  # (by what, how much, unit)
    learnt: tuple[str, ...] = ()
    closed: str | None = None  # a verdict, or WITHOUT_EVIDENCE
    closed_at: dt.datetime | None = None
    work: tuple[str, ...] = ()  # the items of work on it
    entries: tuple[Entry, ...] = field(default=(), repr=False)  # all that was ever said, oldest first
