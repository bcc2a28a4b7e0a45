"""
Completion by path: which ways people really take, how many take each, and how many of those get to an end.

Formula   per path: attempts that took it and reached a legitimate end / attempts that took it. A path is the steps in the order
          in which they were visited, visits at the same step in a row being one stay (`path-kept` says whether the journey
          foresees it)
Unit      share          Grain  one row per entity, path, and month or rolling window; not weeks
Counts    attempts that began in the period and are old enough to judge, clustered by consumer; beside them, in the same sums,
          how long those took who got there (`time-to-convert`)
Paths told  the 20 that most attempts took in the period; of a path that fewer than 5 people took nothing is told, however often
          they did. All other paths are counted together, so that the paths of a period add up to all of its attempts
Leaves out  attempts that were at no step; services of which nobody was ever seen at an end, as `completion` does. A path is
          never added to that of another service. What people did after 30 steps is not told apart
Source    variants of event logs (van der Aalst, Process Mining, 2016), here with repeated visits at one step as one stay;
          Wilson 1927 and Kish 1965 for the interval
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds
from wholeservice.measures.base import Measure
from wholeservice.measures.behind_rows import LEAST_PEOPLE
from wholeservice.measures.durations import bucket_of
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import MARK, MOST_PATHS, OTHER_PATHS, PATH, longer_than_weeks
from wholeservice.measures.never_seen import at_an_end
from wholeservice.measures.units import PERIOD, Units, counted_by_bucket, in_periods, sum_by, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count attempts by the path they took, and those of them that got to an end by how long that took."""
    import ibis

    (taken,) = (each.in_periods(periods) for each in units(facts))
    ended = taken.filter(taken.finished_at.notnull())
    ended = ended.mutate(bucket=bucket_of(whole_seconds(ended.finished_at) - whole_seconds(ended.started_at)))
    sums = union_all([sum_by(taken, (PATH,)), counted_by_bucket(ended, (PATH,))])
    return sums.mutate(segment=ibis.literal(PATH + MARK).concat(sums.path)).drop(PATH)


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that are old enough to judge, with the path they took; those that got to an end are hits."""
    import ibis

    a, p = facts.attempts, facts.paths
    rows = a.filter(a.is_matured).join(p.select(p.entity, p.attempt, p.path), ["entity", "attempt"])
    hit, who = rows.finished_at.notnull().ifelse(1.0, 0.0), rows.consumer.coalesce(rows.attempt)
    rows = rows.mutate(unit_at=rows.started_at, cluster=who, hit=hit, weight=ibis.literal(1.0))
    return (Units("attempts", rows, always=(PATH,), dated=_in_periods),)


def _in_periods(rows: IbisTable, periods: IbisTable) -> IbisTable:
    """Put attempts beside the periods they count in, and all paths that are not told under one name."""
    import ibis

    dated = in_periods(rows, longer_than_weeks(periods))
    where = ["entity", *PERIOD]
    taken = dated.group_by([*where, PATH]).aggregate(n_taken=dated.count(), n_people=dated.cluster.nunique())
    taken = taken.filter(taken.n_people >= LEAST_PEOPLE)
    most_first = ibis.window(group_by=where, order_by=[taken.n_taken.desc(), taken.path])
    told = taken.mutate(place=ibis.row_number().over(most_first))
    told = told.filter(told.place < MOST_PATHS).select(*where, PATH, told=told.path)
    found = dated.left_join(told, [*where, PATH])
    return found.mutate(path=found.told.coalesce(ibis.literal(OTHER_PATHS))).select(*dated.columns)


MEASURE = Measure(
    name="completion-by-path", title="People who finish, by the way they take", unit=SHARE, better="higher",
    needs=("paths", "attempts"), own_query=query, units=units, finish=finish_share, words=("paths", "paths-taken", "variants"),
    patch=None,  # which paths are told depends on how many took each
    kept=at_an_end,
)  # fmt: skip
