"""From a fit to an entry under `facts:`: each field with its column, what must be fixed text, and what is only likely."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wholeservice import tables
from wholeservice.mapping.words import WORDS
from wholeservice.proposal.columns import FLAG, MOMENT, NUMBER, WORD, Column
from wholeservice.proposal.fields import USUAL, WEAK
from wholeservice.proposal.scores import (
    ABOUT,
    RANKS,
    REFS,
    SCORES,
    SEGMENT_FIELDS,
    STAFF,
    VALUES,
    WORDS_SAID,
    Fit,
    is_marketing,
    kind_of,
    name_of,
)  # fmt: skip
from wholeservice.proposal.spelling import (
    Base,
    Line,
    about,
    braces,
    filled,
    flow,
    is_called,
    mapped,
    scalar,
    unit_of,
    value_of,
)  # fmt: skip
from wholeservice.proposal.words import CHANNELS, LIKERT, OUTCOMES, PRODUCTION, share_of

_t: Any = tables  # the checker of types does not know that a slot can be named
TEAM_FIELDS = {_t.Item.team.__name__, _t.Contact.handled_by.__name__}
MIN_CHANNELS = 0.3  # share of values that are known; else a column called source may be one of anything
SURE_CHANNELS = 0.5  # from here on they are channels, and not ways in which people came
CHANNEL_WORDS = {"channel", "kanal", "kanaal", "canal", "medium"}
SURE_POINTS = USUAL * 0.6  # from here on a column's name says what it is


@dataclass(slots=True)
class Entry:
    """One entry under `facts:`, and the columns that it reads."""

    kind: str
    lines: list[Line]
    used: list[Column] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """Say whether nothing in it is only likely."""
        return all(line.is_sure for line in self.lines)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an entry is made for: the columns, what holds for all of them, and how a thing is called that no column names."""

    columns: Sequence[Column]
    base: Base
    service: str
    is_service_known: bool = False
    known: frozenset[str] = frozenset()
    n_different: Callable[[Sequence[Column]], int | None] = lambda columns: None
    same_day: bool = False  # windows that are shorter than a day were met
    forced: str | None = None  # what somebody said that a row is
    around: str = ""  # what the names of columns begin with that stand around the rows in JSON

    def is_unique(self, columns: Sequence[Column]) -> bool:
        """Say whether no two rows have the same values in these columns."""
        n = self.n_different(columns) if columns else None
        return n is not None and n == self.n_different([])

    @property
    def free(self) -> list[Column]:
        """The columns that a mapping can name, with something in them."""
        return [each for each in self.columns if each.ref is not None and each.n_filled]


def entry_of(fit: Fit, setting: Setting) -> Entry:
    """Return the entry of a fit, its fields in the order of the table, required fields that have no column filled in."""
    lines: list[Line] = []
    for wanted in fit.table.columns:
        match = fit.matches.get(wanted.name)
        if match is not None:
            lines.append(_line(fit, wanted, match.column, setting))
        elif wanted.required and wanted.name not in tables.KEYS:
            lines += _lacking(fit, wanted, setting)
    lines = _only_needed(lines, fit)
    return Entry(kind_of(fit.table), [*lines, *extras(fit, setting)], used=[match.column for match in fit.matches.values()])


def moment_line(wanted: tables.Column, column: Column, setting: Setting) -> Line:
    """Return the line of an instant or day, which is not sure where day and month could be the other way round."""
    moments = column.moments
    value = value_of(column, wanted, setting.base)
    if moments is None:
        return Line(wanted.name, value)
    said = [about(column)]
    if moments.others:
        said.append(f"or month and day the other way: {', '.join(moments.others)}")
    if moments.extract:
        said.append("since 1970, to the millisecond")
    return Line(wanted.name, value, "; ".join(said), is_sure=not moments.others)


def _line(fit: Fit, wanted: tables.Column, column: Column, setting: Setting) -> Line:
    if column.kind == MOMENT and wanted.type in (tables.INSTANT, tables.DATE):
        return moment_line(wanted, column, setting)
    points = fit.matches[wanted.name].points
    if wanted.is_alias:
        return Line(wanted.name, braces(column), f"{filled(column)}; people: only a pseudonym is stored")
    if wanted.name == name_of(_t.Call.failed):
        return _failed(wanted, column)
    own = (fit.table.row, wanted.name)
    is_free_word = wanted.name in VALUES and (_words(fit, wanted.name) or wanted.name == name_of(_t.Interaction.outcome))
    if is_free_word and column.kind in (WORD, FLAG):
        return _translated(wanted, column)
    said = filled(column) if own in WORDS_SAID else about(column, is_name=wanted.type == tables.TEXT)
    line = Line(wanted.name, value_of(column, wanted, setting.base), said)
    if own in REFS:
        why = f"{line.why}; which table does it name? items, contacts, incidents ..."
        return replace(line, value=scalar(f"items:{{{column.ref}}}"), why=why, is_sure=False)
    if wanted.unit == "s" and column.kind == NUMBER and unit_of(column) is None:
        return replace(line, why=f"{line.why}; in seconds? else unit: ms, min or h", is_sure=False, is_active=False)
    if own in RANKS and not fit.matches[wanted.name].is_named:
        return replace(line, is_sure=False, is_active=False)
    if own in SCORES and column.kind == WORD:
        value, unknown = mapped(column, wanted, LIKERT)
        return Line(wanted.name, value, about(column), is_sure=not unknown)
    if own in SEGMENT_FIELDS and is_marketing(column):
        why = f"{line.why}; how people came: a segment only where these are declared kinds of consumer"
        return replace(line, why=why, is_sure=False, is_active=False)
    if wanted.name == name_of(_t.Interaction.channel):
        return channel_line(line, column)
    if wanted.name in TEAM_FIELDS and set(column.words) & STAFF:
        return replace(line, why=f"{filled(column)}; only for a team, never for a person", is_sure=False, is_active=False)
    if points < SURE_POINTS:
        why = f"{line.why}; is this what a row is about?" if own in ABOUT else line.why
        return replace(line, why=why, is_sure=False, is_active=wanted.required or (own in ABOUT and points >= WEAK * 0.6))
    return line


