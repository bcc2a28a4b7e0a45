"""What may not enter the store: who people are. Every column of every fact passes here before anything is made of it. Pure.

    a person (`Column.is_alias`)      becomes a pseudonym
    a reference to a person           becomes a reference to the pseudonym
    an identity (item, visit, record) becomes a pseudonym where it looks personal, or is the person's id: it still joins
    free words                        are kept, with what is personal masked
    any other text                    is withheld where it looks personal, and told in quarantine without its value

Somebody who was forgotten stays forgotten: their facts come without alias and without words, their links not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping import personal, quarantine
from wholeservice.mapping.pseudonyms import PREFIX, Pseudonyms

if TYPE_CHECKING:
    import pyarrow as pa

CODES = {
    "PRV101": "The secret that pseudonyms are made with is missing, and the store holds pseudonyms already. With another"
    " secret everybody would be a stranger. Put the file `secret` back into the folder .wholeservice, or set"
    " WHOLESERVICE_SECRET to its content. If it is lost, move the folder .wholeservice away and ingest again: a new secret is"
    " made.",
    "PRV102": "The store's pseudonyms were made with another secret than the one that is there now. Put the right one back"
    " (the file .wholeservice/secret, or WHOLESERVICE_SECRET), or move the folder .wholeservice away and ingest again.",
    "PRV103": "This store was made by a version of Wholeservice that did not use pseudonyms yet: it holds people as its"
    " sources name them. Move the folder .wholeservice away and ingest again.",
    "PRV104": "The secret cannot be used: it is empty or too short to withstand trying out. It needs at least 32 letters; 64"
    " random hexadecimal digits are best.",
    "PRV110": "A cell looks like personal data (a mail address, phone number, card number, bank account or IP address) in a"
    " column that does not name a person. It was not stored: it counts as missing, and where a fact needs it, the fact was not"
    " made. Map the column to `consumer:` (or `resource:`) if it names a person: then it becomes a pseudonym. Else leave it"
    " out.",
}


def _named(*slots: Any) -> frozenset[str]:
    return frozenset(slot.__name__ for slot in slots)


_t: Any = tables  # the checker of types does not know that a slot can be named

_REFS = _named(_t.Link.from_ref, _t.Link.to_ref, _t.Judgement.about)
_IDENTITIES = _named(
    _t.Interaction.attempt, _t.Interaction.visit, _t.Answer.ask, _t.Contact.contact, _t.Item.item,
    _t.Work.waits_on, _t.Deployment.deployment, _t.Incident.incident,
)  # fmt: skip
_WORDS = _named(
    _t.Answer.text, _t.Answer.question, _t.Contact.words, _t.Judgement.evidence, _t.Judgement.verdict,
    _t.Sighting.title, _t.Sighting.attributes, _t.Call.operation,
)  # fmt: skip
_NEVER = _named(  # versions and content digests look like much; what a tracing library makes up names nobody
    _t.Deployment.version, _t.Deployment.artefact, _t.Call.trace, _t.Call.span, _t.Call.parent,
    _t.Money.currency, _t.Judgement.unit,
)  # fmt: skip
_MACHINES = _named(  # an IP address here is a machine's
    _t.Call.service, _t.Call.caller, _t.Call.operation, _t.Call.environment, _t.Tally.entity,
    _t.Sighting.name, _t.Sighting.to_name, _t.Sighting.title, _t.Sighting.attributes,
)  # fmt: skip
_SAID_BY_PEOPLE = _named(_t.Answer.text, _t.Contact.words)  # forgotten with the person
_PARTS = "|"  # between the parts of a record's identity
_SAMPLE, _OFTEN = 2048, 4  # where a sample's values come at least so often, each different value is looked at once


Wanted = Callable[[str], object]
Quick = Callable[["pa.Array"], "pa.Array | None"]


@dataclass(frozen=True, slots=True)
class Guarded:
    """The values of a column that may be stored; `kinds` says for each row what was withheld, None: nothing anywhere."""

    values: pa.Array
    kinds: pa.Array | None = None


class Guard:
    """Guards the facts of one source."""

    def __init__(
        self, source: str, pseudonyms: Pseudonyms, forgotten: frozenset[str] = frozenset(), *, is_salted: bool = True
    ) -> None:
        self._source, self._pseudonyms, self._forgotten = source, pseudonyms, forgotten
        self.salt = pseudonyms.salt() if is_salted else ""  # to mix into names that are made of a row's content

    def record(self, texts: pa.Array, *, is_person: bool) -> pa.Array:
        """Return what records are told apart by, or one part of it; *is_person*: it is the id of a person."""
        return rename_records(self._identity(texts, is_person=is_person), self._forgotten, self._pseudonyms)

    def field(self, column: tables.Column, values: pa.Array, *, is_person: bool = False) -> Guarded:
        """Return the values of one column of a fact as they may be stored; *is_person*: it also names the person elsewhere."""
        if column.type != tables.TEXT or column.name in _NEVER or not len(values):
            return Guarded(values)
        if column.is_alias:
            return Guarded(self._pseudonyms.of(self._source, values))
        if column.name in _REFS:
            refs = self._pseudonyms.refs(self._source, values)
            return Guarded(_without_personal(refs, _personal_ref, self._pseudonyms.other_refs, quick=_free))
        if column.name in _IDENTITIES:
            return Guarded(self._identity(values, is_person=is_person))
        with_ip = column.name not in _MACHINES
        if column.name in _WORDS:
            return Guarded(_masked(values, with_ip=with_ip))
        return _withheld(values, with_ip=with_ip)

    def forget(self, table: tables.Table, columns: Mapping[str, pa.Array]) -> tuple[dict[str, pa.Array], pa.Array | None]:
        """Return the columns of a fact without those who were forgotten, and which rows are not to be made; see `forgotten`."""
        return without_forgotten(table, columns, self._forgotten)

    def _identity(self, values: pa.Array, *, is_person: bool) -> pa.Array:
        if is_person:
            return self._pseudonyms.of(self._source, values)
        return _without_personal(values, personal.kind_of, self._pseudonyms.identities, quick=_whole)


def without_forgotten(
    table: tables.Table, columns: Mapping[str, pa.Array], forgotten: frozenset[str]
) -> tuple[dict[str, pa.Array], pa.Array | None]:
    """
    Take the forgotten out of facts.

    Shape    (the columns; which rows are left out, None: none). A row whose person is forgotten loses the alias and the words;
             one that only relates the person to something is left out
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found, gone = dict(columns), None
    if not forgotten:
        return found, None
    aliases = pa.array(sorted(forgotten), pa.string())
    refs = pa.array([f"{kind}:{each}" for each in sorted(forgotten) for kind in ("consumer", "account")], pa.string())
    by_name = {each.name: each for each in table.columns}
    person = None
    for name, values in columns.items():
        column = by_name[name]
        if column.type != tables.TEXT or name in tables.KEYS:
            continue
        hit = pc.is_in(values, refs if name in _REFS else aliases)
        if not pc.any(hit).as_py():
            continue
        if column.required:
            gone = hit if gone is None else pc.or_(gone, hit)
        else:
            found[name] = _without(values, hit)
        if column.is_alias:
            person = hit if person is None else pc.or_(person, hit)
    for name in _SAID_BY_PEOPLE & columns.keys() if person is not None else ():
        found[name] = _without(found[name], person)
    return found, gone


