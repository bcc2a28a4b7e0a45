"""Verdicts: what they say of weeks made by hand, what they leave open, and what else they name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from improvements.by_hand import COMPLETION, EASE, LEAVING, NUMBER, improvement, looked, measure, rows, wavy, week
from wholeservice.improvements.base import (
    IMPROVED,
    NO_EFFECT,
    STARTED,
    STILL_MEASURING,
    UNCLEAR,
    VERDICT,
    WORSE,
    Entry,
    Number,
    Promise,
)
from wholeservice.improvements.elsewhere import elsewhere
from wholeservice.improvements.interrupted import change_since
from wholeservice.improvements.judged import INCIDENT, LOSS, RELEASE, Happened
from wholeservice.improvements.series import periods_of, series_of, split_at
from wholeservice.improvements.telling import method_words
from wholeservice.improvements.verify import entries_of, judge, judge_number, verdict_of
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Edge
from wholeservice.periods import CALENDAR

STAY = (COMPLETION, "stay")


def verdict(shares, **more):
    """The verdict on the completion of the stay."""
    return judge(looked({STAY: shares}), improvement(**more))[0]


def test_a_step_up_of_ten_points_is_improved():
    """70 % before, 80 % after: the effect is 10 points within its range, of 8 weeks of 400."""
    found = verdict(wavy(0.70, 20, 0.10, 12))
    assert found.verdict == IMPROVED
    assert found.low < 0.10 < found.high
    assert found.effect == pytest.approx(0.10, abs=0.015)
    assert (found.n_before, found.n_after, found.n, found.days) == (12, 8, 3200, 7)
    assert (found.value, found.expected) == (pytest.approx(0.80, abs=0.01), pytest.approx(0.70, abs=0.015))
    assert (found.from_at, found.to_at) == (week(12), week(20))


def test_fewer_who_leave_is_better_and_more_is_worse():
    """Of a measure that is better when lower, a fall of 10 points is an effect of +10, a rise is worse."""
    number = Number("leaving", "stay")
    promised = improvement(promises=(Promise(number, 5, "pp", "typed in"),))
    fallen, risen = (judge(looked({(LEAVING, "stay"): wavy(0.3, 20, step, 12)}), promised)[0] for step in (-0.10, 0.10))
    assert (fallen.verdict, risen.verdict) == (IMPROVED, WORSE)
    assert fallen.effect == pytest.approx(0.10, abs=0.015)
    assert risen.effect == pytest.approx(-0.10, abs=0.015)


def test_a_trend_that_goes_on_is_no_improvement():
    """A number that rises a point a week before and after did not change, though its means differ by ten points."""
    found = verdict(wavy(0.50, 20, trend=0.01))
    assert found.verdict != IMPROVED
    assert abs(found.effect) < 0.02
    assert found.value - 0.50 - 0.055 > 0.09


def test_no_effect_is_said_only_where_the_whole_range_is_small():
    """Without a change, an effect worth 8 points can be ruled out and one of half a point cannot."""
    large, small = (
        verdict(wavy(0.70, 30), started=18, worth=((NUMBER, by, "pp"),), promises=(Promise(NUMBER, 5, "pp", ""),))
        for by in (8, 0.5)
    )
    assert (large.verdict, large.worth, large.worth_from) == (NO_EFFECT, 0.08, "as the log says")
    assert (small.verdict, small.why is not None) == (UNCLEAR, True)
    assert verdict_of(None, None, 1.0) == UNCLEAR


def test_without_a_word_half_of_the_promise_is_worth_having():
    """5 points were promised; a number that only judges has a usual size."""
    also = improvement(judged_by=(Number("ease", "stay"),))
    found = judge(looked({STAY: wavy(0.7, 20), (EASE, "stay"): wavy(0.6, 20)}), also)
    assert [(each.worth, each.promised) for each in found] == [(0.025, 0.05), (0.01, None)]
    assert found[0].worth_from.startswith("half of what was promised")


def test_two_weeks_are_not_enough_and_nobody_reached_is_none():
    """It is still measuring until three weeks are whole; before it reached anybody it says so."""
    found = verdict(wavy(0.7, 14, 0.2, 12))
    assert (found.verdict, found.why) == (STILL_MEASURING, "2 weeks measured since the start; at least 3 are needed")
    assert found.effect is None
    assert verdict(wavy(0.7, 14), started=None).why == "the change has not reached anybody yet"
    assert verdict(wavy(0.7, 15, 0.2, 12)).verdict == IMPROVED


def test_a_series_that_begins_with_the_change_is_unclear():
    """Four weeks before cannot tell a trend; a number that nobody measures says so."""
    found = verdict(wavy(0.7, 20, 0.1, 4), started=4)
    assert (found.verdict, found.why) == (UNCLEAR, "4 weeks measured before the start; at least 5 are needed")
    assert judge_number(looked({}), improvement(), NUMBER, "").why.startswith("it is not measured over days, weeks")
    assert judge_number(looked({}), improvement(), Number("joy", "stay"), "").why == "there is no measure “joy”"


def test_the_week_in_which_it_came_is_in_neither_side():
    """A change on a Wednesday leaves its week out; the weeks beside it count."""
    midweek = replace(improvement(), started_at=week(12) + dt.timedelta(days=2))
    found = judge(looked({STAY: wavy(0.7, 20, 0.1, 12)}), midweek)[0]
    assert (found.n_before, found.n_after) == (12, 7)


def test_newest_weeks_whose_attempts_still_run_are_not_counted():
    """Of the last two weeks only a tenth of those who came can be judged: they are left out, and so three weeks are one."""
    attempts, volume = replace(COMPLETION, needs=("attempts",)), measure("volume")
    shares = wavy(0.7, 15, 0.2, 12)
    young = [(cell, sums) for cell, sums in rows(attempts, "stay", shares[:13])]
    young += [(cell, sums) for cell, sums in rows(attempts, "stay", shares, 40)][13:]
    came = list(rows(volume, "stay", [1.0] * 15))
    seen = replace(looked({}), results=Results((attempts, volume), [*young, *came]))
    found = judge(seen, improvement())[0]
    assert (found.verdict, found.n_young) == (STILL_MEASURING, 2)
    assert (
        found.why
        == "1 week measured since the start; at least 3 are needed; 2 weeks more cannot be judged yet, as attempts still run"
    )


def test_a_place_that_is_released_all_the_time_gets_a_verdict():
    """With a release every other week before, one more at the start tells nothing; with one in three weeks it could be it."""
    series = {STAY: wavy(0.7, 40, 0.1, 30)}
    found = [
        judge(looked(series, happened=tuple(Happened(RELEASE, "stay", week(at), f"d-{at}") for at in range(30, 0, -every))),
              improvement(started=30))[0].verdict
        for every in (2, 3)
    ]  # fmt: skip
    assert found == [IMPROVED, UNCLEAR]


def test_where_no_earlier_date_could_be_tried_a_routine_release_is_a_rival_too():
    """A release every week, seven weeks before the start: against which dates should it be nothing?"""
    series = {STAY: wavy(0.7, 40, 0.1, 7)}
    happened = tuple(Happened(RELEASE, "stay", week(at), f"d-{at}") for at in range(-8, 8))
    found = judge(looked(series, happened=happened), improvement(started=7))[0]
    assert (found.n_dates, found.verdict) == (0, UNCLEAR)


@pytest.mark.parametrize(("by", "place", "verdict"), [
    (-0.1, "bank", UNCLEAR), (0.1, "bank", IMPROVED), (-0.1, "stay", WORSE), (-0.1, "far", WORSE),
])  # fmt: skip
def test_a_loss_that_began_elsewhere_with_the_change_could_be_why_it_got_worse(by, place, verdict):
    """Below what it uses it could; it improved in spite of it; at the very place it may be the change; far away it is none."""
    began = Happened(LOSS, place, week(12), "stay/easy")
    found = judge(looked({STAY: wavy(0.7, 20, by, 12)}, happened=(began,)), improvement())[0]
    assert found.verdict == verdict
    assert (found.why or "").startswith("a loss at bank at the same time") == (verdict == UNCLEAR)


def test_one_place_that_three_maps_tell_of_is_one_loss():
    """Two needs and the service below feel the same broken bank: it is counted once."""
    happened = tuple(Happened(LOSS, "bank", week(12), need) for need in ("stay/easy", "stay/fast", "bank/up"))
    (rival,) = judge(looked({STAY: wavy(0.7, 20, -0.1, 12)}, happened=happened), improvement())[0].rivals
    assert (rival.kind, rival.of, rival.n) == (LOSS, "bank", 1)


def test_a_shock_that_the_service_beside_had_too_is_no_effect_of_the_change():
    """Both fall by 8 points on the day: alone it looks worse, beside the other nothing was lost."""
    series = {STAY: wavy(0.7, 24, -0.08, 12), (COMPLETION, "spa"): wavy(0.6, 24, -0.08, 12)}
    assert judge(looked(series), improvement())[0].verdict == WORSE
    beside = judge(looked(series), improvement(compared_with=("spa",)))[0]
    assert beside.compared_with == ("spa",)
    assert beside.verdict != WORSE
    assert abs(beside.effect) < 0.02
    assert beside.value == pytest.approx(0.62, abs=0.01)  # what was measured here, not the difference
    assert beside.points[0].value == pytest.approx(0.70, abs=0.01)


def test_a_number_of_the_service_beside_is_not_compared_with_itself():
    """What is judged at the service to compare with stands against its own past: less itself, nothing would be left of it."""
    series = {STAY: wavy(0.7, 24, -0.08, 12), (COMPLETION, "spa"): wavy(0.6, 24, -0.08, 12)}
    of_spa = (Promise(Number("completion", "spa"), 5, "pp", "typed in"),)
    found = judge(looked(series), improvement(promises=of_spa, compared_with=("spa",)))[0]
    assert (found.compared_with, found.verdict) == ((), WORSE)
    assert found.not_compared == ("spa: it is the one that is judged here",)


def test_a_number_that_never_varied_is_judged_too():
    """Where nothing ever changed, nothing did: no range is wider than nothing, and nothing falls over."""
    found = verdict([0.0] * 20)
    assert (found.verdict, found.effect) == (NO_EFFECT, pytest.approx(0.0, abs=1e-6))


def test_a_service_that_did_not_run_parallel_is_not_compared_with():
    """One that rose while the other did not is refused with the reason; so is one without the number."""
    series = {STAY: wavy(0.7, 20, 0.1, 12), (COMPLETION, "spa"): wavy(0.4, 20, trend=0.02)}
    found = judge(looked(series), improvement(compared_with=("spa", "far")))[0]
    assert (found.compared_with, found.verdict) == ((), IMPROVED)
    assert found.not_compared == (
        "spa: it did not run parallel before the start", "far: this number is not measured there over the same periods",
    )  # fmt: skip


def test_what_happened_on_the_same_days_is_named():
    """A release of what the service uses and an incident near the start are rivals; far ones, its own and others' are not."""
    happened = (
        Happened(RELEASE, "bank", week(12), "d-1"), Happened(RELEASE, "bank", week(12) + dt.timedelta(days=3), "d-2"),
        Happened(INCIDENT, "stay", week(11), "i-1"), Happened(RELEASE, "stay", week(12), "own"),
        Happened(RELEASE, "stay", week(10) - dt.timedelta(days=1), "old"), Happened(RELEASE, "spa", week(12), "d-3"),
    )  # fmt: skip
    mine = improvement(entries=(Entry(STARTED, "", week(12), evidence="own"),))
    other = replace(improvement(14), id="I-2")
    far = replace(improvement(12, promises=(), judged_by=(Number("ease", "stay"),)), id="I-3")
    seen = looked({STAY: wavy(0.7, 20, 0.1, 12)}, happened=happened, improvements=(mine, other, far))
    found = judge(seen, mine)[0].rivals
    assert [(each.kind, each.of, each.n) for each in found] == [
        ("improvement", "I-2", 1), ("release", "bank", 2), ("incident", "stay", 1),
    ]  # fmt: skip


