"""What the page of a service says of a score that moves first, and of targets that hide how people feel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from findings.weeks import led, weekly
from pages import sample, sample_asked
from wholeservice.app.web import render
from wholeservice.measures.base import Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Need
from wholeservice.pages import service


def page_of(rows, *needs: Need):
    """The page of the hotel with these rows in place of its own, and these needs beside its own."""
    data, given = sample_asked.data(), dict(rows)
    kept = [row for row in sample_asked.rows() if row[0] not in given]
    results = Results(sample_asked.MEASURES.values(), [*kept, *given.items()])
    organisation = replace(data.organisation, needs=(*data.organisation.needs, *needs))
    return service.build(replace(data, results=results, organisation=organisation), "stay")


def test_a_lead_is_said_with_its_strength_range_and_weeks_and_is_no_cause():
    """Noise of 0.4 in each makes a link of 1 / (1 + 2 × 0.4²) = 0.8; of 79 changes the last 26 test it."""
    score, outcome = led(7, 80)
    page = page_of([*weekly("satisfaction", score), *weekly("completion", outcome)])
    assert page.leads.title == "“How satisfied people are” leads “People who finish”"
    (row,) = page.leads.rows
    assert row.words.startswith("“People who finish” follows by 3 weeks (0.8 on a scale to 1, likely ")
    assert row.words.endswith("26 weeks that had no part in choosing it).")
    assert (row.outcome, row.verdict, row.lag, row.n_weeks) == ("completion", "leads", 3, 26)
    assert "A season that both share is not taken out" in page.leads.reading
    assert page.leads.reading.endswith("whether one causes the other, this does not say.")
    assert 'id="leads"' in render(service.PAGE, page)


@pytest.mark.parametrize(
    ("n_weeks", "swapped", "words"),
    [(80, True, "does not surely follow"), (30, False, None), (80, None, "changes in the same week")],
)
def test_no_lead_is_said_and_too_few_weeks_say_nothing(n_weeks, swapped, words):
    """The outcome first; 30 weeks; and one series twice."""
    score, outcome = led(7, n_weeks)
    first, second = (score, score) if swapped is None else (outcome, score) if swapped else (score, outcome)
    found = page_of([*weekly("satisfaction", first), *weekly("completion", second)]).leads
    if words is None:
        assert found is None
    else:
        assert found.title == "No lead seen: nothing surely follows “How satisfied people are”"
        assert words in found.rows[0].words


def test_each_outcome_has_a_sentence_and_the_lead_stands_first():
    """Completion, which is looked at first, has nothing to do with it; that both were looked at is said."""
    score, outcome = led(7, 80)
    chance = np.random.default_rng(4).normal(size=80).cumsum()
    rows = [*weekly("satisfaction", score), *weekly("completion", list(chance)), *weekly("volume", outcome)]
    page = page_of(rows)
    assert [(each.outcome, each.verdict) for each in page.leads.rows] == [
        ("volume", "leads"), ("completion", "no lead seen"),
    ]  # fmt: skip
    assert page.leads.reading.startswith("2 outcomes were looked at and are judged together")
    assert "does not surely follow" in render(service.PAGE, page)


def need(of: str, text: str, measure: str, level: str) -> Need:
    return Need(f"n-{of}-{measure}", of, "Be good", None, None, (sample._target(text, measure, level),))


@pytest.mark.parametrize(("worked", "is_said"), [(995_000, True), (960_000, False)])
def test_green_outside_and_red_inside_is_said_above_the_needs(worked, is_said):
    """80.0% are satisfied where 90% was promised; the payment page promises 97% of its calls and keeps 99.5%, or 96%."""
    rows = [(sample.cell(sample_asked.SUCCESS, "checkout", 23), Statistics(n=1e6, numerator=worked, denominator=1e6))]
    felt = need("stay", "satisfaction >= 90% over 31d", "satisfaction", "90%")
    page = page_of(rows, felt, need("checkout", "success >= 97% over 31d", "success", "97%"))
    missed = "1 technical target met; surely missed: how satisfied people are"
    words = f"Every technical target is met, and people are not content ({missed})."
    assert page.outside == (words if is_said else None)
    assert ('id="outside"' in render(service.PAGE, page)) == is_said
