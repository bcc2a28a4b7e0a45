"""A new workspace is right from the first minute."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse, plain
from wholeservice.organisation.check import check
from wholeservice.organisation.graph import needs_of, parts_at, steps
from wholeservice.organisation.load import load_texts
from wholeservice.organisation.remit import misplaced_owners, owner_of
from wholeservice.organisation.start import new_workspace

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def organisation_files(files: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.startswith("organisation/")}


def test_a_new_workspace_passes_check_and_is_useful():
    """One service, one consumer, one journey: an owner, needs with targets, parts at both ends."""
    files = new_workspace("Stayline", "Book and stay", "guest", ["Find a room", "Pay", "sleep"], "Europe/Berlin")
    org, problems = load_texts(organisation_files(files))
    assert [*problems, *check(org, ["completion", "satisfaction"])] == []
    assert [(step.id, step.title) for step in steps(org, "book-and-stay")] == [
        ("find-a-room", "Find a room"),
        ("pay", "Pay"),
        ("sleep", "Sleep"),
    ]
    assert owner_of(org, "book-and-stay") == "name.the.owner"
    assert misplaced_owners(org) == ()
    assert parts_at(org, "book-and-stay", "find-a-room") == ("front",)
    assert len([target for need in needs_of(org, "book-and-stay") for target in need.targets]) == 2


def test_the_settings_and_the_ignored_store():
    """The workspace's name and zone stand in the settings; the store is not committed."""
    files = new_workspace("It's: #1", "s", "c", [], "Europe/Berlin")
    root, problems = parse(files["wholeservice.yaml"], "wholeservice.yaml")
    assert problems == []
    assert root is not None
    assert plain(root) == {"name": "It's: #1", "zone": "Europe/Berlin"}
    assert files[".gitignore"] == ".wholeservice/\n"


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, WORDS, st.lists(WORDS, max_size=5))
def test_whatever_people_type_gives_a_workspace_without_errors(name: str, service: str, consumer: str, journey: list[str]):
    """Quotes, colons, emoji, nothing at all, the same word for all: check finds no problem."""
    org, problems = load_texts(organisation_files(new_workspace(name, service, consumer, journey, "UTC")))
    assert [*problems, *check(org)] == []
    assert steps(org, next(each.id for each in org.entities.values() if each.journey))
