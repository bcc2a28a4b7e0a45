"""The workspace's settings: find `wholeservice.yaml`, read it, and let the environment and `--set` override it.

    name: GOV.UK services
    zone: Europe/London
    engine: duckdb                                     # or spark, or spark://host:7077; see docs/engines.md
    improvements: { priority: cost of delay }          # or wsjf, or simulated gain; see docs/improve.md
    settings: { data: ../../../shared/data/govuk }     # free names; `${data}` in a source's options stands for the value
    sources:
      estate: { ... }                                  # read by the room `sources`

What wins, strongest first: `--set data=DIR`, the environment (`WHOLESERVICE_DATA`), the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wholeservice.documents import Node, parse
from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.improvements.base import PRIORITIES

FILE_NAME = "wholeservice.yaml"
STATE_FOLDER = ".wholeservice"
ENVIRONMENT_PREFIX = "WHOLESERVICE_"
KEYS = ("name", "zone", "engine", "improvements", "settings", "sources")
DEFAULT_ZONE = "UTC"
DEFAULT_ENGINE, ENGINE_VARIABLE = "duckdb", "WHOLESERVICE_ENGINE"
N_PARENTS = 12  # how far up we look for a workspace

CODES = {
    "SET001": f"There is no {FILE_NAME} in this folder or above it. A workspace is the folder that holds this file: go there,"
    " name it with --workspace DIR, or make one with `wholeservice init DIR`.",
    "SET002": f"{FILE_NAME} holds a key that means nothing here. The keys are: {', '.join(KEYS)}.",
    "SET003": "The time zone is not a name of the IANA time-zone database, such as Europe/London. Periods are cut in it.",
    "SET004": "A setting must be a single value (text or number), because it stands for text in a source's options.",
    "SET005": "`--set` takes name=value, with the name of a setting.",
    "SET006": f"{FILE_NAME} cannot be read as text in UTF-8.",
    "SET007": "`improvements:` says by what the improvement log is ordered: { priority: cost of delay }, or wsjf, or simulated"
    " gain.",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the workspace's file says. `values` are the settings by name; `sources` the node as it stands, or None."""

    folder: Path
    name: str
    zone: str
    values: Mapping[str, str]
    sources: Node | None
    engine: str = DEFAULT_ENGINE  # duckdb, spark or the address of a Spark cluster; see `app.engines`
    priority: str | None = None  # by what the improvement log is ordered; None: nothing was chosen

    @property
    def state(self) -> Path:
        """The folder of the store, the results, the secret and the list of the forgotten; the last two cannot be made again."""
        return self.folder / STATE_FOLDER


def find_workspace(start: Path) -> Path:
    """Return the nearest folder, from *start* upwards, that holds a settings file. Raises InputError with SET001."""
    start = start.resolve()
    for folder in (start, *start.parents)[:N_PARENTS]:
        if (folder / FILE_NAME).is_file():
            return folder
    raise InputError(Problem("SET001", f"no {FILE_NAME} in {start} or above it", expected=f"a folder with a {FILE_NAME}",
                             next_step="name the folder with --workspace DIR, or make one: wholeservice init DIR"))  # fmt: skip


def load(
    folder: Path, *, overrides: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> tuple[Settings, list[Problem]]:
    """
    Load the settings of the workspace in *folder*.

    Shape    (settings, problems in file order); what is wrong is left out of the settings
    Errors   InputError when there is no readable file at all
    """
    root, problems = parse(_read_text(folder / FILE_NAME), FILE_NAME)
    fields = root.mapping if root else {}
    problems += _unknown_keys(root)
    zone, zone_problems = _zone(fields.get("zone"))
    declared, value_problems = _values(fields.get("settings"))
    given, override_problems = _overrides(overrides)
    values = {**declared, **_from_environment(declared, environment or {}), **given}
    name = (fields["name"].text if "name" in fields else None) or folder.resolve().name
    engine = (environment or {}).get(ENGINE_VARIABLE) or (fields["engine"].text if "engine" in fields else None)
    priority, priority_problems = _priority(fields.get("improvements"))
    settings = Settings(folder, name, zone, values, fields.get("sources"), engine or DEFAULT_ENGINE, priority)
    return settings, [*problems, *zone_problems, *priority_problems, *value_problems, *override_problems]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Problem("SET006", f"byte {error.start} is not UTF-8 text", Place(path.name), "text in UTF-8",
                                 next_step="save the file as UTF-8")) from None  # fmt: skip


def _unknown_keys(node: Node | None) -> list[Problem]:
    places = (node.key_places if node else None) or {}
    return [
        Problem("SET002", f"'{key}' means nothing here", place, f"one of {', '.join(KEYS)}", suggest(key, KEYS),
                "fix the name or take the line out")
        for key, place in places.items() if key not in KEYS
    ]  # fmt: skip


def _zone(node: Node | None) -> tuple[str, list[Problem]]:
    if node is None or node.text is None:
        return DEFAULT_ZONE, []
    try:
        return ZoneInfo(node.text).key, []
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return DEFAULT_ZONE, [_unknown_zone(node)]


def _unknown_zone(node: Node) -> Problem:
    from zoneinfo import available_timezones

    return Problem("SET003", f"unknown time zone '{node.text}'", node.place, "a name such as Europe/London",
                   suggest(node.text or "", available_timezones()), "fix the name; UTC is used meanwhile")  # fmt: skip


def _priority(node: Node | None) -> tuple[str | None, list[Problem]]:
    if node is None:
        return None, []
    said = node.mapping.get("priority")
    others = [key for key in node.mapping if key != "priority"]
    if said is not None and said.text in PRIORITIES and not others:
        return said.text, []
    what = f"'{others[0]}' means nothing here" if others else f"'{said.text if said else node.text}' is no priority"
    return None, [Problem("SET007", what, said.place if said and not others else node.place,
                          f"{{ priority: {', '.join(PRIORITIES)} }}", suggest((said.text if said else "") or "", PRIORITIES),
                          "write one of these")]  # fmt: skip


def _values(node: Node | None) -> tuple[dict[str, str], list[Problem]]:
    mapping = node.mapping if node else {}
    wrong = [
        Problem("SET004", f"the setting '{key}' is not a single value", each.place, "text or a number",
                next_step="write one value")
        for key, each in mapping.items() if each.text is None
    ]  # fmt: skip
    return {key: each.text for key, each in mapping.items() if each.text is not None}, wrong


def _from_environment(declared: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    variables = {key: ENVIRONMENT_PREFIX + key.upper().replace("-", "_") for key in declared}
    return {key: environment[variable] for key, variable in variables.items() if environment.get(variable)}


def _overrides(overrides: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    pairs = [each.partition("=") for each in overrides]
    wrong = [
        Problem("SET005", f"--set {key} has no value", expected="name=value", next_step=f"write --set {key}=VALUE")
        for key, equals, _ in pairs if not equals
    ]  # fmt: skip
    return {key.strip(): value for key, equals, value in pairs if equals}, wrong
