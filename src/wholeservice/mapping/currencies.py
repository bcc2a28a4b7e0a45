"""Currencies as cells name them: a code, or a sign; a sign that several currencies share is never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.mapping.read import Read, Why, any_of, none_of, null_where

if TYPE_CHECKING:
    import pyarrow as pa

CODE = "SRC147"

CODES: frozenset[str] = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "ANG",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BIF",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CLF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DJF",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GNF",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HRK",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IQD",
        "IRR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KMF",
        "KPW",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "LYD",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SLL",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SVC",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TND",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VED",
        "VES",
        "VND",
        "VUV",
        "WST",
        "XAF",
        "XCD",
        "XOF",
        "XPF",
        "YER",
        "ZAR",
        "ZMW",
        "ZWL",
    ]
)
"""ISO 4217, with codes that went out of use lately."""

SIGNS: dict[str, tuple[str, ...]] = {
    "US$": ("USD",), "A$": ("AUD",), "AU$": ("AUD",), "C$": ("CAD",), "CA$": ("CAD",), "NZ$": ("NZD",), "HK$": ("HKD",),
    "S$": ("SGD",), "R$": ("BRL",), "NT$": ("TWD",), "MX$": ("MXN",), "£": ("GBP",), "€": ("EUR",), "₹": ("INR",),
    "₺": ("TRY",), "₽": ("RUB",), "₪": ("ILS",), "₴": ("UAH",), "₦": ("NGN",), "₫": ("VND",), "฿": ("THB",), "₱": ("PHP",),
    "₩": ("KRW",), "zł": ("PLN",), "Kč": ("CZK",), "Ft": ("HUF",), "Fr.": ("CHF",), "kr.": ("DKK", "NOK", "SEK", "ISK"),
    "kr": ("DKK", "NOK", "SEK", "ISK"), "¥": ("JPY", "CNY"),
    "$": ("USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"),
}  # fmt: skip
"""Sign -> the currencies it may mean, the longest signs first."""


def codes_of(tokens: pa.Array) -> pa.Array:
    """Return the code that each token means: a sign of several currencies stays itself, what is no currency is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    signs = [*SIGNS, *sorted(CODES)]
    meant = [SIGNS[sign][0] if len(SIGNS[sign]) == 1 else sign for sign in SIGNS] + sorted(CODES)
    return pa.array(meant, pa.string()).take(pc.index_in(tokens, pa.array(signs, pa.string())))


def read_currency(amount: Read, *, is_needed: bool) -> Read:
    """Return the currency that each amount names; refused where it names none that is clear, if one is needed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(amount.values)
    named = amount.currency if amount.currency is not None else pa.nulls(n, pa.string())
    is_shared = pc.fill_null(pc.is_in(named, pa.array([sign for sign, meant in SIGNS.items() if len(meant) > 1])), False)
    is_bare = pc.and_(pc.is_null(named), pc.is_valid(amount.values)) if is_needed else none_of(n)
    why = (
        Why(is_shared, "is in a currency whose sign others share", "a sign of one currency, or a code", CODE),
        Why(is_bare, "names no currency", "a currency in the cell, or in the mapping", CODE),
    )
    return Read(null_where(is_shared, named), pc.or_(is_shared, is_bare), why)


def clash(amount: Read, declared: pa.Array) -> Why | None:
    """Say where an amount names another currency than the one declared for it; None where none does."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if amount.currency is None:
        return None
    agrees = pc.equal(amount.currency, declared)
    for sign, meant in SIGNS.items():
        is_meant = pc.and_(pc.equal(amount.currency, sign), pc.is_in(declared, pa.array(meant)))
        agrees = pc.or_(agrees, is_meant) if len(meant) > 1 else agrees
    differs = pc.fill_null(pc.invert(agrees), False)
    if not any_of(differs):
        return None
    return Why(differs, "is in another currency than the mapping says", "the currency that the mapping says", CODE)
