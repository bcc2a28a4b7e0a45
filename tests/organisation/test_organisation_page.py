"""docs/organisation.md is true: what it declares is declared, and its targets can be read."""

from __future__ import annotations

import textwrap

from documented import BLOCK, PAGES
from organisation.texts import codes_of, declared
from wholeservice.organisation.targets import Target, parse_target

PAGE = (PAGES / "organisation.md").read_text(encoding="utf-8")
BLOCKS = [content for kind, _, content in BLOCK.findall(PAGE) if kind == "yaml"]
SERVICE = "services:\n  stay:\n{}"


def test_the_first_organisation_has_nothing_wrong_with_it():
    """The least that is useful can be pasted; its consumers, parts and supplier are there."""
    found = declared(BLOCKS[0])
    assert {"guest", "book-and-stay", "search", "check-in", "adyen", "card-acquiring"} <= set(found.entities)


def test_the_journey_and_what_uses_what_stand_in_a_service():
    """Every way to group steps, and every way to depend, is read as it is written; only the names are declared nowhere."""
    journey, uses = (SERVICE.format(textwrap.indent(BLOCKS[i], " " * 4)) for i in (1, 3))
    assert "ORG040" not in codes_of(journey)
    assert set(codes_of(uses)) <= {"ORG012"}
    assert "ORG014" in codes_of(SERVICE.format("    uses: [{ twice: prices }]\n"))


def test_each_rule_of_attempts_can_be_read():
    """A pause, an end and a day; the two that exclude each other are told."""
    assert not {"ORG014", "ORG016", "ORG046"} & set(codes_of(BLOCKS[2]))
    assert "ORG046" in codes_of("services:\n  swim: { attempt: { per: day, idle: 7d } }\n")


def test_each_target_on_the_page_can_be_read():
    """All that follow the line of the grammar."""
    _, *targets = filter(None, next(block for block in PAGE.split("```") if "[quantile] measure" in block).splitlines())
    assert len(targets) == 4
    assert [text for text in targets if not isinstance(parse_target(text), Target)] == []
