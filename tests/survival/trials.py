"""Do an act while the disk fails at its n-th call, for every n, and look at what a reader then sees; under LD_PRELOAD.

    python trials.py FOLDER MODE[,MODE] ACT[,ACT] [STEP]      MODE: kill, eio, enospc, power

Prints one line of JSON per act and mode: how many points, how many trials, and what went wrong. Every trial is a fork of this
process, which has all libraries loaded and has used none.
"""

from __future__ import annotations

import ast
import errno
import importlib
import json
import multiprocessing
import os
import pickle  # of what this process itself wrote
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from survival import acts, faults, power
from wholeservice.errors import WholeserviceError

HEAVY = ("wholeservice", "pyarrow", "deltalake", "numpy", "rich", "duckdb")  # loaded here, so that no fork must
KILLED = 137
FAULTS = {
    "kill": (faults.KILL, 0),
    "eio": (faults.FAIL_ONCE, errno.EIO),
    "enospc": (faults.FAIL_FROM, errno.ENOSPC),
}
POWER = "power"


@dataclass(frozen=True, slots=True)
class World:
    """A workspace to do an act in: as it is before and after, and how many calls the act makes."""

    act: acts.Act
    folder: Path  # where the act is done, always the same: logs hold no paths, but messages do
    template: Path
    before: acts.State | None
    after: acts.State | None
    calls: tuple[str, ...]  # what was traced
    trace: Path

    def points(self, step: int) -> list[int]:
        """Return the calls to fail at, from 1: of many writes in a row the first and every eighth, of all others every one."""
        kinds = [each.partition("\t")[0] for each in self.calls]
        told = [n for n, kind in enumerate(kinds) if kind != "write" or kinds[n - 1] != "write" or n % 8 == 0]
        return [n + 1 for n in told[::step]]


def forked(what: Callable[[], object]) -> tuple[int, str]:
    """Do something in a fork; return its exit code and what it returned or how it failed, as text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 0
        try:
            said = repr(what())
        except BaseException:
            code, said = 1, traceback.format_exc()
        with os.fdopen(writing, "w") as pipe:
            pipe.write(said)
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def world_of(act: acts.Act, folder: Path) -> World:
    """Make the workspace, and do the act once undisturbed to know where it leads."""
    template, here, trace = folder / "template", folder / "here", folder / "trace"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = forked(lambda: act.before(template))
    assert done[0] == 0, done[1]
    shutil.copytree(template, here)

    def whole() -> list[str]:
        before = acts.state_of(here)
        faults.arm(here, faults.TRACE, trace=trace)
        act.do(here)
        faults.disarm()
        (folder / "states").write_bytes(pickle.dumps((before, acts.state_of(here))))
        return [name for name in sys.modules if name.partition(".")[0] in HEAVY]

    code, said = forked(whole)
    assert code == 0, said
    for name in ast.literal_eval(said):
        importlib.import_module(name)
    states = pickle.loads((folder / "states").read_bytes())  # noqa: S301  (our own)
    return World(act, here, template, *states, tuple(power.lines_of(trace)), trace)


def failing(world: World, how: int, error: int, n: int) -> list[str]:
    """Do the act with a fault at call *n*, and look at it; return what is wrong."""
    _fresh(world)

    def act() -> None:
        faults.arm(world.folder, how, n=n, error=error)
        try:
            world.act.do(world.folder)
        except (WholeserviceError, OSError) as problem:  # an OSError is told as OUT001 (app/failures)
            faults.disarm()
            unsaid = [each for each in getattr(problem, "problems", ()) if not (each.what and each.next_step)]
            if unsaid:
                raise RuntimeError(f"{unsaid} does not say what to do") from problem
        faults.disarm()

    code, said = forked(act)
    wrong = [] if code in ((0,), (KILLED, 0))[how == faults.KILL] else [f"ended with {code}: {said}"]
    return wrong + looked_at(world)


def looked_at(world: World, *, is_done: bool = False) -> list[str]:
    """Read as a reader does, then do the act again and see that it leads where it should; return what is wrong."""

    def look() -> list[str]:
        wrong = []
        seen = acts.state_of(world.folder)
        if seen not in ((world.before, world.after)[is_done:]):
            wrong.append(f"a reader sees something else: { {name: len(rows) for name, rows in (seen or {}).items()} }")
        if not acts.is_content(world.folder):
            wrong.append("verify is not content")
        world.act.do(world.folder)
        if acts.state_of(world.folder) != world.after:
            wrong.append("done again it does not lead to the end")
        if not acts.is_content(world.folder):
            wrong.append("done again, verify is not content")
        return wrong + [f"left over: {each}" for each in acts.left_over(world.folder)]

    code, said = forked(look)
    return [said] if code else ast.literal_eval(said)


def power_failures(world: World, step: int) -> tuple[int, list[str]]:
    """Pull the plug after every event, in each way; return how many trials and what is wrong."""
    disk, n_trials, wrong = power.Disk(world.folder, world.template), 0, list[str]()
    for n, line in enumerate(world.calls):
        matters, is_last = disk.do(line), n == len(world.calls) - 1
        if not is_last and (not matters or n % step):
            continue
        for kind in (power.STRICT, power.NAMED, power.TORN, power.MIXED):
            shutil.rmtree(world.folder, ignore_errors=True)
            disk.after(kind, world.folder, n)
            found = looked_at(world, is_done=is_last)
            wrong += [f"{kind} after {n} {line}: {each}" for each in found]
            n_trials += 1
    return n_trials, wrong


def _fresh(world: World) -> None:
    shutil.rmtree(world.folder, ignore_errors=True)
    shutil.copytree(world.template, world.folder)


def trial(folder: Path, name: str, mode: str, step: int = 1) -> dict[str, object]:
    """Try one act with one kind of fault at every *step*-th point."""
    start = time.monotonic()
    world = world_of(acts.BY_NAME[name], folder / f"{name} {mode}".replace(" ", "-"))
    if mode == POWER:
        n_trials, wrong = power_failures(world, step)
    else:
        points = world.points(step)
        how, error = FAULTS[mode]
        n_trials = len(points)
        wrong = [f"{mode} at {n}: {each}" for n in points for each in failing(world, how, error, n)]
    shutil.rmtree(world.folder.parent)
    return {"act": name, "mode": mode, "calls": len(world.calls), "trials": n_trials, "wrong": wrong,
            "seconds": round(time.monotonic() - start, 1)}  # fmt: skip


def main(folder: Path, modes: list[str], names: list[str], step: int = 1) -> None:
    """Try all, two at a time."""
    jobs = [(folder, name, mode, step) for name in names for mode in modes]
    context = multiprocessing.get_context("fork")
    with context.Pool(2, maxtasksperchild=1) as pool:
        for done in [pool.apply_async(trial, job) for job in jobs]:
            print(json.dumps(done.get()), flush=True)


if __name__ == "__main__":
    names = [each.name for each in acts.ACTS] if sys.argv[3] == "all" else sys.argv[3].split(",")
    main(Path(sys.argv[1]), sys.argv[2].split(","), names, int(sys.argv[4]) if len(sys.argv) > 4 else 1)
