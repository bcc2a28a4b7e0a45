"""Numbers as people write them: `1,234.5`, `€ 12`, `(1.200,00)`, `45%`, `1.2M`, `3 GiB`; a word is no number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wholeservice.mapping.base import Reading
from wholeservice.mapping.currencies import SIGNS, codes_of
from wholeservice.mapping.read import Read, all_refused, any_of, cast, none_of, null_where, only

if TYPE_CHECKING:
    import pyarrow as pa

_SPACES = r"' \x{a0}\x{202f}\x{2009}\x{2019}"
_GROUPS = {".": rf"[,{_SPACES}]", ",": rf"[.{_SPACES}]"}
_MINUS = "−"  # as typographers write it
_EXPONENTS = {
    "%": -2, "k": 3, "thousand": 3, "m": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6, "bn": 9, "mrd": 9, "billion": 9,
    "tn": 12, "trillion": 12, "b": 0, "kb": 3, "mb": 6, "gb": 9, "tb": 12,
}  # fmt: skip
_BINARY = {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SCALE = r"%|[kKM]|[kKMGT]i?B|B|(?i:thousand|mn|mln|mio|million|bn|mrd|billion|tn|trillion)"
SCALES = ("%", "k", "K", "M", "mn", "mln", "mio", "bn", "mrd", "tn", "thousand", "million", "billion", "trillion",
          "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB")  # fmt: skip
"""What may stand behind a number. A small m is not among them: it may be a million, a minute or a metre."""

_CURRENCY = "|".join([*map(re.escape, SIGNS), "[A-Z]{3}"])
_NUMBER = (
    rf"^(?P<sign>[-+(]?)\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-+]?)\s*"
    rf"(?P<number>[\d.,][\d.,{_SPACES}]*(?:[eE][-+]?\d+)?)\s*(?P<scale>{_SCALE})?\s*(?P<after>{_CURRENCY})?(?P<close>\)?)$"
)


def read_number(values: pa.Array, reading: Reading) -> Read:
    """
    Read cells as numbers.

    Shape    as many values as cells; `currency` where a cell names one
    Unit     a percentage as a share, bytes as bytes, `12k` as 12 000, each times `reading.times`
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_nested(kind):
        return all_refused(values, pa.float64())
    if not pa.types.is_string(kind):
        numbers = values.cast(pa.float64(), safe=False)
        is_nan = pc.fill_null(pc.is_nan(numbers), False)  # how data frames write a missing number
        read = only(pc.fill_null(pc.is_finite(numbers), True), null_where(is_nan, numbers), is_nan)
    else:
        read = plain_numbers(values, reading.decimal) or _mixed(values, reading.decimal)
    return Read(_multiplied(read.values, reading.times), read.refused, currency=read.currency)


def plain_numbers(values: pa.Array, decimal: str) -> Read | None:
    """Read a column of nothing but numbers as computers write them; None when there is anything else in it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if decimal != ".":
        return None
    try:
        numbers = values.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    is_finite = pc.is_finite(numbers)  # Arrow reads nan and inf, which are no numbers of anybody's
    return Read(numbers, none_of(len(values))) if is_finite.false_count == 0 else None


def bare_numbers(values: pa.Array, decimal: str) -> pa.Array:
    """Return the numbers of cells with nothing beside a number, null for all others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    read = plain_numbers(values, decimal)
    if read is not None:
        return read.values
    text = _without_groups(pc.replace_substring(values, _MINUS, "-"), decimal)
    numbers = cast(text, text, pa.float64()).values
    return null_where(pc.fill_null(pc.invert(pc.is_finite(numbers)), True), numbers)  # no number can hold 1e999


def _mixed(values: pa.Array, decimal: str) -> Read:
    """Read numbers of which some have more beside them."""
    import pyarrow.compute as pc

    bare = bare_numbers(values, decimal)
    if bare.null_count == values.null_count:
        return Read(bare, none_of(len(values)))
    others = _written(null_where(pc.is_valid(bare), values), decimal)
    return Read(pc.coalesce(bare, others.values), others.refused, currency=others.currency)


