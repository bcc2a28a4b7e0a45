"""Write our frozen dataclasses as plain JSON values, and read them back by their types.

Only what the types say is read: a date is a date again, a tuple a tuple, and a missing field takes its default, so that
results stored by an older version can still be read.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from wholeservice.measures.base import Cell


def to_plain(value: Any) -> Any:
    """Return *value* as dicts, lists, text, numbers and None.

    >>> from wholeservice.errors import Place
    >>> to_plain(Place("a.yaml", 3))
    {'file': 'a.yaml', 'line': 3, 'column': None, 'length': 1, 'text': None}
    """
    if is_dataclass(value):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(each) for each in value]
    return value


def from_plain(kind: Any, plain: Any) -> Any:
    """Return the value of type *kind* that `to_plain` wrote.

    >>> from wholeservice.errors import Place
    >>> from_plain(Place, {"file": "a.yaml", "line": 3})
    Place(file='a.yaml', line=3, column=None, length=1, text=None)
    """
    if plain is None or kind is Any:
        return plain
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: from_plain(hints[name], each) for name, each in plain.items() if name in hints})
    if kind is dt.datetime or kind is dt.date:
        return kind.fromisoformat(plain)
    return _generic(typing.get_origin(kind), typing.get_args(kind), plain)


def _generic(origin: Any, arguments: tuple[Any, ...], plain: Any) -> Any:
    if origin in (typing.Union, types.UnionType):
        return from_plain(next(each for each in arguments if each is not type(None)), plain)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(from_plain(arguments[0], each) for each in plain)
    if origin is tuple:
        return tuple(from_plain(kind, each) for kind, each in zip(arguments, plain, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {key: from_plain(arguments[1], each) for key, each in plain.items()}
    return plain


@cache
def _hints(kind: type) -> dict[str, Any]:
    # Contracts import some types for the type checker only; those few are named here.
    return typing.get_type_hints(kind, localns={"Cell": Cell, "dt": dt, "Mapping": Mapping})
