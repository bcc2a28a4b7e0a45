"""OCEL as JSON: version 2.0, and 1.0, which has the same events and objects under other names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.files import File, not_as_named, too_large, truncated, whole
from wholeservice.sources.ocel_log import OcelEvent, OcelLog, OcelObject, Relation, no_ocel


def read_json(file: File) -> OcelLog:
    """Read a log. Raises InputError when the file is no JSON, or JSON of something else."""
    found = _parsed(file)
    if not isinstance(found, dict):
        raise no_ocel(file, "the JSON is no object")
    if isinstance(found.get("events"), list) and isinstance(found.get("objects"), list):
        return _version_2(found, file)
    if isinstance(found.get("ocel:events"), dict) and isinstance(found.get("ocel:objects"), dict):
        return _version_1(found, file)
    raise no_ocel(file, f"the JSON has no lists 'events' and 'objects' but: {', '.join(map(str, found))[:200]}")


def _parsed(file: File) -> Any:
    content = whole(file)
    try:
        found = json.loads(content.decode("utf-8-sig"))
        return _whole_characters(found) if b"\\ud" in content.lower() else found
    except UnicodeDecodeError as error:
        raise InputError(not_as_named(file, f"byte {error.start:,} is not UTF-8 text")) from None
    except RecursionError:
        raise InputError(too_large(file, "it nests too deep")) from None
    except json.JSONDecodeError as error:
        if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            raise InputError(truncated(file, "the JSON is not closed", error.lineno)) from None
        place = Place(file.name, error.lineno, error.colno)
        raise InputError(Problem("SRC122", f"this is not JSON: {error.msg}", place, "JSON", next_step="mend it here")) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise InputError(not_as_named(file, f"the JSON cannot be read: {error}")) from None


def _whole_characters(value: Any) -> Any:
    """Replace halves of characters, which JSON can spell and no text can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(each) for key, each in value.items()}
    return value


def _version_2(found: dict[str, Any], file: File) -> OcelLog:
    log = OcelLog(_declared(found.get("eventTypes")), _declared(found.get("objectTypes")))
    for each in found["objects"]:
        if (known := _known(each, log, file)) is not None:
            values = [(str(one["name"]), _text(one.get("time")), one.get("value")) for one in _named(each, "name")]
            log.objects.append(OcelObject(*known, values, list(_relations(each, log, file))))
    for each in found["events"]:
        if (known := _known(each, log, file)) is not None:
            attributes = {str(one["name"]): one.get("value") for one in _named(each, "name")}
            log.events.append(OcelEvent(*known, _text(each.get("time")), attributes, list(_relations(each, log, file))))
    return log


def _declared(types: Any) -> dict[str, frozenset[str]]:
    found = types if isinstance(types, list) else []
    return {
        str(each["name"]): frozenset(str(one["name"]) for one in _named(each, "name"))
        for each in found if isinstance(each, dict) and "name" in each
    }  # fmt: skip


def _named(each: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """Yield the attributes of something that have a name."""
    some = each.get("attributes")
    yield from (one for one in (some if isinstance(some, list) else []) if isinstance(one, dict) and key in one)


def _known(each: Any, log: OcelLog, file: File) -> tuple[str, str] | None:
    """Return id and type; what lacks one is refused."""
    if not isinstance(each, dict):
        log.refuse("SRC174", "this is no object of JSON", file, json.dumps(each))
        return None
    name, kind = _text(each.get("id")), _text(each.get("type"))
    if not name or not kind:
        log.refuse("SRC174", f"there is no {'type' if name else 'id'}", file, json.dumps(each))
        return None
    return name, kind


def _relations(each: dict[str, Any], log: OcelLog, file: File) -> Iterator[Relation]:
    some = each.get("relationships")
    for one in some if isinstance(some, list) else []:
        to = _text(one.get("objectId")) if isinstance(one, dict) else None
        if to:
            yield to, _text(one.get("qualifier"))
        else:
            log.refuse("SRC174", f"a relation of '{each['id']}' names no object", file, json.dumps(one))


def _version_1(found: dict[str, Any], file: File) -> OcelLog:
    log = OcelLog()
    for name, each in found["ocel:objects"].items():
        if (known := _known(_renamed(name, each, "ocel:type"), log, file)) is not None:
            log.objects.append(OcelObject(*known, [(key, None, value) for key, value in _pairs(each, "ocel:ovmap")], []))
    for name, each in found["ocel:events"].items():
        if (known := _known(_renamed(name, each, "ocel:activity"), log, file)) is not None:
            objects = each.get("ocel:omap")
            relations: list[Relation] = [(str(one), None) for one in (objects if isinstance(objects, list) else [])]
            log.events.append(OcelEvent(*known, _text(each.get("ocel:timestamp")), dict(_pairs(each, "ocel:vmap")), relations))
    log.object_types = {each.type: frozenset(name for name, *_ in each.values) for each in log.objects}
    log.event_types = {each.type: frozenset(each.attributes) for each in log.events}  # version 1.0 declares no types
    return _with_all_attributes(log)


def _with_all_attributes(log: OcelLog) -> OcelLog:
    every = frozenset(name for each in log.objects for name, *_ in each.values)
    every |= frozenset(name for each in log.events for name in each.attributes)
    log.object_types = dict.fromkeys(log.object_types, every)
    log.event_types = dict.fromkeys(log.event_types, every)
    return log


def _renamed(name: str, each: Any, kind: str) -> Any:
    return {"id": name, "type": each.get(kind)} if isinstance(each, dict) else each


def _pairs(each: dict[str, Any], key: str) -> Iterable[tuple[str, Any]]:
    found = each.get(key)
    return found.items() if isinstance(found, dict) else ()


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value).strip() or None
