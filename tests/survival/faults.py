"""What stands between a process and its disk: made from faults.c, loaded with LD_PRELOAD, told by `arm` what to do when."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

COUNT, KILL, FAIL_ONCE, FAIL_FROM, TRACE = 1, 2, 3, 4, 5
SOURCE = Path(__file__).with_name("faults.c")


def build(folder: Path) -> Path | None:
    """Compile the library into a folder; None where there is no compiler for it."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or sys.platform != "linux":
        return None
    made = folder / "faults.so"
    flags = ["-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-ldl", "-lpthread"]
    done = subprocess.run([compiler, "-o", str(made), str(SOURCE), *flags], check=False, capture_output=True)
    return made if done.returncode == 0 else None


def arm(below: Path, how: int, *, n: int = 0, error: int = 0, trace: Path | None = None) -> None:
    """From now on do this at the *n*-th call that changes something below a folder."""
    library = ctypes.CDLL(None)
    library.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_char_p]
    library.faults_arm(os.fsencode(below), how, n, error, os.fsencode(trace) if trace else None)


def disarm() -> int:
    """Leave everything alone again; return how many calls there were."""
    library = ctypes.CDLL(None)
    library.faults_disarm()
    return int(library.faults_counted())


def shift_clock(seconds: int) -> None:
    """Set the clock that this process sees forward or back."""
    ctypes.CDLL(None).faults_shift_clock(ctypes.c_long(seconds))
