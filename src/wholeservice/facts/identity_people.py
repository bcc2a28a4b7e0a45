"""Who is who: `same-as` links between aliases, resolved on reading into persons. A new link heals old facts.

An alias written `account:ALIAS` in any link stands for somebody who logged in; `consumer:ALIAS` for anybody. Links are
followed in the order in which they became known (then happened, undated last; then by source, record and part), and whoever is
linked is one person, through any number of links. A link that would make one person of two accounts is refused: it is told
(F120), and nobody is merged by it. So the answer does not depend on the order of rows.

A person is named by its account, else by its smallest alias.

Tables     `aliases`: alias, person; only aliases that a link names, each once
           `refused_links`: one row per link that was not followed (`RefusedLink`)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from wholeservice import tables

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

ALIASES, REFUSED = "aliases", "refused_links"
SAME_AS, ACCOUNT, ANYBODY = "same-as", "account", "consumer"
TWO_ACCOUNTS, NO_PERSON = "two accounts", "no person"
WITH_CONSUMER = (tables.INTERACTIONS, tables.ANSWERS, tables.CONTACTS)
"""The tables whose column `consumer` names a person; each takes the person in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLink:
    """One row of `refused_links`: a link that was not followed, and how many facts stay apart because of it.

    `why` is "two accounts", or "no person" where one end names nobody; then that end has no person, and no facts.
    """

    source: str
    record: str
    where_from: str
    from_ref: str
    to_ref: str
    why: str
    person_a: str | None
    person_b: str | None
    facts_a: int
    facts_b: int


def add_people(engine: Engine, links: IbisTable) -> None:
    """Follow the links and add the tables `aliases` and `refused_links`; the facts are not counted yet."""
    aliases, refused = follow(engine.run(_same_as(links)))
    engine.add(ALIASES, aliases)
    engine.add(REFUSED, refused)


def with_persons(engine: Engine, facts: IbisTable, *, is_few: bool = False) -> IbisTable:
    """Return a fact table with the person in the place of each alias that is linked to one.

    With *is_few* rows nobody looks whether there are aliases: a join with nothing takes time only over many.
    """
    aliases = engine.table(ALIASES)
    if not is_few and not engine.run(aliases.limit(1)).num_rows:
        return facts
    known = aliases.select(known_alias=aliases["alias"], person=aliases["person"])
    joined = facts.left_join(known, facts.consumer == known.known_alias)
    return joined.mutate(consumer=joined.person.coalesce(joined.consumer)).drop("known_alias", "person")


def count_refused(engine: Engine, resolved: Iterable[IbisTable]) -> None:
    """Fill in how many facts each side of a refused link has, from the fact tables with their persons."""
    import pyarrow as pa

    refused = engine.run(engine.table(REFUSED))
    if not refused.num_rows:
        return
    named = pa.chunked_array([*refused["person_a"].chunks, *refused["person_b"].chunks], pa.string()).drop_null()
    engine.add("refused_persons", pa.table({"person": named.unique()}))
    wanted, found = engine.table("refused_persons"), dict[str, int]()
    for facts in resolved:
        mine = facts.join(wanted, facts.consumer == wanted.person)
        for row in engine.run(mine.group_by(mine.person).aggregate(n=mine.count())).to_pylist():
            found[row["person"]] = found.get(row["person"], 0) + row["n"]
    for side in ("a", "b"):
        counts = pa.array([found.get(person, 0) for person in refused[f"person_{side}"].to_pylist()], pa.int64())
        at = refused.column_names.index(f"facts_{side}")
        refused = refused.set_column(at, f"facts_{side}", counts)
    engine.add(REFUSED, refused)


def follow(links: pa.Table) -> tuple[pa.Table, pa.Table]:
    """
    Return the tables `aliases` and `refused_links` of some links.

    Shape    links: source, record, where_from, from_ref, to_ref, in the order in which they are followed
    """
    import numpy as np
    import pyarrow as pa

    *_, from_refs, to_refs = links.columns
    (one, one_logged_in), (other, other_logged_in) = _ends(from_refs), _ends(to_refs)
    is_whole = pa.compute.and_(one.is_valid(), other.is_valid())
    codes = pa.chunked_array([one.filter(is_whole), other.filter(is_whole)]).combine_chunks().dictionary_encode()
    names, both = codes.dictionary, codes.indices.to_numpy(zero_copy_only=False)
    n_links = len(both) // 2
    accounts = np.concatenate([one_logged_in.filter(is_whole), other_logged_in.filter(is_whole)])
    is_account = np.zeros(len(names), dtype=bool)
    is_account[both[accounts]] = True
    roots, refused = unite(both[:n_links].tolist(), both[n_links:].tolist(), is_account.tolist())
    person = names.take(pa.array(_named(names, np.asarray(roots, dtype=np.int64), is_account)))
    rows = np.flatnonzero(is_whole.to_numpy(zero_copy_only=False))[refused]
    apart = [person.take(pa.array(both[side : side + n_links][refused])) for side in (0, n_links)]
    is_half = pa.compute.xor(one.is_valid(), other.is_valid())
    halves = np.flatnonzero(is_half.to_numpy(zero_copy_only=False))
    aliases = pa.table({"alias": names, "person": person})
    return aliases, pa.concat_tables([_refused(links, rows, apart), _refused(links, halves, None)])


