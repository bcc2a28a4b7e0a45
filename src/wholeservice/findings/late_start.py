"""
F104 late-starting data: one number of a group begins later than the rest, so totals make it look like a collapse.

What it looks at   the volume of each step, and of each channel, of a service: the periods in which it has a number, beside the
                   periods of the others. What its total says is set against the same sum over the common periods only
Why it matters     a counter that was switched on late is not a loss. Read over all weeks, the step looks as if almost everybody
                   left before it; read over the common weeks, it may look healthy. Missing periods are never counted as zero
False alarms       a step or channel that really is new: then nobody was lost before, and the common periods are still right.
                   It stays silent when fewer than 10 would have been expected in the missing periods: they may just be rare
What to do         judge it over the common periods only; find out when its counting was switched on, and note it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.counts import VOLUME, Counts, counts_of, step_channels
from wholeservice.findings.scope import services
from wholeservice.findings.wording import length_word, title_of
from wholeservice.organisation.graph import steps
from wholeservice.periods import Period, label
from wholeservice.units import COUNT, SHARE, SHARE_POINTS, write

MUCH = 0.05
FEW = 10  # a Poisson count of 10 is zero once in 22 000 times: absence is then no accident


@dataclass(frozen=True, slots=True)
class _LateStart:
    """A member of a group that begins later, beside the one its total is read against."""

    service: str
    step: str | None
    channel: str | None
    name: str
    beside: str
    late: Counts
    base: Counts

    def share(self, periods: tuple[Period, ...]) -> float:
        """What the late one is of the other over *periods*; a period without a number adds nothing to either reading."""
        return sum(self.late.get(each, 0.0) for each in periods) / sum(self.base[each] for each in periods)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each step and each channel that begins later than those beside it."""
    for service in services(facts):
        found = [late for channel in step_channels(facts, service) for late in _late_steps(facts, service, channel)]
        for late in _told_once(found):
            yield _finding(facts, late)
        for late in _late_channels(facts, service):
            yield _finding(facts, late)


def _told_once(found: list[_LateStart]) -> Iterator[_LateStart]:
    """Leave out what all channels together say again, where only one of them was counted at that step."""
    for late in found:
        again = any(each.step == late.step and each.channel and dict(each.late) == dict(late.late) for each in found)
        if late.channel or not again:
            yield late


def _late_steps(facts: Facts, service: str, channel: str | None) -> Iterator[_LateStart]:
    """A late step is read against the nearest step before it that is not late; the first steps against the next one."""
    measured = facts.results.steps(VOLUME, service)
    counts = {step: counts_of(facts, service, step=step, channel=channel) for step in measured}
    declared = [step.id for step in steps(facts.organisation, service) if counts.get(step.id)]
    names = declared or sorted((step for step in counts if counts[step]), key=lambda step: (-counts[step].mean, step))
    late = _late({step: counts[step] for step in names})
    for step in late:
        at = names.index(step)
        others = [each for each in (*reversed(names[:at]), *names[at + 1 :]) if each not in late]
        base = next((each for each in others if _overlaps(counts[step], counts[each])), None)
        if base and _is_no_accident(counts[step], counts[base]):
            name = f"Step {step}" + (f" ({channel})" if channel else "")
            yield _LateStart(service, step, channel, name, f"step {base}", counts[step], counts[base])


def _late_channels(facts: Facts, service: str) -> Iterator[_LateStart]:
    """A late channel is read against all channels together."""
    names = sorted(facts.results.channels(VOLUME, service))
    counts = {channel: counts_of(facts, service, channel=channel) for channel in names}
    whole = counts_of(facts, service)
    for channel in _late(counts):
        if _overlaps(counts[channel], whole) and _is_no_accident(counts[channel], whole):
            yield _LateStart(service, None, channel, f"Channel {channel}", "all channels", counts[channel], whole)


def _late(counts: Mapping[str, Counts]) -> tuple[str, ...]:
    """Members whose first period comes after the first period of at least half of the group."""
    starts = {name: min(each) for name, each in counts.items() if each}
    if len(starts) < 2:
        return ()
    usual = sorted(starts.values())[(len(starts) - 1) // 2]
    return tuple(name for name, start in starts.items() if start > usual)


def _overlaps(late: Counts, base: Counts) -> bool:
    return sum(base[each] for each in late if each in base) > 0


def _is_no_accident(late: Counts, base: Counts) -> bool:
    n_missing = sum(each < min(late) for each in base)
    return late.mean * n_missing >= FEW


def _finding(facts: Facts, late: _LateStart) -> Finding:
    every = tuple(sorted(each for each in late.base if each <= max(late.late)))
    common = tuple(each for each in every if each in late.late)
    looks, is_really = late.share(every), late.share(common)
    word = length_word(every[0])
    return Finding(
        code=RULE.code,
        entity=late.service,
        title=f"{late.name} of {title_of(facts, late.service)} is counted in only {len(common)} of {len(every)} {word}s: "
        f"over all {len(every)} it looks like {write(looks, SHARE)} of {late.beside}, "
        f"over the common {len(common)} it is {write(is_really, SHARE)}",
        unit=SHARE_POINTS,
        size=abs(is_really - looks),
        period=Period(every[0].from_at, every[-1].to_at, every[0].window),
        step=late.step,
        try_next=f"Judge it over the common {word}s only, and find out when its counting was switched on.",
        evidence=tuple(_evidence(facts, late, every, common)),
        about_data=True,
    )


def _evidence(facts: Facts, late: _LateStart, every: tuple[Period, ...], common: tuple[Period, ...]) -> Iterator[Evidence]:
    for periods, words in ((every, "all"), (common, "common")):
        span = label(Period(periods[0].from_at, periods[-1].to_at), facts.zone)
        late_sum = write(sum(late.late.get(each, 0.0) for each in periods), COUNT)
        base_sum = write(sum(late.base[each] for each in periods), COUNT)
        says = f"{words} {length_word(periods[0])}s, {span}: {late_sum} of {base_sum} at {late.beside}"
        yield Evidence(says=says, cell=late.late.cell(common[-1]) if words == "common" else late.base.cell(periods[-1]))
    if len(common) > 1 and late.share(common[1:]) > late.share(common) * (1 + MUCH):
        rest = write(late.share(common[1:]), SHARE)
        says = f"Its first {length_word(common[0])} looks like a part of one: without it, it is {rest} of {late.beside}"
        yield Evidence(says=says, cell=late.late.cell(common[0]))


RULE = Rule(code="F104", name="late-starting data", check=check)
