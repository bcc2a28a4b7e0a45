"""Reading one field: from YAML text to its type, and from names to references. Pure; problems are collected, never raised."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.organisation import kinds
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Reference, Step
from wholeservice.organisation.kinds import Field
from wholeservice.units import SECONDS, Amount, money, parse_amount

Problems = list[Problem]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_MONEY = re.compile(r"(?P<number>\S+?)\s*(?P<scale>k|K|M|bn)?\s+(?P<currency>[A-Z]{3})(?:/(?P<per>\w+)|\s+per\s+(?P<each>.+))?")


def is_empty(node: Node) -> bool:
    """Nothing was written: `key:` with nothing behind it, or null without quotes."""
    if not isinstance(node.value, str):
        return node.value is None
    words, place = node.value.strip(), node.place
    quoted = bool(place.text and place.column and place.text[place.column - 1 : place.column] in ("'", '"'))
    return not words or (not quoted and words in ("~", "null", "Null", "NULL"))


def slug(words: str) -> str:
    """Return *words* as an id: lower case, plain letters and digits, hyphens between.

    >>> slug("Carer's Allowance"), slug("Überweisung 2"), slug("日本")
    ('carers-allowance', 'uberweisung-2', 'unnamed')
    """
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded.replace("'", "")).strip("-") or "unnamed"


def plain_title(identity: str) -> str:
    """Return an id as words: `come-back` -> `Come back`."""
    words = identity.replace("-", " ")
    return words[:1].upper() + words[1:]


def check_id(word: str, place: Place | None) -> Problem | None:
    """Return the problem of an id that is not kebab-case, or None when it is fine."""
    if _ID.fullmatch(word) and len(word) <= 100:
        return None
    return new_problem(
        "ORG017",
        f"'{word[:60]}' cannot be an id",
        place,
        "small letters, digits and single hyphens, such as book-and-stay",
        slug(word)[:100] if word.strip() else None,
        fix="write it as an id and put the name in 'title'",
    )


def wrong_type(name: str, node: Node, expected: str, problems: Problems) -> None:
    """Add the problem of a value that is not what its field holds."""
    shown = f"'{node.text[:60]}'" if node.text else "a list" if isinstance(node.value, list) else "a mapping"
    found = "nothing" if is_empty(node) else shown
    problems.append(new_problem("ORG014", f"'{name}' is {found}", node.place, expected, fix="write it as shown"))


def read_value(each: Field, node: Node, problems: Problems) -> Any:
    """Return the typed value of a plain field, None when it is empty or wrong (then a problem says so)."""
    return None if is_empty(node) else _READERS[each.type](each, node, problems)


def _text(each: Field, node: Node, problems: Problems) -> str | None:
    if node.text is None:
        wrong_type(each.name, node, "text", problems)
        return None
    return " ".join(node.text.split())


def _texts(each: Field, node: Node, problems: Problems) -> tuple[str, ...]:
    return tuple(text for item in node.items if (text := _text(each, item, problems)))


def _number(each: Field, node: Node, problems: Problems) -> float | None:
    if node.text and _NUMBER.fullmatch(node.text.strip()):
        return float(node.text)
    wrong_type(each.name, node, "a number, such as 7", problems)
    return None


def _amount(each: Field, node: Node, problems: Problems) -> Amount | None:
    amount = _parse_wide_amount(node.text or "")
    if amount is None:
        wrong_type(each.name, node, "an amount with its unit, such as 4.1M/yr or 0.11 EUR per booking", problems)
    return amount


def _parse_wide_amount(words: str) -> Amount | None:
    """Read what `units.parse_amount` reads, and money with a scale and a period: `6.4M EUR/yr`."""
    match = _MONEY.fullmatch(words.strip())
    number = parse_amount((match["number"] + (match["scale"] or "")) if match else words)
    if number is None or not math.isfinite(number.number):
        return None
    if match is None:
        return number
    return (
        Amount(number.number, money(match["currency"]), per=match["per"] or match["each"])
        if number.unit.kind == "count"
        else None
    )


def _duration(each: Field, node: Node, problems: Problems) -> float | None:
    """Seconds. `m` is a minute here, since nothing else can be meant."""
    amount = parse_amount(re.sub(r"(?<=\d)\s*m$", "min", (node.text or "").strip()))
    if amount is not None and amount.unit == SECONDS and 1 <= amount.number < math.inf:
        return amount.number
    wrong_type(each.name, node, "a time of a second or more, such as 30m, 8h or 7d", problems)
    return None


def _date(each: Field, node: Node, problems: Problems) -> dt.date | None:
    day = parse_date(node.text or "")
    if day is None:
        shown = (node.text or "").strip()[:60]
        problems.append(
            new_problem(
                "ORG023",
                f"'{each.name}' is not a day: '{shown}'",
                node.place,
                "a day that exists, as year-month-day, such as 2026-05-12",
                fix="write the day",
            )
        )
    return day


def parse_date(words: str) -> dt.date | None:
    """Read `2026-05-12`; None when it is not a day."""
    try:
        return dt.date.fromisoformat(words.strip()) if _DATE.fullmatch(words.strip()) else None
    except ValueError:
        return None


def _flag(each: Field, node: Node, problems: Problems) -> bool | None:
    if node.text in ("true", "false"):
        return node.text == "true"
    wrong_type(each.name, node, "true or false", problems)
    return None


def _choice(each: Field, node: Node, problems: Problems) -> str | None:
    text = _text(each, node, problems)
    if text is None or text in each.choices:
        return text
    what, expected = f"'{each.name}' cannot be '{text[:60]}'", "one of " + ", ".join(each.choices)
    problems.append(new_problem("ORG016", what, node.place, expected, suggest(text, each.choices), fix="fix the word"))
    return None


def _aliases(each: Field, node: Node, problems: Problems) -> tuple[str, ...]:
    nodes = node.mapping.values() if isinstance(node.value, dict) else [node]
    return tuple(text for value in nodes for text in _texts(each, value, problems))


def _record(each: Field, node: Node, problems: Problems) -> dict[str, Any] | None:
    if not isinstance(node.value, dict):
        wrong_type(each.name, node, "fields: " + ", ".join(inner.name for inner in each.fields), problems)
        return None
    known = {inner.name: inner for inner in each.fields}
    for name in node.value.keys() - known.keys():
        what, expected = f"unknown field '{name[:60]}' of '{each.name}'", "one of " + ", ".join(known)
        place = (node.key_places or {}).get(name, node.place)
        problems.append(new_problem("ORG011", what, place, expected, suggest(name, known), fix="fix the word or remove it"))
    return {name: read_value(known[name], value, problems) for name, value in node.value.items() if name in known}


def _evidence(each: Field, node: Node, problems: Problems) -> dict[str, Any] | None:
    return {"research": _text(each, node, problems)} if node.text is not None else _record(each, node, problems)


def _assumed(each: Field, node: Node, problems: Problems) -> tuple[dict[str, Any], ...]:
    nodes = [node] if isinstance(node.value, dict) else node.items
    records = [(_record(each, item, problems), item) for item in nodes]
    return tuple(record | {"place": item.place} for record, item in records if record)


_READERS: dict[str, Callable[[Field, Node, Problems], Any]] = {
    kinds.TEXT: _text,
    kinds.TEXTS: _texts,
    kinds.NUMBER: _number,
    kinds.AMOUNT: _amount,
    kinds.DURATION: _duration,
    kinds.DATE: _date,
    kinds.FLAG: _flag,
    kinds.CHOICE: _choice,
    kinds.ALIASES: _aliases,
    kinds.RECORD: _record,
    kinds.EVIDENCE: _evidence,
    kinds.ASSUMED: _assumed,
}


def read_journey(node: Node, problems: Problems) -> tuple[Step, ...]:
    """Return the journey's nodes; a step that stands twice is a problem and kept once."""
    return _JourneyReader(problems).items(node)


