"""A value stream map says what takes the time, to scale, and never draws what nobody recorded as nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from wholeservice.draw import stages, value_stream
from wholeservice.draw.stages import NECESSARY, NOT_RECORDED, VALUE, WASTE, Asked, Return, Stage, Times, ValueStream, Wait

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
BUILD = Stage(
    "build",
    "Build",
    VALUE,
    "Booking",
    Times(2 * HOUR, n=40),
    Times(10 * HOUR, n=40),
    (Wait("environment", 7 * HOUR, "Platform"),),
)
APPROVE = Stage(
    "approve",
    "Approve",
    WASTE,
    "Legal",
    Times(HOUR),
    Times(15 * HOUR),
    (Wait("approval", 12 * HOUR, "Change board"), Wait("budget", 2 * HOUR)),
)
STREAM = ValueStream("v", "A stream", (BUILD, APPROVE), Times(3 * HOUR, n=40), Times(30 * HOUR, n=40))


def bar(drawn: str) -> list[float]:
    """The lengths of the parts of the bar that is true to scale."""
    return [float(each) for each in re.findall(r'width="([\d.]+)" height="36" class="[^"]* segment"', drawn)]


def hanging(drawn: str) -> list[tuple[float, str]]:
    """The parts of the bars that hang under the stages: how high, and their class."""
    return [(float(high), cls) for high, cls in re.findall(r'height="([\d.]+)" class="([^"]*) hanging"', drawn)]


def test_the_bar_is_true_to_scale_and_in_order():
    """7 h environment, 1 h nobody recorded, 2 h work, 12 h approval, 2 h budget, 1 h work, and 5 of 30 h no stage explains."""
    lengths = bar(value_stream.draw(STREAM))
    assert [each / sum(lengths) * 30 for each in lengths] == pytest.approx([7, 1, 2, 12, 2, 1, 5], abs=0.02)


def test_waits_of_all_stages_hang_to_one_scale():
    """Twelve hours are six times as high as two, also where they hang under another stage."""
    heights = [high for high, _ in hanging(value_stream.draw(STREAM))]
    assert [each / heights[-1] * 2 for each in heights] == pytest.approx([7, 1, 12, 2], abs=0.02)


def test_stages_are_equally_wide_whatever_they_take():
    """A stage of five minutes has as much room as one of 300 days, and the bar tells them apart."""
    short, long_ = (
        Stage("a", "A", process=Times(5 * MINUTE), lead=Times(5 * MINUTE)),
        Stage("b", "B", process=Times(0.0), waits=(Wait("approval", 300 * DAY),)),
    )
    drawn = value_stream.draw(ValueStream("v", "t", (short, long_)))
    assert len({*re.findall(r'width="([\d.]+)" height="86" rx="4" class="stage-box"', drawn)}) == 1
    lengths = bar(drawn)
    assert lengths[0] / sum(lengths) == pytest.approx(5 / (300 * 24 * 60), abs=1e-4)


def test_a_lead_time_that_no_wait_explains_is_hatched():
    """Ten hours less two of work and seven of waiting leave one that nobody recorded; nothing is left of fifteen."""
    assert (stages.unrecorded_s(BUILD), stages.unrecorded_s(APPROVE)) == (HOUR, 0.0)
    assert [cls for _, cls in hanging(value_stream.draw(STREAM))].count("hatched") == 1


def test_a_stage_of_which_nothing_is_known_is_hatched_and_never_nothing():
    """No zero stands anywhere, each missing number says that it is, and the wait has a stub to no scale."""
    drawn = value_stream.draw(ValueStream("v", "t", (Stage("a", "A"),)))
    assert hanging(drawn) == [(18.0, "hatched")]
    assert drawn.count(">not measured<") >= len(value_stream.FACTS)
    assert drawn.count(f">{NOT_RECORDED}<") >= 2
    assert not re.findall(r">0( s|%)?<", drawn)
    assert stages.table(ValueStream("v", "t", (Stage("a", "A"),))).rows[0][3:6] == ("not measured",) * 3


def test_a_wait_of_unknown_length_keeps_the_sum_open():
    """Two hours and a wait that nobody timed are at least two hours; what is left of the lead time may be the other."""
    stage = replace(BUILD, waits=(Wait("approval", 2 * HOUR), Wait("budget", None)))
    drawn = value_stream.draw(ValueStream("v", "t", (stage,)))
    assert ">at least 2 h<" in drawn
    assert (18.0, "hatched") in hanging(drawn)
    assert stages.unrecorded_s(stage) == 0.0


def test_a_lead_time_without_work_is_neither_work_nor_no_wait():
    """Ten hours of which seven are a recorded wait and the work was never timed: three are hatched, and none is missing."""
    stage = replace(BUILD, process=Times())
    lengths = bar(value_stream.draw(ValueStream("v", "t", (stage,))))
    assert [each / sum(lengths) * 10 for each in lengths] == pytest.approx([7, 3], abs=0.02)
    drawn = value_stream.draw(ValueStream("v", "t", (replace(stage, waits=()),)))
    assert ">no wait<" not in drawn
    assert hanging(drawn) == [(18.0, "hatched")]
    assert "10 h in all: not recorded 10 h, 100.0%" in stages.says(ValueStream("v", "t", (replace(stage, waits=()),)))


def test_a_stage_without_any_wait_says_so():
    """Lead time and work are the same: no wait, which is not the same as no record."""
    drawn = value_stream.draw(ValueStream("v", "t", (Stage("a", "A", process=Times(60.0), lead=Times(60.0)),)))
    assert ">no wait<" in drawn
    assert hanging(drawn) == []


def test_the_finding_says_what_is_known_and_no_more():
    """Work and whole, or which of them nobody measured."""
    assert stages.finding(STREAM) == "3 h of work takes 30 h"
    assert stages.finding(replace(STREAM, process=Times())) == "It takes 30 h; how much of that is work is not measured"
    assert stages.finding(replace(STREAM, lead=Times())) == "3 h of work; how long it takes is not measured"
    assert stages.finding(ValueStream("v", "t", ())) == "How long it takes is not measured"


def test_stages_that_take_longer_than_the_whole_are_said_to():
    """Means of stages may add up to more than whole items take: 25 h against 20 h is said, 25 h against 30 h is not."""
    assert stages.too_much(STREAM) == ""
    assert "25 h, more than the 20 h" in stages.too_much(replace(STREAM, lead=Times(20 * HOUR)))


def test_what_goes_back_is_an_arrow_back_and_never_forward():
    """A return to an earlier stage and one to itself are drawn, one that leads forward is none, and a share may be missing."""
    backs = (
        Return("approve", "build", 0.22),
        Return("build", "build", None),
        Return("build", "approve", 0.5),
        Return("approve", "gone", 0.1),
    )
    drawn = value_stream.draw(replace(STREAM, returns=backs))
    paths = re.findall(r'd="M([\d.]+) [\d.]+V[\d.]+q[^"]*H([\d.]+)q[^"]*" class="(return[^"]*)"', drawn)
    assert all(float(end) < float(start) for start, end, _ in paths)
    assert sorted(cls for _, _, cls in paths) == ["return", "return unknown"]
    assert ">22.0% go back<" in drawn
    assert "some do it again, how many is not measured" in stages.says(replace(STREAM, returns=backs))


def test_a_kind_is_told_in_words_and_by_its_pattern():
    """Value-adding is filled, necessary is dashed, waste is hatched, and what nobody said is neither."""
    kinds = (VALUE, NECESSARY, WASTE, None)
    drawn = value_stream.draw(ValueStream("v", "t", tuple(Stage(f"s{at}", "S", kind) for at, kind in enumerate(kinds))))
    assert re.findall(r'height="7" class="([^"]*)"', drawn) == ["bar-work", "bar-necessary", "hatched loss", "bar-unsaid"]
    assert all(f">{words}<" in drawn for words in (*kinds[:3], "kind not said"))


def test_whom_a_stage_asks_stands_over_it():
    """Two are written, more are counted; a stage that asks nobody has no arrow."""
    asked = tuple(Asked("build", "approval", f"Board {at}") for at in range(4))
    drawn = value_stream.draw(replace(STREAM, asked=asked))
    assert [f">Board {at}<" in drawn for at in range(4)] == [True, True, False, False]
    assert ">and 2 more<" in drawn
    assert drawn.count('class="asks-head"') == 1
    assert "Board 3 (approval)" in stages.table(replace(STREAM, asked=asked)).rows[0][14]


def test_names_are_text_and_a_stage_may_be_a_link():
    """What a name holds never becomes markup; the map of links is a group, the other one image."""
    stage = replace(BUILD, title="<script>x</script> & co", href="/stage/build?a=1&b=2")
    drawn = value_stream.draw(ValueStream("v", "t", (stage,)))
    assert "<script" not in drawn
    assert 'href="/stage/build?a=1&amp;b=2"' in drawn
    assert ('role="group"' in drawn, 'role="img"' in value_stream.draw(STREAM)) == (True, True)


def test_a_stream_without_a_stage_says_so():
    """The picture is hatched, the words and the table stay."""
    empty = ValueStream("v", "t", ())
    assert "no stage is described" in value_stream.draw(empty)
    assert stages.table(empty).rows == ()