def rename_records(records: pa.Array, forgotten: frozenset[str], pseudonyms: Pseudonyms) -> pa.Array:
    """Return records under another name where they are told apart by somebody who was forgotten."""
    import pyarrow as pa

    def renamed(found: pa.Array) -> pa.Array:
        return pa.array([each and _renamed(each, forgotten, pseudonyms) for each in found.to_pylist()], pa.string())

    def names_them(record: str) -> bool:
        return not forgotten.isdisjoint(record.split(_PARTS))

    return _changed(records, names_them, renamed, quick=_with_alias) if forgotten else records


def _renamed(record: str, forgotten: frozenset[str], pseudonyms: Pseudonyms) -> str:
    return _PARTS.join(pseudonyms.record(each) if each in forgotten else each for each in record.split(_PARTS))


def mask_refused(rows: pa.Table) -> pa.Table:
    """Return rows of the quarantine with what is personal in their raw text, and in their reason, masked."""
    import pyarrow as pa

    if not rows.num_rows:
        return rows
    raw, reason = quarantine.COLUMNS.index("raw"), quarantine.COLUMNS.index("reason")
    texts = [rows.column(index).combine_chunks() for index in (raw, reason)]
    if all(personal.may_be(each, is_free=True) is None for each in texts):
        return rows
    raws, reasons = (each.to_pylist() for each in texts)
    new_raws = [each and personal.masked(each) for each in raws]
    new_reasons = [
        personal.masked(_with_value(why, old or "", new or "")) for why, old, new in zip(reasons, raws, new_raws, strict=True)
    ]
    for index, values in ((raw, new_raws), (reason, new_reasons)):
        rows = rows.set_column(index, rows.schema.field(index), pa.array(values, pa.string()))
    return rows


