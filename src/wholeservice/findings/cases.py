"""From what is known of attempts to the cases of a fit: one row for each attempt at each step it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wholeservice.findings.fitted import Cases
from wholeservice.findings.told_apart import Driver

if TYPE_CHECKING:
    import numpy as np

    from wholeservice.derived.drivers import Drivers

    Array = np.ndarray[Any, np.dtype[Any]]

DAY_S, HOUR_S = 86400, 3600
CHANNEL, KIND, DEVICE, AGAIN, CONTACT, WAITED, BACK, TOOK = (
    "channel", "segment", "device", "again", "contact", "waited", "back", "took"
)  # fmt: skip
TITLES: Mapping[str, str] = {
    CHANNEL: "Channel", KIND: "Kind of people", DEVICE: "Device", AGAIN: "Tried shortly before",
    CONTACT: "Asked for help before",
    WAITED: "Time in the step before", BACK: "To and fro on the way", TOOK: "How long it took",
}  # fmt: skip
N_CLASSES = 5  # of a number that is turned into levels


def cases_of_steps(
    drivers: Drivers, weights: Mapping[str, float], left: Mapping[tuple[str, str], float], box_of: Callable[[str], str]
) -> Cases:
    """
    Put attempts beside the steps they came to and what they lost there.

    Shape    weights: attempt -> attempts it stands for, of those that count; left: (attempt, root box) -> what nothing above
             explains of its loss, 0 to 1; a root is the box of a step
    """
    import numpy as np

    attempts = {row["attempt"]: row for row in drivers.attempts.to_pylist()}
    rows = [each for each in drivers.steps.to_pylist() if each["attempt"] in weights and each["attempt"] in attempts]
    boxes = [box_of(each["step"]) for each in rows]
    roots = tuple(sorted(set(boxes)))
    of = [attempts[each["attempt"]] for each in rows]
    at_s = np.array([each["at_s"] for each in rows], np.int64)
    found = [*_of_attempts(of), _waited([each["waited_s"] for each in rows]), _flag(BACK, [each["went_back"] for each in rows])]
    found += _attributes(drivers, [each["attempt"] for each in rows])
    return Cases(
        roots, np.array([roots.index(each) for each in boxes], int),
        np.array([left.get((row["attempt"], box), 0.0) for row, box in zip(rows, boxes, strict=True)]),
        np.array([weights[each["attempt"]] for each in rows]),
        codes_of([each["consumer"] or f"attempt {each['attempt']}" for each in of])[0],
        at_s // DAY_S, times(at_s), tuple(each for each in found if each is not None),
    )  # fmt: skip


def cases_of_units(
    rows: Sequence[Mapping[str, Any]], losses: Sequence[float], roots: Sequence[str],
    known: tuple[Mapping[str, Mapping[str, Any]], Drivers],
) -> Cases:  # fmt: skip
    """
    Put single units beside what is known of them and of the attempts they are about.

    Shape    rows as `measures.mean_form` has them, losses and root boxes in their order; known: attempt -> its row, and all
    """
    import numpy as np

    attempts, drivers = known
    of = [_both(row, attempts.get(row["attempt"] or "", {})) for row in rows]
    at_s, names = np.array([row["unit_s"] for row in rows], np.int64), tuple(sorted(set(roots)))
    found = [*_of_attempts(of), Driver(TOOK, TITLES[TOOK], *classes([row["took_s"] for row in of], _seconds_in_words))]
    found += _attributes(drivers, [row["attempt"] or "" for row in rows])
    return Cases(
        names, np.array([names.index(each) for each in roots], int), np.array(losses, float),
        np.array([row["weight"] for row in rows]), codes_of([row["cluster"] for row in rows])[0],
        at_s // DAY_S, times(at_s), tuple(found),
    )  # fmt: skip


def _both(row: Mapping[str, Any], attempt: Mapping[str, Any]) -> dict[str, Any]:
    """What the unit says of itself, else what its attempt does."""
    own = {name: row[name] if row[name] is not None else attempt.get(name) for name in (CHANNEL, KIND, DEVICE)}
    return own | {name: attempt.get(name) for name in ("is_again", "has_contacted", "took_s")}


def times(at_s: Array) -> tuple[Array, ...]:
    """Return strata of time, from coarse to fine: part of the day; with the kind of day; with the month; with the week."""
    hour, day = at_s % DAY_S // (6 * HOUR_S), at_s // DAY_S
    is_weekend = (day + 3) % 7 >= 5  # the first of January 1970 was a Thursday
    kind = hour * 2 + is_weekend
    return hour, kind, day // 28 * 8 + kind, day // 7 * 8 + kind


def codes_of(words: Sequence[str | None]) -> tuple[Array, tuple[str | None, ...]]:
    """Return each word as a number, and the words in order; what is missing is the last, None."""
    import numpy as np

    known = sorted({word for word in words if word is not None})
    at: dict[str | None, int] = {word: place for place, word in enumerate(known)} | {None: len(known)}
    return np.array([at[word] for word in words], int), (*known, None)


def _of_attempts(of: Sequence[Mapping[str, Any]]) -> Iterator[Driver]:
    for name in (CHANNEL, KIND, DEVICE):
        yield Driver(name, TITLES[name], *codes_of([row[name] for row in of]))
    yield _flag(AGAIN, [row["is_again"] for row in of])
    yield _flag(CONTACT, [row["has_contacted"] for row in of])


def _flag(name: str, flags: Sequence[bool | None]) -> Driver:
    return flag(name, TITLES[name], flags)


def flag(name: str, title: str, flags: Sequence[bool | None]) -> Driver:
    """Return a driver that is a yes or no, or not known; no is the healthy one."""
    import numpy as np

    codes = np.array([2 if each is None else int(each) for each in flags], int)
    return Driver(name, title, codes, ("no", "yes", None), 0)


def _waited(seconds: Sequence[float | None]) -> Driver:
    return Driver(WAITED, TITLES[WAITED], *classes(seconds, _seconds_in_words))


def _seconds_in_words(low: float | None, high: float | None) -> str:
    from wholeservice.units import SECONDS, write

    return _between(*(None if each is None else write(float(each), SECONDS) for each in (low, high)))


def _numbers_in_words(low: float | None, high: float | None) -> str:
    return _between(*(None if each is None else f"{each:g}" for each in (low, high)))


def _between(low: str | None, high: str | None) -> str:
    if low is None or high is None:
        return f"up to {high}" if low is None else f"over {low}"
    return f"over {low} up to {high}"


def classes(
    numbers: Sequence[float | None], words: Callable[[float | None, float | None], str] = _numbers_in_words
) -> tuple[Array, tuple[str | None, ...]]:
    """Turn numbers into about five classes of one size each; equal numbers are never parted."""
    import numpy as np

    known = np.array([each for each in numbers if each is not None], float)
    edges = np.unique(np.quantile(known, np.arange(1, N_CLASSES) / N_CLASSES, method="lower")) if len(known) else np.zeros(0)
    edges = edges[edges < known.max()] if len(known) else edges
    ends: list[float | None] = [None, *edges.tolist(), None]
    levels = tuple(words(*each) for each in pairwise(ends)) if len(edges) else ("all",)
    given = np.array([np.inf if each is None else each for each in numbers], float)
    codes = np.searchsorted(edges, given, side="left")
    return np.where(np.isinf(given), len(levels), codes), (*levels, None)


def _attributes(drivers: Drivers, attempts: Sequence[str]) -> Iterator[Driver]:
    """What sources say of attempts: as numbers where all that is said has one, else in its words."""
    said: dict[str, dict[str, tuple[str, float | None]]] = {}
    for row in drivers.attributes.to_pylist():
        said.setdefault(row["question"], {})[row["attempt"]] = (row["verdict"], row["value"])
    for question, of in said.items():
        is_number = all(value is not None for _, value in of.values())
        nothing = (None, None)
        if is_number:
            found = classes([of.get(each, nothing)[1] for each in attempts])
        else:
            found = codes_of([of.get(each, nothing)[0] for each in attempts])
        yield Driver(f"said:{question}", question[:1].upper() + question[1:], *found)
