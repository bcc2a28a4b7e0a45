"""Lives: each item of work once, with what it is about, whose it is, and how its time was spent.

An item is about its part where that is known, else its service. It runs in the stream it names, else in that of what it is
about, else in its team's; its team is the one it names, else the one that runs what it is about. It began when somebody first
worked on it, as its stays say, be it for no time that could be measured; where a tool tells only when things were done,
nobody knows, and started_at is missing. Its times are those of its tiles (`derived.tiles`), and add up to its life.

Key      item
Shape    one row per item: item, kind (lower case), entity (part or service), stream, team, priority, size, known_at,
         created_at, started_at, due_at, done_at (null: not done), life_from, life_to (now, as its source knows it, where it is
         open), is_open, worked_s, waited_s, unseen_s, n_returned (stays in the state returned), n_teams (that worked on it),
         n_stays, came_to (the team that had it first, where any is declared), furthest_line (of the teams that had it, whatever
         they did with it; null where no team is known, or of one the line is not, unless another is known to stand behind
         the front), is_backwards (it says that it was done before it was created),
         is_given_up (it is over and was not done, as a judgement says), last_at, last_stage and last_state of the stay that
         began last, and source, record, part and where_from of the first row that tells of it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import ACTIVE, RECORD_KEYS, RETURNED, UNSEEN, WAITED, WORKED, Derived, seconds_between
from wholeservice.derived.streams import FRONT, TEAMS, named

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable
    from ibis.expr.types import Value

    from wholeservice.facts.identity import FactTables

VERDICT, NOT_DONE, ITEM = "verdict", "not done", "item:"
SPENT = {"worked_s": WORKED, "waited_s": WAITED, "unseen_s": UNSEEN}
"""How long of its life each item was worked on, waited, and was seen by nobody -> the kind of these tiles."""


def build(facts: FactTables) -> IbisTable:
    """Put what items say beside what their tiles and stays add up to."""
    items, spent, stays, over = _items(facts), _spent(facts), _stays(facts), _given_up(facts)
    a = items.left_join(spent, items.item == spent.spent_by).left_join(stays, items.item == stays.stay_of)
    a = a.left_join(over, a.item == over.given_up)
    a = a.mutate(is_open=a.is_open.fill_null(a.said_done_at.isnull()), life_from=a.life_from.coalesce(a.created_at))
    a = a.mutate(life_to=a.life_to.coalesce(a.life_from), **{name: a[name].fill_null(0.0) for name in SPENT})
    a = a.mutate(started_at=a.started_at.coalesce(a.active_at))
    done_at = a.is_open.ifelse(None, a.life_to)
    a = a.mutate(
        done_at=a.said_done_at.coalesce(done_at), n_returned=a.n_returned.fill_null(0), n_teams=a.n_teams.fill_null(0),
        n_stays=a.n_stays.fill_null(0), furthest_line=_furthest(a), is_given_up=a.given_up.notnull(),
        is_backwards=(a.said_done_at < a.created_at).fill_null(False),
    )  # fmt: skip
    return a.select(
        a.item, a.kind, a.entity, a.stream, a.team, a.priority, a.size, a.known_at, a.created_at, a.started_at, a.due_at,
        a.done_at, a.life_from, a.life_to, a.is_open, a.worked_s, a.waited_s, a.unseen_s, a.n_returned, a.n_teams, a.n_stays,
        a.came_to, a.furthest_line, a.is_backwards, a.is_given_up, a.last_at, a.last_stage, a.last_state, a.source, a.record,
        a.part, a.where_from,
    )  # fmt: skip


def _items(facts: FactTables) -> IbisTable:
    """One row per item; where several sources tell of it, each column is what the first that knows it says."""
    import ibis

    i = facts.items
    i = i.mutate(kind=i.kind.strip().lower(), place=ibis.row_number().over(order_by=[i[key] for key in RECORD_KEYS]))
    first = {key: i[key].argmin(i.place) for key in (*RECORD_KEYS, i.where_from.get_name())}
    said = (i.entity, i.about_part, i.stream, i.team, i.kind, i.priority, i.size)
    i = i.group_by(i.item).aggregate(
        **first,
        **{each.get_name(): each.argmin(i.place, where=each.notnull()) for each in said},
        known_at=i.known_at_source.min(),
        created_at=i.created_at.min(),
        due_at=i.due_at.min(),
        said_done_at=i.done_at.max(),
    )
    for name in (i.about_part.get_name(), i.stream.get_name(), i.team.get_name()):
        i = named(facts, i, name)
    about = i.mutate(entity=i.about_part.coalesce(i.entity))
    run = facts.run_in
    a = about.left_join(run, about.entity == run.run_of)
    a = a.mutate(team=a.team.coalesce(a.by_team)).drop("run_of", "kind_right", "by_team")
    own = run.select(of_team=run.run_of, team_stream=run.in_stream)
    a = a.left_join(own, a.team == own.of_team)
    return a.mutate(stream=a.stream.coalesce(a.in_stream, a.team_stream)).drop("in_stream", "of_team", "team_stream")


def _spent(facts: FactTables) -> IbisTable:
    """Each item's time, from its tiles."""
    t = facts.tiles
    t = t.mutate(seconds=seconds_between(t.from_at, t.to_at))
    return t.group_by(spent_by=t.item).aggregate(
        life_from=t.from_at.min(), life_to=t.to_at.max(), is_open=t.is_open.any(),
        started_at=t.from_at.min(where=t.kind == WORKED),
        **{name: t.seconds.sum(where=t.kind == kind).fill_null(0.0) for name, kind in SPENT.items()},
    )  # fmt: skip


def _given_up(facts: FactTables) -> IbisTable:
    """The items of which somebody said that they were not done, though they are over: `verdict` of `item:ID`."""
    j = facts.judgements
    is_said = (
        (j.question.strip().lower() == VERDICT) & j.verdict.strip().lower().startswith(NOT_DONE) & j.about.startswith(ITEM)
    )
    return j.filter(is_said).select(given_up=j.about.substr(len(ITEM))).distinct()


def _stays(facts: FactTables) -> IbisTable:
    """How many stays each item had, how many sent it back, how many teams worked on it, and which began last."""
    import ibis

    w = facts.work
    w = w.mutate(place=ibis.row_number().over(order_by=[w.from_at, *(w[key] for key in RECORD_KEYS)]))
    w = w.mutate(had_by=w.team)
    w, teams = named(facts, w, "had_by"), getattr(facts, TEAMS).select("team_of", "line")
    w = w.left_join(teams, w.had_by == teams.team_of)
    state = w.state.strip().lower()
    return w.group_by(stay_of=w.item).aggregate(
        active_at=w.from_at.min(where=state == ACTIVE),
        n_stays=w.count(),
        last_at=w.from_at.max(),
        last_stage=w.stage.argmax(w.place),
        last_state=state.argmax(w.place),
        n_returned=(state == RETURNED).sum(),
        n_teams=w.team.strip().lower().nunique(where=state == ACTIVE),
        came_to=w.had_by.argmin(w.place, where=w.had_by.notnull()),
        last_line=w.line.max(),
        is_line_known=(w.line.notnull() | w.team.isnull()).all(),
    )


def _furthest(rows: IbisTable) -> Value:
    """The furthest line that had it: beyond the front for sure where any is, the front only where all are known."""
    return (rows.is_line_known | (rows.last_line > FRONT)).ifelse(rows.last_line, None)


LIVES = Derived(name="lives", needs=("items", "work", "tiles", "judgements"), build=build, key=("item",))