def unite(one: Sequence[int], other: Sequence[int], is_account: Sequence[bool]) -> tuple[list[int], list[int]]:
    """
    Join codes pair by pair, in order; return the group of each code, and which pairs were refused.

    Shape    codes 0 to n-1; a group is named by one of its codes; a pair that would join two accounts is refused

    >>> unite([0, 1, 2], [1, 2, 3], [True, False, False, True])
    ([0, 0, 0, 3], [2])
    """
    above = list(range(len(is_account)))
    size = [1] * len(above)
    logged_in = list(is_account)
    refused: list[int] = []
    for index, (a, b) in enumerate(zip(one, other, strict=True)):
        while above[a] != a:  # path halving: Tarjan & van Leeuwen 1984
            above[a] = a = above[above[a]]
        while above[b] != b:
            above[b] = b = above[above[b]]
        if a == b:
            continue
        if logged_in[a] and logged_in[b]:
            refused.append(index)
            continue
        if size[a] < size[b]:
            a, b = b, a
        above[b] = a
        size[a] += size[b]
        logged_in[a] = logged_in[a] or logged_in[b]
    return [_root(above, code) for code in range(len(above))], refused


def _root(above: list[int], code: int) -> int:
    while above[code] != code:
        above[code] = code = above[above[code]]
    return code


def _same_as(links: IbisTable) -> IbisTable:
    """The links that say two are the same, in the order in which they are followed."""
    told = links.filter(links.relation.strip().lower() == SAME_AS)
    order = [told.known_at, told.happened_at.asc(nulls_first=False), told.source, told.record, told.part]
    told = told.order_by(*order)
    return told.select(told.source, told.record, told.where_from, told.from_ref, told.to_ref)


def _ends(refs: pa.ChunkedArray) -> tuple[pa.Array, Any]:
    """Return the alias that each reference names, null where it names no person, and whether it is an account."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.extract_regex(refs.combine_chunks(), rf"(?is)^\s*(?P<kind>{ACCOUNT}|{ANYBODY})\s*:\s*(?P<alias>\S(?:.*\S)?)\s*$")
    kind, alias = (pc.struct_field(parts, name) for name in ("kind", "alias"))
    is_known = pc.is_valid(parts)
    is_account = pc.and_(is_known, pc.equal(pc.utf8_lower(kind), ACCOUNT)).fill_null(False)
    return pc.if_else(is_known, alias, pa.scalar(None, pa.string())), is_account


def _named(names: pa.Array, roots: Any, is_account: Any) -> Any:
    """Return for each code the code that names its person: the account of its group, else the smallest alias."""
    import numpy as np
    import pyarrow.compute as pc

    by_name = pc.sort_indices(names).to_numpy()
    first_last = np.concatenate([by_name[~is_account[by_name]][::-1], by_name[is_account[by_name]]])
    chosen = np.empty(len(roots), dtype=np.int64)
    chosen[roots[first_last]] = first_last  # the last one written stays
    return chosen[roots]


def _refused(links: pa.Table, rows: Any, apart: list[pa.Array] | None) -> pa.Table:
    import pyarrow as pa

    told = links.take(pa.array(rows, pa.int64()))
    nobody, none = pa.nulls(len(rows), pa.string()), pa.array([0] * len(rows), pa.int64())
    person_a, person_b = apart or (nobody, nobody)
    why = pa.array([TWO_ACCOUNTS if apart else NO_PERSON] * len(rows), pa.string())
    columns = {"why": why, "person_a": person_a, "person_b": person_b, "facts_a": none, "facts_b": none}
    columns |= {name: told[name] for name in told.column_names}
    return pa.table({each.name: columns[each.name] for each in fields(RefusedLink)})
