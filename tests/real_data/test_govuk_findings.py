"""What is found in the public figures of 734 government services: the workspace of examples/govuk, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wholeservice.app.cli import cli
from wholeservice.findings.base import Finding
from wholeservice.pages.base import Data

ROOT = Path(__file__).resolve().parents[2]
CARER = "dwp-carers-allowance-new-claims"

pytestmark = pytest.mark.real_data


def only(data: Data, code: str, entity: str, words: str = "") -> Finding:
    """The one finding of a rule about an entity whose title holds *words*."""
    found = [each for each in data.findings if (each.code, each.entity) == (code, entity) and words in each.title]
    assert len(found) == 1, [each.title for each in found]
    return found[0]


def evidence(finding: Finding) -> str:
    return "\n".join(each.says for each in finding.evidence)


def test_no_rule_fails_and_no_flood(govuk):
    """734 services give tens of findings, not thousands, and not one about a rule of ours."""
    assert not [each for each in govuk.findings if each.code == "F100"]
    assert len(govuk.findings) < 80


def test_the_fall_of_digital_take_up_is_a_change_of_coverage(govuk):
    """90.75 % to 79.64 % is -11.11 pp: +0.13 within the same services, +0.04 mix, -11.28 by who reports."""
    found = only(govuk, "F102", govuk.organisation.name, "digital")
    assert "90.75% (Apr 2016 to Mar 2017)" in found.title
    assert "79.64% (Jul 2016 to Jun 2017)" in found.title
    assert "−11.11 pp = within the same services +0.13 pp, mix +0.04 pp, coverage, who reports −11.28 pp" in found.title
    assert "46 services stopped reporting, 6 began, 367 report in both" in evidence(found)
    assert "Stopped: Stamp Duty Reserve Tax transactions" in evidence(found)
    assert found.about_data


def test_the_fall_of_volume_is_services_that_stopped_reporting(govuk):
    """3.31 billion to 1.04 billion: all but a thousandth of it is 73 services that stopped."""
    found = only(govuk, "F102", govuk.organisation.name, "fell from 3.31 billion")
    assert "1.04 billion (Jul 2016 to Jun 2017)" in found.title
    assert found.size == pytest.approx(2_269_006_000, rel=1e-3)


def test_every_number_of_a_finding_can_be_opened(govuk):
    """Each cell that evidence names has a result behind it."""
    cells = [each.cell for finding in govuk.findings for each in finding.evidence if each.cell]
    missing = [
        cell
        for cell in cells
        if all(
            cell != known
            for known, _ in govuk.results.rows(
                cell.measure, cell.entity, step=cell.step, channel=cell.channel, segment=cell.segment
            )
        )
    ]
    assert cells
    assert not missing


def test_thank_you_is_a_counter_that_began_late(govuk):
    """2 of 9 weeks: over all weeks 3,745 of 21,172 (17.7 %), over the common ones 3,745 of 5,196 (72.1 %)."""
    found = only(govuk, "F104", CARER)
    assert found.step == "thank-you"
    assert found.size == pytest.approx(3745 / 5196 - 3745 / 21172)
    assert "counted in only 2 of 9 weeks" in found.title
    assert "3,745 of 21,172" in evidence(found)


def test_six_shares_above_one_are_impossible(govuk):
    """All six rows in which more was digital than there was, and no other number."""
    lines = [each.says for finding in govuk.findings if finding.code == "F103" for each in finding.evidence]
    assert len(lines) == 6
    assert sum("NHS e-Referrals" in line for line in lines) == 2
    assert any("456.97%, 3,080 of 674" in line for line in lines)


def test_who_stopped_reporting_is_told_once_a_department(govuk):
    """Revenue and Customs: 26 of 34 services, the largest of them stamp duty."""
    found = [each for each in govuk.findings if each.code == "F109" and "HM Revenue and Customs" in each.title]
    assert len(found) == 1
    assert found[0].title.startswith("26 of 34 services")
    assert "Stamp Duty Reserve Tax transactions with 1.54 billion" in found[0].title


def test_the_two_files_agree(govuk):
    """Paired by position the two files give the same 11,024 values: no disagreement is found."""
    assert not [each for each in govuk.findings if each.code == "F107"]


def test_the_mislabelled_column_is_reported_by_check(govuk_workspace, real_data):
    """The label "January 2014 to December 2015" clashes with the period declared for its column, and `check` says so."""
    asked = ["--workspace", str(govuk_workspace), "--set", f"data={real_data / 'govuk'}", "check", "--format", "json"]
    done = CliRunner().invoke(cli, asked)
    problems = json.loads(done.stdout)
    assert any("January 2014 to December 2015" in json.dumps(problem) for problem in problems), done.output
