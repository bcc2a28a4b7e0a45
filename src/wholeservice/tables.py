"""Every column of every fact table: its type, unit and meaning. The only place where column names are text.

Each table is a frozen dataclass, so that a column is an attribute (`row.happened_at`, `table.happened_at`) and never a
string elsewhere. All tables share the keys of `Fact`. Instants end in `_at` and are UTC; civil dates end in `_on`;
durations are seconds and end in `_s`. A `None` is missing: it never means zero.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import Any

# The types a column may have, in words that every engine can translate.
TEXT, INSTANT, DATE, NUMBER, INTEGER, FLAG, NUMBERS = "text", "instant", "date", "number", "integer", "flag", "numbers"

_TYPES = {"str": TEXT, "dt.datetime": INSTANT, "dt.date": DATE, "float": NUMBER, "int": INTEGER, "bool": FLAG}
_TYPES["tuple[float, ...]"] = NUMBERS


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is one of the constants above; `unit` is None for names, verdicts and flags."""

    name: str
    type: str
    required: bool
    meaning: str
    unit: str | None = None
    is_alias: bool = False  # names a person: only a pseudonym of it is ever stored


@dataclass(frozen=True, slots=True)
class Table:
    """One fact table: what one row is, and its columns, keys first."""

    name: str
    one_row_is: str
    row: type[Fact]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _column(meaning: str, unit: str | None = None, *, optional: bool = False) -> Any:
    metadata = {"meaning": meaning, "unit": unit}
    return field(default=None, metadata=metadata) if optional else field(metadata=metadata)


def _may(meaning: str, unit: str | None = None) -> Any:
    return _column(meaning, unit, optional=True)


