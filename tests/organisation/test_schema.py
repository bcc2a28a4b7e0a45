"""The editor schema and the field tables, both from `kinds.py`."""

from __future__ import annotations

import json

from organisation.texts import HOTEL, declared
from wholeservice.organisation import kinds, schema


def test_every_field_of_every_kind_is_in_the_schema():
    """A field added to kinds.py reaches editors by itself, with its meaning."""
    found = schema.editor_schema(declared(HOTEL))
    for kind in kinds.ALL_KINDS:
        described = found["properties"]["org"] if kind is kinds.HEADER else found["definitions"][kind.name]
        assert {name: each["description"] for name, each in described["properties"].items()} == {
            each.name: each.meaning for each in kind.fields
        }
    assert json.loads(json.dumps(found)) == found


def test_references_offer_the_ids_that_are_declared():
    """`team` completes to teams, `at` to steps with and without their service."""
    found = schema.editor_schema(declared(HOTEL))
    part = found["definitions"]["part"]["properties"]
    assert part["team"]["enum"] == ["booking", "discovery", "money", "pricing"]
    assert {"find", "book-and-stay.find"} <= set(part["at"]["anyOf"][0]["enum"])
    assert found["definitions"]["team"]["properties"]["type"]["enum"] == list(kinds.TEAM_TYPES)


def test_every_reference_in_the_schema_leads_somewhere():
    """No `$ref` points at a definition that is not there."""
    text = json.dumps(schema.editor_schema(declared(HOTEL)))
    definitions = schema.editor_schema(declared(HOTEL))["definitions"]
    named = {piece.partition('"')[0] for piece in text.split("#/definitions/")[1:]}
    assert named <= set(definitions)
    assert "journey" in named


def test_relation_pairs_come_from_the_fields():
    """What may be seen is what may be declared."""
    pairs = kinds.relation_pairs()
    assert {
        ("service", "part-of", "unit"),
        ("part", "uses", "supplier"),
        ("team", "serves", "team"),
        ("service", "owned-by", "team"),
    } <= pairs
    assert ("team", "owned-by", "team") not in pairs
