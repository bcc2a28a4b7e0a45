"""How work flows is told as it was: by hand for four items; whatever the lives are, stages and waits add up to the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.lives_by_hand import A, B, C, E, H, at, flow, life, piece, wait, work
from wholeservice.measures.flow_told import SINCE_ASKED, SINCE_WORK
from wholeservice.measures.stories import stories_of


def test_means_are_over_all_items_so_that_stages_add_up_to_the_whole():
    """Two items took 18 and 24 h, of which 8 h each were work; in each stage they spent 7 h on average."""
    told = flow(A, B, C)
    assert (told.n_done, told.n_open, told.lead.mean_s, told.process.mean_s) == (2, 1, 21 * H, 8 * H)
    assert [each.lead.mean_s for each in told.stages] == [7 * H, 7 * H, 7 * H]
    assert [each.process.mean_s for each in told.stages] == [0.0, 6 * H, 2 * H]
    assert [each.n for each in told.stages] == [2, 2, 2]
    assert [each.is_wait for each in told.stages] == [True, False, False]


def test_cycle_time_begins_with_the_first_work_and_lead_time_with_the_wish():
    """From the first work A took 8 h and B 20 h; half is the shorter of the two."""
    told = flow(A, B)
    assert (told.since, told.cycle.median_s, told.cycle.p85_s) == (SINCE_WORK, 8 * H, 20 * H)
    assert (told.lead.median_s, told.lead.p85_s) == (18 * H, 24 * H)
    assert [(each.item, each.seconds) for each in told.done] == [("B", 20 * H), ("A", 8 * H)]


def test_waits_say_what_for_and_how_many_wait_now():
    """Of 26 h of waiting 14 were for decisions, 10 for prices and 2 for mending; C waits for prices now."""
    told = flow(A, B, C)
    found = {(each.stage, each.cause, each.on_entity): each for each in told.waits}
    prices = found[2, "dependency", "prices"]
    assert (prices.mean_s, prices.share, prices.n, prices.n_now) == (5 * H, pytest.approx(10 / 26), 1, 1)
    assert found[0, "decision", None].share == pytest.approx(14 / 26)
    assert found[1, "rework", None].mean_s == H
    assert sum(each.share for each in told.waits) == pytest.approx(1)


def test_what_went_back_is_counted_at_the_stage_that_sent_it_back():
    """B went back from the check to building: one of two items that came to the check, none of those that came to building."""
    told = flow(A, B)
    assert [(each.from_stage, each.to_stage, each.n) for each in told.backs] == [(2, 1, 1)]
    assert [each.n_wrong for each in told.stages] == [0, 0, 1]
    steps = {(each.from_stage, each.to_stage): (each.n, each.median_s) for each in told.follows}
    assert steps == {(0, 1): (2, 0.0), (1, 2): (3, 0.0), (2, 1): (1, 2 * H)}


def test_each_day_counts_what_had_reached_each_stage_by_its_end():
    """A and B were done on the first day; C came on the second and is in the check, which it reached through building."""
    assert [each.reached for each in flow(A, B, C).days] == [(2, 2, 2, 2), (3, 3, 3, 2)]


def test_an_open_item_is_as_old_as_it_was_at_the_end_of_the_newest_whole_day():
    """C was begun 23 h before the end of 3 March and has waited for 18 h; what came after that day does not count."""
    (still,) = flow(A, B, C).open
    assert (still.item, still.stage, still.age_s, still.now, still.now_s) == ("C", 2, 23 * H, "wait", 18 * H)


def test_what_was_done_after_the_newest_whole_day_was_open_on_it():
    """An item done on 4 March is open at the end of 3 March, and in no number of finished ones."""
    late = replace(C, is_open=False, done_at=at(60))
    told = flow(A, B, late)
    assert (told.n_done, told.n_open) == (2, 1)


def test_a_stage_that_was_come_to_at_the_newest_instant_is_where_an_item_is_now():
    """The board was exported when C had just come to its last stage: it is there, and no longer in the one before."""
    told = flow(
        A, B, life("C", (piece("build", "active", 25, 30), piece("check-it", "active", 30, 30)), created=25, is_open=True)
    )
    assert [each.n_inside for each in told.stages] == [0, 0, 1]
    assert [each.stage for each in told.open] == [2]


def test_an_open_item_whose_source_tells_of_nothing_in_the_window_is_left_out_and_counted():
    """A board that ended before these days still has an open item: nobody knows whether it is open now."""
    old = life("OLD", (piece("build", "active", -60, -30),), created=-60, is_open=True)
    told = flow(A, B, C, old)
    assert (told.n_open, told.n_silent, [each.item for each in told.open]) == (1, 1, ["C"])
    assert all(day.reached[0] <= 3 for day in told.days)


def test_an_item_that_was_done_before_it_was_created_is_left_out_and_counted():
    """Its times are none; the page says how many there are."""
    told = flow(A, B, replace(A, item="D", is_backwards=True))
    assert (told.n_done, told.n_out) == (2, 1)


def test_work_that_nobody_saw_is_unknown_and_not_none():
    """Where no stay says whether it was work, there is no time of work; ages count from when it was asked for."""
    told = flow(life("X", (piece("decide", "unknown", 0, 5), piece("build", "unknown", 5, 9))))
    assert (told.process.mean_s, told.known, told.since, told.lead.mean_s) == (None, 0.0, SINCE_ASKED, 9 * H)
    assert [each.process.mean_s for each in told.stages] == [None, None, None]
    assert not any(each.is_wait for each in told.stages)


def test_time_in_no_stage_belongs_to_the_stage_it_comes_to_and_a_strange_name_to_none():
    """Two hours before the first stage are the stage's; an hour in a stage that nobody declared is told by its name."""
    told = flow(life("X", (piece(None, "unknown", 0, 2), piece("build", "active", 2, 3), piece("Parked", "queued", 3, 4)),
                     (wait("not recorded", 3, 4),)))  # fmt: skip
    assert [each.lead.mean_s for each in told.stages] == [None, 3 * H, None]
    assert told.elsewhere == (("Parked", 0.25),)


