"""Personal data in text: found where it is, and not where it only looks like it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.mapping.personal import CARD, IBAN, IP, KINDS, MAIL, PHONE, kind_of, masked, may_be, may_hold_any

PERSONAL = {
    "jane.doe@example.org": MAIL,
    "Jane Doe <jane.doe@example.org>": MAIL,
    "mailto:j@example.co.uk": MAIL,
    "GET /users/jane%40example.org/orders": MAIL,
    "müller@bücher.de": MAIL,
    "13812345@163.com": MAIL,
    "+31 6 1234 5678": PHONE,
    "+442079460958": PHONE,
    "0049 30 123456": PHONE,
    "+1 (212) 555-0123": PHONE,
    "4111 1111 1111 1111": CARD,
    "4111111111111111": CARD,
    "5500-0000-0000-0004": CARD,
    "378282246310005": CARD,
    "GB29 NWBK 6016 1331 9268 19": IBAN,
    "nl91abna0417164300": IBAN,
    "81.2.69.142": IP,
    "192.168.17.20": IP,
    "2001:db8::ff00:42:8329": IP,
    "fe80::1ff:fe23:4567:890a": IP,
}
HARMLESS = [
    "1.2.3.4", "4.18.0.305", "120.0.6099.71", "v1.10.22.33", "10.15.7", "999.10.20.30", "127.0.10.11", "081.002.069.142",
    "2026-03-01", "2026-03-01T10:15:00+00:00", "2026-03-01 10:15:00 +0100", "01-02-2026", "10:21:33", "20260301101500",
    "1700000000000", "1700000000000000",
    "ORD-2026-000123", "0012345678", "0412-345678", "4111111111111112", "4006381333931", "490154203237518", "12345678901234567",
    "d41d8cd98f00b204e9800998ecf8427e", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "123e4567-e89b-12d3-a456-426614174000", "00:1B:44:11:3A:B7", "sha256:4111111111111111",
    "git@github.com:org/repo.git", "ssh://git@github.com/org/repo", "pkg:npm/%40angular/core@12.3.1", "core@1.2.beta",
    "logo@2x.png", "getty@tty1.service", "nginx@sha256:abcdef", "consumer@shop:42", "@channel", "std::string",
    "Cafe::Add", "a::b", "::1",
    "GB29NWBK60161331926818", "XX12345678901234567890", "Room 12", "3.14159265358979", "+10 points", "12 000 000", "",
]  # fmt: skip


@pytest.mark.parametrize(("cell", "kind"), PERSONAL.items())
def test_a_cell_that_is_personal_is_recognised(cell, kind):
    """Each kind in the forms it is written in; outer blanks do not hide it."""
    assert (kind_of(cell), kind_of(f"  {cell} ")) == (kind, kind)


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_cell_that_only_looks_personal_is_kept(cell):
    """Versions, times, digests, order numbers, addresses of repositories: a false alarm would cost data."""
    assert kind_of(cell) is None


TEXTS = {
    "Mail me at jane@example.org.": "Mail me at [mail address].",
    "(jane@example.org, joe@example.org)": "([mail address], [mail address])",
    "call 020 7946 0958 after six": "call [phone number] after six",
    "call 06-12345678, or 0612345678": "call [phone number], or [phone number]",
    "mon tél: 06 12 34 56 78!": "mon tél: [phone number]!",
    "(030) 123456 or (212) 555-0123": "[phone number] or [phone number]",
    "my phone number is 5551234567": "my phone number is [phone number]",
    "card 4111-1111-1111-1111 declined": "card [card number] declined",
    "IBAN NL91 ABNA 0417 1643 00 please": "IBAN [bank account] please",
    "from 81.2.69.142, twice": "from [IP address], twice",
    "ip=2001:db8::ff00:42:8329;": "ip=[IP address];",
    "updated to version 10.15.70.12 and v21.30.44.51": "updated to version 10.15.70.12 and v21.30.44.51",
    "see section 12.14.1.2": "see section 12.14.1.2",
    "I waited from 01.02.2026 10:15 to 2026-02-01 11:20": "I waited from 01.02.2026 10:15 to 2026-02-01 11:20",
    "order 20260301-17 of 12 000 000 at 0.1234567890": "order 20260301-17 of 12 000 000 at 0.1234567890",
    "id 123e4567-e89b-12d3-a456-426614174000": "id 123e4567-e89b-12d3-a456-426614174000",
    "commit d41d8cd98f00b204e9800998ecf8427e": "commit d41d8cd98f00b204e9800998ecf8427e",
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
def test_free_text_is_kept_with_what_is_personal_masked(text, expected):
    """The words around it stay; what is masked says what it was."""
    assert masked(text) == expected


@pytest.mark.parametrize("cell", PERSONAL)
def test_free_text_that_is_a_personal_cell_is_masked(cell):
    """What counts in a cell counts within words too."""
    text = masked(f"It is {cell} , really")
    assert cell not in text
    assert any(f"[{kind}]" in text for kind in KINDS)


@given(st.sampled_from([*PERSONAL, "n/a"]), st.text(st.characters(codec="utf-8"), max_size=30))
def test_masking_twice_is_masking_once(cell, around):
    """What was masked holds nothing personal any more."""
    once = masked(f"{around} {cell} {around}")
    assert masked(once) == once


@given(st.uuids(), st.integers(0, 2**63), st.binary(max_size=32))
def test_generated_ids_are_no_personal_data(uid, number, content):
    """UUIDs and digests in hex are never withheld."""
    assert kind_of(str(uid)) is None
    assert kind_of(content.hex()) is None or len(content.hex()) <= 16
    assert kind_of(f"ORD-{number}") is None


def test_of_random_sixteen_digit_numbers_few_look_like_cards():
    """A check digit alone would take one of ten; brands leave fewer, and each is a false alarm."""
    import random

    numbers = [str(random.Random(seed).randrange(10**15, 10**16)) for seed in range(5000)]
    assert sum(kind_of(each) is not None for each in numbers) / len(numbers) < 0.04


@pytest.mark.parametrize("is_free", [False, True])
def test_the_quick_search_misses_nothing(is_free):
    """What the one pattern over a column leaves out is not personal; sliced columns and missing cells do not confuse it."""
    cells = ["", None, *HARMLESS, *PERSONAL, *TEXTS] if is_free else ["", None, *HARMLESS, *PERSONAL]
    column = pa.array(["x", *cells, "y"]).slice(1, len(cells))
    found = may_be(column, is_free=is_free).to_pylist()
    told = [masked(cell) != cell if is_free else kind_of(cell) is not None for cell in (each or "" for each in cells)]
    assert [cell for cell, is_found, is_told in zip(cells, found, told, strict=True) if is_told and not is_found] == []


def test_a_column_without_digits_is_not_searched():
    """Names of steps and channels cost nothing; a digit or an @ late in a long column, or in a slice of it, is seen."""
    assert not may_hold_any(pa.array(["find", "pay", None]))
    assert not may_hold_any(pa.array([], pa.string()))
    assert not may_hold_any(pa.array([None, None], pa.string()))
    assert may_hold_any(pa.array(["find"] * 5000 + ["a@b"]))
    assert not may_hold_any(pa.array(["7", "find", "8"]).slice(1, 1))
