"""How much longer it takes, told from how long the same took last time: each stage, in order, by a small file of seconds."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TOOK = "took.json"
LEAST_S = 2.0  # what takes less needs no word about its end


@dataclass(slots=True)
class Stages:
    """When each stage began, in seconds after the start, and how long all took; `total_s` None: not known yet."""

    began_s: dict[str, float] = field(default_factory=dict)
    total_s: float | None = None

    def begin(self, stage: str, elapsed_s: float) -> None:
        """Note the beginning of a stage; a stage that goes on began once."""
        self.began_s.setdefault(stage, elapsed_s)


def left_s(last: Stages | None, now: Stages, elapsed_s: float) -> float | None:
    """
    Return the seconds that are left; None where nobody can tell, or it takes longer than last time.

    Last time, the second stage began at 4 s and the end came at 10 s. It begins at 8 s now, so all takes twice as long:

    >>> left_s(Stages({"a": 0.0, "b": 4.0}, 10.0), Stages({"a": 0.0, "b": 8.0}), 11.0)
    9.0
    >>> left_s(Stages({"a": 0.0}, 3.0), Stages({"a": 0.0}), 5.0) is None
    True
    """
    if last is None or last.total_s is None or not now.began_s:
        return None
    stage = next(reversed(now.began_s))
    if stage not in last.began_s:
        return None
    began, pace = last.began_s[stage], _pace(last.began_s[stage], now.began_s[stage])
    left = pace * (last.total_s - began) - (elapsed_s - now.began_s[stage])
    return left if left > 0 else None


def _pace(then_s: float, now_s: float) -> float:
    """How many times as long as last time it took so far; little time says nothing."""
    return now_s / then_s if min(then_s, now_s) >= 1 else 1.0


def words(left: float | None, elapsed_s: float) -> str:
    """
    Return the time left for people; nothing before it is known to be long.

    >>> words(8.4, 3.0), words(200.0, 3.0), words(8.4, 1.0), words(None, 60.0)
    ('about 8 s left', 'about 3 min left', '', '')
    """
    if left is None or elapsed_s < LEAST_S:
        return ""
    return f"about {max(1, round(left))} s left" if left < 90 else f"about {round(left / 60)} min left"


def read(file: Path, title: str) -> Stages | None:
    """Return how long it took last time; None where that was not kept or cannot be read."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))[title]
        return Stages({str(name): float(at) for name, at in kept["began_s"].items()}, float(kept["total_s"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(file: Path, title: str, took: Stages) -> None:
    """Keep how long it took; what cannot be kept is of no harm."""
    with suppress(OSError):
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        all_ = (kept if isinstance(kept, dict) else {}) | {title: {"began_s": took.began_s, "total_s": took.total_s}}
        working = file.with_name(f"{file.name}.{os.getpid()}")
        working.write_text(json.dumps(all_, ensure_ascii=False), encoding="utf-8")
        working.replace(file)