INCIDENT_OF_BANK = Happened(INCIDENT, "bank", week(12), "i-1")


@pytest.mark.parametrize(("beside", "why"), [
    (INCIDENT_OF_BANK, "an incident of bank at the same time; nothing tells them apart; name a service that had it too and did "
                       "not change: --compare-with"),
    (Happened(RELEASE, "stay", week(12), "d-1"),
     "a release of stay at the same time; nothing tells them apart; only time apart could"),
])  # fmt: skip
def test_beside_something_of_the_same_time_and_place_it_is_unclear(beside, why):
    """Ten points up, and an open incident of what it uses, or a release of the very place: measured, and no verdict."""
    found = judge(looked({STAY: wavy(0.7, 20, 0.1, 12)}, happened=(beside,)), improvement())[0]
    assert (found.verdict, found.why) == (UNCLEAR, why)
    assert found.effect == pytest.approx(0.10, abs=0.015)


def test_another_improvement_of_the_same_number_and_week_leaves_it_unclear_and_one_of_another_month_does_not():
    """Two that began together cannot be told apart; one that began five weeks later is named only."""
    series, mine = {STAY: wavy(0.7, 20, 0.1, 12)}, improvement()
    same, later = (replace(improvement(at), id="I-2") for at in (12, 17))
    both = [judge(looked(series, improvements=(mine, each)), mine)[0] for each in (same, later)]
    assert [each.verdict for each in both] == [UNCLEAR, IMPROVED]
    assert both[0].why.startswith("improvement I-2 at the same time")
    assert [each.of for each in both[1].rivals] == ["I-2"]