def _written(values: pa.Array, decimal: str) -> Read:
    """Read numbers with signs, separators, currencies and scales; null where the text is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.extract_regex(pc.replace_substring(values, _MINUS, "-"), _NUMBER)
    sign, inner, close = (pc.struct_field(parts, name) for name in ("sign", "inner", "close"))
    currency, is_one = _currency(parts)
    scale = pc.utf8_lower(pc.struct_field(parts, "scale"))
    number = _without_groups(pc.struct_field(parts, "number"), decimal)
    is_minus = pc.or_(pc.or_(pc.equal(sign, "-"), pc.equal(inner, "-")), pc.equal(sign, "("))
    one_sign = pc.or_(pc.equal(sign, ""), pc.equal(inner, ""))
    is_closed = pc.equal(pc.equal(sign, "("), pc.equal(close, ")"))
    is_shaped = pc.and_(pc.and_(one_sign, is_closed), pc.and_(is_one, pc.is_valid(number)))
    exponents = pa.array(list(_EXPONENTS.values()), pa.int64()).take(pc.index_in(scale, pa.array(list(_EXPONENTS))))
    exponent = pc.if_else(pc.is_valid(exponents), pc.binary_join_element_wise("e", exponents.cast(pa.string()), ""), "")
    minus = pc.if_else(is_minus, "-", "")
    text = pc.binary_join_element_wise(minus, number, exponent, "", null_handling="emit_null")
    # a number with an exponent and a scale, 1e3k, becomes 1e3e3 and is refused
    read = cast(null_where(pc.fill_null(pc.invert(is_shaped), True), text), values, pa.float64())
    if any_of(pc.is_inf(read.values)):  # 1e999 is a number that no number can hold
        read = only(pc.fill_null(pc.is_finite(read.values), True), read.values, none_of(len(values)))
        read = Read(read.values, pc.and_(pc.is_valid(values), pc.is_null(read.values)))
    factors = pa.array(list(map(float, _BINARY.values()))).take(pc.index_in(scale, pa.array(list(_BINARY))))
    scaled = pc.multiply(read.values, pc.coalesce(factors, pa.scalar(1.0)))
    named = null_where(pc.is_null(scaled), currency)
    return Read(scaled, read.refused, currency=named if named.null_count < len(named) else None)


def _currency(parts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the currency that stands before or after each number, and whether at most one does and it is one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    before, after = pc.struct_field(parts, "before"), pc.struct_field(parts, "after")
    is_before, is_after = pc.not_equal(before, ""), pc.not_equal(after, "")
    token = pc.if_else(is_before, before, after)
    codes = codes_of(token)
    is_known = pc.or_(pc.equal(token, ""), pc.is_valid(codes))
    is_single = pc.or_(pc.invert(pc.and_(is_before, is_after)), pc.equal(before, after))
    is_money = pc.invert(pc.and_(pc.equal(pc.struct_field(parts, "scale"), "%"), pc.not_equal(token, "")))
    return pc.if_else(is_single, codes, pa.scalar(None, pa.string())), pc.and_(pc.and_(is_known, is_single), is_money)


def _without_groups(number: pa.Array, decimal: str) -> pa.Array:
    """Return numbers as Arrow reads them, null where the separators stand where none can."""
    import pyarrow.compute as pc

    group, mark = _GROUPS[decimal], re.escape(decimal)
    text = pc.utf8_trim_whitespace(number)
    shape = rf"^[-+]?(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)?(?:{mark}\d*)?(?:[eE][-+]?\d+)?$"
    is_number = pc.and_(pc.match_substring_regex(text, shape), pc.match_substring_regex(text, r"^[-+]?\D?\d"))
    plain = pc.replace_substring_regex(text, group, "")
    plain = pc.replace_substring(plain, ",", ".") if decimal == "," else plain
    return null_where(pc.invert(is_number), plain)


def _multiplied(values: pa.Array, times: float) -> pa.Array:
    """Multiply; by 0.01 is to divide by 100, which is exact where it can be: 57 becomes 0.57."""
    import pyarrow.compute as pc

    if times == 1.0:
        return values
    inverse = round(1 / times) if 0 < times < 1 else 0
    return pc.divide(values, float(inverse)) if inverse and 1 / inverse == times else pc.multiply(values, times)
