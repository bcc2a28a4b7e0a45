"""What each column of a table holds, judged by its values: an instant, a number, a flag, words, an identity, a person ..."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wholeservice.mapping import personal
from wholeservice.mapping.base import Reading
from wholeservice.mapping.durations import seconds_of
from wholeservice.mapping.literals import FALSE, TRUE
from wholeservice.mapping.numbers import read_number
from wholeservice.proposal import seen as profile
from wholeservice.proposal.moments import Moments, moments_as, moments_of
from wholeservice.proposal.seen import Look, Seen
from wholeservice.proposal.words import CLEAR_MARKS, MARKS, STAFF_WORDS, names_people, words_of

if TYPE_CHECKING:
    import pyarrow as pa

EMPTY, MOMENT, NUMBER, FLAG, DURATION, WORD, NAME, IDENTITY, LONG, PERSON, JSON, LIST = (
    "empty", "moment", "number", "flag", "duration", "word", "name", "identity", "text", "person", "json", "list"
)  # fmt: skip
SHARE_NEEDED = 0.9  # of the cells, for numbers and the like; the others are told
MIN_PERSONAL = 7  # letters of the shortest address or number that is somebody's
N_PERSONAL = 100  # values in which people are looked for
N_LOOKED_AT = 400  # different values that are looked at closely
MAX_NAME = 70  # letters, on average, of what may be a name; longer texts are free words
MAX_WORDS = 60  # different values of a column of words
_BARE = re.compile(r"[-+]?\d+(?:\.\d+)?")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})")
_LEADING_ZERO = re.compile(r"0\d+")
_SEPARATORS = (";", "|", ",")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `ref` is how a mapping names it (None: it cannot), `kind` one of the constants above.

    `values` are the different values (not those that stand for none), the commonest first; of a person none are ever shown.
    `decimal` is None where it makes no difference, and `is_decimal_sure` False where both marks could be meant.
    """

    name: str
    ref: str | None
    kind: str
    n_rows: int
    n_filled: int
    n_distinct: int
    is_whole: bool
    values: tuple[tuple[str, int], ...]
    missing: tuple[str, ...] = ()
    moments: Moments | None = None
    is_typed: bool = False  # the file itself has instants, numbers or flags here
    decimal: str | None = None
    is_decimal_sure: bool = True
    currency: str | None = None
    is_percent: bool = False
    is_whole_number: bool = False
    low: float | None = None
    high: float | None = None
    odd: tuple[str, ...] = ()  # values that cannot be read like the others
    person: str | None = None
    keys: tuple[str, ...] = ()
    separator: str | None = None
    is_unique: bool = False
    is_of_person: bool = False  # a name, in a table of people
    is_all_read: bool = True  # False: there are rows that nobody looked at
    is_range_of_all: bool = True  # False: there may be values beyond the least and the largest
    parts: tuple[Column, ...] = ()  # the columns that it is put together from; then `ref` is a text with these in braces

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return words_of(self.name)

    @property
    def is_personal(self) -> bool:
        """Say whether it may name people: by its values, or by what it is called."""
        return self.kind == PERSON or self.is_of_person or names_people(self.name)

    @property
    def texts(self) -> tuple[str, ...]:
        """Its different values."""
        return tuple(text for text, _ in self.values)

    @property
    def share(self) -> float:
        """Which share of its cells is filled, and not with a mark for nothing."""
        return self.n_filled / self.n_rows if self.n_rows else 0.0

    @property
    def has_few(self) -> bool:
        """Say whether it is a category: few different values, each of them often."""
        return self.is_whole and self.n_distinct <= MAX_WORDS and (self.n_distinct * 2 <= self.n_filled or self.n_distinct < 3)


def columns_of(look: Look) -> tuple[Column, ...]:
    """Return what each column of a table holds."""
    seen = list(look.columns.values())
    refs = _refs(seen, is_open=look.is_open)
    made = [_column(each, ref, look) for each, ref in zip(seen, refs, strict=True)]
    if any(STAFF_WORDS & set(each.words) for each in made):
        made = [replace(each, is_of_person=_is_of_person(each.words)) for each in made]
    return tuple(_agreed(made))


def _is_of_person(words: tuple[str, ...]) -> bool:
    """Say whether a column of a table of people names them."""
    is_staff_number = STAFF_WORDS & set(words) and {"id", "number", "no", "nr", "name"} & set(words)
    return words in (("name",), ("naam",), ("id",)) or bool(is_staff_number)