@pytest.mark.parametrize("beside", [
    Happened(RELEASE, "bank", week(12), "d-1"), Happened(INCIDENT, "spa", week(12), "i-1"),
    Happened(RELEASE, "stay", week(10), "d-2"), Happened(INCIDENT, "bank", week(8), "i-2", week(9)),
])  # fmt: skip
def test_what_is_of_another_place_or_time_leaves_the_verdict(beside):
    """Releases of what it uses, incidents of what it does not use, and what was two weeks before or over by then."""
    found = judge(looked({STAY: wavy(0.7, 20, 0.1, 12)}, happened=(beside,)), improvement())[0]
    assert (found.verdict, found.n_left_out) == (IMPROVED, 0)


def test_the_periods_of_an_incident_that_is_over_are_left_out():
    """Down by 30 points for the two weeks of an incident, else ten points up: judged by the other six weeks, it improved."""
    shares = wavy(0.7, 20, 0.1, 12)
    shares[12:14] = [0.4, 0.4]
    over = replace(INCIDENT_OF_BANK, until=week(13) + dt.timedelta(days=1))
    found = judge(looked({STAY: shares}, happened=(over,)), improvement())[0]
    assert (found.verdict, found.n_after, found.n_left_out) == (IMPROVED, 6, 2)
    assert found.effect == pytest.approx(0.10, abs=0.015)
    assert method_words(found).endswith("Left out: 2 weeks in which there was an incident that is over.")
    began_before = Happened(INCIDENT, "bank", week(9), "i-1", week(12))
    assert judge(looked({STAY: shares}, happened=(began_before,)), improvement())[0].n_before == 9


