"""From traces to raw rows: one per event, with what the log itself says and what every mapping needs beside it.

A row has the event's attributes by their keys, those of its trace as `case:KEY`, and:

    event:step, event:transition     what was done, and what happened to it (`complete` where the log says nothing)
    event:nth                        its position in the case from 0
    event:since, event:until         the instants of the event of the case before it, and of the next one
    event:started                    the start of the same instance of the activity, where the log tells it
    event:to                         when the state ends that it puts the work into; missing when that was not seen
    event:is-last                    whether nothing more is told of the same instance
    event:began, event:ended, event:outcome    the whole instance as an interaction; only for the last event of one
    case:id                          the name of the trace, made different where two have the same
    case:first, case:last, case:ended, case:events    instants of the first and last event, of its known end, and their number
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.sources.base import Batch, Header, Raw
from wholeservice.sources.xes_block import GROUP, IDENTITY, INSTANCE, NAME, RESOURCE, TIME, TRANSITION, Block
from wholeservice.sources.xes_lifecycle import COMPLETE, DONE, RETURNED, is_final, is_status, pair, state_of
from wholeservice.sources.xes_notes import DISORDER, NO_NAME, NOT_EVERYWHERE, SAME_NAME, Notes
from wholeservice.sources.xes_options import XesOptions
from wholeservice.sources.xes_times import instants
from wholeservice.sources.xes_tree import Log

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_ALWAYS = (NAME, RESOURCE, GROUP)  # what the usual mappings read; null where a log has none of it
_CASE = "case:"
_KEY_OF_CLASSIFIER = re.compile(r"'([^']*)'|(\S+)")
_FAILED = "failed"


@dataclass(slots=True)
class Cases:
    """Turns the blocks of one file into rows. `names` holds a mark of every case so far, over all files of a reading."""

    file: str
    options: XesOptions
    zone: str
    names: dict[int, int]
    notes: Notes

    def rows(self, block: Block, log: Log) -> Iterator[Raw]:
        """Yield the rows of a block, and a problem for each event that has no instant and each trace that has no event."""
        import numpy as np

        at = instants(_column(block.events, TIME, block.n_events), self.zone)
        yield from self._refused(block, at)
        order = self._in_order(block, at)
        if not len(order):
            return
        events = _Events(
            block={key: values.take(order) for key, values in block.events.items()}
            if _is_new(order, block.n_events)
            else block.events,
            at=at.take(order),
            trace=block.trace_of[order],
        )
        self._check_globals(events, log)
        computed = self._computed(events, block, log)
        columns = self._named(events, block.traces, computed)
        header = Header(self.file, tuple(columns), is_open=True)
        import pyarrow as pa

        yield Batch(header, tuple(columns.values()), pa.array(block.event_lines[order].astype(np.int64)))

    # what cannot be a row ----------------------------------------------------------------------------------------------

    def _refused(self, block: Block, at: pa.Array) -> Iterator[Problem]:
        import numpy as np

        said = _column(block.events, TIME, block.n_events)
        names = _column(block.events, NAME, block.n_events)
        for position in np.flatnonzero(at.is_null().to_numpy(zero_copy_only=False)).tolist():
            text = said[position].as_py()
            what = f"'{text[:80]}' is no instant" if text else f"there is no {TIME}"
            place = Place(self.file, int(block.event_lines[position]), text=text or names[position].as_py())
            yield Problem("SRC162", what, place, "an ISO 8601 instant such as 2026-03-01T10:15:00+01:00")
        for position in np.flatnonzero(np.bincount(block.trace_of, minlength=block.n_traces) == 0).tolist():
            name = _column(block.traces, NAME, block.n_traces)[position].as_py()
            place = Place(self.file, int(block.trace_lines[position]), text=name)
            yield Problem("SRC163", "the trace has no event", place, "at least one event in every trace")

    def _in_order(self, block: Block, at: pa.Array) -> np.ndarray:
        """Return the positions of the events that have an instant, by trace and time; those of one instant as they stand."""
        import numpy as np

        kept = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
        micros = _micros(at)[kept]
        traces = block.trace_of[kept]
        is_back = (micros[1:] < micros[:-1]) & (traces[1:] == traces[:-1])
        if not np.any(is_back):
            return kept
        wrong = np.unique(traces[1:][is_back])
        name = _column(block.traces, NAME, block.n_traces)[int(wrong[0])].as_py()
        self.notes.add(DISORDER, len(wrong), line=int(block.trace_lines[wrong[0]]), example=repr(name))
        ordered: np.ndarray = kept[np.lexsort((micros, traces))]
        return ordered

    def _check_globals(self, events: _Events, log: Log) -> None:
        for key in log.every_event_has:
            n_missing = events.block[key].null_count if key in events.block else len(events.trace)
            self.notes.add(NOT_EVERYWHERE, n_missing, example=key, each=key)

    # columns -----------------------------------------------------------------------------------------------------------

    def _named(self, events: _Events, traces: Mapping[str, pa.Array], computed: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """Return every column by its name; a key of the log that is called like one of ours is called `KEY of the log`,
        and one of an event that is called like one of its trace `KEY of the event`."""
        import pyarrow as pa

        positions = pa.array(events.trace)
        told = {_CASE + key: values.take(positions) for key, values in traces.items()}
        of_events = {key: values for key, values in events.block.items() if key != TIME}
        told |= {f"{key} of the event" if key in told else key: values for key, values in of_events.items()}
        told |= {key: pa.nulls(len(events.trace), pa.string()) for key in _ALWAYS if key not in told}
        found = {f"{name} of the log" if name in computed else name: values for name, values in told.items()}
        return {**found, **computed}

    def _computed(self, events: _Events, block: Block, log: Log) -> dict[str, pa.Array]:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        starts = np.flatnonzero(np.concatenate(([True], events.trace[1:] != events.trace[:-1])))
        sizes = np.diff(np.append(starts, len(events.trace)))
        ends = starts + sizes - 1
        of_case = np.repeat(np.arange(len(starts)), sizes)
        step = self._step(events, log)
        meaning = _meaning(events, step, ends, self.options)
        ended = self._ended(events, step, meaning, ends)
        names = pa.array(self._case_names(block, events, starts), pa.string())
        first, last = events.at.take(pa.array(starts)), events.at.take(pa.array(ends))
        outcome = np.full(len(of_case), None)
        outcome[meaning.is_failed] = _FAILED
        outcome[ends[ended]] = DONE
        case, before = pa.array(of_case), np.arange(len(of_case)) - 1
        before[starts] = -1
        return {
            TIME: events.at,
            "event:step": step,
            "event:transition": meaning.transition,
            "event:nth": pa.array(np.arange(len(of_case)) - starts[of_case]),
            "event:since": events.at.take(pa.array(before, mask=before < 0)),
            "event:until": events.at.take(pa.array(meaning.next_of_case, mask=meaning.next_of_case < 0)),
            "event:started": events.at.take(pa.array(meaning.started, mask=meaning.started < 0)),
            "event:to": events.at.take(pa.array(meaning.to, mask=meaning.to < 0)),
            "event:is-last": pa.array(meaning.is_last),
            "event:began": pc.coalesce(events.at.take(pa.array(meaning.started, mask=meaning.started < 0)), events.at),
            "event:ended": events.at.take(pa.array(meaning.ended, mask=meaning.ended < 0)),
            "event:outcome": pa.array(outcome, pa.string()),
            "case:id": names.take(case),
            "case:first": first.take(case),
            "case:last": last.take(case),
            "case:ended": pc.if_else(pa.array(ended), last, pa.scalar(None, last.type)).take(case),
            "case:events": pa.array(sizes[of_case]),
        }

    def _step(self, events: _Events, log: Log) -> pa.Array:
        """Return what was done: the concept:name, or the keys of the declared classifier joined by `+`."""
        import pyarrow.compute as pc

        wanted = self.options.classifier
        if wanted is None:
            return events.column(NAME)
        if wanted not in log.classifiers:
            raise InputError(Problem("SRC169", f"the log has no classifier '{wanted}'", self.options.place,
                                     f"one of: {', '.join(log.classifiers) or 'none'}", suggest(wanted, log.classifiers),
                                     "correct classifier: or take it out"))  # fmt: skip
        keys = [quoted or plain for quoted, plain in _KEY_OF_CLASSIFIER.findall(log.classifiers[wanted])]
        return pc.binary_join_element_wise(*(events.column(key) for key in keys), "+", null_handling="emit_null")

    def _ended(self, events: _Events, step: pa.Array, meaning: _Meaning, ends: np.ndarray) -> np.ndarray:
        """Return for each case whether its last event ends it."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.options.ends:
            return np.asarray(meaning.ends_case[ends])
        named = pc.utf8_trim_whitespace(step.take(pa.array(ends)))
        return np.asarray(pc.is_in(named, pa.array(sorted(self.options.ends))).to_numpy(zero_copy_only=False), bool)

    def _case_names(self, block: Block, events: _Events, starts: np.ndarray) -> list[str]:
        names, ids = (_column(block.traces, key, block.n_traces).to_pylist() for key in (NAME, IDENTITY))
        found = []
        for start in starts.tolist():
            trace = int(events.trace[start])
            name = (names[trace] or "").strip() or (ids[trace] or "").strip()
            line = int(block.trace_lines[trace])
            if not name:
                name = _made_name(block, events, trace, start)
                self.notes.add(NO_NAME, 1, line=line, example=name)
            found.append(self._distinct(name, line))
        return found

    def _distinct(self, name: str, line: int) -> str:
        """Return a name that no case before has: two traces of one name are two cases."""
        n_before = self.names.get(hash(name), 0)
        self.names[hash(name)] = n_before + 1
        if not n_before:
            return name
        self.notes.add(SAME_NAME, 1, line=line, example=name)
        number = n_before + 1
        while hash(f"{name} ({number})") in self.names:
            number += 1
        self.names[hash(f"{name} ({number})")] = 1
        return f"{name} ({number})"


