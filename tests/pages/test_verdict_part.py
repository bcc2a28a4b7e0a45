"""The verdicts on one improvement as a page shows them: what was found, beside what, and what else it could be."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from draw.boxes import outside, overlaps
from improvements.by_hand import COMPLETION, EASE, MEASURES, improvement, looked, wavy, week
from wholeservice.app import web
from wholeservice.app.improve_verify import find_improvement, rows_of, told
from wholeservice.draw import interrupted
from wholeservice.errors import InputError
from wholeservice.improvements.judged import RELEASE, Happened
from wholeservice.pages.base import Data
from wholeservice.pages.improvements_part import promise_rows
from wholeservice.pages.verdict_part import SURELY_WORSE, UNTOLD_WORSE, VerdictPart, _worse_title, verdict_part

STAY = (COMPLETION, "stay")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that holds nothing but the part."""

    verdicts: VerdictPart | None
    snapshot: str = "now"


def data_of(shares, **more) -> Data:
    """A snapshot with the completion of the stay, and one improvement."""
    mine = improvement(**more)
    seen = looked({STAY: shares, (EASE, "stay"): wavy(0.8, 20, -0.15, 12)})
    measures = {each.name: each for each in MEASURES}
    return Data(seen.organisation, seen.results, (), {}, measures, (), "now", "UTC", improvements=(mine,),
                happened=(Happened(RELEASE, "bank", week(12), "d-1"),))  # fmt: skip


@pytest.fixture(scope="module")
def shown() -> Data:
    """Ten points better since week 12, while ease fell."""
    return data_of(wavy(0.70, 20, 0.10, 12))


def html(data: Data) -> str:
    """The part as it is printed."""
    template = web._templates().from_string(
        '{% import "parts.html" as parts with context %}{% set verdicts = page.verdicts %}{% include "verdict_part.html" %}'
    )
    return template.render(page=Shown(verdict_part(data, data.improvements[0])), view=None)


def test_it_says_the_verdict_with_its_range_and_what_was_promised(shown):
    """Effect, likely range, n, period, what was expected, what else happened, and what got worse stand on the page."""
    part = verdict_part(shown, shown.improvements[0])
    row = part.rows[0]
    assert (row.verdict, row.promised, row.period) == ("improved", "+5.0 pp", "30 Mar to 24 May 2026")
    assert row.n == "3,200 counted since the start, 4,800 before"
    assert row.rivals == "1 release of bank"
    assert part.says.startswith("completion: improved, +10.")
    assert part.says.endswith("; 1 other number got worse")
    printed = html(shown)
    for words in (row.effect, "It could also be:", "Also worse since then", "not yet its cause", "How we know", row.alarms):
        assert words in printed.replace("\N{NO-BREAK SPACE}", " ")


def test_above_what_got_worse_no_more_is_claimed_than_below():
    """Where each of these is unclear, the title says that nothing tells whether it came by this."""
    row = verdict_part(data_of(wavy(0.70, 20, 0.10, 12)), improvement()).worse[0]
    unclear = replace(row, verdict="unclear")
    assert [_worse_title(rows) for rows in ((), (row, unclear), (unclear,))] == ["", SURELY_WORSE, UNTOLD_WORSE]


def test_method_names_stand_behind_the_fold_only(shown):
    """Before the fold nobody meets the name of a method."""
    printed = html(shown)
    assert "least squares" in printed
    face = "".join(piece.partition("</details>")[2] for piece in ("</details>" + printed).split("<details"))
    assert "least squares" not in face


def test_an_improvement_that_promises_nothing_says_what_to_do():
    """No number, no verdict, and a hatched line instead of a zero."""
    bare = data_of(wavy(0.7, 20), promises=())
    assert verdict_part(bare, bare.improvements[0]) is None
    assert "it is not measured" in html(bare)


def test_while_it_is_measuring_the_series_is_drawn_without_a_line():
    """Two weeks since: the reason stands there, and the weeks."""
    part = verdict_part(data_of(wavy(0.7, 14)), improvement())
    assert part.rows[0].effect == "2 weeks measured since the start; at least 3 are needed"
    assert part.rows[0].drawing.points[0].expected is None
    assert "expected" not in interrupted.draw(part.rows[0].drawing).replace('class="expected', "")


def test_the_drawing_flags_the_start_and_colours_what_lies_outside(shown):
    """Twelve hollow dots, eight filled blue ones, a band, one flag, and a table of twenty weeks; no text lies on another."""
    drawing = verdict_part(shown, shown.improvements[0]).rows[0].drawing
    markup = interrupted.draw(drawing)
    assert markup.count("dot hollow") == 12
    assert markup.count("dot up") == 8
    assert (markup.count('class="band"'), markup.count('class="flag"')) == (1, 1)
    assert interrupted.draw(replace(drawing, direction=-1)).count("dot down") == 8
    assert len(interrupted.table(drawing).rows) == 20
    assert (overlaps(markup), outside(markup)) == ([], [])
    assert "without the change" in interrupted.says(drawing)


def test_the_command_line_says_the_same(shown):
    """One row per number and one per number that got worse; an unknown id is told with the nearest."""
    rows = list(rows_of(shown, shown.improvements[0]))
    assert [(row["number"], row["role"], row["verdict"]) for row in rows] == [
        ("completion of stay", "promised", "improved"), ("ease of stay", "also worse", "worse"),
    ]  # fmt: skip
    json.dumps(rows)
    lines = "\n".join(told(shown, shown.improvements[0]))
    assert "also worse: 1 of 1 other numbers of what it reaches" in lines
    assert "worth having: 2.5 pp, half of what was promised" in lines.replace("\N{NO-BREAK SPACE}", " ")
    with pytest.raises(InputError) as caught:
        find_improvement(shown, "I-2")
    assert caught.value.problems[0].nearest == "I-1"


def test_the_row_of_a_list_has_the_effect_of_today_with_its_range_n_and_period(shown):
    """Nothing was written into the log: the row says what the numbers say; closed, it says what it was closed with."""
    mine = shown.improvements[0]
    (row,) = promise_rows(shown, mine)
    assert (row.verdict, row.tone, row.is_judged) == ("improved", "gain", True)
    assert row.effect.startswith("+10")
    assert row.detail.startswith("likely +")
    assert row.detail.endswith("3,200 counted, 30 Mar to 24 May 2026")
    (closed,) = promise_rows(shown, replace(mine, closed="without evidence"))
    assert (closed.verdict, closed.effect, closed.detail) == ("never judged", None, None)
