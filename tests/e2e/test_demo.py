"""The demo as a person runs it: a process of its own, a new folder, and then the other commands on what it left."""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from documented import PAGES, TYPED, Said
from web.elements import ELEMENTS
from wholeservice.simulation.changed_world import MENDED
from wholeservice.simulation.world import STARTS_ON

COMMAND = [sys.executable, "-m", "wholeservice"]
VISITS = """
sources:
  visits:
    kind: table
    file: visits.csv
    record: [visit, page]
    facts:
      - interaction: { happened_at: "{time}", visit: "{visit}", service: get-help, step: "{page}" }
"""


def run(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command line and return what it printed."""
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the demo, run once, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "stayline"
    return folder, run("demo", "--no-serve", "--to", folder).stdout


def rows(folder: Path, *arguments: object) -> list[dict[str, Any]]:
    return list(json.loads(run("--workspace", folder, *arguments, "--format", "json").stdout))


def test_the_demo_shows_every_stage_in_order(demo):
    """Check, ingest, measure, trace and findings each print something, and the next step ends it."""
    _, printed = demo
    stages = ["Stayline", "Check", "Ingest", "Measure", "Trace", "Findings", "See the pages"]
    lines = printed.splitlines()
    starts = [next(number for number, line in enumerate(lines) if line.startswith(stage)) for stage in stages]
    assert starts == sorted(starts)
    assert not [stage for stage, start, after in zip(stages, starts, starts[1:], strict=False) if after - start < 3]


def test_the_readme_shows_what_the_demo_prints(demo):
    """The first thing that a newcomer sees is true."""
    _, printed = demo
    readme = (PAGES.parent / "README.md").read_text(encoding="utf-8")
    (below,) = [below for command, below in TYPED.findall(readme) if command.startswith("make demo")]
    assert Said("make demo", printed, below.partition("```")[0].splitlines()).is_so


def test_the_planted_cause_is_named_and_the_decoys_are_not(demo):
    """Room status broke; the release of the same day and the failing card company are innocent."""
    folder, _ = demo
    traced = rows(folder, "trace", "book-and-stay", "--need", "room-is-mine")
    boxes = {row["box"]: row for row in traced if row["gap"] > 0}
    assert [box for box, row in boxes.items() if row["is_top"]] == ["room-status"]
    assert not [box for box in ("prices", "adyen", "search") if box in boxes and boxes[box]["is_named"]]


def test_why_the_planted_loss_lasts_is_told_from_facts(demo):
    """Room status went stale on day 44; an item told of it six days later, and since it was built it waits for an environment.

    Nobody is on what check-in loses. The pieces of each place add up to what it lost.
    """
    folder, _ = demo
    stored = next(folder.glob(".wholeservice/results/*/open_times.json"))
    found = {each["box"]: each for each in json.loads(stored.read_text(encoding="utf-8")) if each["need"] == "room-is-mine"}
    status = found["room-status"]
    began = datetime.fromisoformat(status["began_at"]).astimezone(ZoneInfo("Europe/Amsterdam"))
    assert (began.date() - STARTS_ON).days == 44
    assert (status["known_at"][:10], status["known_by"]) == ("2026-07-21", "item stay-room-status")
    waited = [each["on"] for each in status["pieces"] if each["state"] == "waiting"]
    assert list(dict.fromkeys(waited)) == ["people-team", "platform"]
    assert {each["entity"] for each in status["actors"]} == {"housekeeping", "platform", "people-team"}
    assert found["check-in"]["items"] == []
    for each in found.values():
        assert sum(piece["lost"] for piece in each["pieces"]) == pytest.approx(each["lost"])


def test_verdicts_on_improvements_are_what_was_planted(demo):
    """What worked is found with the planted size in its range; what changed nothing is not, nor is what cannot be told yet."""
    folder, _ = demo
    found = {(row["improvement"], row["role"]): row for row in rows(folder, "improve", "verify")}
    for each in MENDED:
        row = found[each.improvement, "promised"]
        assert (row["verdict"], row["low"] < each.share < row["high"]) == ("improved", True)
    told = {improvement: row["verdict"] for (improvement, role), row in found.items() if role == "promised"}
    assert {name for name, verdict in told.items() if verdict == "improved"} == {each.improvement for each in MENDED}
    assert (told["IMP-5"], told["IMP-4"], told["IMP-1"]) == ("no effect", "still measuring", "unclear")


def test_the_demo_can_be_run_again(demo):
    """A second run reuses the folder, reads everything again and changes nothing."""
    folder, _ = demo
    again = run("demo", "--no-serve", "--to", folder)
    assert "again" in again.stdout
    ingested = rows(folder, "ingest")
    assert [row["source"] for row in ingested if row["kept"] or row["superseded"] or row["refused"]] == []
    assert sum(row["known"] for row in ingested) == sum(row["read"] for row in ingested) > 100_000


def test_json_and_csv_hold_the_same_numbers(demo):
    """Two forms of one answer, with the raw value, its interval, n, unit, period and snapshot."""
    folder, _ = demo
    question = ("measure", "completion", "--of", "book-and-stay", "--by", "channel")
    as_json = rows(folder, *question)
    as_csv = list(csv.DictReader(io.StringIO(run("--workspace", folder, *question, "--format", "csv").stdout)))
    assert [row["channel"] for row in as_json] == ["app", "desk", "phone", "web"]
    assert [float(row["value"]) for row in as_csv] == [row["value"] for row in as_json]
    assert all(row["low"] <= row["value"] <= row["high"] <= 1 for row in as_json)
    assert {row["unit"] for row in as_json} == {"share"}
    assert len({row["snapshot"] for row in as_json}) == 1


def test_a_change_of_the_organisation_gives_another_snapshot(tmp_path):
    """The results name the organisation they were made with: a new target is a new snapshot of the same run."""
    folder = tmp_path / "new"
    run("init", folder)
    days = [f"2026-{month:02}-{day:02}" for month in (3, 4) for day in range(1, 31)]
    visits = [f"{day}T10:0{minute}:00Z,{day},{page}\n" for day in days for minute, page in ((0, "start"), (5, "finish"))]
    (folder / "visits.csv").write_text("time,visit,page\n" + "".join(visits), encoding="utf-8")
    with (folder / "wholeservice.yaml").open("a", encoding="utf-8") as settings:
        settings.write(VISITS)
    run("--workspace", folder, "ingest")
    before = rows(folder, "measure")[0]["snapshot"]
    file = folder / "organisation" / "services.yaml"
    text = file.read_text(encoding="utf-8")
    assert "completion >= 90%" in text
    file.write_text(text.replace("completion >= 90%", "completion >= 50%"), encoding="utf-8")
    after = rows(folder, "measure")[0]["snapshot"]
    assert before != after
    assert before.split(".")[0] == after.split(".")[0]


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN], ids=["in front", "in the background"])
def test_the_pages_are_served_and_stop_calmly(demo, handler):
    """`serve` prints its address, answers with HTML and JSON, and ends with 130 and one calm line on Ctrl-C.

    So it does where a shell started it in the background, which has it ignore the signal. The page of the main service holds
    all twelve elements.
    """
    folder, _ = demo
    before = signal.signal(signal.SIGINT, handler)  # a child inherits only that it is ignored
    try:
        server = subprocess.Popen(
            [*COMMAND, "--workspace", str(folder), "serve", "--port", "0"], stderr=subprocess.PIPE, text=True, bufsize=1
        )
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        assert server.stderr is not None
        address = server.stderr.readline().partition(" at ")[2].split()[0]
        assert "Stayline" in _get(address)
        assert json.loads(_get(address + "index.json"))
        names = re.findall(r'\sid="([^"]+)"', _get(address + "service/book-and-stay"))
        assert [each for each in ELEMENTS.values() if names.count(each) != 1] == []
    finally:
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=30)
    assert server.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said


def _get(address: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server on loopback
                return str(answer.read().decode())
        except OSError:  # not listening yet
            time.sleep(0.1)
    pytest.fail(f"{address} never answered")


def test_damaged_results_are_told_with_the_way_out(demo):
    """A results file cut in half is a message that names the folder, exit code 3, and no traceback."""
    folder, _ = demo
    run("--workspace", folder, "measure")
    (snapshot,) = [(folder / ".wholeservice/results/current").read_text(encoding="utf-8")]
    file = folder / ".wholeservice/results" / snapshot / "findings.json"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    said = run("--workspace", folder, "measure", code=3).stderr
    file.write_bytes(whole)
    assert "RES002" in said
    assert snapshot in said


TAKEN_WHERE_THERE = {"setuptools", "mypy-extensions"}  # others use them when they find them, and do without when not

LOADED = """
import json, sys
from wholeservice.app.cli import main
from wholeservice.app.web import create_app
from wholeservice.engines.duckdb_engine import DuckdbEngine
create_app(lambda: None)
DuckdbEngine().close()  # what is measured runs on it; an ingest does not
try:
    main(json.loads(sys.argv[1]))
except SystemExit:
    pass
print("LOADED", json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_declared_dependencies_are_enough(demo):
    """Whatever reading facts and serving pages loads is declared as a dependency, and not there by luck of the test tools."""
    folder, _ = demo
    arguments = json.dumps(["--workspace", str(folder), "ingest"])
    done = subprocess.run([sys.executable, "-c", LOADED, arguments], capture_output=True, text=True, check=True, timeout=120)
    loaded = json.loads(done.stdout.rpartition("LOADED ")[2])
    homes = importlib.metadata.packages_distributions()
    used = {normal(home) for name in loaded for home in homes.get(name, ())[:1]}
    assert "ibis-framework" in used
    assert used - declared_closure("wholeservice") - TAKEN_WHERE_THERE == set()


def declared_closure(distribution: str) -> set[str]:
    """Return the distribution and everything it requires, without extras."""
    found: set[str] = set()
    waiting = [distribution]
    while waiting:
        name = normal(waiting.pop())
        if name not in found:
            found.add(name)
            requirements = importlib.metadata.requires(name) or []
            waiting += [re.split(r"[^\w.-]", each)[0] for each in requirements if is_needed_here(each)]
    return found


def is_needed_here(requirement: str) -> bool:
    from packaging.requirements import Requirement

    marker = Requirement(requirement).marker
    return marker is None or marker.evaluate({"extra": ""})


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