def _column(seen: Seen, ref: str | None, look: Look) -> Column:
    marks = [each for each in seen.values if each.lower() in MARKS]
    values = {text: n for text, n in seen.values.items() if text not in marks}
    typed = _typed(values, seen)
    if typed.kind not in (MOMENT, NUMBER, FLAG, DURATION, EMPTY):
        marks = [each for each in marks if each.lower() in CLEAR_MARKS]
        values = {text: n for text, n in seen.values.items() if text not in marks}
        typed = _typed(values, seen) if values else typed
    in_order = sorted(values.items(), key=lambda item: -item[1])
    n_missing = sum(seen.values[each] for each in marks)
    return replace(
        typed, name=seen.name, ref=ref, n_rows=look.n_rows, n_filled=max(0, seen.n_filled - n_missing), n_distinct=len(values),
        is_whole=seen.is_whole, values=tuple(in_order), missing=tuple(marks), is_all_read=look.is_all,
        is_range_of_all=look.is_all and _is_range_of_all(typed, values, seen),
        is_unique=bool(values) and not n_missing and seen.n_filled == look.n_rows and _is_unique(seen, look)
    )  # fmt: skip


def _is_range_of_all(typed: Column, values: Mapping[str, int], seen: Seen) -> bool:
    """Say whether the ends are those of all rows: of a column with too many values, where the ends were kept beside them."""
    if typed.moments is not None:
        return typed.moments.is_all and (seen.is_whole or typed.moments.is_in_order)
    return seen.is_whole or all(_BARE.fullmatch(each) for each in values)


def _is_unique(seen: Seen, look: Look) -> bool:
    return all(n == 1 for n in seen.values.values()) and look.is_unique([seen])


def _refs(seen: Sequence[Seen], *, is_open: bool) -> list[str | None]:
    """Return how a mapping names each column: by its name, else by its position; None where neither can be said."""
    names = Counter(each.name for each in seen)
    refs: list[str | None] = []
    for number, name in enumerate((each.name for each in seen), 1):
        is_clear = name and names[name] == 1 and not re.search(r"[{}\x00-\x1f]", name)
        position = None if is_open or str(number) in names else str(number)
        refs.append(name if is_clear else position)
    return refs


def _blank(kind: str) -> Column:
    return Column("", None, kind, 0, 0, 0, True, ())


def _typed(values: Mapping[str, int], seen: Seen) -> Column:
    """Return what the values are; the first that fits, the narrowest first."""
    if not values:
        return _blank(EMPTY)
    if seen.kinds & {profile.INSTANT, profile.DATE} and (found := moments_of(values, "date")):
        return replace(_blank(MOMENT), moments=found, is_typed=True)
    if seen.kinds == {profile.FLAG}:
        return replace(_blank(FLAG), is_typed=True)
    if seen.kinds == {profile.LIST}:
        return _blank(LIST)
    sample = list(values)[:N_LOOKED_AT]
    is_number = seen.kinds == {profile.NUMBER}
    for kind in (_json, _person, _flag):
        if not is_number and (column := kind(sample)) is not None:
            return column
    if (moments := moments_of(values, seen.name)) is not None:
        odd = _odd_moments(moments, sample)
        return replace(_blank(MOMENT), moments=moments, odd=odd)
    number = _number(values)
    if number is not None:
        return replace(number, is_typed=is_number)
    if _share(sample, lambda text: seconds_of(text) is not None or _BARE.fullmatch(text) is not None) >= SHARE_NEEDED:
        return _blank(DURATION)
    return _text(values, seen)


def _json(sample: list[str]) -> Column | None:
    if _share(sample, lambda text: text[0] in "{[") < SHARE_NEEDED:
        return None
    found = [_parsed(text) for text in sample]
    objects = [each for each in found if isinstance(each, dict)]
    lists = [each for each in found if isinstance(each, list)]
    if len(objects) + len(lists) < SHARE_NEEDED * len(sample):
        return None
    if len(objects) > len(lists):
        return replace(_blank(JSON), keys=tuple(dict.fromkeys(str(key) for each in objects for key in each))[:30])
    return _blank(LIST)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _person(sample: list[str]) -> Column | None:
    if not any("@" in text or (len(text) >= MIN_PERSONAL and any(map(str.isdigit, text))) for text in sample):
        return None
    sample = sample[:N_PERSONAL]
    kinds = [kind for text in sample if len(text) < 100 and (kind := personal.kind_of(text)) is not None]
    if len(kinds) < 0.6 * len(sample):
        return None
    return replace(_blank(PERSON), person=max(sorted(set(kinds)), key=kinds.count))


def _flag(sample: list[str]) -> Column | None:
    words = {text.lower() for text in sample}
    if words <= {*TRUE, *FALSE} and not words <= {"0", "1"}:
        return _blank(FLAG)
    return None


def _odd_moments(moments: Moments, sample: list[str]) -> tuple[str, ...]:
    if moments.share == 1.0:
        return ()
    import pyarrow as pa

    from wholeservice.mapping.moments import read_instant

    texts = pa.array(sample, pa.string())
    return tuple(texts.filter(read_instant(texts, Reading(formats=moments.formats)).refused).to_pylist()[:3])


