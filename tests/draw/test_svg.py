"""The SVG builder escapes what it is given and knows how wide its text will be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from draw import measure_inter
from wholeservice.draw import inter, svg

CSS = (Path(svg.__file__).parents[1] / "app" / "static" / "app.css").read_text(encoding="utf-8")


def test_markup_in_words_is_escaped_and_markup_of_ours_is_not():
    """A name with angle brackets is text, an element inside an element stays an element."""
    drawn = svg.group(svg.text(1, 2, 'a <b> & "c"'), data_box='"x"')
    assert drawn == '<g data-box="&quot;x&quot;"><text x="1" y="2" class="t-body">a &lt;b&gt; &amp; &quot;c&quot;</text></g>'


def test_widths_are_those_of_the_font():
    """The table of widths is what the font itself says; a newer font must be measured anew."""
    for weight in measure_inter.WEIGHTS:
        assert dict(zip(inter.CODES, inter.ADVANCES[weight], strict=True)) == measure_inter.measure(weight)


def test_digits_are_tabular_and_bold_is_wider():
    """Numbers of one length are equally wide; bold letters take more room."""
    assert svg.width("1111") == svg.width("8888")
    assert svg.width("Arrive", svg.STRONG) > svg.width("Arrive", svg.BODY)


@pytest.mark.parametrize("kind", svg.TYPES, ids=lambda kind: kind.name)
def test_the_style_sheet_sets_text_as_it_is_measured(kind):
    """Size and weight of every class of text are the same in the style sheet as here, and none is below 11.5 px."""
    rule = re.search(rf"\.diagram \.{kind.name}\{{font-size:([\d.]+)px(?:;font-weight:(\d+))?\}}", CSS)
    assert rule is not None
    assert (float(rule[1]), int(rule[2] or svg.REGULAR)) == (kind.size, kind.weight)
    assert kind.size >= 11.5


def test_wrapped_lines_fit_and_lose_no_word_when_there_is_room():
    """Every line is at most as wide as the room; only the last may be shortened."""
    words = "Price build-up with a rather long name"
    assert " ".join(svg.wrap(words, svg.NODE, 110, 9)) == words
    lines = svg.wrap(words, svg.NODE, 110, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(svg.width(line, svg.NODE) <= 110 for line in lines)


def test_words_without_spaces_wrap_and_marks_take_no_room():
    """Chinese may end a line anywhere; an accent written as a mark of its own is no wider; a picture is wider than a letter."""
    lines = svg.wrap("申请居住许可证", svg.NODE, 60, 3)
    assert lines == ["申请居住", "许可证"]
    assert svg.width("e\u0301") == svg.width("e")
    assert svg.width("🙂") > svg.width("申")


def test_words_from_right_to_left_are_kept_together():
    """What is read from the right stands in an isolate, so that an ellipsis stays at its end; other words do not."""
    assert svg.text(0, 0, "היתר…") == '<text x="0" y="0" class="t-body">\u2068היתר…\u2069</text>'
    assert svg.text(0, 0, "Pay…") == '<text x="0" y="0" class="t-body">Pay…</text>'