def channel_line(line: Line, column: Column) -> Line:
    """Return the line of a channel: sure only where most of its words are channels of a service."""
    share = 0.0 if is_marketing(column) else share_of(column.texts, CHANNELS)
    if share >= SURE_CHANNELS:
        return line
    if not set(column.words) & CHANNEL_WORDS and share < MIN_CHANNELS:
        return replace(line, is_sure=False, is_active=False)
    why = f"{line.why}; are these channels in which people are served: web, phone, desk ...?"
    return replace(line, why=why, is_sure=False)


def _words(fit: Fit, name: str) -> tuple[str, ...]:
    return next((each.words for each in WORDS if (each.row, each.field) == (fit.table.row, name)), ())


def _translated(wanted: tables.Column, column: Column) -> Line:
    """Translate the words of the file into ours; what cannot be translated stays, and is told."""
    lexicon: Mapping[str, str] = VALUES[wanted.name]
    if column.kind == FLAG or not isinstance(lexicon, Mapping):
        is_left = lexicon is OUTCOMES and is_called(column, "canceled", "cancelled", "abandoned", "is canceled")
        yes, no = ("left", "done") if is_left else ("done", "left")
        pairs = {scalar(text): yes if text.lower() in ("true", "yes", "y", "t", "1") else no for text in column.texts}
        return Line(wanted.name, flow({"column": scalar(str(column.ref)), "map": flow(pairs)}), about(column))
    value, unknown = mapped(column, wanted, lexicon)
    if not unknown:
        return Line(wanted.name, value, about(column))
    shown = ", ".join(f"'{' '.join(each.split())[:24]}'" for each in unknown[:3])
    what = f"{about(column)}; translate {shown}{' …' if len(unknown) > 3 else ''}"
    is_mostly = len(unknown) * 2 <= len(column.texts)
    return Line(wanted.name, value, what, is_sure=False, is_active=wanted.required or is_mostly)


def _failed(wanted: tables.Column, column: Column) -> Line:
    """Say which calls failed: by a flag, a word, or the status of HTTP (5xx did)."""
    is_success = is_called(column, "success", "succeeded", "ok")
    if column.kind == FLAG and not is_success:
        return Line(wanted.name, braces(column), about(column))
    if column.kind == FLAG:
        pairs = {scalar(text): "false" if text.lower() in ("true", "yes", "y", "t", "1") else "true" for text in column.texts}
        return Line(
            wanted.name, flow({"column": scalar(str(column.ref)), "map": flow(pairs)}), f"{about(column)}; turned round"
        )
    pairs = {scalar(text): _has_failed(text) for text in column.texts[:60]}
    has_4xx = any(text.startswith("4") and len(text) == 3 for text in column.texts)
    said = about(column, is_name=True)
    why = f"{said}; 4xx counts as no failure of the part" if has_4xx else said
    return Line(wanted.name, flow({"column": scalar(str(column.ref)), "map": flow(pairs)}), why, is_sure=not has_4xx)


def _has_failed(text: str) -> str:
    known: Mapping[str, str] = VALUES[name_of(_t.Call.failed)]
    if text.isdecimal() and len(text) == 3:
        return "true" if text[0] == "5" else "false"
    return known.get(text.lower(), "true" if text == "1" else "false")


