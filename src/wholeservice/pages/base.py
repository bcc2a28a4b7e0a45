"""What a page is: a function from stored results to one dataclass. HTML, JSON and terminal are printings of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.improvements.needs import NOTHING_OLDER

if TYPE_CHECKING:
    from wholeservice.facts.quality import Declaration, SourceQuality
    from wholeservice.findings.absent import Absent
    from wholeservice.findings.base import Finding
    from wholeservice.findings.junction import OpenTime
    from wholeservice.findings.losses import LossMap
    from wholeservice.improvements.base import Improvement
    from wholeservice.improvements.judged import Happened
    from wholeservice.improvements.needs import Then
    from wholeservice.measures.base import Cell, Measure
    from wholeservice.measures.behind_rows import Behind
    from wholeservice.measures.flow_told import Flow, Story
    from wholeservice.measures.results import Results
    from wholeservice.organisation.graph import Organisation


RowsBehind = Callable[[Sequence["Cell"], int, int], "Behind"]
"""(cells, first, most) -> the rows behind the number of these cells from place *first* on, at most so many."""


@dataclass(frozen=True, slots=True)
class Data:
    """All that pages may read: one snapshot, finished. Building a page never runs a query, but for the rows behind a number.

    `loss_maps` is keyed by (entity, need). `runs` are the rows of the store's `runs` table, newest first, as dicts.
    `snapshot` names (store run, organisation hash, definitions version), so each number can be had again.
    `sources` is the quality of each source's facts, in the order declared; `declarations` says where each is declared.
    `measured` names the runs whose results are stored, so that they can be shown.
    `absent` are the journeys that people are on and no service describes, most people first.
    `flows` are how work flows through each stream, team and service that has any; `stories` the lives of the items in them.
    `improvements` is the log, oldest first, ordered on pages by `prioritised_by` (None: the workspace chose nothing). That of
    the newest snapshot holds what was written since, up to `log_mark`. `is_open`: whoever reads may write to it.
    `open_times` are why each place of each loss map still loses, map by map, the largest place first.
    `happened` are the releases and incidents that verdicts name beside improvements. `needs_then` are the needs as an older
    snapshot declared them; a leaderboard goes by their targets. `seen_first` says since when stored snapshots know a finding
    (`standing.key_of`).
    `rows` looks up rows in the facts that the snapshot pinned, so a snapshot always gives the same; None: no facts here.
    """

    organisation: Organisation
    results: Results
    findings: tuple[Finding, ...]
    loss_maps: Mapping[tuple[str, str], LossMap]
    measures: Mapping[str, Measure]
    runs: tuple[Mapping[str, Any], ...]
    snapshot: str
    zone: str
    sources: tuple[SourceQuality, ...] = ()
    declarations: Mapping[str, Declaration] = field(default_factory=dict)
    measured: frozenset[str] = frozenset()
    rows: RowsBehind | None = None
    absent: tuple[Absent, ...] = ()
    flows: tuple[Flow, ...] = ()
    stories: Mapping[str, Story] = field(default_factory=dict)
    improvements: tuple[Improvement, ...] = ()
    prioritised_by: str | None = None
    log_mark: str = ""
    is_open: bool = False
    open_times: tuple[OpenTime, ...] = ()
    happened: tuple[Happened, ...] = ()
    needs_then: Then = NOTHING_OLDER
    seen_first: Mapping[str, dt.datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows for a spreadsheet. A cell is text, a number, a day, an instant (UTC) or None; the header carries the units."""

    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a page gives in place of itself where a name it was asked for stands for nothing: the word, and what comes near."""

    word: str
    nearest: tuple[Any, ...] = ()  # each with a title and an address


@dataclass(frozen=True, slots=True)
class Page:
    """
    A registered page. `path` has {entity}-like parameters; `build(data, **parameters)` returns a dataclass, or None or
    `Missing` (404). A parameter may end in `_` where its name is a word of Python.

    `sheet(data, built)` is its main table; a page has one, and stands at its address with `.csv`.
    `has_period`: its numbers are of the period a reader asks for; `has_against`: it compares them with those of another one.
    `is_of_now`: it is about what is known now, also for a reader who looks at an earlier day.
    """

    path: str
    name: str
    template: str
    build: Callable[..., Any]
    sheet: Callable[[Data, Any], Sheet] | None = None
    has_period: bool = False
    has_against: bool = False
    is_of_now: bool = False