def _number(values: Mapping[str, int]) -> Column | None:
    """Return a column of numbers, with its decimal mark."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if all(_WHOLE.fullmatch(text) for text in values):
        numbers = [float(text) for text in values]
        return replace(_blank(NUMBER), low=min(numbers), high=max(numbers), is_whole_number=True)
    texts = pa.array(list(values), pa.string())
    counts = pa.array(list(values.values()), pa.int64())
    total = sum(values.values())
    reads = {mark: read_number(texts, Reading(decimal=mark)) for mark in (".", ",")}
    shares = {mark: (pc.sum(counts.filter(pc.is_valid(read.values))).as_py() or 0) / total for mark, read in reads.items()}
    mark = "," if shares[","] > shares["."] else "."
    is_same = shares["."] == shares[","] and reads["."].values.equals(reads[","].values)
    is_sure = is_same or shares["."] != shares[","]
    if not is_sure:
        mark, is_sure = _likely_mark(values)
    read = reads[mark]
    if shares[mark] < SHARE_NEEDED or sum(_LEADING_ZERO.fullmatch(text) is not None for text in values) > len(values) / 20:
        return None
    ends = pc.min_max(read.values).as_py()
    currencies = read.currency.drop_null() if read.currency is not None else pa.array([], pa.string())
    return replace(
        _blank(NUMBER), decimal=None if is_same else mark, is_decimal_sure=is_sure,
        low=ends["min"], high=ends["max"], odd=tuple(texts.filter(read.refused).to_pylist()[:3]),
        currency=_commonest(currencies), is_percent=sum("%" in text for text in values) > len(values) / 2,
        is_whole_number=bool(pc.all(pc.equal(read.values.drop_null(), pc.round(read.values.drop_null()))).as_py())
    )  # fmt: skip


def _likely_mark(values: Iterable[str]) -> tuple[str, bool]:
    """Of `1.250` and `900` nobody knows; the mark is likelier to stand between thousands. Of `0.125` it is beyond doubt."""
    for mark, other in ((".", ","), (",", ".")):
        if any(re.search(rf"(?<!\d)0{re.escape(mark)}\d", text) for text in values):
            return mark, True
        if any(re.search(rf"\d{re.escape(mark)}\d", text) for text in values):
            return other, False
    return ".", True


def _commonest(currencies: pa.Array) -> str | None:
    import pyarrow.compute as pc

    counted: dict[str, int] = {each["values"]: each["counts"] for each in pc.value_counts(currencies).to_pylist()}
    return max(counted, key=lambda each: counted[each], default=None)


def _text(values: Mapping[str, int], seen: Seen) -> Column:
    """Return a column of texts: words of a few, identities, names or long texts."""
    sample = list(values)[:N_LOOKED_AT]
    n = sum(values.values())
    length = sum(map(len, sample)) / len(sample)
    is_few = seen.is_whole and len(values) <= MAX_WORDS
    separator = next((each for each in _SEPARATORS if _is_listed(sample, each)), None)
    if length > MAX_NAME and not (is_few and len(values) * 5 <= n):
        return replace(_blank(LONG), separator=separator)
    if separator and not (is_few and len(values) * 10 <= n):
        return replace(_blank(NAME), separator=separator)
    if is_few and (len(values) * 2 <= n or len(values) <= 3):
        return _blank(WORD)
    n_spaced = sum(" " in text for text in sample) / len(sample)
    has_digit = sum(any(letter.isdigit() for letter in text) for text in sample) / len(sample)
    is_distinct = len(values) >= 0.5 * n or not seen.is_whole
    return _blank(IDENTITY if n_spaced < 0.1 and has_digit > 0.5 and (is_distinct or length < 40) else NAME)


def _is_listed(sample: list[str], separator: str) -> bool:
    """Say whether values are lists: some have several short pieces, and pieces come again."""
    several = [text for text in sample if separator in text]
    if len(several) < 0.15 * len(sample) or len(several) < 2:
        return False
    pieces = [piece.strip() for text in sample for piece in text.split(separator)]
    is_short = sum(len(piece) for piece in pieces) / len(pieces) < 25
    needed = 0.3 if separator == "," else 0.6
    return is_short and len(set(pieces)) < needed * len(pieces) and all(pieces)


def _share(sample: list[str], test: Callable[[str], bool]) -> float:
    return sum(test(text) for text in sample) / len(sample)


def _agreed(columns: Iterable[Column]) -> list[Column]:
    """Settle what one column leaves open by what its neighbours say: the decimal mark, and the order of day and month."""
    made = list(columns)
    marks = {each.decimal for each in made if each.decimal and each.is_decimal_sure}
    if len(marks) == 1:
        (mark,) = marks
        made = [each if each.is_decimal_sure else replace(each, decimal=mark, is_decimal_sure=True) for each in made]
    sure = {each.moments.formats[0][:2] for each in made if each.moments and not each.moments.others}
    orders = sure & {"%d", "%m"}
    if len(orders) == 1:
        (order,) = orders
        made = [_in_order(each, order) for each in made]
    return made


def _in_order(column: Column, order: str) -> Column:
    moments = column.moments
    if moments is None or not moments.others:
        return column
    fitting = [each for each in (*moments.formats, *moments.others) if each.startswith(order)]
    if len(fitting) != 1:
        return column
    return replace(column, moments=moments_as(dict(column.values), fitting[0], moments))