def _lacking(fit: Fit, wanted: tables.Column, setting: Setting) -> list[Line]:
    """Return the line of a required field that no column has, where a fixed text can stand for it."""
    row, name = fit.table.row, wanted.name
    if (row, name) in ABOUT and fit.table is not tables.SIGHTINGS:
        return [_named_service(fit, wanted, setting)]
    if fit.table is tables.WORK and name == name_of(_t.Work.state):
        has_both = fit.column(_t.Work.to_at) is not None
        state = "active" if has_both else "done"
        why = (
            "from start to end somebody works on it"
            if has_both
            else "one instant per row; or queued, active, blocked, returned"
        )
        return [Line(name, state, why, is_sure=has_both)]
    if fit.table is tables.DEPLOYMENTS and name == name_of(_t.Deployment.deployment):
        slots = (_t.Deployment.service, _t.Deployment.environment, _t.Deployment.version, _t.Deployment.artefact)
        parts = [each for slot in slots if (each := fit.column(slot)) is not None]
        if setting.is_unique(parts):  # without them two releases would be one
            value = scalar("/".join(f"{{{each.ref}}}" for each in parts))
            return [Line(name, value, "together they are different in all rows")]
    if fit.table is tables.CALLS and name == name_of(_t.Call.failed):
        return [Line(name, "false", "no column says which calls failed", is_sure=False)]
    return []


def _named_service(fit: Fit, wanted: tables.Column, setting: Setting) -> Line:
    """Name what a fact is about by a text; the columns that could be it instead are said."""
    matched = [match.column for match in fit.matches.values()]
    few = [each for each in setting.free if each.kind == WORD and 1 < each.n_distinct <= 30 and each.share > 0.5
           and not any(each is column for column in matched)]  # fmt: skip
    instead = f"; or a column: {', '.join(braces(each) for each in few[:3])}" if few else ""
    if setting.is_service_known:
        return Line(wanted.name, scalar(setting.service), f"the only service of this workspace{instead}", is_sure=not few)
    return Line(
        wanted.name, scalar(setting.service), f"no column names it for sure; write your service here{instead}", is_sure=False
    )


def _only_needed(lines: list[Line], fit: Fit) -> list[Line]:
    """Leave out what only says the default: production, and a stay that has no end though it has one."""
    made = []
    for line in lines:
        match = fit.matches.get(line.key)
        is_environment = line.key == name_of(_t.Interaction.environment)
        if (
            is_environment
            and match
            and (names := {each.lower() for each in match.column.texts}) & PRODUCTION
            and line.is_active
        ):
            marks = [each for each in match.column.texts if each.lower() in PRODUCTION]
            if names - PRODUCTION:
                value = flow({"column": scalar(str(match.column.ref)), "missing": f"[{', '.join(map(scalar, marks))}]"})
                line = replace(line, value=value, why=f"{line.why}; production is what is not said")
            else:
                continue
        made.append(line)
    return made


def extras(fit: Fit, setting: Setting) -> list[Line]:
    """Return what follows from the values: the scale of a score, the instrument, the end of a stay that is an instant."""
    if fit.table is tables.WORK and fit.column(_t.Work.to_at) is None:
        return [_no_end(fit, setting)]
    if fit.table is not tables.ANSWERS or (score := fit.column(_t.Answer.score)) is None:
        return []
    return [line for line in scale_lines(score) if line.key not in fit.matches]


def _no_end(fit: Fit, setting: Setting) -> Line:
    wanted = next(each for each in fit.table.columns if each.name == name_of(_t.Work.to_at))
    first = fit.column(_t.Work.from_at)
    if first is not None and fit.column(_t.Work.state) is None:
        return Line(wanted.name, value_of(first, wanted, setting.base), "an instant: nothing says how long it took")
    why = "nothing names it: when does a stay end? Without it each lasts until its item is done"
    return Line(wanted.name, scalar("{COLUMN}"), why, is_sure=False, is_active=False)


def scale_lines(score: Column) -> list[Line]:
    """Return the scale and the instrument of a score, by its name and its lowest and highest value."""
    low, high = (1.0, 5.0) if score.kind == WORD else (score.low or 0.0, score.high or 0.0)
    is_nps = is_called(score, "nps", "likelihood to recommend", "recommend", "weiterempfehlung", "how likely")
    said = {_t.Answer.instrument: "nps" if is_nps else None}
    for word, phrase in (("csat", "satisfaction"), ("ces", "ease"), ("effort", "effort"), ("sus", "usability")):
        if is_called(score, word, phrase):
            said[_t.Answer.instrument] = said[_t.Answer.instrument] or word
    scale = next(((a, b) for a, b in ((1, 5), (0, 10), (1, 7), (1, 10), (0, 100)) if a <= low and high <= b), None)
    if is_nps and low >= 0 and high <= 10:
        scale = (0, 10)
    elif said[_t.Answer.instrument] == "sus":
        scale = (0, 100)
    lines = []
    if said[_t.Answer.instrument]:
        is_hard = said[_t.Answer.instrument] == "effort"
        why = "by its name; if more is easier, write ease" if is_hard else "by its name"
        lines.append(Line(name_of(_t.Answer.instrument), str(said[_t.Answer.instrument]), why, is_sure=not is_hard))
    if scale:
        reached = low == scale[0] and high == scale[1]
        why = f"answers go from {low:g} to {high:g}"
        is_sure = is_nps or reached
        lines += [Line(name_of(slot), str(end), why, is_sure=is_sure)
                  for slot, end in ((_t.Answer.scale_min, scale[0]), (_t.Answer.scale_max, scale[1]))]  # fmt: skip
    return lines
