"""How well the columns of a table fit each kind of fact: by what they are called, what they hold, and how rows repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wholeservice import tables
from wholeservice.mapping.base import KINDS
from wholeservice.mapping.lengths import QUARTER, YEAR
from wholeservice.proposal.columns import (
    DURATION,
    EMPTY,
    FLAG,
    IDENTITY,
    JSON,
    LIST,
    LONG,
    MOMENT,
    NAME,
    NUMBER,
    PERSON,
    WORD,
    Column,
)  # fmt: skip
from wholeservice.proposal.fields import CONSUMER_FIELDS, STRONG, USUAL, WEAK, Want
from wholeservice.proposal.fields_counts import OTHER_FIELDS
from wholeservice.proposal.fields_work import WORK_FIELDS
from wholeservice.proposal.words import (
    CHANNELS,
    DETECTED,
    DEVICE_NAMES,
    DEVICES,
    ENVIRONMENTS,
    FAILED,
    ITEM_KINDS,
    LIKERT,
    MARKETING,
    MARKETING_NAMES,
    OUTCOMES,
    PRIORITY,
    RELATIONS,
    RESULTS,
    STATES,
    share_of,
)  # fmt: skip

MIN_POINTS = 0.25
MAX_POINT = 100  # the highest point that a scale may have
_KNOWN = 4.0  # points where the values of a column are names of the organisation
_SHARE_KNOWN = 0.5
_SHARE_MARKETING = 0.25  # of the words of a column; the others, such as email and direct, are in both
_INSIDE = 0.4  # what an identity inside of another object, `pipeline.id`, counts as that of the row
_t: Any = tables  # the checker of types does not know that a slot can be named


def _named(*slots: Any) -> frozenset[tuple[type, str]]:
    return frozenset((slot.__objclass__, slot.__name__) for slot in slots)


OWN = _named(_t.Answer.ask, _t.Contact.contact, _t.Item.item, _t.Deployment.deployment, _t.Incident.incident, _t.Call.span)
"""Fields that name the fact itself: hardly two rows have the same."""
SHARED = _named(_t.Interaction.attempt, _t.Interaction.visit, _t.Work.item, _t.Call.trace, _t.Call.parent, _t.Work.waits_on,
                _t.Link.from_ref, _t.Link.to_ref, _t.Judgement.about)  # fmt: skip
"""Fields that name something which other rows may name too."""
WORDS = _named(_t.Answer.text, _t.Answer.question, _t.Contact.words, _t.Judgement.evidence, _t.Sighting.title,
               _t.Judgement.question, _t.Judgement.verdict)  # fmt: skip
WORDS_SAID = WORDS - _named(_t.Judgement.question, _t.Judgement.verdict)
"""Free words, which may tell of people: their values are never shown."""
REFS = _named(_t.Link.from_ref, _t.Link.to_ref)
TEAMS = _named(_t.Sighting.to_name)
CONSUMERS = _named(_t.Interaction.consumer, _t.Answer.consumer, _t.Contact.consumer)
RANKS = _named(_t.Item.priority, _t.Incident.severity)
SCORES = _named(_t.Answer.score)
SIZES = _named(_t.Item.priority, _t.Incident.severity, _t.Deployment.version, _t.Deployment.artefact, _t.Sighting.version)
ABOUT = _named(_t.Interaction.service, _t.Answer.service, _t.Contact.service, _t.Item.service, _t.Deployment.service,
               _t.Incident.service, _t.Call.service, _t.Money.entity, _t.Tally.entity, _t.Sighting.name)  # fmt: skip
"""Fields that name what a fact is about."""

CHANNEL_FIELDS = _named(_t.Interaction.channel, _t.Answer.channel, _t.Contact.channel, _t.Item.channel)
DEVICE_FIELDS = _named(_t.Interaction.device, _t.Answer.device)
SEGMENT_FIELDS = _named(_t.Interaction.segment, _t.Answer.segment)

NAMELESS = _named(_t.Tally.from_at, _t.Tally.entity, _t.Interaction.happened_at, _t.Answer.asked_at, _t.Contact.happened_at,
                  _t.Item.created_at, _t.Work.from_at, _t.Deployment.deployed_at, _t.Incident.started_at, _t.Call.started_at,
                  _t.Money.from_on, _t.Judgement.judged_at)  # fmt: skip
"""Fields that a column without a name may be, by what it holds alone, and the only column of instants whatever its name."""

FINEST = _named(_t.Tally.from_at)
"""Of several columns with a start, the one with most days is meant: its month and quarter follow from it."""

VALUES: Mapping[str, Any] = {
    **{slot.__name__: CHANNELS for slot in (_t.Interaction.channel,)},
    _t.Interaction.environment.__name__: ENVIRONMENTS, _t.Interaction.outcome.__name__: OUTCOMES,
       _t.Work.state.__name__: STATES, _t.Item.kind.__name__: ITEM_KINDS, _t.Deployment.result.__name__: RESULTS,
       _t.Incident.detected_by.__name__: DETECTED, _t.Call.failed.__name__: FAILED, _t.Link.relation.__name__: RELATIONS
}  # fmt: skip
"""Field -> the values by which its column is known, whatever it is called."""

_NO_PERSON = {"type", "category", "segment", "count", "group", "status", "tier", "class", "satisfaction", "rating", "score",
              "effort", "total", "agent", "is", "new", "active", "unique", "text", "lifetime", "plan", "feedback",
              "comment"}  # fmt: skip
_NO_AMOUNT = {"unit", "rate", "share", "proportion", "percent", "percentage", "ratio", "count", "quantity"}
STAFF = {"agent", "assignee", "author", "reporter", "operator", "employee", "worker", "handled", "assigned", "updated",
          "created", "opened", "changed", "deployed", "manager", "staff", "committer", "owner"}  # fmt: skip
_SAMPLE = 40


@dataclass(frozen=True, slots=True)
class _Finest:
    """The instants of a table: how many days the finest column of them has, and whether there is one such column only."""

    n_days: int
    is_single: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A column for a field. `points` say how well it fits."""

    column: Column
    points: float
    is_named: bool = True  # by its name; else only by its values


