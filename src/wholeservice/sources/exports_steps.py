"""Which step an event means: said in the declaration, by the name of the event, or by the address of the page that it views."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import unknown_keys

NOTHING = "nothing"
FIELDS = {"step": "the step", "outcome": "how it ended", "service": "the service", "channel": "the channel"}
MAX_NAME, N_TOLD = 2000, 5
_STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class Step:
    """What an event means. `step` None: nothing, and that is known."""

    step: str | None
    outcome: str | None = None
    service: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """What events mean: patterns in the order of the declaration, the first that fits counts."""

    named: tuple[tuple[re.Pattern[str], Step], ...] = ()
    of_pages: tuple[tuple[re.Pattern[str], Step], ...] = ()
    place: Place = Place("wholeservice.yaml")
    words: tuple[str, ...] = ()  # the names that are written in full

    def of(self, name: str, page: str | None) -> Step | None:
        """Return what an event of that name means, or a view of that page, None where nothing is said of it.

        A pattern of pages tells more than a name does, so it goes first.

        >>> found, _ = load_steps(Node({"/pay/*": Node("pay", Place("x"))}, Place("x")))
        >>> found.of("page_view", "https://shop.example/pay/card/?q=1").step, found.of("page_view", "/")
        ('pay', None)
        """
        for address in _addresses(page[:MAX_NAME]) if page is not None and self.of_pages else ():
            for pattern, step in self.of_pages:
                if pattern.fullmatch(address):
                    return step
        return next((step for pattern, step in self.named if pattern.fullmatch(name[:MAX_NAME])), None)


def bare(page: str) -> str:
    """Return an address without what stands behind `?` and `#`: that may name people, and no step is told by it."""
    return page.partition("#")[0].partition("?")[0]


def path_of(page: str) -> str:
    """
    Return the path of an address.

    >>> path_of("https://shop.example/pay/?mail=ann@shop.example#x"), path_of("shop.example/pay"), path_of("https://[")
    ('/pay', '/pay', '/')
    """
    try:
        parts = urlsplit(page if "://" in page or page.startswith("/") else f"//{page}")
    except ValueError:
        return "/"
    return parts.path.rstrip("/") or "/"


def _addresses(page: str) -> tuple[str, ...]:
    """Return an address as patterns may write it: its path, and its host with the path."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return ()
    return path_of(page), f"{parts.scheme}://{parts.netloc}{path_of(page)}" if parts.netloc else path_of(page)


def load_steps(node: Node | None) -> tuple[Steps, list[Problem]]:
    """Load `steps:`, {EVENT or /PATH or https://HOST/PATH: STEP, or an object with step, outcome, service, channel}."""
    if node is None:
        return Steps(), []
    problems: list[Problem] = []
    named: list[tuple[re.Pattern[str], Step]] = []
    of_pages: list[tuple[re.Pattern[str], Step]] = []
    if not node.mapping:
        problems.append(_not_understood(node.place))
    for pattern, each in node.mapping.items():
        fields = {key: child.text for key, child in each.mapping.items() if child.text}
        text = each.text.strip() if each.text and each.text.strip() else fields.get("step")
        problems += unknown_keys(each, FIELDS, "a step") if each.mapping else []
        if text is None:
            problems.append(_not_understood(each.place))
            continue
        step = Step(None if text == NOTHING else text, fields.get("outcome"), fields.get("service"), fields.get("channel"))
        is_page = _is_page(pattern)
        (of_pages if is_page else named).append((_compiled(pattern.rstrip("/") or "/" if is_page else pattern), step))
    words = tuple(name for name in node.mapping if "*" not in name and not _is_page(name))
    return Steps(tuple(named), tuple(of_pages), node.place, words), problems


def _is_page(pattern: str) -> bool:
    return pattern.startswith("/") or "://" in pattern


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(each) for each in _STARS.split(pattern)), re.DOTALL)


def _not_understood(place: Place) -> Problem:
    return Problem("SRC224", "this says no step of an event", place, '{"order paid": pay, "/checkout/*": choose}',
                   next_step="write events, or paths of pages, and the step that each means")  # fmt: skip


@dataclass(slots=True)
class Unmapped:
    """Events of which nothing is said: they make no facts, and are told at the end."""

    n_all: int = 0
    names: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def told(self, steps: Steps) -> list[Problem]:
        """Return a warning with the commonest of them, and one for each event of the declaration that did not come."""
        if not self.n_all:
            return []
        lacking = [
            Problem("SRC219", f"no event is called '{name}'", steps.place, "an event of the files", suggest(name, self.seen),
                    "correct the name, if it is one", severity="warning")
            for name in steps.words if name not in self.seen
        ]  # fmt: skip
        if not self.names:
            return lacking
        common = ", ".join(f"'{shown(name)}' {count:,}" for name, count in self.names.most_common(N_TOLD))
        more = f" and {len(self.names) - N_TOLD} more" if len(self.names) > N_TOLD else ""
        what = f"{self.names.total():,} of {self.n_all:,} events mean no step: {common}{more}"
        return [Problem("SRC223", what, steps.place, "every event under steps:",
                        next_step=f"say what they mean under steps:, or that they mean `{NOTHING}`",
                        severity="warning"), *lacking]  # fmt: skip


def shown(name: str) -> str:
    """Return a name as a message may show it: short, and without half a character."""
    return name[:60].encode("utf-8", "replace").decode()
