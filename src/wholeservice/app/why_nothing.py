"""Why a question about numbers has no answer, or not the one of the period asked for, and how to get one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from wholeservice.app.measured import CHANNEL, STEP, Question, ask, find_entity, find_measure
from wholeservice.app.printing import Row, sentence
from wholeservice.measures.kinds import DEVICE, HOUR, KINDS, PATH, RULE, SEGMENT, TOLD_BY, WORK_KIND, kind_of
from wholeservice.pages.base import Data
from wholeservice.pages.why_missing import COMPLETION, CONVERSION, unseen_steps, why_no_number
from wholeservice.periods import Period, label

EVERYTHING = "`wholeservice measure --format csv` prints all there is."
MADE_OF = {
    "answers": "`answer` facts",
    "attempts": "`interaction` facts",
    "calls": "`call` facts",
    "contacts": "`contact` facts",
    "eligible": "a number of people (`volume: 4000`) declared for every kind of consumer that the service is `for`",
    "deliveries": "`deployment` facts of production",
    "delivered": "`deployment` facts of production, `item` facts, and links `delivers` between them",
    "exposures": "`call` facts",
    "incidents": "`incident` facts",
    "items": "`item` facts",
    "journeys": "a declared `journey`",
    "lives": "`item` facts, and `work` facts of when somebody worked on them",
    "judgements": "`judgement` facts",
    "money": "`money` facts",
    "paths": "a declared `journey`",
    "reached": "a declared `journey`",
    "tallied": "`tally` facts",
    "tiles": "`work` facts",
    "visits": "`interaction` facts",
    "waits": "`work` facts",
    "work": "`work` facts",
}
"""What a measure needs, as one who maps a source or declares an organisation calls it."""
NOT_RECORDED = {
    "change-fail-rate": "no deployment says how it went (`result`), and no incident is linked to one (`caused-by`)",
    "failed-deployment-recovery-time": "no deployment is known to have failed and to have been mended",
    "failed-deployment-detection-time": "no incident that says when it was noticed is linked to a deployment (`caused-by`)",
    "deployment-rework-rate": "no deployment says whether it was planned, and none is linked to an incident that it `fixes`",
    "coupling": "no deployment is linked to what it `delivers`, or only one service is known to be deployed",
}
"""What nobody wrote down where deployments are known, which is not the same as that it never happened."""
NOT_TOLD = {
    SEGMENT: "No interaction and no answer says of which kind of consumer it is (`segment`), or none of that kind is counted.",
    DEVICE: "No interaction and no answer says what was used (`device`).",
    WORK_KIND: "No item of work says of which kind it is (`kind`).",
    HOUR: "No interaction and no answer is there whose hour could be told; what others counted has none.",
    RULE: "No deployment says how it went, and no incident is linked to one.",
    PATH: "No attempt at a service with a declared `journey` is old enough to judge, or nobody was ever seen at an end.",
}
DEPLOYMENTS_COUNTED = "deployment-frequency"
_FIRST, _LAST = dt.datetime(1000, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


def why_nothing(data: Data, question: Question) -> str:
    """Say why a question has no answer: what is lacking, or what was measured of the same."""
    if question.by in TOLD_BY and (why := _why_no_kind(data, question, question.by)):
        return why
    if reasons := why_missing(data, question):
        return "\n".join(reasons)
    if question.period is None:
        return f"Nothing was measured for this question{_why(data, question)} {EVERYTHING}"
    rows = ask(data, replace(question, period=replace(question.period, from_at=_FIRST, to_at=_LAST)))
    if not rows:
        return f"Nothing was measured for this question, in no period{_why(data, question)} {EVERYTHING}"
    zone = ZoneInfo(data.zone)
    first, last = min(row["from"] for row in rows), max(row["to"] for row in rows) - dt.timedelta(microseconds=1)
    return (
        f"Nothing was measured for this question in that period. There are numbers from {first.astimezone(zone):%-d %b %Y} to "
        f"{last.astimezone(zone):%-d %b %Y}; at the edges, a period has a number only when facts cover all of it. {EVERYTHING}"
    )


def why_missing(data: Data, question: Question) -> list[str]:
    """Say of each service that a question is about why it has no number, where facts of it are there."""
    named = [find_measure(data, question.measure).name] if question.measure else [COMPLETION]
    only = find_entity(data, question.entity) if question.entity else None
    found = []
    for entity in data.organisation.entities.values():
        if only not in (None, entity.id) or not {*named} & {COMPLETION, CONVERSION}:
            continue
        steps = unseen_steps(data, entity.id) if CONVERSION in named else (None,)
        whys = [why for step in steps if (why := why_no_number(data, named[0], entity.id, step))]
        found += [f"{entity.title}: {named[0]} is not measured: {why}" for why in whys]
    return found


def _why_no_kind(data: Data, question: Question, kind: str) -> str | None:
    """Say that nobody recorded of what kind people are, or by what else this measure is told; None where it is told by kind."""
    every = data.results.every
    told = [name for name in data.measures if any(cell.segment and kind_of(cell.segment) == kind for cell, _ in every(name))]
    if not told:
        page = "flow" if kind == WORK_KIND else "measure_experience"
        return f"{NOT_TOLD[kind]} docs/{page}.md says how to record it."
    asked = find_measure(data, question.measure).name if question.measure else None
    if asked is None or asked in told:
        return None
    others = "" if kind in KINDS else f" By {kind} there is {sentence(told)}."
    return f"{asked} is not broken down by {kind}.{others} {_breakdowns(data, replace(question, by=None, period=None), asked)}"


def _why(data: Data, question: Question) -> str:
    """Return the rest of a sentence: which breakdowns there are, else what the measure is made of."""
    if question.measure is None:
        return "."
    measure = find_measure(data, question.measure)
    plain = replace(question, by=None, period=None)
    if question.by is not None and ask(data, plain):
        return f": {measure.name} has no number by {question.by}. {_breakdowns(data, plain, measure.name)}"
    if measure.name in NOT_RECORDED and data.results.entities(DEPLOYMENTS_COUNTED):
        return f": {measure.name} is not recorded: {NOT_RECORDED[measure.name]}. That is no 0."
    if question.by is None and (has := _told_by(data, plain)):
        return f": {measure.name} is told {sentence(has)} only."
    made_of = list(dict.fromkeys(MADE_OF[each] for each in measure.needs))
    explain = f"`wholeservice explain {measure.name}` says what counts and what is left out."
    return f": {measure.name} is made of {sentence(made_of)}, and found nothing to count. {explain}"


def _breakdowns(data: Data, plain: Question, name: str) -> str:
    has = _told_by(data, plain)
    return f"It is told {sentence(has)}, or without --by." if has else f"It is told as a whole only: measure {name}."


def _told_by(data: Data, plain: Question) -> list[str]:
    """Return by what there are numbers."""
    return [f"`--by {by}`" for by in (CHANNEL, STEP, *KINDS, WORK_KIND) if ask(data, replace(plain, by=by))]


def why_no_total(data: Data, period: Period | None, rows: Sequence[Row]) -> str | None:
    """Say why no number is that of the period asked for, where those of others that overlap it stand for it."""
    if period is None or not rows or any((row["from"], row["to"]) == (period.from_at, period.to_at) for row in rows):
        return None
    days = round(period.days)
    return (
        f"None of these is the number of {label(period, data.zone)} as a whole: they overlap it, and may begin or end outside. "
        f"Months and weeks have one when facts cover all of them; a target `over {days}d` makes one of the newest {days} days."
    )
