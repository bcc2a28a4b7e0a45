"""Print the speed figures of this machine beside their bars, each with a ratio to something plain timed in the same run.

Run `make bench`. Seconds depend on the machine and on what else it does; the ratios travel. Never part of the checks.
"""

from __future__ import annotations

import http.client
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "wholeservice"]
GOVUK_DATA = ROOT / "../shared/data/govuk"
N_REQUESTS, N_ENTITIES, N_PATTERNS = 200, 1000, 100_000


@dataclass(frozen=True)
class Figure:
    """One line of the report: seconds, the bar they must stay under, and seconds of something plain to compare with."""

    name: str
    seconds: float
    bar: float
    plain: float
    plain_name: str

    def __str__(self) -> str:
        verdict = "ok " if self.seconds < self.bar else "OVER"
        ratio = self.seconds / self.plain if self.plain else float("nan")
        seconds, bar = _short(self.seconds), _short(self.bar)
        return f"{verdict:<5}{self.name:<52}{seconds:>9}   bar {bar:>7}   {ratio:7.1f} x {self.plain_name}"


def _short(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def fastest_of(n: int, run: Callable[[], object]) -> float:
    """Return the seconds of the fastest of *n* runs: whatever else the machine does can only add to them."""
    return min(_timed(run) for _ in range(n))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _process(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([*arguments], check=True, capture_output=True)


def help_figure() -> Figure:
    """Time `wholeservice --help` as a process of its own."""
    plain = fastest_of(5, _process(sys.executable, "-c", "pass"))
    return Figure("wholeservice --help", fastest_of(5, _process(*COMMAND, "--help")), 0.3, plain, "an empty Python program")


def check_figure() -> Figure:
    """Time `check` of an organisation of a thousand entities, process start included."""
    import yaml

    with tempfile.TemporaryDirectory() as folder:
        text = large_organisation(N_ENTITIES)
        (Path(folder) / "organisation").mkdir()
        (Path(folder) / "organisation" / "all.yaml").write_text(text, encoding="utf-8")
        (Path(folder) / "wholeservice.yaml").write_text("name: Large\n", encoding="utf-8")
        seconds = fastest_of(3, _process(*COMMAND, "--workspace", folder, "check"))
    plain = fastest_of(3, lambda: yaml.compose(text, Loader=yaml.CSafeLoader))
    return Figure(f"check of {N_ENTITIES:,} entities", seconds, 1.0, plain, "PyYAML reading the same text")


def large_organisation(n_entities: int) -> str:
    """Return an organisation in YAML: services of ten parts, each with a need, a target and dependencies."""
    lines = [
        "org: { name: Large }",
        "consumers:",
        "  guest: { outside: true }",
        "value-streams:",
        "  main: { owner: the.owner }",
    ]
    lines += ["teams:", *(f"  team-{number}: {{ people: 7 }}" for number in range(20)), "services:"]
    for service in range(n_entities // 11):
        lines += [f"  service-{service}:", "    for: { guest: [uses] }", "    stream: main", "    journey: [find, pay, stay]"]
        lines += ["    needs:", "      easy: { says: Make it easy, targets: [ completion >= 90% over 28d ] }", "    parts:"]
        for part in range(10):
            uses = f", uses: [part-{service}-{part + 1}]" if part < 9 else ""
            lines.append(f"      part-{service}-{part}: {{ team: team-{part}, at: [pay]{uses} }}")
    return "\n".join(lines) + "\n"


def loss_map_figure() -> Figure:
    """Time a loss map drawn from a hundred thousand different patterns."""
    from wholeservice.findings.losses import LossMap, draw_up
    from wholeservice.periods import parse_period
    from wholeservice.units import SHARE

    seen = observations(N_PATTERNS)
    period = parse_period("2026-Q3")
    assert period is not None  # noqa: S101
    asked = LossMap("service", "need", "completion >= 90%", SHARE, 1, 0.9, 0.8, 0.1, None, 10.0 * N_PATTERNS, period)
    plain = fastest_of(3, lambda: [sorted(pattern.seen, key=str) for pattern in seen.patterns])
    return Figure(
        f"loss map from {N_PATTERNS:,} patterns", fastest_of(3, lambda: draw_up(asked, seen)), 2.0, plain, "sorting their calls"
    )


def observations(n_patterns: int, seed: int = 1):  # type: ignore[no-untyped-def]
    """Return *n_patterns* different lost attempts over four layers of fifteen parts behind eight steps."""
    from wholeservice.findings.ledger import Pattern
    from wholeservice.findings.losses import Observations, Place
    from wholeservice.findings.propagation import Dependency

    draw = random.Random(seed)  # noqa: S311 - a benchmark
    layers = [[f"part-{layer}-{number}" for number in range(15)] for layer in range(4)]
    steps = [f"service.step-{number}" for number in range(8)]
    wiring = {}
    for above, below in zip([steps, *layers], layers, strict=False):
        wiring |= {box: tuple(Dependency(other) for other in draw.sample(below, 5)) for box in above}
    patterns: dict[object, Pattern] = {}
    while len(patterns) < n_patterns:
        step = draw.choice(steps)
        calls, failing = set(), step
        for _ in range(draw.randint(1, 4)):
            chosen = draw.choice(wiring[failing]).to
            calls |= {(failing, chosen, True), *_some_healthy(draw, failing, wiring, chosen)}
            failing = chosen
        calls |= _some_healthy(draw, failing, wiring, None)
        seen = frozenset(calls)
        patterns[step, seen] = Pattern(seen, ((step,),), 1.0)
    places = {
        box: Place("step" if box in steps else "part", box) for box in [*steps, *(part for layer in layers for part in layer)]
    }
    return Observations(list(patterns.values()), wiring, places, dict.fromkeys(places, 10.0 * n_patterns))


def _some_healthy(draw, box, wiring, but):  # type: ignore[no-untyped-def]
    return {(box, each.to, False) for each in wiring.get(box, ()) if each.to != but and draw.random() < 0.8}


def page_figures() -> list[Figure]:
    """Time the first request after the start, and 200 service pages of all services of the govuk example."""
    if not GOVUK_DATA.is_dir():
        print(f"     service pages: skipped, no public data in {GOVUK_DATA}")
        return []
    workspace = ["--workspace", str(ROOT / "examples" / "govuk"), "--set", f"data={GOVUK_DATA.resolve()}"]
    subprocess.run([*COMMAND, *workspace, "ingest"], check=True, capture_output=True)
    subprocess.run([*COMMAND, *workspace, "measure"], check=True, capture_output=True)
    paths = _service_paths()
    with server(workspace) as (started, port):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        listening = time.perf_counter()
        _get(connection, "/")
        first, whole = time.perf_counter() - listening, time.perf_counter() - started
        static = fastest_of(20, lambda: _get(connection, "/static/none/none"))
        chosen = random.Random(1).choices(paths, k=N_REQUESTS)  # noqa: S311 - a benchmark
        times = sorted(fastest_of(1, partial(_get, connection, path)) for path in chosen)
    p95 = times[int(0.95 * len(times)) - 1]
    start = fastest_of(3, _process(*COMMAND, "--help"))
    return [
        Figure("first request after the start", first, 1.0, start, "wholeservice --help"),
        Figure("from starting the process to the first page", whole, 2.0, start, "wholeservice --help"),
        Figure(
            f"service page, p95 of {N_REQUESTS} over {len(paths)} services", p95, 0.1, static, "a request that finds nothing"
        ),
    ]


@contextmanager
def server(workspace: list[str]) -> Iterator[tuple[float, int]]:
    """Serve a workspace; yields (when the process was started, its port)."""
    started = time.perf_counter()
    process = subprocess.Popen([*COMMAND, *workspace, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None  # noqa: S101
        address = process.stderr.readline().partition(" at ")[2].split()[0]
        yield started, int(urllib.parse.urlsplit(address).port or 0)
    finally:
        process.terminate()
        process.wait()


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    for _ in range(200):
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        except ConnectionError:  # it prints its address just before it listens, and closes what is idle
            connection.close()
            time.sleep(0.005)
    raise ConnectionError(path)


def _service_paths() -> list[str]:
    from wholeservice.app.asked import Asked
    from wholeservice.app.workspace import current_data
    from wholeservice.pages import PAGES

    entities = current_data(Asked(ROOT / "examples" / "govuk").settings()).organisation.entities
    path = next(page.path for page in PAGES if page.name == "service")
    services = [entity for entity, each in entities.items() if each.kind == "service"]
    return [path[: path.index("{")] + urllib.parse.quote(entity) for entity in services]


def main() -> None:
    """Print every figure."""
    for make in (help_figure, check_figure, loss_map_figure):
        print(make(), flush=True)
    for figure in page_figures():
        print(figure, flush=True)


if __name__ == "__main__":
    main()
