"""The improvement log of a workspace: what facts say of improvements, with what was written since; and the door to write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wholeservice.app import spool, stored_results
from wholeservice.app.declared import declared_organisation, measure_words, without_direction
from wholeservice.app.printing import print_problems
from wholeservice.app.settings import Settings
from wholeservice.improvements.base import Improvement
from wholeservice.improvements.checks import Known, Submission, check
from wholeservice.improvements.entries import after_all, facts_of, ids_in, line_of, next_id
from wholeservice.improvements.log import read_log
from wholeservice.improvements.typed import Typed, Wrong
from wholeservice.pages.base import Data
from wholeservice.sources.log_lines import RECORD

SCENARIOS = "scenarios"
ONCE = "once"  # what a form sends along, so that sending it twice keeps one entry
Now = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """Return this instant, in UTC."""
    return dt.datetime.now(dt.UTC)


def log_mark(settings: Settings) -> str:
    """Return what changes whenever something was written to the log."""
    return spool.mark(spool.log_path(settings))


def improvements_of(settings: Settings) -> tuple[Improvement, ...]:
    """Return the log as it is now: what the stored results know, with what was written since. Nothing is computed."""
    results = settings.state / stored_results.FOLDER
    snapshot = stored_results.current(results)
    known = stored_results.improvements(results, snapshot) if snapshot else ()
    return _with_entries(settings, known)


def _with_entries(settings: Settings, known: tuple[Improvement, ...]) -> tuple[Improvement, ...]:
    return read_log(*facts_of(spool.entries(spool.log_path(settings))), known=known)


def with_entries(settings: Settings, data: Data) -> Data:
    """Return the newest results with what was written since added to their log."""
    mark = log_mark(settings)
    chosen = replace(data, prioritised_by=settings.priority, log_mark=mark)
    return replace(chosen, improvements=_with_entries(settings, data.improvements)) if mark else chosen


def known_of(settings: Settings, at: dt.datetime) -> Known:
    """Return what an entry of the workspace may refer to: the organisation as it is declared now and was seen last."""
    organisation, findings = declared_organisation(settings), frozenset[str]()
    results = settings.state / stored_results.FOLDER
    snapshot = stored_results.current(results)
    if snapshot is not None:
        seen, findings = stored_results.named(results, snapshot)
        organisation = stored_results.with_seen(organisation, seen)[0]
    improvements = {each.id: each for each in improvements_of(settings)}
    scenarios = frozenset(each.stem for each in (settings.folder / SCENARIOS).glob("*.yaml"))
    return Known(organisation, measure_words(), at, settings.zone, improvements, findings, scenarios, without_direction())


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that is on the disk: the improvement it is about."""

    id: str
    is_new: bool


def write(settings: Settings, typed: Typed, *, once: str | None = None, clock: Now = now) -> tuple[Kept | None, list[Wrong]]:
    """
    Check what was typed and keep it.

    *once*   of several with the same word only the first is kept, and the others are answered as that one
    Shape    (what is kept, nothing wrong) or (None, everything that is wrong)
    Errors   OutsideError IMP016 or IMP017 where it could not be written
    """
    known = known_of(settings, clock())
    submission, wrong = check(typed, known)
    if submission is None:
        return None, wrong
    return keep(settings, submission, known, once=once, clock=clock), []


def keep(settings: Settings, submission: Submission, known: Known, *, once: str | None = None, clock: Now = now) -> Kept:
    """Keep a checked entry; its id is given while nobody else writes. `improve verify` writes its verdicts through this."""

    def make(before: Sequence[spool.Entry]) -> spool.Entry:
        same = next((each for each in before if once and each.get(ONCE) == once), None)
        if same is not None:
            return same
        id_ = submission.to or next_id({*known.improvements, *ids_in(before)})
        line = line_of(submission, id_, f"{id_}/{len(before) + 1}", after_all(before, clock()))
        return {**line, ONCE: once} if once else line

    entry = spool.append(spool.log_path(settings), make)
    return Kept(str(entry[RECORD]).rpartition("/")[0], submission.to is None)


def tell_torn(settings: Settings) -> None:
    """Say which entries of the log were cut off while they were being written."""
    path = spool.log_path(settings)
    print_problems([wrong for line in spool.lines(path) if (wrong := line.problem(path.name)) is not None])