def test_a_story_is_kept_of_what_is_waited_for_too():
    """The item that B waits for is in no flow of the stream, and its story can be followed."""
    found = stories_of(work(A, B, C, E), [flow(A, B, C)])
    assert set(found) == {"A", "B", "C", "E-1"}
    blocked = found["B"].pieces[5]
    assert (blocked.cause, blocked.on_item, blocked.on_entity) == ("dependency", "E-1", "prices")
    assert (found["B"].worked_s, found["B"].waited_s, found["E-1"].unseen_s) == (8 * H, 16 * H, 55 * H)


LENGTHS = st.lists(
    st.tuples(st.sampled_from(("decide", "build", "check-it", "elsewhere", None)),
              st.sampled_from(("active", "queued", "returned", "unknown")), st.integers(1, 5)),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LENGTHS, min_size=1, max_size=4))
def test_stages_and_waits_add_up_to_the_whole_whatever_the_lives_are(lives):
    """The means of the stages and of the time elsewhere add up to the lead time, those of the waits to all waiting."""
    told_lives = []
    for number, lengths in enumerate(lives):
        ends = [0]
        for _, _, hours in lengths:
            ends.append(ends[-1] + hours)
        pieces = tuple(
            piece(stage, state, begin, end)
            for (stage, state, _), begin, end in zip(lengths, ends, ends[1:], strict=False)
        )  # fmt: skip
        waits = tuple(wait("team", begin, end) for (_, state, _), begin, end in zip(lengths, ends, ends[1:], strict=False)
                      if state in ("queued", "returned"))  # fmt: skip
        told_lives.append(life(f"i{number}", pieces, waits))
    told = flow(*told_lives)
    whole = sum(each.to_s - each.from_s for one in told_lives for each in one.pieces) / len(lives)
    waited = sum(each.seconds for one in told_lives for each in one.waits) / len(lives)
    staged = sum(each.lead.mean_s or 0.0 for each in told.stages)
    assert told.lead.mean_s == pytest.approx(whole)
    assert staged <= whole + 1e-6
    if not any(stage in ("elsewhere", None) for lengths in lives for stage, _, _ in lengths):
        assert staged == pytest.approx(whole)
    assert sum(each.mean_s for each in told.causes) == pytest.approx(waited)
    assert sum(each.mean_s for each in told.waits) == pytest.approx(waited)
    assert all(one.reached[0] >= one.reached[-1] for one in told.days)
