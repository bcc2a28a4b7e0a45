"""Which numbers a question is answered with, and how they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.small import data, row
from wholeservice.app.measured import Question, ask, columns, without_twins
from wholeservice.app.why_nothing import MADE_OF, why_no_total, why_nothing
from wholeservice.errors import InputError
from wholeservice.measures import MEASURES
from wholeservice.organisation.graph import Entity
from wholeservice.periods import parse_period


def values(**question):
    return [(each["entity"], each["step"], each["channel"], each["value"]) for each in ask(data(), Question(**question))]


def test_a_question_about_nothing_in_particular_is_about_the_whole_organisation():
    """Without a measure or an entity, the organisation as a whole answers."""
    assert values() == [("Small", None, None, 0.75)]


def test_the_newest_whole_window_is_shown_and_not_the_week_that_has_only_begun():
    """80 of 100 in four whole weeks, and not 1 of 4 in the week since."""
    assert values(measure="completion", entity="stay") == [("stay", None, None, 0.8)]


def test_a_period_that_is_asked_for_is_shown_with_every_window_that_touches_it():
    """June touches the four weeks; the week that begins at its end does not."""
    rows = ask(data(), Question("completion", "stay", period=parse_period("2026-06")))
    assert [each["value"] for each in rows] == [0.8]


def test_a_period_without_a_number_says_which_periods_have_one():
    """Whoever asks for a month before the facts began learns when they did, and not only that there is nothing."""
    asked = Question("completion", "stay", period=parse_period("2019-06"))
    assert ask(data(), asked) == []
    assert "There are numbers from" in why_nothing(data(), asked)
    assert "facts cover all of it" in why_nothing(data(), asked)


def test_a_breakdown_has_a_row_for_each_channel():
    """Two channels, in alphabetical order, without the total."""
    assert values(measure="completion", entity="stay", by="channel") == [
        ("stay", None, "app", 1.25),
        ("stay", None, "web", 0.5),
    ]


def test_steps_stand_in_the_order_of_the_journey():
    """Sleeping comes before arriving here, since the journey says so."""
    assert [each[1] for each in values(measure="step-conversion", by="step")] == ["sleep", "arrive"]


def test_where_only_channels_are_known_they_stand_for_the_total():
    """A number that was only counted on the web is shown as that, not hidden."""
    assert [each[2] for each in values(measure="satisfaction", entity="stay")] == ["web"]


@pytest.mark.parametrize("word", ["stay", "night", "A good night", "a GOOD night"])
def test_a_service_is_found_by_id_alias_and_title(word):
    """People ask for a service by whatever they call it."""
    assert values(measure="completion", entity=word) == [("stay", None, None, 0.8)]


def test_an_unknown_measure_or_service_is_answered_with_the_nearest():
    """A misspelling is told with the name that was meant."""
    for question, code, nearest in (
        (Question("complection"), "ASK001", "completion"),
        (Question(entity="sty"), "ASK002", "stay"),
    ):
        with pytest.raises(InputError) as caught:
            ask(data(), question)
        assert [(each.code, each.nearest) for each in caught.value.problems] == [(code, nearest)]


def test_a_missing_number_says_why_and_is_no_zero():
    """Nothing counted: no value, and the reason stands where the value would."""
    results = data((row("completion", 0, 0),))
    (only,) = ask(results, Question("completion", "stay"))
    shown = {column.key: column.text(only) for column in columns(results, [only])}
    assert only["value"] is None
    assert shown["value"] == "not measured: nothing was counted"


def test_every_number_is_written_with_unit_interval_n_period_and_coverage():
    """The table for people leaves none of them out."""
    rows = ask(data(), Question("completion"))
    shown = {column.key: column.text(rows[1]) for column in columns(data(), rows)}
    assert shown["entity"] == "A good night"
    assert shown["value"] == "80.0%"
    assert shown["low"] == "71.1% to 86.7%"
    assert (shown["n"], shown["from"], shown["reporting"]) == ("100", "1 Jun to 28 Jun 2026", "1 of 2")


def test_a_breakdown_has_a_row_for_each_kind_of_consumer():
    """Two kinds, in alphabetical order, without the total and without what is of one step."""
    from dataclasses import replace

    from wholeservice.measures.results import Results

    known = data()
    rows = list(known.results.every("completion"))
    cell, sums = next((cell, sums) for cell, sums in rows if not (cell.step or cell.channel))
    kinds = [(replace(cell, segment=each), sums) for each in ("hotelier", "guest")]
    kinds.append((replace(cell, segment="other", step="pay"), sums))
    known = replace(known, results=Results(known.measures.values(), [*rows, *kinds]))
    found = ask(known, Question("completion", cell.entity, "segment"))
    assert [each["segment"] for each in found] == ["guest", "hotelier"]
    assert "segment" in [each.key for each in columns(known, found)]


def test_hours_stand_in_the_order_of_the_day_and_a_device_is_no_kind_of_consumer():
    """Each kind of people is asked for by itself, at the steps where it is known at no whole; the table names it plainly."""
    kinds = ("hour:19", "guest", "device:phone", "hour:07")
    known = data(
        (
            *(row("completion", 1, 2, segment=each) for each in kinds),
            row("step-conversion", 1, 2, step="sleep", segment="hour:19"),
        )
    )
    for by, expected in (("hour", ["hour:07", "hour:19"]), ("device", ["device:phone"]), ("segment", ["guest"])):
        assert [each["segment"] for each in ask(known, Question("completion", "stay", by))] == expected
    (only,) = ask(known, Question("step-conversion", "stay", "hour"))
    shown = next(each for each in columns(known, [only]) if each.key == "segment")
    assert (shown.title, shown.text(only), only["step"]) == ("Hour", "19", "sleep")


def test_paths_stand_as_often_as_they_were_taken_and_are_of_one_period():
    """One of the window before is not shown, the others come last; without `--by` the way to ask is said."""
    taken = (("find > pay", 28, 20), ("(all others)", 28, 90), ("find", 28, 30), ("find > map", 0, 99))
    paths = [row("completion-by-path", 1, n, days=(day, day + 28), segment=f"path:{path}") for path, day, n in taken]
    known = data((*paths, row("completion", 1, 2)))
    found = ask(known, Question("paths", "stay", "path"))
    assert [each["segment"] for each in found] == ["path:find", "path:find > pay", "path:(all others)"]
    shown = next(each for each in columns(known, found) if each.key == "segment")
    assert (shown.title, shown.text(found[0])) == ("Path", "find")
    assert "completion-by-path is told `--by path` only." in why_nothing(known, Question("paths"))
    why = why_nothing(known, Question("completion", by="path"))
    assert why.startswith("completion is not broken down by path. By path there is completion-by-path. It is told as a whole")


def test_a_kind_of_work_is_asked_for_as_a_kind_of_people_is():
    """`--by kind` gives the kinds of work and nothing else; the table calls the column by its name."""
    kinds = ("kind:feature", "kind:defect", "device:phone")
    known = data([row("throughput", 1, 2, segment=each) for each in kinds])
    found = ask(known, Question("throughput", "stay", "kind"))
    assert [each["segment"] for each in found] == ["kind:defect", "kind:feature"]
    shown = next(each for each in columns(known, found) if each.key == "segment")
    assert (shown.title, shown.text(found[0])) == ("Kind", "defect")


def test_stages_stand_in_the_order_of_their_stream_and_are_asked_for_by_step():
    """Not in that of the alphabet; whoever does not ask by step learns that there is no other number."""
    stages = ({"stage": "design"}, {"stage": "build"}, {"stage": "approve"})
    known = data([row("stage-wait-time", 1, 2, entity="flow", step=each) for each in ("approve", "build", "design")])
    stream = Entity("flow", "value-stream", "Flow", fields={"stages": stages})
    known = replace(known, organisation=replace(known.organisation, entities={**known.organisation.entities, "flow": stream}))
    found = ask(known, Question("stage-wait-time", "flow", "step"))
    assert [each["step"] for each in found] == ["design", "build", "approve"]
    assert "stage-wait-time is told `--by step` only." in why_nothing(known, Question("stage-wait-time", "flow"))


def test_where_nobody_recorded_a_device_that_is_the_reason():
    """Not recorded at all, and not told of this measure, are two reasons; the second says by what it is told."""
    rows = (row("completion", 1, 2, segment="device:phone"), row("volume", 3, 3), row("volume", 2, 2, channel="web"))
    assert "No interaction and no answer says what was used" in why_nothing(data(), Question("completion", by="device"))
    assert (
        why_nothing(data(rows), Question("volume", by="device"))
        == "volume is not broken down by device. It is told `--by channel`, or without --by."
    )


def test_a_breakdown_that_a_measure_has_not_is_answered_with_those_it_has():
    """Completion is told by channel and not by step: whoever asks by step learns both."""
    said = why_nothing(data(), Question("completion", "stay", by="step"))
    assert "completion has no number by step" in said
    assert "It is told `--by channel`, or without --by." in said


def test_a_measure_of_which_nothing_was_measured_says_what_it_is_made_of():
    """Adoption needs to know how many people a service is for; the sentence says how that is written."""
    said = why_nothing(data(), Question("adoption"))
    assert "`volume: 4000`" in said
    assert "wholeservice explain adoption" in said
    assert {need for measure in MEASURES for need in measure.needs} <= set(MADE_OF)


def test_numbers_that_only_overlap_a_period_are_not_taken_for_its_total():
    """June is longer than the four weeks shown for it; the four weeks themselves need no word."""
    june, weeks = parse_period("2026-06"), parse_period("2026-06-01..2026-06-29")
    assert "the number of Jun 2026 as a whole" in why_no_total(data(), june, ask(data(), Question("completion", period=june)))
    assert why_no_total(data(), weeks, ask(data(), Question("completion", "stay", period=weeks))) is None


def test_an_organisation_of_one_service_prints_a_number_once():
    """The whole and its only service have the same number: that of the service stands; where they differ, both do."""
    same = data((row("completion", 80, 100), row("completion", 80, 100, entity="Small")))
    assert [each["entity"] for each in without_twins(same, ask(same, Question("completion")))] == ["stay"]
    assert len(without_twins(data(), ask(data(), Question("completion")))) == 2
