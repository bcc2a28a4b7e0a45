"""Gap closed per quarter, work that changed something, loss left standing, time to a verified change, the rhythm of reviews."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from itertools import pairwise

import pytest

from draw.boxes import outside, overlaps
from improvements.by_hand import COMPLETION, MEASURES, improvement, looked, rows, wavy, week
from improvements.test_leaderboard import need, organisation
from wholeservice.app import web
from wholeservice.app.known_before import seen_first
from wholeservice.app.records import to_plain
from wholeservice.app.stored_results import FINDINGS
from wholeservice.draw import leaderboard
from wholeservice.draw.leaderboard import LeaderRow
from wholeservice.findings.base import Finding
from wholeservice.improvements.base import CLOSED, IMPROVED, NO_EFFECT, PROMISE, VERDICT, WITHOUT_EVIDENCE, Entry, Promise
from wholeservice.improvements.needs import NOTHING_OLDER, need_series
from wholeservice.improvements.quarters import Quarter, pace_of, telling
from wholeservice.improvements.standing import MISSED, SEEN, first_seen, key_of, left_standing, missed_since
from wholeservice.improvements.verify import judge
from wholeservice.improvements.work import delivered, from_finding_to_change, outcome_of, rhythm_of, work_that_changed
from wholeservice.measures import throughput
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.flow_told import Story, Tie
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import whole_of
from wholeservice.pages import PAGES
from wholeservice.pages.base import Data
from wholeservice.periods import CALENDAR, ROLLING, Period

PAGE = {each.name: each for each in PAGES}
Q = [0.60, 0.60, 0.66, 0.76]  # the level of four quarters: nothing, +6, +10 points


def steps(levels) -> list[float]:
    """Thirteen weeks at each level, with the waves of `wavy`."""
    return [share for at, level in enumerate(levels) for share in wavy(level, 13 * (at + 1))[13 * at :]]


def pace(levels, services=("stay",)):
    """The pace of one need at each service, all at the same levels."""
    org = organisation(*(need(each) for each in services))
    found = Results(MEASURES, [row for each in services for row in rows(COMPLETION, each, steps(levels))])
    return pace_of(telling(need_series(found, org, "UTC", NOTHING_OLDER, week(0))), "UTC")


def test_what_a_quarter_closed_is_its_mean_less_that_of_the_one_before():
    """Levels of 60, 60, 66 and 76 %: held to plain means over the weeks whose Thursday lies in the quarter."""
    found, by_quarter = pace(Q), {}
    for at, share in enumerate(steps(Q)):
        thursday = week(at) + dt.timedelta(days=3)
        by_quarter.setdefault((thursday.year, (thursday.month + 2) // 3), []).append(100 * share)
    means = [sum(each) / len(each) for each in by_quarter.values() if len(each) >= 4]
    closed = [after - before for before, after in pairwise(means)]
    assert [each.quarter.words for each in found.quarters] == ["2026-Q2", "2026-Q3", "2026-Q4"]
    assert [each.by for each in found.quarters] == pytest.approx(closed, abs=0.5)
    assert found.faster.by == pytest.approx(closed[2] - closed[1], abs=0.8)
    assert closed[2] > 9 > 6 > closed[1] > 5
    assert found.quarters[2].low > 0
    assert found.quarters[0].low < 0 < found.quarters[0].high


def test_two_quarters_tell_no_acceleration_and_one_tells_nothing():
    """Missing is missing: no pace of one quarter, no acceleration of two."""
    assert (pace(Q[:1]).quarters, pace(Q[:1]).faster) == ((), None)
    assert pace(Q[:2]).faster is None
    assert len(pace(Q[:2]).quarters) == 1


def test_two_services_narrow_the_range_and_two_needs_of_one_do_not():
    """Noise of different services cancels out; that of needs of one service may be the same."""
    one, two = pace(Q).quarters[-1], pace(Q, ("stay", "spa")).quarters[-1]
    assert two.high - two.low == pytest.approx((one.high - one.low) / 2**0.5, rel=0.05)
    assert (one.n_needs, two.n_needs) == (1, 2)


def test_the_quarter_before_the_first_is_the_last_of_the_year_before():
    """Quarters follow each other over the turn of the year."""
    assert Quarter(2026, 1).before == Quarter(2025, 4)
    assert Quarter(2026, 3).before == Quarter(2026, 2)


def story(item: str, tied: str | None = None, done: int | None = 10) -> Story:
    ties = (Tie("for", True, "item", tied, None),) if tied else ()
    done_at = None if done is None else week(done)
    return Story(
        item, "feature", "stay", None, None, week(0), None, None, done_at, week(11), done is None, False, 0, 0, 0, (), ties
    )


def test_an_item_counts_as_what_became_of_its_improvement():
    """Two items of an improvement that helped, one of one that did not, two of none; a daily one once, an open item never."""
    helped, daily = improvement(), replace(improvement(13, promises=()), id="I-2")
    failed = replace(improvement(), id="I-3")
    outcomes = {"I-1": IMPROVED, "I-2": "not measured", "I-3": NO_EFFECT}
    stories = [story("a", "I-1"), story("b", "I-1"), story("c", "I-3"), story("d"), story("e"), story("f", "I-1", None)]
    found = work_that_changed((helped, daily, failed), outcomes, stories, week(5))
    assert dict(found.counts) == {
        "improved": 2, "no effect": 1, "worse": 0, "unclear": 0, "still measuring": 0, "not measured": 3,
    }  # fmt: skip
    assert (found.n, found.share) == (6, pytest.approx(2 / 6))
    assert found.interval.low < found.share < found.interval.high
    assert work_that_changed((), {}, [], week(0)).share is None
    most = work_that_changed((helped, daily, failed), outcomes, stories, week(5), n_done=40)
    assert (most.n, dict(most.counts)["not measured"]) == (41, 38)  # 40 items and the daily one; stories are kept of five
    assert work_that_changed((helped,), outcomes, [story("a", "I-1", 3)], week(5)).n == 1  # done before: only the start counts


def test_what_was_closed_without_evidence_is_not_measured():
    """A closed one is what it was closed as; an open one what its first verdict says; without any it is not measured."""
    seen = looked({(COMPLETION, "stay"): wavy(0.7, 20, 0.1, 12)})
    assert outcome_of(improvement(), judge(seen, improvement())) == IMPROVED
    assert outcome_of(replace(improvement(), closed=WITHOUT_EVIDENCE), judge(seen, improvement())) == "not measured"
    assert outcome_of(replace(improvement(), closed=NO_EFFECT), ()) == NO_EFFECT
    assert outcome_of(improvement(), ()) == "not measured"


def finding(days: int = 0, **more) -> Finding:
    period = Period(week(20) - dt.timedelta(days=days), week(24), ROLLING)
    return Finding("F101", "stay", "missed", period=period, **{"need": "finish", "size": 0.1, **more})


def windows(shares) -> Results:
    """Rolling windows of four weeks, none over another."""
    found = []
    for at, share in enumerate(shares):
        cell, sums = next(iter(rows(COMPLETION, "stay", [share])))
        found.append((Cell(cell.measure, "stay", week(4 * at), week(4 * at + 4), ROLLING), sums))
    return Results(MEASURES, found)


def test_a_target_is_missed_since_the_first_window_in_a_row():
    """Of six windows the third to the sixth lie below 80 %: the first, lower still, is cut off by the second, which was met."""
    org = organisation(need("stay"))
    found = windows([0.60, 0.85, 0.70, 0.71, 0.69, 0.70])
    assert missed_since(finding(), found, org, "UTC") == week(8)
    assert missed_since(finding(need="other"), found, org, "UTC") is None
    assert missed_since(finding(1), found, org, "UTC") is None  # about another number of the same need
    assert missed_since(finding(), windows([0.6, 0.9]), org, "UTC") is None


def test_a_finding_is_as_old_as_the_first_that_knew_it(tmp_path):
    """A stored snapshot that said it earlier goes before the data; what a snapshot alone knows is there too."""
    for name, one in (("0001.a.x", finding(200)), ("0002.a.x", finding(100)), ("0003.a.x", finding())):
        (tmp_path / name).mkdir()
        (tmp_path / name / FINDINGS).write_text(json.dumps(to_plain([one])), encoding="utf-8")
    earlier = seen_first(tmp_path)
    assert earlier == {key_of(finding()): week(20) - dt.timedelta(days=200)}
    org, found = organisation(need("stay")), windows([0.60, 0.85, 0.70, 0.71, 0.69, 0.70])
    assert first_seen([finding()], earlier, found, org, "UTC")[key_of(finding())].how == SEEN
    alone = first_seen([finding()], {}, found, org, "UTC")[key_of(finding())]
    assert (alone.at, alone.how) == (week(8), MISSED)


def test_what_somebody_funded_does_not_stand_and_what_failed_does():
    """An improvement for the finding takes it off the list until it is closed as anything but improved."""
    org = organisation(need("stay"))
    firsts = {key_of(finding()): first_seen([finding()], {}, Results(MEASURES, []), org, "UTC")[key_of(finding())]}
    for_it = improvement(findings=("finding:F101.stay",))
    given = ([finding(), replace(finding(), about_data=True, code="F102")],)
    assert [each.days for each in left_standing(*given, (), firsts, org, week(24))] == [28]
    assert left_standing(*given, (for_it,), firsts, org, week(24)) == ()
    assert len(left_standing(*given, (replace(for_it, closed=NO_EFFECT),), firsts, org, week(24))) == 1
    assert left_standing(*given, (), {}, org, week(24))[0].days is None
    assert left_standing([finding(size=None)], (), firsts, org, week(24)) == ()  # such as a need that nobody measures


def test_from_a_finding_to_a_verified_change_counts_days_of_those_that_helped():
    """Ten weeks for the one that helped; one without effect, and one for no finding, have no time."""
    firsts = {key_of(finding()): first_seen([finding()], {}, Results(MEASURES, []), organisation(), "UTC")[key_of(finding())]}
    helped = improvement(findings=("finding:F101.stay",), closed=IMPROVED, closed_at=week(30))
    others = (replace(helped, closed=NO_EFFECT), replace(helped, findings=()))
    found = from_finding_to_change((helped, *others), {}, firsts)
    assert (found.n, found.median_days, found.low) == (1, 70.0, None)
    assert from_finding_to_change(others, {}, firsts).median_days is None


def test_a_promise_whose_day_came_is_kept_when_it_was_looked_at_within_two_weeks():
    """One looked at in time, one three weeks late, one not due: 1 of 2; entries stand in three of twelve weeks."""

    def due(at: int, entries) -> object:
        promise = replace(improvement().promises[0], until=week(at))
        return replace(improvement(promises=(promise,)), entries=entries)

    kept = due(10, (Entry(PROMISE, "", week(1)), Entry(VERDICT, IMPROVED, week(11))))
    late, open_ = due(10, (Entry(CLOSED, NO_EFFECT, week(13)),)), due(30, (Entry(PROMISE, "", week(13)),))
    found = rhythm_of((kept, late, open_), week(14))
    assert (found.n_due, found.n_kept) == (2, 1)
    assert (found.n_weeks, found.of_weeks) == (2, 12)  # weeks 11 and 13; week 1 is longer ago


def data_of(levels, **more) -> Data:
    org = organisation(need("stay"))
    found = Results(MEASURES, list(rows(COMPLETION, "stay", steps(levels))))
    return Data(org, found, (finding(),), {}, {each.name: each for each in MEASURES}, (), "now", "UTC", **more)


def test_the_page_says_whether_it_closes_and_faster_and_what_would_fill_the_rest():
    """Numbers carry their range; what is not written down says what would fill it; JSON says the same."""
    page = PAGE["transformation"].build(data_of(Q))
    assert page.title.startswith("The gap closed by 9.")
    assert page.faster.startswith(("Faster", "Neither"))
    assert page.left[0].how == "in the data since"
    html = web.render(PAGE["transformation"], page, path="/transformation")
    for words in ("Record work as items", "Nothing is written into the log yet", "Say of improvements which finding"):
        assert words in html
    assert json.loads(web.as_json(page))["title"] == page.title
    assert PAGE["transformation"].build(data_of(Q[:1])).pace_missing.startswith("It takes needs with targets")


def test_with_a_log_every_band_has_its_number():
    """One improvement that helped, for the finding, with a day: counted, timed and kept."""
    promise = Promise(improvement().promises[0].number, 5, "pp", "typed in", week(38))
    mine = improvement(26, findings=("finding:F101.stay",), closed=IMPROVED, closed_at=week(40), promises=(promise,),
                       entries=(Entry(CLOSED, IMPROVED, week(39)),))  # fmt: skip
    page = PAGE["transformation"].build(data_of(Q, improvements=(mine,), stories={"a": story("a", "I-1", 30)}))
    assert page.changed_says.startswith("1 of 1 delivered item measurably improved something: 100.0%")
    assert page.left == ()
    assert page.took_says == "Half took at most 140 days (n = 1)"
    assert page.rhythm_says.startswith("1 of 1 promise was looked at within two weeks of its day")


def test_the_leaderboard_page_opens_what_they_did():
    """A row leads to its needs and improvements; the same stands in its sheet."""
    data = data_of(Q, improvements=(improvement(),))
    page = PAGE["leaderboard"].build(data)
    assert page.title == "stay improved most"
    assert page.services.rows[0].href == "#did-stay"
    assert page.did[0].improvements == (("I-1", "a shorter form", "/improvements/I-1"),)
    html = web.render(PAGE["leaderboard"], page, path="/leaderboard")
    assert 'id="did-stay"' in html
    assert "completion &gt;= 80% over 28d" in html
    assert PAGE["leaderboard"].sheet(data, page).rows[0][1:4] == ("stay", "1", 0)
    markup = leaderboard.draw(page.services)
    assert (overlaps(markup), outside(markup)) == ([], [])
    assert markup.count("dot up") == 1


def test_a_row_without_a_rate_is_hatched_with_its_reason():
    """Seven answers give no dot, no rank, and the reason on the hatch; long names stay in their column."""
    why = "7 answers, at least 30 needed"
    rows_ = (LeaderRow("Rindfleischetikettierungsüberwachungsaufgabenübertragung", "–", 0, 0, 7, why=why),
             LeaderRow("b", "1–2", 1, 3, 120, (4.0, -2.0, 10.0), series=(1.0, 2.0)))  # fmt: skip
    board = leaderboard.Leaderboard("x", "Who", rows_)
    markup = leaderboard.draw(board)
    assert why in markup
    assert (markup.count('class="hatched"'), markup.count("dot flat")) == (1, 1)
    assert (overlaps(markup), outside(markup)) == ([], [])
    assert leaderboard.table(board).rows[1][:3] == ("b", "1–2", "1 of 3")


def test_all_that_was_done_is_counted_by_whole_months():
    """Of months with 10, 20 and 30 items done, the first began before the instant: 50 were done, since the second."""
    months = [dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 2, 3, 4)]
    found = [
        (Cell("throughput", whole_of(organisation()), *ends, CALENDAR), Statistics(n=n, numerator=n, reporting=1, expected=1))
        for ends, n in zip(pairwise(months), (10.0, 20.0, 30.0), strict=True)
    ]
    results = Results((throughput.MEASURE,), found)
    assert delivered(results, organisation(), dt.datetime(2026, 1, 15, tzinfo=dt.UTC)) == (50, months[1])
    assert delivered(Results((throughput.MEASURE,), []), organisation(), months[0]) is None