@dataclass(slots=True)
class Fit:
    """One kind of fact with the columns that fit its fields. `lacking` are required fields without a column."""

    table: tables.Table
    matches: dict[str, Match]
    points: float = 0.0
    because: list[str] = field(default_factory=list)

    def column(self, slot: Any) -> Column | None:
        """Return the column of a field."""
        match = self.matches.get(slot.__name__)
        return match.column if match else None

    def points_of(self, slot: Any) -> float:
        """Return how well the column of a field fits, 0 when there is none."""
        match = self.matches.get(slot.__name__)
        return match.points if match else 0.0


def wants_of(table: tables.Table) -> Iterator[Want]:
    """Yield the fields of a table whose columns have usual names."""
    said = [each for each in (*CONSUMER_FIELDS, *OTHER_FIELDS, *WORK_FIELDS) if each.row is table.row]
    yield from said
    left = {each.name for each in table.columns} - {each.field for each in said} - set(tables.KEYS)
    yield from (Want(table.row, name, ((tuple(name.split("_")), STRONG),), is_exact=True) for name in sorted(left))


def fit_of(table: tables.Table, columns: Sequence[Column], known: frozenset[str]) -> Fit:
    """Give each field of a table the column that fits it best, each column once. *known* are names of the organisation."""
    fields = {each.name: each for each in table.columns}
    n_days = [each.moments.n_days for each in columns if each.moments]
    finest = _Finest(max(n_days, default=1), len(n_days) == 1)
    pairs = [
        (points, number, want.field, column)
        for want in list(wants_of(table))
        for number, column in enumerate(columns)
        if (points := _points(want, fields[want.field], column, known, finest)) >= MIN_POINTS
    ]
    matches: dict[str, Match] = {}
    taken: set[int] = set()
    for points, number, name, column in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if name not in matches and number not in taken:
            matches[name] = Match(column, points, _is_named(table, name, column))
            taken.add(number)
    return Fit(table, matches)