def test_an_incident_that_lasted_as_long_as_was_measured_leaves_nothing_to_judge_by():
    """All weeks since the start were those of the incident: still measuring."""
    over = replace(INCIDENT_OF_BANK, until=week(20))
    found = judge(looked({STAY: wavy(0.7, 20, 0.1, 12)}, happened=(over,)), improvement())[0]
    assert (found.verdict, found.n_after) == (STILL_MEASURING, 0)


def test_a_service_beside_takes_off_an_incident_only_where_it_had_it_too():
    """The spa uses the bank as the stay does, the far one does not: only beside the spa is there a verdict."""
    series = {STAY: wavy(0.7, 24, 0.1, 12), (COMPLETION, "spa"): wavy(0.6, 24), (COMPLETION, "far"): wavy(0.6, 24)}
    seen = looked(series, happened=(INCIDENT_OF_BANK,))
    org = replace(seen.organisation, edges=(*seen.organisation.edges, Edge("spa", "uses", "bank")))
    seen = replace(seen, organisation=org)
    spa, far = (judge(seen, improvement(compared_with=(each,)))[0] for each in ("spa", "far"))
    assert [(each.verdict, each.compared_with) for each in (spa, far)] == [(IMPROVED, ("spa",)), (UNCLEAR, ("far",))]