_OF_A_STEP = ("title", kinds.STEP_STAGE.name)


class _JourneyReader:
    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.first_places: dict[str, Place] = {}
        self.n_groups = 0

    def items(self, node: Node, within: str | None = None) -> tuple[Step, ...]:
        """Return the nodes of a list; *within* is the stage of the group they stand in."""
        return tuple(step for item in node.items if (step := self._item(item, within)))

    def _stage(self, node: Node, within: str | None) -> str | None:
        said = node.mapping.get(kinds.STEP_STAGE.name)
        return within if said is None else read_value(kinds.STEP_STAGE, said, self.problems) or within

    def _item(self, node: Node, within: str | None) -> Step | None:
        if node.text and not is_empty(node):
            return self._leaf(node, None, within)
        if "step" in node.mapping and not node.mapping.keys() - {"step", *_OF_A_STEP}:
            return self._leaf(node.mapping["step"], node.mapping.get("title"), self._stage(node, within))
        words = [word for word in node.mapping if word in kinds.NESTING]
        if len(words) == 1 and not node.mapping.keys() - {*words, *_OF_A_STEP}:
            return self._group(words[0], node, self._stage(node, within))
        found = ", ".join(f"'{word}'" for word in node.mapping) or "this"
        self._add(
            "ORG040",
            f"a journey cannot hold {found}",
            node.place,
            "a step's id, {step: id, title: words, stage: after}, or one of {choice: [...]}, {parallel: [...]}, "
            "{sequence: [...]}, {retry: id}, {optional: id}",
            "write a step or a group of steps",
        )
        return None

    def _leaf(self, node: Node, title: Node | None, stage: str | None) -> Step | None:
        word = (node.text or "").strip()
        if problem := check_id(word, node.place):
            self.problems.append(problem)
            return None
        first = self.first_places.setdefault(word, node.place)
        if first is not node.place:
            what = f"step '{word}' stands twice; first at line {first.line}"
            expected = f"each step once; one that is tried again is {{retry: {word}}}; one event never fills two steps"
            fix = "write a retry, or give the later step a name of its own, that its events have too"
            self._add("ORG041", what, node.place, expected, fix)
            return None
        words = " ".join(title.text.split()) if title and title.text else plain_title(word)
        return Step(word, words, stage=stage)

    def _group(self, word: str, node: Node, stage: str | None) -> Step | None:
        self.n_groups += 1
        identity = f"{word}#{self.n_groups}"  # '#' cannot stand in a step's id
        children = self.items(node.mapping[word], stage)
        title = node.mapping.get("title")
        if children:
            return Step(identity, (title.text if title else None) or plain_title(word), word, children, stage)
        self._add(
            "ORG040", f"'{word}' holds no step", node.place, f"{{{word}: [a-step, another]}}", "name its steps or remove it"
        )
        return None

    def _add(self, code: str, what: str, place: Place, expected: str, next_step: str) -> None:
        self.problems.append(new_problem(code, what, place, expected, fix=next_step))