@dataclass(frozen=True, slots=True)
class _Events:
    """The events that have an instant, in order: what the log says of each, its instant, and its trace in the block."""

    block: Mapping[str, pa.Array]
    at: pa.Array
    trace: np.ndarray

    def column(self, key: str) -> pa.Array:
        return _column(self.block, key, len(self.trace))


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What each event means for the work. Positions of other events are -1 where there is none."""

    transition: pa.Array
    next_of_case: np.ndarray
    started: np.ndarray
    to: np.ndarray
    ended: np.ndarray
    is_last: np.ndarray
    is_failed: np.ndarray
    ends_case: np.ndarray


def _meaning(events: _Events, step: pa.Array, ends: np.ndarray, options: XesOptions) -> _Meaning:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(events.trace)
    here = np.arange(n)
    next_of_case = here + 1
    next_of_case[ends] = -1
    said = pc.utf8_lower(pc.utf8_trim_whitespace(events.column(TRANSITION)))
    transition = pc.fill_null(pc.if_else(pc.equal(said, ""), pa.scalar(None, pa.string()), said), COMPLETE)
    words = transition.dictionary_encode()
    codes = words.indices.to_numpy(zero_copy_only=False)
    known = words.dictionary.to_pylist()
    states = [state_of(word, options.states) for word in known]
    of_status = np.array([is_status(word) for word in known])[codes]
    final = np.array([is_final(state) for state in states])[codes]
    failed = np.array([state == RETURNED for state in states])[codes]
    following, started = _paired(events, step, transition, ~of_status)
    to = np.where(of_status, np.where(final & (next_of_case < 0), here, next_of_case), np.where(final, here, following))
    return _Meaning(
        transition=transition,
        next_of_case=next_of_case,
        started=started,
        to=to,
        ended=np.where(of_status, next_of_case, np.where(final & (started >= 0), here, -1)),
        is_last=of_status | (following < 0),
        is_failed=failed & ~of_status,
        ends_case=of_status & final,
    )


def _paired(events: _Events, step: pa.Array, transition: pa.Array, is_standard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the next event and the start of each event's instance of its activity, -1 where there is none."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(events.trace)
    following, started = np.full(n, -1), np.full(n, -1)
    opening = pa.array(
        [word for word in pc.unique(transition).to_pylist() if not is_status(word) and not is_final(state_of(word, {}))]
    )
    if not len(opening):
        return following, started
    lasting = pc.unique(step.filter(pc.is_in(transition, opening.cast(pa.string()))))  # completions of others stand alone
    mine = np.flatnonzero(np.asarray(pc.is_in(step, lasting).to_numpy(zero_copy_only=False), bool) & is_standard)
    at = pa.array(mine)
    texts = [each.take(at).to_pylist() for each in (step, events.column(INSTANCE), transition, events.column(RESOURCE))]
    keys = list(zip(events.trace[mine].tolist(), texts[0], texts[1], strict=True))
    lives = pair(keys, texts[2], texts[3])
    for found, told in ((following, lives.following), (started, lives.started)):
        positions = np.array([-1 if each is None else each for each in told], np.int64)
        found[mine] = np.where(positions < 0, -1, mine[positions])
    return following, started


def _made_name(block: Block, events: _Events, trace: int, first: int) -> str:
    """Return a name made of what a trace says of itself and of its first event, so that it keeps it when it grows."""
    said: list[Any] = [(key, values[trace].as_py()) for key, values in sorted(block.traces.items())]
    said += [(key, values[first].as_py()) for key, values in sorted(events.block.items())]
    present = repr([each for each in said if each[1] is not None])
    return f"unnamed-{hashlib.sha256(present.encode()).hexdigest()[:12]}"


def _column(columns: Mapping[str, pa.Array], key: str, n: int) -> pa.Array:
    import pyarrow as pa

    return columns[key] if key in columns else pa.nulls(n, pa.string())


def _micros(at: pa.Array) -> np.ndarray:
    import numpy as np
    import pyarrow as pa

    return np.asarray(at.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False))


def _is_new(order: np.ndarray, n: int) -> bool:
    """Say whether an order of *n* events moves or leaves out any; without that no column is copied."""
    import numpy as np

    return len(order) != n or not np.array_equal(order, np.arange(n))
