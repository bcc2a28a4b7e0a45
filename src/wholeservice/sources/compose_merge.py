"""Compose files on top of each other: later ones override, lists are joined, `!reset` and `!override` are obeyed. Pure."""

from __future__ import annotations

from wholeservice.documents import Node

FIELDS = (
    "image", "build", "container_name", "hostname", "depends_on", "links", "external_links", "network_mode", "ipc", "pid",
    "volumes_from", "environment", "networks", "profiles", "extends",
)  # fmt: skip
"""What is looked at of a service; all else is left where it is, unread."""

_NAMED = ("depends_on", "networks")  # a list of names means the same as a mapping of them
_PAIRS = ("environment",)  # so does a list of NAME=value
_RESET, _OVERRIDE = "!reset", "!override"


def service_fields(node: Node) -> Node:
    """Return a service with the fields that are looked at, each in its long form."""
    if not isinstance(node.value, dict):
        return node
    kept = {name: _long(name, each) for name, each in node.mapping.items() if name in FIELDS}
    return Node(kept, node.place, node.key_places, node.tag)


def _long(name: str, node: Node) -> Node:
    if not isinstance(node.value, list) or name not in (*_NAMED, *_PAIRS):
        return node
    fields: dict[str, Node] = {}
    for each in node.value:
        if each.text is None:
            return node  # told where the service is read
        key, has_value, value = each.text.partition("=") if name in _PAIRS else (each.text, "", "")
        fields[key] = Node(value if has_value else None, each.place)
    return Node(fields, node.place, {key: each.place for key, each in fields.items()}, node.tag)


def merged(under: Node, over: Node) -> Node:
    """
    Return one value with another on top.

    Shape    mappings are merged key by key, lists are joined, and of anything else the one on top counts
    """
    if over.tag in (_RESET, _OVERRIDE):
        return Node(None, over.place) if over.tag == _RESET else over
    if isinstance(under.value, dict) and isinstance(over.value, dict):
        fields = dict(under.value)
        for name, each in over.value.items():
            fields[name] = merged(fields[name], each) if name in fields else each
        return Node(fields, over.place, {**(under.key_places or {}), **(over.key_places or {})})
    if isinstance(under.value, list) and isinstance(over.value, list):
        return Node([*under.value, *over.value], over.place)
    return under if over.value is None and isinstance(under.value, dict | list) else over