def _alias(meaning: str) -> Any:
    return field(default=None, metadata={"meaning": meaning, "unit": None, "is_alias": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The keys of every table. A record is replaced as a whole: the newest `known_at` of (source, record) wins."""

    source: str = _column("name of the source in wholeservice.yaml")
    record: str = _column("identity of the record (issue, file row, trace) within its source")
    part: str = _column("which of the record's rows this is")
    known_at: dt.datetime = _column("when we learned it")
    where_from: str = _column("file:line or URL of the raw record")
    digest: str = _column("hash of the record's facts; tells a repeat from a revision")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction(Fact):
    """one event of one consumer at one step"""

    happened_at: dt.datetime = _column("when it happened")
    ended_at: dt.datetime | None = _may("when it ended, if it lasted")
    consumer: str | None = _alias("pseudonymous alias of the consumer")
    attempt: str | None = _may("identity of the attempt, given by the source; this alone makes attempts")
    visit: str | None = _may("identity of the visit or session; stands in for a consumer where none is known")
    service: str = _column("foreign name of the service")
    journey: str | None = _may("foreign name of the journey")
    step: str | None = _may("foreign name of the step")
    channel: str | None = _may("channel: web, app, phone, post, desk ...")
    segment: str | None = _may("kind of consumer: the id of one that is declared")
    device: str | None = _may("what they used: mobile, desktop, tablet, kiosk ...")
    environment: str | None = _may("environment; None means production")
    outcome: str | None = _may("reached, done, failed, left, or a legitimate end of the journey")
    active_s: float | None = _may("time the consumer was active", "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Fact):
    """one question asked of a consumer, answered or not"""

    asked_at: dt.datetime = _column("when it was asked")
    answered_at: dt.datetime | None = _may("when it was answered; None: not answered")
    ask: str | None = _may("identity of the survey or prompt")
    consumer: str | None = _alias("pseudonymous alias of the consumer")
    attempt: str | None = _may("the attempt it is about")
    service: str = _column("foreign name of the service")
    step: str | None = _may("step it was asked at")
    channel: str | None = _may("channel it was asked in")
    segment: str | None = _may("kind of consumer: the id of one that is declared")
    device: str | None = _may("what they used: mobile, desktop, tablet, kiosk ...")
    instrument: str | None = _may("csat, nps, ease, sus-1, outcome ...")
    question: str | None = _may("the question in its words")
    score: float | None = _may("the answer on its scale", "points")
    scale_min: float | None = _may("lowest point of the scale", "points")
    scale_max: float | None = _may("highest point of the scale", "points")
    expected: float | None = _may("what the consumer expected, same scale", "points")
    text: str | None = _may("free words")
    weight: float | None = _may("answers this one stands for", "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Fact):
    """one contact for help"""

    happened_at: dt.datetime = _column("when contact was made")
    contact: str | None = _may("identity of the contact")
    consumer: str | None = _alias("pseudonymous alias of the consumer")
    service: str = _column("foreign name of the service")
    step: str | None = _may("step it is about")
    channel: str | None = _may("channel it came by")
    words: str | None = _may("what the consumer said")
    handled_by: str | None = _may("team that handled it")
    handling_s: float | None = _may("time spent handling it", "s")
    wait_s: float | None = _may("time the consumer waited", "s")
    resolved_first: bool | None = _may("resolved at the first contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Fact):
    """one piece of work: feature, defect, debt, risk, request, change, improvement"""

    item: str = _column("identity of the item")
    kind: str | None = _may("feature, defect, debt, risk, request, change, improvement")
    service: str | None = _may("service it is about")
    about_part: str | None = _may("part of the service it is about")
    stream: str | None = _may("value stream it runs in")
    team: str | None = _may("team that owns it now")
    channel: str | None = _may("channel it came by: web, app, phone, post, desk ...")
    priority: str | None = _may("priority as the source words it")
    known_at_source: dt.datetime | None = _may("when the need became known")
    created_at: dt.datetime = _column("when the item was created")
    due_at: dt.datetime | None = _may("when it is due")
    done_at: dt.datetime | None = _may("when it was done; None: open")
    size: float | None = _may("size as the source counts it", "points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(Fact):
    """one stay of an item in one state"""

    item: str = _column("identity of the item")
    stage: str | None = _may("stage of the value stream")
    state: str = _column("queued, active, blocked, done or returned; unknown: work or wait, nobody wrote down which")
    from_at: dt.datetime = _column("when the stay began")
    to_at: dt.datetime | None = _may("when it ended; None: still there")
    team: str | None = _may("team working or waiting")
    resource: str | None = _alias("pseudonymous resource")
    waits_on: str | None = _may("item or team it waits for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Fact):
    """one change reaching one environment"""

    deployment: str = _column("identity of the deployment")
    service: str = _column("foreign name of the service or part")
    environment: str | None = _may("environment; None means production")
    version: str | None = _may("version deployed")
    artefact: str | None = _may("content digest of what was deployed")
    deployed_at: dt.datetime = _column("when it reached the environment")
    planned: bool | None = _may("planned, or a reaction to harm")
    method: str | None = _may("how it was rolled out")
    result: str | None = _may("succeeded, failed, rolled-back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Fact):
    """one harm to consumers"""

    incident: str = _column("identity of the incident")
    service: str | None = _may("foreign name of the service or part")
    environment: str | None = _may("environment; None means production")
    started_at: dt.datetime = _column("when the harm began")
    detected_at: dt.datetime | None = _may("when anybody noticed")
    detected_by: str | None = _may("monitor, staff, consumer or public")
    restored_at: dt.datetime | None = _may("when it ended; None: still open")
    severity: str | None = _may("severity as the source words it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Fact):
    """one call to a part, or a sampled one"""

    trace: str = _column("identity of the trace; equals the attempt where traces are linked to attempts")
    span: str = _column("identity of the call within its trace")
    parent: str | None = _may("span that made this call; None: made by the step itself")
    service: str = _column("foreign name of the part called")
    operation: str | None = _may("what was asked of it")
    caller: str | None = _may("foreign name of the caller")
    step: str | None = _may("step of the journey that made the call")
    environment: str | None = _may("environment; None means production")
    started_at: dt.datetime = _column("when the call began")
    duration_s: float | None = _may("how long it took", "s")
    failed: bool = _column("the call did not give what was asked")
    weight: float | None = _may("calls this one stands for (1 / sampling)", "calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money(Fact):
    """an amount over a civil period"""

    from_on: dt.date = _column("first day")
    to_on: dt.date = _column("day after the last")
    entity: str = _column("foreign name of what it is spent on")
    pool: str | None = _may("cost pool")
    line: str | None = _may("cost line: run, people, overhead, third party")
    flow: str = _column("spent, earned, saved or avoided")
    kind: str | None = _may("billed, effective or budget")
    amount: float = _column("the amount", "currency")
    currency: str = _column("ISO 4217 code")
    allocated_by: str | None = _may("rule that allocated it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting(Fact):
    """a thing or relation seen to exist"""

    seen_at: dt.datetime | None = _may("when it was seen; None: undated")
    kind: str = _column("kind of the thing: unit, service, team ...")
    name: str = _column("foreign name of the thing")
    title: str | None = _may("its name for people")
    relation: str | None = _may("part-of, uses, owned-by, alias ...")
    to_kind: str | None = _may("kind of the other end")
    to_name: str | None = _may("foreign name of the other end")
    environment: str | None = _may("where it was seen")
    version: str | None = _may("version seen")
    artefact: str | None = _may("content digest seen")
    attributes: str | None = _may("anything else, as a JSON object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(Fact):
    """something that somebody else already counted"""

    from_at: dt.datetime = _column("start of the window")
    to_at: dt.datetime = _column("end of the window (exclusive)")
    window: str = _column("calendar (may be added over time) or rolling (never)")
    entity: str = _column("foreign name of the service or part")
    step: str | None = _may("step")
    channel: str | None = _may("channel; None: all channels")
    segment: str | None = _may("kind of consumer: the id of one that is declared; None: all")
    of: str = _column("what was counted: transactions, visits, attempts, answers, costs ...")
    statistic: str = _column("count, mean, share or histogram")
    value: float | None = _may("the value of the statistic", "as counted")
    numerator: float | None = _may("numerator, where the statistic is a ratio")
    denominator: float | None = _may("denominator, where the statistic is a ratio or mean")
    currency: str | None = _may("ISO 4217 code, where it is money")
    histogram: tuple[float, ...] | None = _may("counts per point of the scale, lowest first", "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Fact):
    """one relation between two references"""

    from_ref: str = _column("table:identity of one end")
    relation: str = _column("same-as, part-of, for, fixes, improves, caused-by, delivers or blocks")
    to_ref: str = _column("table:identity of the other end")
    happened_at: dt.datetime | None = _may("when it came to be")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Fact):
    """a verdict on a row or entity"""

    about: str = _column("table:identity or entity judged")
    question: str = _column("failure demand, cause, readiness, promise, verdict, research finding")
    verdict: str = _column("the verdict")
    value: float | None = _may("number that goes with it")
    unit: str | None = _may("unit of the number")
    by: str | None = _may("role or rule that judged")
    version: str | None = _may("version of the typology or rule")
    judged_at: dt.datetime = _column("when")
    evidence: str | None = _may("what it rests on")
    expires_at: dt.datetime | None = _may("when it must be judged again")


def _table(name: str, row: type[Fact]) -> Table:
    columns = tuple(
        Column(
            name=each.name,
            type=_TYPES[str(each.type).removesuffix(" | None")],
            required=not str(each.type).endswith("| None"),
            meaning=each.metadata["meaning"],
            unit=each.metadata["unit"],
            is_alias=each.metadata.get("is_alias", False),
        )
        for each in fields(row)
    )
    return Table(name=name, one_row_is=(row.__doc__ or "").strip(), row=row, columns=columns)


INTERACTIONS = _table("interactions", Interaction)
ANSWERS = _table("answers", Answer)
CONTACTS = _table("contacts", Contact)
ITEMS = _table("items", Item)
WORK = _table("work", Work)
DEPLOYMENTS = _table("deployments", Deployment)
INCIDENTS = _table("incidents", Incident)
CALLS = _table("calls", Call)
MONEY = _table("money", Money)
SIGHTINGS = _table("sightings", Sighting)
TALLIES = _table("tallies", Tally)
LINKS = _table("links", Link)
JUDGEMENTS = _table("judgements", Judgement)

TABLES: tuple[Table, ...] = (
    INTERACTIONS, ANSWERS, CONTACTS, ITEMS, WORK, DEPLOYMENTS, INCIDENTS, CALLS, MONEY, SIGHTINGS, TALLIES, LINKS,
    JUDGEMENTS,
)  # fmt: skip
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
KEYS: tuple[str, ...] = tuple(each.name for each in fields(Fact))
SOURCE, RECORD, PART, KNOWN_AT, WHERE_FROM, DIGEST = KEYS

LOG = "improvement log"
"""The source that nobody declares: what was written with `improve add` or on the pages. No declared source can be called so."""
