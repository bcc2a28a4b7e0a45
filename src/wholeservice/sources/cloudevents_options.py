"""What may be said of files of CloudEvents: where they are, and what events of a type become."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.documents import Node, walk
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import named_files

INTERACTION, CONTACT, DEPLOYMENT, INCIDENT, ITEM, NOTHING = (
    "interaction", "contact", "deployment", "incident", "item", "nothing",
)  # fmt: skip
KINDS = (INTERACTION, CONTACT, DEPLOYMENT, INCIDENT, ITEM, NOTHING)
_BRACES, _DATA = re.compile(r"(?<!\{)\{([^{}]+)\}"), re.compile(r"data(\.[^{}]+)?")
OPTIONS: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml: .json, .jsonl or .ndjson, also .gz or .zip",
    "optional": "true: it is no error when the file is not there",
    "types": f"{{TYPE: what its events become}}: {', '.join(KINDS)}; * stands for any letters, the first that fits counts",
}


@dataclass(frozen=True, slots=True)
class CloudEventsOptions:
    """Files of events as declared. `needs_time`: the usual mapping is used, which knows no other instant."""

    files: tuple[str, ...]
    place: Place
    types: tuple[tuple[str, str], ...] = ()
    is_optional: bool = False
    needs_time: bool = True
    named: tuple[str, ...] = ()  # the fields of the data that the mapping names


def load(node: Node) -> tuple[CloudEventsOptions, list[Problem]]:
    """Load the options from a declaration; keys that are not options are left to the mapping."""
    fields = node.mapping
    files, problems = named_files(node)
    types = fields["types"].mapping if "types" in fields else {}
    problems += [
        Problem("SRC218", f"events cannot become '{each.text}'", each.place, f"one of: {', '.join(KINDS)}",
                suggest(each.text or "", KINDS), "write one of these, or say facts:")
        for each in types.values() if each.text not in KINDS
    ]  # fmt: skip
    options = CloudEventsOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        types=tuple((name, each.text) for name, each in types.items() if each.text in KINDS),
        is_optional="optional" in fields and fields["optional"].text == "true",
        needs_time="facts" not in fields,
        named=tuple(dict.fromkeys(_named(node))),
    )
    return options, problems


def _named(node: Node) -> Iterator[str]:
    """Yield every `data.NAME` of a declaration: in braces, as a whole text, or as the key of a condition."""
    for each in walk(node):
        texts = [*each.mapping, *([each.text] if each.text else [])]
        for text in texts:
            yield from (name for name in [text, *_BRACES.findall(text)] if _DATA.fullmatch(name))
