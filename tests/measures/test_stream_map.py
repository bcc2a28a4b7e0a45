"""A value stream map: published totals, and returns against sending many items through by chance."""

from __future__ import annotations

from random import Random

import pytest

from wholeservice.measures.stream_map import Stage, stream_map, visits_of

INTAKE_TO_DEPLOY = [
    Stage("intake", 60, 2400), Stage("refinement", 240, 480), Stage("development", 480, 960),
    Stage("review", 60, 2880), Stage("deploy", 30, 1440),
]  # fmt: skip


def with_returns(**changed: tuple[float, str | None]) -> list[Stage]:
    return [Stage(each.name, each.process, each.wait, *changed.get(each.name, (None, None))) for each in INTAKE_TO_DEPLOY]


def test_the_published_totals_are_met():
    """9,030 minutes of which 870 are worked on: 9.6 %."""
    found = stream_map(INTAKE_TO_DEPLOY)
    assert (found.lead_time, found.process_time) == (9030, 870)
    assert found.activity_ratio == pytest.approx(0.0963, abs=5e-5)
    assert (found.rolled, found.n_unknown, found.lead_time_with_returns) == (None, 5, 9030)


def test_returns_cost_what_is_published():
    """One in five goes back to intake, and again one in five of those: a quarter more, not a fifth (1,512 minutes)."""
    found = stream_map(with_returns(review=(0.8, "intake")))
    assert found.lead_time_with_returns - found.lead_time == pytest.approx(1890)
    assert found.visits == (1.25, 1.25, 1.25, 1.25, 1.0)
    assert (found.rolled, found.n_unknown) == (0.8, 4)


def test_what_no_stage_finds_wanting_is_the_product():
    """0.9 of 0.8 of 0.5, whether it goes back or not; only what goes back is visited again."""
    found = stream_map(with_returns(intake=(0.9, None), review=(0.8, None), deploy=(0.5, "deploy")))
    assert found.rolled == pytest.approx(0.36)
    assert found.visits == (1.0, 1.0, 1.0, 1.0, 2.0)
    assert found.process_time_with_returns == 870 + 30


def test_a_stage_that_lets_nothing_through_has_no_expected_time():
    """Every item comes back for ever: no number, rather than an infinite or a negative one."""
    found = stream_map(with_returns(review=(0, "intake")))
    assert (found.visits, found.lead_time_with_returns, found.rolled) == (None, None, 0)
    assert found.lead_time == 9030


def test_returns_agree_with_sending_items_through():
    """Three stages return, two of them within the loop of the third; 20,000 items by chance come within 2 %."""
    stages = with_returns(refinement=(0.7, "intake"), development=(0.6, "development"), review=(0.5, "refinement"))
    chance, n = Random(5), 20_000
    places = {each.name: place for place, each in enumerate(stages)}
    counts = [0] * len(stages)
    for _ in range(n):
        place = 0
        while place < len(stages):
            counts[place] += 1
            each = stages[place]
            comes_back = each.usable is not None and chance.random() >= each.usable
            place = places[each.returns_to or ""] if comes_back else place + 1
    assert visits_of(stages) == pytest.approx([count / n for count in counts], rel=0.02)


def test_no_time_at_all_has_no_ratio():
    """No stage, or stages of no length: the share worked on is unknown."""
    assert stream_map([]).activity_ratio is None
    assert stream_map([Stage("a", 0, 0)]).activity_ratio is None


@pytest.mark.parametrize(("wrong", "said"), [
    ((1.2, None), "the usable share of review is 1.2"),
    ((0.8, "deploy"), "review returns to deploy, which is no stage up to it"),
    ((0.8, "intakes"), "review returns to intakes, which is no stage up to it: intake, refinement"),
])  # fmt: skip
def test_what_cannot_be_is_refused(wrong: tuple[float, str | None], said: str):
    """A share beyond 1, a return forwards and one to nowhere are told with their names."""
    with pytest.raises(ValueError, match=said):
        stream_map(with_returns(review=wrong))