def _points(want: Want, wanted: tables.Column, column: Column, known: frozenset[str], finest: _Finest) -> float:
    if column.ref is None:
        return 0.0
    factor = fits(want.row, wanted, column)
    if not factor:
        return 0.0
    factor *= column.share if (want.row, want.field) in ABOUT else 0.4 + 0.6 * column.share
    if (want.row, want.field) in SCORES and column.kind == NUMBER and not column.is_whole_number and (column.high or 0) <= 1:
        return 0.0  # a share, and no point of a scale
    if (want.row, want.field) == (_t.Money, _t.Money.amount.__name__) and _NO_AMOUNT & set(column.words):
        return 0.0
    if (want.row, want.field) in OWN and "." in column.name:
        factor *= _INSIDE
    if (want.row, want.field) in CHANNEL_FIELDS and (is_marketing(column) or is_device(column)):
        return 0.0
    if (want.row, want.field) in SEGMENT_FIELDS and is_marketing(column):
        return factor * WEAK
    by_name = want.likeness(column.words)
    if (want.row, want.field) in DEVICE_FIELDS and is_device(column):
        by_name = STRONG
    if (want.row, want.field) in FINEST and column.moments:
        by_name *= 0.5 + 0.5 * min(1.0, column.moments.n_days / finest.n_days)
    if (want.row, want.field) in NAMELESS and (not column.name or (finest.is_single and column.kind == MOMENT)):
        by_name = max(by_name, WEAK)
    by_value = _value_points(want, column, known)
    if column.words[:1] in (("from",), ("old",), ("previous",)) and want.row is _t.Work and wanted.type == tables.TEXT:
        return 0.0
    return factor * (max(by_name, by_value) + 0.3 * min(by_name, by_value))


def is_marketing(column: Column) -> bool:
    """Say whether a column of words tells how people came, and not in which channel they are served."""
    is_so_called = bool(MARKETING_NAMES & set(column.words))
    return column.kind in (WORD, NAME) and (is_so_called or share_of(column.texts[:_SAMPLE], MARKETING) >= _SHARE_MARKETING)


def is_device(column: Column) -> bool:
    """Say whether a column of words tells what people used: by what it is called, and by most of its words."""
    is_so_called = bool(DEVICE_NAMES & set(column.words))
    return column.kind == WORD and is_so_called and share_of(column.texts[:_SAMPLE], DEVICES) >= _SHARE_KNOWN


def _is_named(table: tables.Table, field_name: str, column: Column) -> bool:
    return any(want.likeness(column.words) for want in wants_of(table) if want.field == field_name)


def _value_points(want: Want, column: Column, known: frozenset[str]) -> float:
    if (want.row, want.field) in ABOUT and known and share_of(column.texts[:_SAMPLE], known) >= _SHARE_KNOWN:
        return _KNOWN
    if (want.row, want.field) in CONSUMERS:
        return USUAL if column.kind == PERSON and not STAFF & set(column.words) else 0.0
    if not column.has_few and column.kind != WORD:
        return 0.0
    if (want.row, want.field) in RANKS:
        n = sum(PRIORITY.fullmatch(each.lower()) is not None for each in column.texts)
        return USUAL if column.kind == WORD and n >= 0.8 * len(column.texts) else 0.0
    is_state = want.row is _t.Work or want.field != _t.Work.state.__name__
    is_told = column.n_distinct > 1
    is_word = want.field in VALUES and is_state and is_told and column.kind == WORD
    share = share_of(column.texts, VALUES[want.field]) if is_word else 0.0
    return USUAL * share if share >= 0.6 else 0.0


