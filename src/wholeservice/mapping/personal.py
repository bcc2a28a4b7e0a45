"""Personal data in text: mail addresses, phone and card numbers, bank accounts, IP addresses.

Two questions. Is a whole cell one of these (`kind_of`)? Does free text hold one (`masked`)? A false alarm costs data, so the
patterns are narrow: a card must have the length and first digits of a brand and a right check digit, a bank account its
country's length and a right remainder, an address valid numbers and not the look of a version. In a cell a phone number
needs its `+` or `00` and country; in free text, where a false alarm costs a word, national forms count too.

Whole columns are searched once with one RE2 pattern that finds too much; only what it finds is looked at closely.

Source   card check digit: Luhn, ISO/IEC 7812-1; bank accounts: ISO 13616, remainder by ISO 7064 MOD 97-10; phone numbers: ITU
         E.164 (at most 15 digits)
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MAIL, PHONE, IP, CARD, IBAN = "mail address", "phone number", "IP address", "card number", "bank account"
KINDS = (MAIL, PHONE, IP, CARD, IBAN)

_MAIL = re.compile(
    r"(?<![\w.+@%'-])(?<!//)[\w.+'-]{1,64}(?:@|%40)(?P<domain>(?:[\w-]{1,63}\.){1,8}(?P<top>[^\W\d_]{2,24}|xn--[\w-]{2,59}))"
    r"(?![\w@-]|:\S|\.\w)"
)
_NO_TOP = frozenset(
    ("png jpg jpeg gif svg webp ico css js ts json html xml yaml yml txt service socket timer scope").split()  # noqa: SIM905
)
_VERSION = re.compile(r"(?:\d{1,2}\.)+|\dx\.")  # core@1.2.beta, logo@2x.png

_PHONE = re.compile(r"(?<![\w+.-])(?:\+[1-9][\d ()./-]{5,22}\d|00[1-9]\d{0,2}[ ()./-][\d ()./-]{5,18}\d)(?![\w-])")
_LOCAL_PHONE = re.compile(
    r"(?<![\w+.,-])(?:"
    r"\(0[1-9]\d{0,4}\) ?\d[\d /-]{3,9}\d"  # (030) 123456
    r"|0[1-9]\d{0,3}[ /-]\d[\d /-]{3,10}\d"  # 020 7946 0958, 06-12345678
    r"|0[1-9](?:[ .-]\d\d){4}"  # 06 12 34 56 78
    r"|0[1-9]\d{8,9}"  # 0612345678
    r"|(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}"  # (212) 555-0123
    r")(?![\w-]|[.,]\d)"
)
_TOLD_PHONE = re.compile(r"(?i)\b(?:tel|telephone|phone|mobile|whatsapp|fax)\b\W{0,4}(?:\w+\W{1,3}){0,2}?(\d{6,15})(?!\w)")
_DATE = re.compile(r"\b\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d\d\b|\b(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\b")

_CARD = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){13,18}(?![\w-]|[.,]\d)")
_BRANDS = re.compile(  # first digits and length, of those that are issued today
    r"4(?:\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)
_IBAN = re.compile(r"(?<![\w-])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = {  # letters and digits: the countries whose accounts have so many
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
}
_IBAN_LENGTH_OF = {country: length for length, countries in _IBAN_LENGTHS.items() for country in countries.split()}

_IPV4 = re.compile(r"(?<![\w.:/-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\w)")
_IPV6 = re.compile(r"(?<![\w:.-])[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2,37}(?:\d{1,3}(?:\.\d{1,3}){3})?(?![\w:-])")
_IS_VERSION = re.compile(r"(?i)(?:\b(?:version|versions|ver|release|build|firmware|section|update|chapter|v)\W{0,3}|§ ?)$")
_N_PLAIN = 10  # numbers below this are what versions and sections are made of

_FIRST_LOOK = 4096  # bytes; where there are digits at all, they come early

# Supersets, for RE2, which has no look-around.
_MAIL_PATTERN = r"(?:@|%40)[^\s@]+\.[^\s@.]"
_CELL_PATTERN = (
    r"^\s*(?:\+[1-9][\d ()./-]{6,}\d|00[1-9]\d{0,2}[ ()./-][\d ()./-]{5,}\d|[2-6]\d{3}[ -]?[\d -]{9,}\d"
    r"|(?:\d{1,3}\.){3}\d{1,3}|[A-Za-z]{2}\d{2} ?[A-Za-z0-9][A-Za-z0-9 ]{10,}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:.]{3,})\s*$"
)
_TEXT_PATTERN = r"\d[\d ()./-]{4,}\d|\b[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:"


def kind_of(cell: str, *, with_ip: bool = True) -> str | None:
    """
    Return what kind of personal data a cell is, None when it is none. A mail address counts wherever it stands in the cell.

    >>> kind_of("jane@example.org"), kind_of("+31 6 1234 5678"), kind_of("4111 1111 1111 1111"), kind_of("81.2.69.142")
    ('mail address', 'phone number', 'card number', 'IP address')
    >>> [kind_of(each) for each in ("1.2.3.4", "2026-03-01T10:15:00+00:00", "git@github.com:org/repo.git", "4111111111111112")]
    [None, None, None, None]
    """
    text = cell.strip()
    if _mails(text):
        return MAIL
    for kind, spans in ((PHONE, _phones), (CARD, _cards), (IBAN, _ibans), (IP, _addresses)):
        if (with_ip or kind != IP) and (0, len(text)) in spans(text):
            return kind
    return None


def masked(text: str, *, with_ip: bool = True) -> str:
    """
    Return free text with what is personal replaced by its kind.

    >>> masked("Mail me at jane@example.org or call 020 7946 0958, order 20260301-17")
    'Mail me at [mail address] or call [phone number], order 20260301-17'
    """
    for kind, spans in _SEARCHES:
        if with_ip or kind != IP:
            for start, end in reversed(spans(text)):
                text = f"{text[:start]}[{kind}]{text[end:]}"
    return text


def may_be(values: pa.Array, *, is_free: bool) -> pa.Array | None:
    """
    Return which texts must be looked at closely, None when none must.

    A column in which `may_hold_any` finds nothing needs not be asked.
    """
    import pyarrow.compute as pc

    found = pc.match_substring_regex(values, _TEXT_PATTERN if is_free else _CELL_PATTERN)
    letters = _letters(values)
    if any(bool((letters == ord(each)).any()) for each in "@%"):
        found = pc.or_(found, pc.match_substring_regex(values, _MAIL_PATTERN))
    found = pc.fill_null(found, False)
    return found if pc.any(found).as_py() else None


def may_hold_any(values: pa.Array) -> bool:
    """Say whether there is a digit or an @ anywhere in a column of text: seen from its bytes, without looking at rows."""
    letters = _letters(values)
    parts = (letters[:_FIRST_LOOK], letters[_FIRST_LOOK:])
    return any(bool(((part - ord("0") < 10) | (part == ord("@"))).any()) for part in parts)


def _letters(values: pa.Array) -> np.ndarray:
    """Return the bytes of all texts of a column, one after the other."""
    import numpy as np
    import pyarrow as pa

    texts = values.cast(pa.large_string())
    if not len(texts) or texts.buffers()[2] is None:
        return np.zeros(0, np.uint8)
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(texts.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]


def _mails(text: str) -> list[tuple[int, int]]:
    if "@" not in text and "%40" not in text:
        return []
    return [each.span() for each in _MAIL.finditer(text) if _is_domain(each["domain"], each["top"])]


def _is_domain(domain: str, top: str) -> bool:
    return top.lower() not in _NO_TOP and not _VERSION.fullmatch(domain.removesuffix(top))


def _phones(text: str) -> list[tuple[int, int]]:
    return [each.span() for each in _PHONE.finditer(text) if 8 <= _n_digits(each[0]) <= 16 and not _DATE.search(each[0])]


def _all_phones(text: str) -> list[tuple[int, int]]:
    local = [each.span() for each in _LOCAL_PHONE.finditer(text) if 9 <= _n_digits(each[0]) <= 11 and not _DATE.search(each[0])]
    told = [each.span(1) for each in _TOLD_PHONE.finditer(text)]
    return _apart([*_phones(text), *local, *told])


def _cards(text: str) -> list[tuple[int, int]]:
    return [each.span() for each in _CARD.finditer(text) if _is_card(re.sub(r"\D", "", each[0]))]


def _is_card(digits: str) -> bool:
    """Say whether a number has the form of a card number: brand, length and check digit (Luhn)."""
    if not _BRANDS.fullmatch(digits):
        return False
    doubled = [sum(divmod(int(each) * 2, 10)) for each in digits[-2::-2]]
    return (sum(doubled) + sum(int(each) for each in digits[::-2])) % 10 == 0


def _ibans(text: str) -> list[tuple[int, int]]:
    """Find bank accounts; what follows one in the text may look like more of it, so its country says where it ends."""
    found = []
    for each in _IBAN.finditer(text):
        length = _IBAN_LENGTH_OF.get(each[0][:2].upper(), 0)
        places = [at for at, letter in enumerate(each[0]) if letter != " "][:length]
        end = each.start() + places[-1] + 1 if length and len(places) == length else None
        if end and not text[end : end + 1].isalnum() and _is_iban(text[each.start() : end]):
            found.append((each.start(), end))
    return found


def _is_iban(text: str) -> bool:
    """Say whether the remainder of a bank account is right (MOD 97-10 over letters as numbers, country last)."""
    plain = text.replace(" ", "").upper()
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1


def _addresses(text: str) -> list[tuple[int, int]]:
    four = [each.span() for each in _IPV4.finditer(text) if _is_ipv4(each[0]) and not _IS_VERSION.search(text[: each.start()])]
    return _apart([*four, *(each.span() for each in _IPV6.finditer(text) if _is_ipv6(each[0]))])


def _is_ipv4(text: str) -> bool:
    """Say whether it is an address of somebody: not 1.2.3.4, which is a version or a section, and not this machine itself."""
    numbers = [int(each) for each in text.split(".")]
    is_written = all(str(number) == each for number, each in zip(numbers, text.split("."), strict=True))
    n_large = sum(number >= _N_PLAIN for number in numbers)
    return is_written and max(numbers) <= 255 and n_large >= 2 and numbers[0] not in (0, 127)


def _is_ipv6(text: str) -> bool:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return address in _PUBLIC_IPV6 or address.is_link_local or address in _PRIVATE_IPV6


_PUBLIC_IPV6, _PRIVATE_IPV6 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("fc00::/7")

_SEARCHES = ((MAIL, _mails), (IBAN, _ibans), (CARD, _cards), (IP, _addresses), (PHONE, _all_phones))


def _n_digits(text: str) -> int:
    return sum(each.isdecimal() for each in text)


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, without those that begin inside an earlier one."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found