def _with_value(reason: str, old: str, new: str) -> str:
    """Return a reason that shows the start of its raw text with the start of the masked one, so that both still agree."""
    return (
        reason.replace(f": '{old[: quarantine.MAX_SHOWN]}'", f": '{new[: quarantine.MAX_SHOWN]}'", 1) if old != new else reason
    )


def _withheld(values: pa.Array, *, with_ip: bool) -> Guarded:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not personal.may_hold_any(values):
        return Guarded(values)
    coded, index = _coded(values)
    found = personal.may_be(coded, is_free=False)
    if found is None:
        return Guarded(values)
    told = [personal.kind_of(each, with_ip=with_ip) if is_found else None
            for each, is_found in zip(coded.to_pylist(), found.to_pylist(), strict=True)]  # fmt: skip
    if not any(told):
        return Guarded(values)
    kinds = _spread(pa.array(told, pa.string()), index)
    return Guarded(_without(values, pc.is_valid(kinds)), kinds)


def _masked(values: pa.Array, *, with_ip: bool) -> pa.Array:
    import pyarrow as pa

    if not personal.may_hold_any(values):
        return values
    coded, index = _coded(values)
    found = personal.may_be(coded, is_free=True)
    if found is None:
        return values
    texts = [personal.masked(each, with_ip=with_ip) if is_found else each
             for each, is_found in zip(coded.to_pylist(), found.to_pylist(), strict=True)]  # fmt: skip
    return _spread(pa.array(texts, pa.string()), index)


def _without_personal(
    values: pa.Array, is_wanted: Wanted, change: Callable[[pa.Array], pa.Array], *, quick: Quick
) -> pa.Array:  # fmt: skip
    return _changed(values, is_wanted, change, quick=quick) if personal.may_hold_any(values) else values


def _changed(values: pa.Array, is_wanted: Wanted, change: Callable[[pa.Array], pa.Array], *, quick: Quick) -> pa.Array:
    """Return the values, those changed that are wanted; *quick* says which of them may be."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded, index = _coded(values)
    found = quick(coded)
    if found is None or not pc.any(found).as_py():
        return values
    wanted = pa.array([is_found and bool(is_wanted(each)) for each, is_found in
                       zip(coded.to_pylist(), found.to_pylist(), strict=True)])  # fmt: skip
    if not pc.any(wanted).as_py():
        return values
    changed = pc.replace_with_mask(coded, wanted, change(coded.filter(wanted)))
    return _spread(changed, index)


def _whole(texts: pa.Array) -> pa.Array | None:
    return personal.may_be(texts, is_free=False)


def _free(texts: pa.Array) -> pa.Array | None:
    return personal.may_be(texts, is_free=True)


def _with_alias(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(pc.match_substring(texts, PREFIX), False)


def _personal_ref(ref: str) -> bool:
    """Say whether a reference to something else than a person, `contact:ID`, has an id that looks personal."""
    return personal.kind_of(ref.partition(":")[2] or ref) is not None


def _coded(values: pa.Array) -> tuple[pa.Array, pa.Array | None]:
    """Return the different values and which each row has; all values and None where most differ."""
    import pyarrow as pa

    values = values.cast(pa.string())
    sample = values.slice(0, _SAMPLE)
    if len(sample.unique()) * _OFTEN > len(sample):
        return values, None
    coded = values.dictionary_encode()
    return coded.dictionary, coded.indices


def _spread(values: pa.Array, index: pa.Array | None) -> pa.Array:
    return values if index is None else values.take(index)


def _without(values: pa.Array, mask: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(mask, pa.scalar(None, values.type), values)
