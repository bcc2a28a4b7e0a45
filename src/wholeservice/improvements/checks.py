"""From what was typed to what is kept: every reference is looked up, and all that is wrong is told at once. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wholeservice.errors import suggest
from wholeservice.facts.known_steps import known_steps
from wholeservice.improvements import priorities
from wholeservice.improvements.base import (
    CLOSED,
    COMPARED_WITH,
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
    SCENARIO,
    SIMULATED_GAIN,
    STARTED,
    STILL_MEASURING,
    TYPED_IN,
    VERDICTS,
    WITHOUT_EVIDENCE,
    WORTH,
    Improvement,
    Number,
)
from wholeservice.improvements.log import FINDING, newest_verdicts
from wholeservice.improvements.numbers import (
    NUMBER_WORDS,
    PROMISE_WORDS,
    Moved,
    change_units,
    number_words,
    parse_moved,
    parse_number,
)
from wholeservice.improvements.places import PLACES, nearest_place, place_at, reference_of
from wholeservice.improvements.typed import Typed, Wrong, problem, text_problems, tidied
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Organisation
from wholeservice.periods import instant
from wholeservice.units import Unit

_CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Known:
    """What an entry may refer to. `units` are those of every word for a measure; `now` is when it is written."""

    organisation: Organisation
    units: Mapping[str, Unit]
    now: dt.datetime
    zone: str = "UTC"
    improvements: Mapping[str, Improvement] = field(default_factory=dict)
    findings: frozenset[str] = frozenset()  # CODE.ENTITY
    scenarios: frozenset[str] = frozenset()
    neither: frozenset[str] = frozenset()  # words for measures of which more is no better than less


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is said on a question, with the columns of the judgement it becomes. `at` None: when it is written."""

    question: str
    verdict: str
    value: float | None = None
    unit: str | None = None
    evidence: str | None = None
    expires_at: dt.datetime | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One entry as it may be kept: what it says, and what it links the improvement to. `to` None: a new improvement."""

    to: str | None
    said: tuple[Said, ...]
    links: tuple[tuple[str, str], ...] = ()  # (relation, reference)
    by: str | None = None


def check(typed: Typed, known: Known) -> tuple[Submission | None, list[Wrong]]:
    """
    Look up all that was typed.

    Shape    (what may be kept, nothing wrong), or (None, everything that is wrong, in the order of the fields)
    """
    typed = tidied(typed)
    wrong = list(text_problems(typed))
    if wrong:
        return None, wrong
    looked = _Looked(typed, known, wrong)
    said = [*looked.texts(), *looked.numbers(), *looked.times(), *looked.ends()]
    links = list(dict.fromkeys(looked.links()))
    looked.whole(is_empty=not said and not links and not wrong)
    return (None, wrong) if wrong else (Submission(typed.to or None, tuple(said), tuple(links), typed.by or None), [])


@dataclass(slots=True)
class _Looked:
    typed: Typed
    known: Known
    wrong: list[Wrong]

    def _tell(self, name: str, code: str, what: str, expected: str | None = None, **more: str | None) -> None:
        self.wrong.append((name, problem(code, name, what, expected, more.get("next_step"), nearest=more.get("nearest"))))

    def whole(self, *, is_empty: bool) -> None:
        """See whether it says enough, and whether what it is about is there."""
        typed, ids = self.typed, self.known.improvements
        if typed.to:
            if typed.to not in ids:
                self._tell("to", "IMP006", f"the log holds no '{typed.to}'", "the id of an improvement",
                          nearest=suggest(typed.to, ids), next_step="wholeservice improve list")  # fmt: skip
            elif is_empty:
                self._tell("learnt", "IMP013", "nothing was said", "at least one line", next_step="say what was learnt")
            elif typed.is_daily and ids[typed.to].promises:
                self._tell("is_daily", "IMP009", f"{typed.to} has a promise, and nothing is taken out of the log",
                          next_step="close it as 'without evidence', which stays visible")  # fmt: skip
            return
        if not typed.says:
            self._tell("says", "IMP013", "it is not said what is improved", "one line", next_step="say it in one line")
        if typed.is_daily == bool(typed.promise):
            what = "it is daily and has a promise" if typed.is_daily else "it promises nothing and is not a daily one"
            self._tell("promise", "IMP009", what, f"--promise “{PROMISE_WORDS}”, or --daily", next_step="say one of the two")

    def texts(self) -> Iterator[Said]:
        """Yield what is free text, and the services to compare with."""
        typed = self.typed
        for question, text in ((SAYS, typed.says), (PROBLEM, typed.problem), (HYPOTHESIS, typed.hypothesis),
                               (OWNER, typed.owner), (LEARNT, typed.learnt)):  # fmt: skip
            if text:
                yield Said(question, text)
        for words in typed.compare_with:
            found = graph.resolve(self.known.organisation, words.removeprefix("service:"))
            if found is None:
                self._nothing("compare_with", words)
            else:
                yield Said(COMPARED_WITH, found)

    def numbers(self) -> Iterator[Said]:
        """Yield promises, what is worth having, and what else judges."""
        typed, source = self.typed, TYPED_IN
        if typed.scenario and typed.scenario not in self.known.scenarios:
            self._tell("scenario", "IMP015", f"there is no scenario '{typed.scenario}'", "the name of a file in scenarios/",
                      nearest=suggest(typed.scenario, self.known.scenarios), next_step="name one that is there")  # fmt: skip
        elif typed.scenario:
            source = SCENARIO + typed.scenario
        for name, question, texts in (("promise", PROMISE, typed.promise), ("worth", WORTH, typed.worth)):
            for words in texts:
                if (moved := self._moved(name, words)) is not None:
                    until = instant(moved.until_on, self.known.zone) if moved.until_on else None
                    yield Said(question, number_words(moved.number), moved.by, moved.unit,
                               source if question == PROMISE else None, until)  # fmt: skip
        for words in typed.judged_by:
            if (number := self._number("judged_by", words)) is not None:
                yield Said(JUDGED_BY, number_words(number))

    def _moved(self, name: str, words: str) -> Moved | None:
        """Return by how much a number should move, with what it names as the organisation names it."""
        moved = parse_moved(words)
        if moved is None:
            self._tell(name, "IMP005", f"“{words}” does not say by how much a number should move for the better", PROMISE_WORDS,
                      next_step="say it like: completion of stay @ pay by 3pp until 2026-12-01")  # fmt: skip
            return None
        number = self._number(name, number_words(moved.number))
        if moved.number.measure in self.known.neither:
            self._tell(name, "IMP020", f"more of {moved.number.measure} is neither better nor worse",
                       "a measure that has a direction", next_step="wholeservice explain says which way is better")  # fmt: skip
            return None
        unit = self.known.units.get(moved.number.measure)
        if number is None or unit is None:
            return None
        is_money = unit.kind == "money" and not unit.symbol and _CURRENCY.fullmatch(moved.unit)
        if moved.unit not in change_units(unit) and not is_money:
            usual = "the currency it is in, such as EUR" if unit.kind == "money" else "no unit: a count"
            expected = " or ".join(each for each in change_units(unit) if each) or usual
            self._tell(name, "IMP005", f"'{moved.unit}' is no unit in which {number.measure} changes", expected,
                      next_step=f"write it in {expected}")  # fmt: skip
            return None
        return Moved(number, moved.by, moved.unit, moved.until_on)

    def _number(self, name: str, words: str) -> Number | None:
        """Return a number with its entity and step looked up; None, and told, where it is none."""
        number = parse_number(words)
        if number is None:
            self._tell(name, "IMP002", f"“{words}” is no number", NUMBER_WORDS, next_step="say it in this form")
            return None
        if number.measure not in self.known.units:
            self._tell(name, "IMP003", f"there is no measure '{number.measure}'", "a measure",
                      nearest=suggest(number.measure, self.known.units), next_step="wholeservice explain")  # fmt: skip
            return None
        entity = graph.resolve(self.known.organisation, number.entity)
        if entity is None:
            self._nothing(name, number.entity)
            return None
        step = self._step(name, entity, number.step)
        if (number.step and step is None) or not self._has_channel(name, entity, number.channel):
            return None
        return Number(number.measure, entity, step, number.channel.lower() if number.channel else None)

    def _step(self, name: str, entity: str, words: str | None) -> str | None:
        if words is None:
            return None
        steps = known_steps(self.known.organisation).get(entity)
        found = steps.step(words) if steps else None
        if found is None:
            expected = f"one of: {', '.join(dict.fromkeys(steps.names.values()))}" if steps else "a service with a journey"
            self._tell(name, "IMP004", f"'{words}' is no step of {entity}", expected,
                      nearest=steps.nearest(words) if steps else None, next_step="name a step of its journey")  # fmt: skip
        return found

    def _has_channel(self, name: str, entity: str, words: str | None) -> bool:
        organisation = self.known.organisation
        above = (entity, *graph.ancestors(organisation, entity))
        found = [organisation.entities[each] for each in above if each in organisation.entities]
        offered = [channel.lower() for each in found for channel in each.channels]
        if words is None or not offered or words.lower() in offered:
            return True
        self._tell(name, "IMP004", f"{entity} is not offered in '{words}'", f"one of: {', '.join(offered)}",
                  nearest=suggest(words, offered), next_step="name a channel it is offered in")  # fmt: skip
        return False

    def times(self) -> Iterator[Said]:
        """Yield when the change reached people, and how urgent it is."""
        typed, known = self.typed, self.known
        if typed.start:
            at = _instant(typed.start, known.zone)
            if at is None or at > known.now:
                what = f"'{typed.start}' is no day" if at is None else f"{typed.start} is still to come"
                self._tell("start", "IMP010", what, "a day such as 2026-11-30, not later than today",
                          next_step="say the start once it has reached people" if at else "write it like this")  # fmt: skip
            else:
                yield Said(STARTED, typed.start, evidence=typed.deployment or None, at=at)
        elif typed.deployment:
            self._tell("start", "IMP010", "a deployment was named, and no start", "a day", next_step="say --start DAY, too")
        if typed.priority:
            found = priorities.parse_priority(typed.priority)
            if found is None:
                self._tell("priority", "IMP011", f"“{typed.priority}” is no priority", priorities.WORDS,
                          next_step="say it in one of these forms")  # fmt: skip
            elif found.by == SIMULATED_GAIN:
                yield from self._gain()
            else:
                yield Said(PRIORITY, found.by, found.value, found.unit, found.made_of)

    def _gain(self) -> Iterator[Said]:
        """A simulated gain is what a scenario promises, and nothing else."""
        promised = [each for each in map(parse_moved, self.typed.promise) if each] if self.typed.scenario else []
        before = self.known.improvements.get(self.typed.to)
        gains = [(each.by, each.unit) for each in promised] or [
            (each.by, each.unit) for each in (before.promises if before else ()) if each.source.startswith(SCENARIO)
        ]
        if not gains:
            self._tell("priority", "IMP011", "no promise of it comes from a scenario", "--promise ... --scenario NAME",
                      next_step="name the scenario, or another priority")  # fmt: skip
            return
        yield Said(PRIORITY, SIMULATED_GAIN, *gains[0])

    def ends(self) -> Iterator[Said]:
        """Yield how it was closed: by evidence that the log holds, or without."""
        words = self.typed.close.lower()
        if not words:
            return
        before = self.known.improvements.get(self.typed.to)
        found = {each.says: each for each in newest_verdicts(before)} if before else {}
        allowed = [each for each in VERDICTS if each in found and each != STILL_MEASURING]
        if words in allowed:
            yield Said(CLOSED, words, evidence=found[words].evidence)
        elif before is None:
            self._tell("close", "IMP012", "what is new cannot be closed", "an improvement that the log holds: --to ID",
                       next_step="write it down first")  # fmt: skip
        elif words == WITHOUT_EVIDENCE:
            yield Said(CLOSED, words)
        else:
            what = f"no verdict says '{words}'" if words in VERDICTS else f"nothing is closed as '{words}'"
            self._tell("close", "IMP012", what, " or ".join([*allowed, f"'{WITHOUT_EVIDENCE}'"]),
                      nearest=suggest(words, [*allowed, WITHOUT_EVIDENCE]),
                      next_step="wholeservice improve verify")  # fmt: skip

    def links(self) -> list[tuple[str, str]]:
        """Return where it is and which findings it is for."""
        found: list[tuple[str, str]] = []
        for words in self.typed.where:
            reference = reference_of(self.known.organisation, words)
            if reference is None or place_at(self.known.organisation, reference) is None:
                self._nothing("where", words)
            else:
                found.append((IMPROVES, reference))
        for words in self.typed.because:
            name = words.removeprefix(FINDING)
            if name in self.known.findings:
                found.append((FOR, FINDING + name))
            else:
                self._tell("because", "IMP014", f"there is no finding '{name}'", "CODE.ENTITY",
                          nearest=suggest(name, self.known.findings), next_step="see the page of findings")  # fmt: skip
        return found

    def _nothing(self, name: str, words: str) -> None:
        """Say that a name stands for nothing."""
        self._tell(name, "IMP001", f"'{words}' stands for nothing", f"a {', '.join(PLACES[:-1])} or {PLACES[-1]}",
                  nearest=nearest_place(self.known.organisation, words),
                  next_step="name what is declared, or declare it")  # fmt: skip


def _instant(day: str, zone: str) -> dt.datetime | None:
    try:
        return instant(dt.date.fromisoformat(day), zone)
    except (ValueError, OverflowError):
        return None