def fits(row: type, wanted: tables.Column, column: Column) -> float:
    """Say how well what a column holds fits a field, 0 to 1; its name plays no part."""
    kind, own = column.kind, (row, wanted.name)
    if kind in (EMPTY, JSON) or (kind == LIST and row is not _t.Sighting):
        return 0.0
    if kind == MOMENT and column.moments and column.moments.lasts in (QUARTER, YEAR) and row not in (_t.Tally, _t.Money):
        return 0.0  # nothing happens in a year: it is one that says when a thing was made
    if wanted.type in (tables.INSTANT, tables.DATE):
        return (1.0 if column.moments and column.moments.has_time else 0.95) if kind == MOMENT else 0.0
    if wanted.type == tables.FLAG:
        return _as_flag(own, column)
    if own in SCORES and kind == NUMBER and (column.high or 0) > MAX_POINT:
        return 0.0
    if own in SCORES and column.kind == WORD and share_of(column.texts, LIKERT) >= 0.8:
        return 1.0
    if wanted.type in (tables.NUMBER, tables.NUMBERS):
        is_duration = kind == DURATION and wanted.unit == "s"
        return 1.0 if kind == NUMBER or is_duration else 0.0
    return _as_text(own, wanted, column)


def _as_flag(own: tuple[type, str], column: Column) -> float:
    if column.kind == FLAG or (column.kind == NUMBER and {"0", "1"} >= set(column.texts)):
        return 1.0
    is_status = own in _named(_t.Call.failed) and column.has_few and share_of(column.texts, FAILED) >= 0.5
    return 0.9 if is_status else 0.0


def _as_text(own: tuple[type, str], wanted: tables.Column, column: Column) -> float:
    kind = column.kind
    if kind in (MOMENT, DURATION) or (column.is_of_person and not wanted.is_alias):
        return 0.0
    if wanted.is_alias:
        if _NO_PERSON & set(column.words):
            return 0.0
        is_number = column.is_whole_number and column.n_distinct > 10
        factors = {PERSON: 1.0, IDENTITY: 1.0, NAME: 0.9, WORD: 0.8 if column.n_distinct > 3 else 0.2, NUMBER: 0.8 * is_number}
    elif own in OWN:
        often = 1.0 if column.n_distinct >= 0.9 * column.n_filled or not column.is_whole else 0.3
        factors = {IDENTITY: often, NUMBER: often if column.is_whole_number else 0.0, NAME: 0.6 * often, WORD: 0.2 * often}
    elif column.is_personal and own not in WORDS and own not in TEAMS:
        return 0.0
    elif own in SHARED:
        factors = {IDENTITY: 1.0, NUMBER: 0.9 if column.is_whole_number else 0.0, NAME: 0.9, WORD: 0.9, PERSON: 0.3}
    elif own in WORDS:
        factors = {LONG: 1.0, NAME: 0.9, WORD: 0.6}
    elif own in SIZES and {"api", "schema", "spec"} & set(column.words[:1]):
        return 0.0
    elif own in SIZES:
        factors = {WORD: 1.0, NAME: 0.8, IDENTITY: 0.9, NUMBER: 0.9}
    elif own in _named(_t.Sighting.name, _t.Sighting.to_name):
        factors = {NAME: 1.0, IDENTITY: 1.0, WORD: 0.9, LONG: 0.3, LIST: 0.9}
    else:
        factors = {WORD: 1.0, NAME: 0.9, IDENTITY: 0.6, FLAG: 0.5, LONG: 0.2, NUMBER: 0.3 if column.has_few else 0.0}
    return factors.get(kind, 0.0)


def kind_of(table: tables.Table) -> str:
    """Return how a declaration names the facts of a table."""
    return next(kind for kind, each in KINDS.items() if each is table)


def name_of(slot: Any) -> str:
    """Return the name of a column given as an attribute of its dataclass."""
    return str(slot.__name__)