def read_references(each: Field, node: Node, from_id: str, problems: Problems) -> list[Reference]:
    """Return the references one field declares, in order; names are not looked up yet."""
    if is_empty(node):
        return []
    if each.type == kinds.USES:
        return [found for item in node.items for found in _use(each, item, from_id, problems)]
    if each.type == kinds.REF and node.text is None:
        wrong_type(each.name, node, f"the id of one {each.kinds[0]}", problems)
        return []
    plain = Reference(from_id, each.relation or each.name, "", each.kinds)
    if each.type == kinds.REF_TO_CHOICES and isinstance(node.value, dict):
        places = node.key_places or {}
        return [replace(plain, word=name, place=places.get(name, node.place)) for name in node.value]
    return [replace(plain, word=word, place=place) for word, place in _words(each, node, problems)]


def read_words_per_reference(each: Field, node: Node, problems: Problems) -> dict[str, tuple[str, ...]]:
    """Return {name: words} of `for: { guest: [pays, uses] }`; a name alone has no words."""
    if not isinstance(node.value, dict):
        return {item.text.strip(): () for item in node.items if item.text}
    found: dict[str, tuple[str, ...]] = {}
    for name, words in node.value.items():
        inner = Field(f"{each.name}.{name}", kinds.CHOICE, "", choices=each.choices)
        read = (read_value(inner, item, problems) for item in words.items)
        found[name] = tuple(word for word in read if word)
    return found


def _words(each: Field, node: Node, problems: Problems) -> list[tuple[str, Place]]:
    """Return the words of a list and where each stands; what is no word is a problem."""
    read = ((_text(each, item, problems), item.place) for item in node.items)
    return [(word, place) for word, place in read if word]


def _use(each: Field, node: Node, from_id: str, problems: Problems) -> list[Reference]:
    plain = Reference(from_id, each.relation or each.name, "", each.kinds)
    if node.text is not None:
        return [] if is_empty(node) else [replace(plain, word=node.text.strip(), place=node.place)]
    words = list(node.mapping)
    if len(words) != 1 or words[0] not in ("any", "optional", "retry"):
        wrong_type(each.name, node, "ids, or {any: [a, b]}, {optional: a}, {retry: a}", problems)
        return []
    names = _words(each, node.mapping[words[0]], problems)
    group = f"{from_id}:{'|'.join(sorted(name for name, _ in names))}" if words[0] == "any" else None
    return [replace(plain, word=name, how=words[0], group=group, place=place) for name, place in names]
