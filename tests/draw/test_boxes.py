"""In Chromium no two texts of a diagram lie on each other and none leaves it, whatever the data are: real boxes, by getBBox."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chromium import ARGS, CHROMIUM, needs_chromium
from draw import extremes, flow_extremes
from draw.boxes import drawn_boxes, drawn_outside, meetings, outside, overlaps
from wholeservice.draw import (
    ageing,
    blueprint,
    channel_matrix,
    cumulative_flow,
    cycle_scatter,
    drop_out,
    emotion,
    follows_map,
    forest,
    journey,
    ladder,
    life,
    open_time,
    svg,
    trend,
    value_stream,
)
from wholeservice.draw.forest import Forest, ForestRow
from wholeservice.units import POINTS

STATIC = Path(svg.__file__).parents[1] / "app" / "static"
KINDS = (
    (drop_out, extremes.rivers()), (emotion, extremes.emotions()), (channel_matrix, extremes.matrices()),
    (forest, extremes.forests()), (ladder, extremes.ladders()), (blueprint, extremes.blueprints()),
    (trend, extremes.flagged_trends()), (journey, extremes.journeys()), (value_stream, flow_extremes.streams()),
    (cumulative_flow, flow_extremes.flows()), (ageing, flow_extremes.ageings()), (cycle_scatter, flow_extremes.scatters()),
    (follows_map, flow_extremes.follows_maps()), (life, flow_extremes.lives()), (open_time, flow_extremes.open_times()),
)  # fmt: skip
PHASES = (Phase.explicit, Phase.generate)  # a failure is shown as it is found: making it small takes minutes
EVERY = pytest.mark.parametrize(
    ("module", "strategy"), KINDS, ids=lambda each: getattr(each, "__name__", "").rpartition(".")[2]
)


@pytest.fixture(scope="module")
def page():
    """An empty page with the style sheet and font of the product."""
    from playwright.sync_api import sync_playwright

    font = base64.b64encode((STATIC / "inter.woff2").read_bytes()).decode()
    sheet = (STATIC / "app.css").read_text(encoding="utf-8").replace("url(inter.woff2)", f"url(data:font/woff2;base64,{font})")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        page = chromium.new_page()
        page.set_content(f"<style>{sheet}</style><p>a <b>b</b></p><div id=room></div>")
        page.evaluate("() => Promise.all([400, 620].map(each => document.fonts.load(`${each} 14px Inter`)))")
        yield page
        chromium.close()


@pytest.mark.browser
@needs_chromium
@EVERY
def test_no_text_lies_on_another_as_chromium_draws_it(page, module, strategy):
    """Long German, Arabic, Hebrew and Chinese names, one step and thirty, nobody, all missing, huge numbers."""

    @settings(max_examples=25, phases=PHASES, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(strategy)
    def check(shown):
        view, boxes = drawn_boxes(page, module.draw(shown))
        assert meetings(boxes) == []
        assert drawn_outside(view, boxes) == []

    check()


@pytest.mark.browser
@needs_chromium
def test_the_keyboard_reaches_what_can_be_picked(page):
    """Tab goes from link to link by their names, past what leads nowhere, and the focus is seen."""
    rows = (ForestRow("First", 3, 2, 4, href="/a"), ForestRow("Second", 2, 1, 3), ForestRow("Third", 1, 0, 2, href="/c"))
    drawn_boxes(page, forest.draw(Forest("f", "t", POINTS, rows)))
    names = []
    for _ in range(2):
        page.keyboard.press("Tab")
        names.append(page.evaluate("() => document.activeElement.getAttribute('aria-label')"))
        assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert [name.partition(":")[0] for name in names] == ["First", "Third"]


@EVERY
def test_no_text_lies_on_another_as_measured(module, strategy):
    """The same by the measured widths, over more examples, with the words and the table of the picture made as well."""

    @settings(max_examples=20, phases=PHASES, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def check(shown):
        drawn = module.draw(shown)
        assert overlaps(drawn) == []
        assert outside(drawn) == []
        table = module.table(shown)
        assert {len(row) for row in table.rows} <= {len(table.header)}
        assert module.says(shown)

    check()
