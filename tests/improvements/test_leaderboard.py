"""Who improved most: by slopes of matched needs, targets fixed at the start, drawn to the mean, ranks shared."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace

import pytest

from improvements.by_hand import COMPLETION, EASE, MEASURES, rows, wavy, week
from wholeservice.app.known_before import needs_then
from wholeservice.app.stored_results import ABOUT
from wholeservice.improvements.leaderboard import Rate, boards, shrunk
from wholeservice.improvements.needs import NOTHING_OLDER, Then, need_series
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Entity, Need, Organisation
from wholeservice.organisation.targets import parse_target

N_WEEKS = 26


def need(service: str, target: str = "completion >= 80% over 28d") -> Need:
    return Need("finish", service, f"I finish at {service}", targets=(parse_target(target),))


def organisation(*needs: Need) -> Organisation:
    """A service for each need, run by one team each."""
    entities = {}
    for each in needs:
        entities[each.service] = Entity(each.service, "service", each.service, team=f"team-{each.service}")
        entities[f"team-{each.service}"] = Entity(f"team-{each.service}", "team", "a team", fields={"people": 6.0})
    return Organisation("Hotel", "", "", entities, (), needs, {}, "0")


def results(**shares) -> Results:
    """The weekly completion of each service."""
    return Results(MEASURES, [row for service, each in shares.items() for row in rows(COMPLETION, service, each)])


FIVE = {
    "up": wavy(0.50, N_WEEKS, trend=0.006), "same": wavy(0.90, N_WEEKS), "also": wavy(0.60, N_WEEKS),
    "down": wavy(0.70, N_WEEKS, trend=-0.006),
}  # fmt: skip


def ranks(board) -> dict[str, tuple[int | None, int | None]]:
    return {row.entity: (row.best, row.worst) for row in board.rows}


def test_ranks_are_of_change_and_shared_where_ranges_leave_no_order():
    """The one that rises from 50 % is first, above one at 90 %; the two that stand still share the places between."""
    org = organisation(*(need(each) for each in FIVE))
    services, teams = boards(results(**FIVE), org, "UTC", NOTHING_OLDER)
    assert ranks(services) == {"up": (1, 1), "same": (2, 3), "also": (2, 3), "down": (4, 4)}
    assert services.rows[0].plain == pytest.approx(0.006 * 100 * 91.3125 / 7, rel=0.15)  # points a quarter
    assert teams.rows[0].entity == "team-up"
    assert {row.entity: row.n_met for row in services.rows} == {"up": 0, "same": 1, "also": 0, "down": 0}


def test_a_target_lowered_meanwhile_moves_no_rank():
    """Lowering the target from 80 % to 40 % closes a gap on paper: rates, ranks and needs met are those of the start."""
    before = organisation(*(need(each) for each in FIVE))
    lowered = organisation(*(need(each, "completion >= 40% over 28d") for each in FIVE))
    then = Then(before.needs, week(0))
    honest, moved = (boards(results(**FIVE), each, "UTC", then)[0] for each in (before, lowered))
    assert [(row.entity, row.rate.by, row.best, row.n_met) for row in honest.rows] == [
        (row.entity, row.rate.by, row.best, row.n_met) for row in moved.rows
    ]
    assert {each.series.is_changed for row in moved.rows for each in row.rates} == {True}
    now = boards(results(**FIVE), lowered, "UTC", NOTHING_OLDER)[0]
    assert [row.n_met for row in now.rows] != [row.n_met for row in moved.rows]


def test_a_need_that_came_or_went_meanwhile_is_not_matched():
    """Only needs that had this target then and have one now count."""
    org = organisation(need("up"), need("same"))
    then = Then((need("up"), need("down")), week(0))
    found = list(need_series(results(**FIVE), org, "UTC", then, week(0)))
    assert [each.need.service for each in found] == ["up"]


def test_beginning_with_the_worst_week_is_no_improvement():
    """Noise around 60 % whose first week is the worst: end less start says +8 points, the slope over all of it nothing sure."""
    shares = [0.52, *wavy(0.60, N_WEEKS - 1)]
    org = organisation(need("luck"))
    row = boards(results(luck=shares), org, "UTC", NOTHING_OLDER)[0].rows[0]
    assert shares[-1] - shares[0] > 0.07
    assert row.rate.low < 0 < row.rate.high
    assert abs(row.rate.by) < 4


def test_too_few_answers_or_weeks_have_no_rank_and_say_so():
    """Seven answers, four weeks, or nothing at all."""
    measured = [
        *rows(COMPLETION, "few", [1.0] * 7, 1),
        *rows(COMPLETION, "short", wavy(0.6, 4)),
        *rows(COMPLETION, "up", FIVE["up"]),
    ]
    org = organisation(need("few"), need("short"), need("none"), need("up"))
    board = boards(Results(MEASURES, measured), org, "UTC", NOTHING_OLDER)[0]
    assert {row.entity: row.why for row in board.rows} == {
        "up": None, "few": "7 answers, at least 30 needed", "short": "4 periods measured, at least 6 needed",
        "none": "no need is measured",
    }  # fmt: skip
    assert [row.best for row in board.rows] == [1, None, None, None]
    assert boards(Results(MEASURES, []), org, "UTC", NOTHING_OLDER) is None


def test_a_team_of_four_is_a_number_of_people_and_has_no_rank():
    """Teams under five, or of unknown size, say why they are not in it."""
    org = organisation(need("up"))
    small = {**org.entities, "team-up": replace(org.entities["team-up"], fields={"people": 4.0})}
    row = boards(results(up=FIVE["up"]), replace(org, entities=small), "UTC", NOTHING_OLDER)[1].rows[0]
    assert (row.rate, row.why) == (None, "fewer than 5 people, or not said how many")


def test_rates_are_drawn_to_the_mean_by_how_little_they_can_be_told():
    """Held to the formulas on paper: of 8, 2, -1 and 1 with errors of 4, 1, 1 and 1, the first gives way most."""
    values, errors = [8.0, 2.0, -1.0, 1.0], [4.0, 1.0, 1.0, 1.0]
    given = [Rate(x, x - 1.96 * s, x + 1.96 * s) for x, s in zip(values, errors, strict=True)]
    w = [1 / s**2 for s in errors]
    mean = sum(a * x for a, x in zip(w, values, strict=True)) / sum(w)
    q = sum(a * (x - mean) ** 2 for a, x in zip(w, values, strict=True))
    tau2 = max(0.0, (q - 3) / (sum(w) - sum(a * a for a in w) / sum(w)))
    w = [1 / (s**2 + tau2) for s in errors]
    mean = sum(a * x for a, x in zip(w, values, strict=True)) / sum(w)
    expected = [mean + tau2 / (tau2 + s**2) * (x - mean) for x, s in zip(values, errors, strict=True)]
    assert tau2 > 0
    assert [each.by for each in shrunk(given)] == pytest.approx(expected, rel=1e-3)
    assert shrunk(given)[0].by < shrunk(given)[1].by + 2
    assert shrunk(given[:2]) == given[:2]


def test_rates_that_chance_explains_are_all_the_same():
    """Differences smaller than their errors leave one rate for all, and one shared rank."""
    given = [Rate(x, x - 10, x + 10) for x in (1.0, 2.0, 3.0)]
    assert {round(each.by, 6) for each in shrunk(given)} == {2.0}


def test_what_is_better_when_lower_and_no_share_is_put_on_the_scale_of_its_target():
    """A need of at most 20 % who leave, falling by a point a week, closes a gap; its points are those of better."""
    leaving = replace(EASE, name="leaving", better="lower")
    found = Results((leaving,), list(rows(leaving, "up", wavy(0.5, N_WEEKS, trend=-0.01))))
    org = organisation(need("up", "leaving <= 20% over 28d"))
    series = next(need_series(found, org, "UTC", NOTHING_OLDER, week(0)))
    assert (series.level, series.points, series.is_met) == (0.2, -100.0, False)
    assert boards(found, org, "UTC", NOTHING_OLDER)[0].rows[0].rate.by > 5


def test_the_targets_of_the_start_are_those_of_the_oldest_snapshot_kept(tmp_path):
    """A snapshot stored two years ago goes before one of last month; with only the newest one nothing older is known."""
    declared = (
        "org: {{ name: H, purpose: P, north-star: N }}\nconsumers: {{ guest: {{ outside: true }} }}\nservices:\n  stay:\n    \
for: {{ guest: [uses] }}\n    needs: {{ finish: {{ says: Let me, targets: [ 'completion >= {level}% over 28d' ] }} }}\n"
    )
    for name, level, days in (("0001.a.x", 70, 700), ("0002.b.x", 60, 30), ("0003.c.x", 50, 0)):
        folder = tmp_path / name / "organisation"
        folder.mkdir(parents=True)
        (folder / "organisation.yaml").write_text(declared.format(level=level), encoding="utf-8")
        about = folder.parent / ABOUT
        about.write_text("{}", encoding="utf-8")
        at = (dt.datetime(2026, 11, 1, tzinfo=dt.UTC) - dt.timedelta(days=days)).timestamp()
        os.utime(about, (at, at))
    assert [each.level.number for one in needs_then(tmp_path, "0003.c.x").needs for each in one.targets] == [0.7]
    assert needs_then(tmp_path, "0001.a.x") == NOTHING_OLDER
    assert needs_then(tmp_path, "9.9.9") == NOTHING_OLDER
