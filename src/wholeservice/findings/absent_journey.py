"""
F140 an absent journey: many people come for something that no step of the service serves.

What it looks at   contacts, free answers and events of the newest three months that stand at no step of the journey, and dead
                   ends, put together by the telling words that people share; it speaks from 30 people, counted once each,
                   of the three that most people are on
Why it matters     what nobody has described nobody serves, measures or mends: these people are in no drop-out and no loss,
                   since the journey they were on does not exist (failure demand: Seddon 2003, Freedom from Command and Control)
False alarms       a step that people call by another name than the service does: give the contacts their step; one event that
                   many wrote about, such as a storm; texts in another language than English are put together less well
What to do         read some of what they wrote. Either a step serves it, and is not found; or describe the journey they are on
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wholeservice.findings.absent import ABSENT, Absent, absent_of
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.wording import counted, title_of
from wholeservice.organisation.graph import steps
from wholeservice.periods import Period, instant

MANY = 30
MOST_OF_A_SERVICE = 3  # the page of the service shows the others
ORIGINS = {"contact": "contacts", "answer": "free answers", "search": "events at no step", "dead end": "events, as dead ends"}


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each absent journey of many people, most people first, three of a service at most."""
    told: Counter[str] = Counter()
    for row in facts.extracts.get(ABSENT, []):
        absent = absent_of(row)
        if absent.n_people >= MANY and told[absent.entity] < MOST_OF_A_SERVICE:
            told[absent.entity] += 1
            yield _finding(facts, absent)


def _finding(facts: Facts, absent: Absent) -> Finding:
    return Finding(
        code=RULE.code,
        entity=absent.entity,
        title=f"{counted(absent.n_people, 'person', 'people')} {_what(facts, absent)}",
        people=float(absent.n_people),
        period=Period(instant(absent.from_on, facts.zone), instant(absent.after_on, facts.zone)),
        step=absent.step,
        who_can_act=who_can_act(facts, absent.entity),
        try_next="Read some of what they wrote: which step serves it and is not found, or which journey is not described yet?",
        evidence=tuple(_evidence(absent)),
    )


def _what(facts: Facts, absent: Absent) -> str:
    of = title_of(facts, absent.entity)
    if absent.step:
        titles = {each.id: each.title for each in steps(facts.organisation, absent.entity)}
        return f"find nothing at {titles.get(absent.step, absent.step)} of {of}"
    return f"come to {of} for something that no step serves: “{', '.join(absent.words)}”"


def _evidence(absent: Absent) -> Iterator[Evidence]:
    for each in absent.tellings:
        yield Evidence(says=f"{each.n:,} of {each.of:,} {ORIGINS[each.origin]}")
    for month in absent.months:
        people = counted(month.n_people, "person", "people") if month.n_people is not None else "fewer than five people"
        yield Evidence(says=f"{month.first_on:%b %Y}{'' if month.is_whole else ', as far as it was heard'}: {people}")
    if absent.n_nameless:
        yield Evidence(says=f"{counted(absent.n_nameless, 'row')} more of unknown people, who are not counted")


RULE = Rule(code="F140", name="an absent journey", check=check)
