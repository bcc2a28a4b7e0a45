"""Try all that tests/survival only samples, and print the figures of docs/survival.md. Minutes to an hour; Linux, cc.

.venv/bin/python benchmarks/survive.py faults [STEP]     every STEP-th point of every act: power, kill, EIO, full disk
.venv/bin/python benchmarks/survive.py kills [N]         real ingests killed at random moments, 200 without N
.venv/bin/python benchmarks/survive.py writers [ROUNDS]  two and five processes at once, 50 rounds without ROUNDS
.venv/bin/python benchmarks/survive.py bounds            bombs, laughs and lines of 10 GB: memory and time of each
WHOLESERVICE_FUZZ=20 .venv/bin/python -m pytest tests/survival/test_fuzz.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
HERE = TESTS / "survival"
DEFAULTS = {"faults": "1", "kills": "200", "writers": "50", "bounds": ""}


def commands(what: str, number: str, folder: Path) -> list[list[str]]:
    """Return the arguments of Python for one kind of trial."""
    if what == "faults":
        return [[f"{HERE}/trials.py", f"{folder}/w", "power,kill,eio,enospc", "all", number]]
    if what == "kills":
        return [[f"{HERE}/kills.py", f"{folder}/w", number]]
    if what == "writers":
        together = (["a", "b"], ["a", "a"], ["a", "a", "b", "c", "d"])
        return [[f"{HERE}/writers.py", f"{folder}/{turn}", number, *names] for turn, names in enumerate(together)]
    return [[f"{HERE}/bounds.py", f"{folder}/w"]]


def main(what: str, number: str) -> None:
    """Run the trials of one kind."""
    sys.path.insert(0, str(TESTS))
    from survival import faults

    with tempfile.TemporaryDirectory() as name:
        environment = {**os.environ, "PYTHONPATH": str(TESTS)}
        if what == "faults":
            environment["LD_PRELOAD"] = str(faults.build(Path(name)))
        for command in commands(what, number, Path(name)):
            subprocess.run([sys.executable, *command], env=environment, check=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in DEFAULTS:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else DEFAULTS[sys.argv[1]])
