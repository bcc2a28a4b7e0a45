"""Lives: each item once, with what it is about, whose it is, and how its time was spent."""

from __future__ import annotations

from typing import Any

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.streams import by_holder
from wholeservice.facts.identity import FactTables
from wholeservice.organisation.graph import Edge, Entity, Organisation


def hotel(people: float | None = 6) -> Organisation:
    """A service with a part, run by a team in a stream, inside a larger service."""
    team = Entity("booking", "team", "Booking", fields={} if people is None else {"people": people})
    whole, inner = service("stay"), service("pay", parent="stay", team="booking")
    part = Entity("checkout", "part", "Checkout", parent="pay")
    stages = ({"stage": "build", "kind": "value-adding", "named": ("In Dev",)}, {"stage": "approve", "queue": "approval"})
    stream = Entity("look-to-stay", "value-stream", "Look to stay", fields={"stages": stages})
    runs = Edge("stay", "runs-in", "look-to-stay"), Edge("pay", "owned-by", "booking")
    return organisation(whole, inner, part, team, stream, edges=runs)


def lives(items: list[dict[str, Any]], work: list[dict[str, Any]] = (), known: Organisation | None = None) -> Any:  # type: ignore[assignment]
    return prepared(engine_with(items=items, work=work), known or hotel(), ["lives"])


def test_an_item_runs_in_the_stream_and_team_of_what_it_is_about_unless_it_names_others():
    """The part's service says the stream, the service the team; what an item names itself goes first."""
    items = [
        {"item": "A", "service": "pay", "about_part": "Checkout", "kind": "Defect ", "created_at": at("2026-03-01")},
        {"item": "B", "service": "stay", "team": "BOOKING", "created_at": at("2026-03-01")},
        {"item": "C", "service": "nowhere", "created_at": at("2026-03-01")},
    ]
    engine = lives(items)
    found = {row["item"]: row for row in engine.run(engine.table("lives")).to_pylist()}
    assert [found["A"][name] for name in ("entity", "stream", "team", "kind")] == [
        "checkout",
        "look-to-stay",
        "booking",
        "defect",
    ]
    assert [found["B"][name] for name in ("entity", "stream", "team")] == ["stay", "look-to-stay", "booking"]
    assert [found["C"][name] for name in ("entity", "stream", "team")] == [None, None, None]


def test_the_times_of_an_item_add_up_and_begin_with_the_first_work():
    """Queued for a day, worked on for two, sent back for one, worked on for one: done on the sixth; nobody saw the last day."""
    stays = [("queued", 1, 2), ("active", 2, 4), ("returned", 4, 5), ("active", 5, 6)]
    work = [
        {"item": "A", "state": state, "from_at": at(f"2026-03-0{a}"), "to_at": at(f"2026-03-0{b}")} for state, a, b in stays
    ]
    items = [{"item": "A", "service": "pay", "created_at": at("2026-03-01"), "done_at": at("2026-03-07")}]
    engine = lives(items, work)
    (row,) = engine.run(engine.table("lives")).to_pylist()
    assert (row["started_at"], row["done_at"], row["is_open"]) == (at("2026-03-02"), at("2026-03-07"), False)
    assert [row[f"{kind}_s"] / 86400 for kind in ("worked", "waited", "unseen")] == [3, 2, 1]
    assert (row["n_returned"], row["n_stays"]) == (1, 4)


def test_what_was_done_before_it_was_created_is_told_and_kept():
    """A tool says so of moved items: the item stays, its life has no length, and no time is made up."""
    items = [{"item": "A", "service": "pay", "created_at": at("2026-03-05"), "done_at": at("2026-03-01")}]
    engine = lives(items)
    (row,) = engine.run(engine.table("lives")).to_pylist()
    assert (row["is_backwards"], row["done_at"], row["worked_s"]) == (True, at("2026-03-01"), 0)


def test_what_was_given_up_is_told_and_is_no_work_done():
    """A judgement says that A was not done, though it is over; B was done, and C is where it came to last."""
    items = [{"item": each, "service": "pay", "created_at": at("2026-03-01"), "done_at": at("2026-03-05")} for each in "AB"]
    items.append({"item": "C", "service": "pay", "created_at": at("2026-03-01"), "done_at": None})
    work = [
        {"item": "C", "stage": stage, "state": "active", "from_at": at(f"2026-03-0{day}")}
        for stage, day in (("build", 2), ("test", 5))
    ]
    said = {"question": "Verdict", "judged_at": at("2026-03-05")}
    judgements = [
        {"about": "item:A", "verdict": "Not done: duplicate", **said}, {"about": "item:B", "verdict": "improved", **said},
    ]  # fmt: skip
    engine = prepared(engine_with(items=items, work=work, judgements=judgements), hotel(), ["lives"])
    found = {row["item"]: row for row in engine.run(engine.table("lives")).to_pylist()}
    assert [found[each]["is_given_up"] for each in "ABC"] == [True, False, False]
    assert (found["C"]["last_stage"], found["C"]["last_state"], found["C"]["last_at"]) == ("test", "active", at("2026-03-05"))


def test_an_item_counts_once_for_everything_that_holds_it():
    """About a part: the part, both services, the stream, the team and the whole, each once, though the team is also named."""
    engine = lives(
        [{"item": "A", "service": "pay", "about_part": "checkout", "team": "booking", "created_at": at("2026-03-01")}]
    )
    facts = FactTables(engine)
    found = [row["entity"] for row in engine.run(by_holder(facts, facts.lives).select("entity")).to_pylist()]
    assert sorted(found) == ["booking", "checkout", "look-to-stay", "pay", "stay", "the organisation"]


def test_a_team_of_fewer_than_five_has_no_numbers_of_its_own():
    """Of four people, or of nobody knows how many, work counts for the service and the stream only."""
    for people in (4, None):
        engine = lives([{"item": "A", "service": "pay", "created_at": at("2026-03-01")}], known=hotel(people))
        facts = FactTables(engine)
        found = {row["entity"] for row in engine.run(by_holder(facts, facts.lives).select("entity")).to_pylist()}
        assert found == {"look-to-stay", "pay", "stay", "the organisation"}


def test_stages_are_known_by_every_name_that_sources_have_for_them():
    """`In Dev` is the column of a board for `build`; blanks, dashes and letter case do not count."""
    engine = lives([])
    rows = engine.run(engine.table("stages")).to_pylist()
    assert [(row["stage_name"], row["stage"], row["stage_no"], row["queue"]) for row in rows] == [
        ("build", "build", 0, None), ("in-dev", "build", 0, None), ("approve", "approve", 1, "approval"),
    ]  # fmt: skip
