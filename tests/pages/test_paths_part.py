"""The ways people take, as the page of a service shows them: the most taken first, the others last, foreseen or not."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from measures.given import service, steps
from pages import sample
from pages.test_served import BY_NAME
from wholeservice.app.web import render
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Entity, Step
from wholeservice.pages import service as service_page
from wholeservice.pages.paths_part import PathsPart, paths_part

SHOP = service("shop", "find help? choose pay")
JULY, AUGUST = (sample.cell(sample.COMPLETION, "shop", month) for month in (18, 19))


def sums(n: int, ended: int, took: int = 0) -> Statistics:
    """So many attempts, each of another person; who got there took so many buckets of time each."""
    return Statistics(
        n=n, numerator=ended, denominator=n, squares=ended, clusters=n, cluster_aa=ended, cluster_ab=ended, cluster_bb=n,
        durations=((took, float(ended), 0.0),) if ended else (),
    )  # fmt: skip


def of(month: Cell, path: str) -> Cell:
    return replace(month, measure="completion-by-path", segment=f"path:{path}")


ROWS = [
    (of(JULY, "find"), sums(900, 0)),
    (of(AUGUST, "(all others)"), sums(60, 30, 353)),
    (of(AUGUST, "find > choose > pay"), sums(50, 45, 321)),
    (of(AUGUST, "find > map"), sums(40, 0)),
    (of(AUGUST, "find > help > choose"), sums(10, 0)),
    (of(AUGUST, "find > choose > find > …"), sums(5, 0)),
]


def data(*rows: tuple[Cell, Statistics], entity: Entity = SHOP):
    found = sample.data()
    organisation = replace(found.organisation, entities={entity.id: entity})
    return replace(found, organisation=organisation, results=Results(MEASURES, rows), measures=BY_NAME, findings=())


def part(*rows: tuple[Cell, Statistics], entity: Entity = SHOP) -> PathsPart | None:
    return paths_part(data(*rows, entity=entity), entity)


def test_the_ways_of_the_newest_period_stand_as_often_as_they_were_taken():
    """July had more attempts and is another period; the others come last although they are most, and the shares add up to 1."""
    found = part(*ROWS)
    assert (found.title, found.n) == ("The way taken most: Find › Choose › Pay, 50 of 165 attempts (30.3%)", 165)
    assert [(each.n, each.arrived.value, each.took_s) for each in found.rows] == [
        (50, 0.9, 1.015625), (40, 0, None), (10, 0, None), (5, 0, None), (60, 0.5, 2.03125),
    ]  # fmt: skip
    assert round(sum(each.share for each in found.rows), 12) == 1


def test_a_way_is_foreseen_or_not_and_one_cut_short_only_where_it_is_not():
    """Going past what is optional is foreseen, a step of no journey and going back are not; of the others nobody can say."""
    found = part(*ROWS)
    assert [each.is_foreseen for each in found.rows] == [True, False, True, False, None]
    assert found.reading.endswith("the journey does not foresee 2 of them, which 27.3% of all attempts took")
    cut = part((of(AUGUST, "find > choose > …"), sums(9, 0)))
    assert cut.rows[0].is_foreseen is None
    free = service("shop", "")
    free = replace(free, journey=(Step("all", "", "parallel", steps(*(f"s{n}" for n in range(20)))),))
    assert part((of(AUGUST, "s3 > s1"), sums(9, 0)), entity=free).rows[0].is_foreseen is None


def test_the_time_is_that_of_those_who_got_there_and_so_is_its_range():
    """The nine of 900 who got there give a range as nine do, from one end of their bucket to the other; four give none."""
    (row,) = part((of(AUGUST, "find > choose > pay"), sums(900, 9, 321))).rows
    assert (row.took_s, row.took_range_written) == (1.015625, "1 s to 1.03 s")
    (few,) = part((of(AUGUST, "find > choose > pay"), sums(900, 4, 321))).rows
    assert (few.took_s, few.took_range_written) == (1.015625, None)


def test_nobody_is_told_where_every_way_was_taken_by_few():
    """Only the others are there; without any number there is nothing at all."""
    assert part((of(AUGUST, "(all others)"), sums(7, 2, 321))).title == "No path was taken by 5 people or more"
    assert part() is None


def test_the_page_shows_the_ways_and_leads_to_their_rows():
    """Words of a step that a source sent are written, never run; each count opens the rows of its very path."""
    hostile = (of(AUGUST, "find > <b>x</b>"), sums(20, 0))
    rows = [*ROWS, hostile]
    page = service_page.build(replace(data(*rows), rows=partial(sample.rows_behind, dict(rows))), "shop")
    shown = render(service_page.PAGE, page)
    assert page.band.paths.rows[2].steps == ("Find", "<b>x</b>")
    assert 'id="ways"' in shown
    assert "<b>x</b>" not in shown
    assert "segment=path%3Afind%20%3E%20choose%20%3E%20pay" in shown
    assert "All other ways" in shown


def test_times_that_were_recorded_to_the_day_are_told_no_finer_than_a_second():
    """All of them took no time that was counted: the edge of the lowest bucket, a thousandth of a second, is none of theirs."""
    found = part((of(AUGUST, "find > choose > pay"), sums(500, 450, 0)))
    assert [(each.took_written, each.took_range_written) for each in found.rows] == [("0 s", "less than 1 s")]