def test_what_got_worse_elsewhere_at_the_time_of_an_incident_is_unclear_too():
    """Ease fell by 15 points on the day of an incident that is not over: it is shown, and not called worse."""
    seen = looked({STAY: wavy(0.7, 20), (EASE, "stay"): wavy(0.8, 20, -0.15, 12)}, happened=(INCIDENT_OF_BANK,))
    assert [each.verdict for each in elsewhere(seen, improvement()).worse] == [UNCLEAR]


def test_what_got_worse_elsewhere_is_named_and_what_chance_explains_is_not():
    """Ease at the bank's user falls by 15 points: it is named. What got better, and what is out of reach, is not."""
    series = {
        STAY: wavy(0.7, 20, 0.1, 12), (EASE, "stay"): wavy(0.8, 20, -0.15, 12), (LEAVING, "stay"): wavy(0.3, 20),
        (COMPLETION, "bank"): wavy(0.9, 20), (EASE, "far"): wavy(0.8, 20, -0.3, 12),
    }  # fmt: skip
    at_bank = improvement(where=("service:bank",))
    found = elsewhere(looked(series), at_bank)
    assert [each.number for each in found.worse] == [Number("ease", "stay")]
    assert found.worse[0].effect == pytest.approx(-0.15, abs=0.02)
    assert found.n_looked == 3  # ease and leaving of the stay, completion of the bank
    assert elsewhere(looked(series), improvement(started=None)).n_looked == 0


def test_among_many_looks_one_in_twenty_is_not_called_worse():
    """Of 40 series without a change at one service, none is named, though some of them would be alone."""
    import numpy as np

    generator = np.random.default_rng(3)
    many = tuple(measure(f"m{at}") for at in range(40))
    found = [row for each in many for row in rows(each, "stay", list(0.6 + generator.normal(0, 0.02, 20)))]
    seen = replace(looked({}), results=Results(many, found))
    assert elsewhere(seen, improvement()).worse == ()


def test_other_lengths_of_periods_are_taken_where_weeks_do_not_tell():
    """Four weeks and twenty months: the months are looked at."""
    months = [dt.datetime(2025 + at // 12, at % 12 + 1, 1, tzinfo=dt.UTC) for at in range(21)]
    of_months = [
        (Cell("completion", "stay", months[at], months[at + 1], CALENDAR), Statistics(1000, share * 1000, 1000, 0, 1000))
        for at, share in enumerate(wavy(0.5, 20, 0.2, 12))
    ]
    few = list(rows(COMPLETION, "stay", wavy(0.5, 4)))
    seen = replace(looked({}), results=Results((COMPLETION,), [*of_months, *few]))
    found = judge(seen, replace(improvement(), started_at=months[12]))[0]
    assert (found.days, found.n_before, found.n_after, found.verdict) == (30, 12, 8, IMPROVED)


def test_a_verdict_is_written_into_the_log_with_its_number():
    """The entry says the verdict, the effect, its unit, and which number it is about."""
    entry = next(entries_of([verdict(wavy(0.70, 20, 0.10, 12))], week(20), "maya"))
    assert (entry.question, entry.says, entry.evidence, entry.by) == (VERDICT, IMPROVED, "completion of stay", "maya")
    assert (entry.value, entry.unit) == (pytest.approx(10, abs=2), "pp")


def test_a_series_that_was_called_changed_before_has_a_wider_range():
    """Eight weeks at 60 %, twelve at 75 %, then 90 %: the earlier step widens the range by the factor that is told."""
    shares = [*wavy(0.60, 8), *wavy(0.75, 20)[8:], *wavy(0.90, 28)[20:]]
    seen, mine = looked({STAY: shares}), improvement(20)
    found = judge(seen, mine)[0]
    series = series_of(seen.results, NUMBER, "UTC", mine.started_at)
    plain = change_since(periods_of(series, split_at(series, mine.started_at), "UTC"), 20)
    assert (found.n_dates, found.n_alarms) == (13, 1)
    assert found.widened > 1.2
    assert found.high - found.low == pytest.approx(found.widened * (plain.high - plain.low))
