"""`${VARIABLES}` in compose files: values that were declared, else the default that stands in the file; never our own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_NESTED = 20  # defaults inside defaults
MAX_LENGTH = 10_000  # characters of a text that is looked at
_START = re.compile(r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?P<how>:?[-?+])?)")


@dataclass(slots=True)
class Variables:
    """Fills texts in, and remembers which variables had no value and no default."""

    values: Mapping[str, str] = field(default_factory=dict)
    unset: set[str] = field(default_factory=set)

    def fill(self, text: str) -> str:
        """Return a text with its variables filled in; one that is not set is empty, as for compose.

        >>> variables = Variables({"TAG": "3", "EMPTY": ""})
        >>> variables.fill("db:${TAG:-2} ${EMPTY:-a}${EMPTY-b} ${NO:-${TAG}} ${TAG:+yes} $$1 $GONE|"), variables.unset
        ('db:3 a 3 yes $1 |', {'GONE'})
        """
        return text if "$" not in text else self._filled(text[:MAX_LENGTH], 0, 0, is_inside=False)[0]

    def _filled(self, text: str, at: int, depth: int, *, is_inside: bool) -> tuple[str, int]:
        """Return what stands from *at* to the end, or to the brace that closes a default, and where that is."""
        parts: list[str] = []
        while at < len(text):
            if is_inside and text[at] == "}":
                return "".join(parts), at + 1
            match = _START.match(text, at) if text[at] == "$" and depth < MAX_NESTED else None
            if match is None:
                parts.append(text[at])
                at += 1
            elif match["escaped"] or match["bare"]:
                parts.append("$" if match["escaped"] else self._value(match["bare"]))
                at = match.end()
            else:
                part, at = self._braced(text, match, depth)
                parts.append(part)
        return "".join(parts), at

    def _braced(self, text: str, match: re.Match[str], depth: int) -> tuple[str, int]:
        name, how = match["braced"], match["how"]
        quiet = Variables(self.values)  # what stands in a default that is not used is not asked for
        other, end = quiet._filled(text, match.end(), depth + 1, is_inside=True)
        value = self.values.get(name)
        has_value = bool(value) if how and how.startswith(":") else value is not None
        if how and how.endswith("+"):
            return (other if has_value else ""), end
        if has_value:
            return value or "", end
        if how and how.endswith("-"):
            self.unset |= quiet.unset
            return other, end
        return self._value(name), end

    def _value(self, name: str) -> str:
        if name not in self.values:
            self.unset.add(name)
        return self.values.get(name, "")
