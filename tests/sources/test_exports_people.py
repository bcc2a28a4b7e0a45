"""Whatever tool wrote it: who people are never reaches the store, only a pseudonym of the id that their events share."""

from __future__ import annotations

import json

import pytest

from sources import test_formbricks, test_ga4, test_limesurvey, test_matomo, test_snowplow
from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms
from wholeservice.tables import TABLES

MAIL, ADDRESS = "ann@example.com", "192.0.2.7"
QUESTION = {"instrument": "csat", "scale": [1, 5]}
PAY = {"service": "shop", "steps": {"/pay": "pay"}}
SURVEY = {"service": "shop"}
EXPORTS = {
    "formbricks": (json.dumps({"data": [test_formbricks.response(1, user=MAIL, q=5), test_formbricks.response(2, q=MAIL)]}),
                   {**SURVEY, "file": "a.json", "questions": {"q": QUESTION}}),
    "ga4": (json.dumps([test_ga4.event(page=f"/pay?mail={MAIL}", person=MAIL, user_id=MAIL),
                        test_ga4.event(at=MAIL, person=MAIL)]), {**PAY, "file": "a.json"}),
    "limesurvey": (test_limesurvey.table(test_limesurvey.row(1, "5"), test_limesurvey.row(2, MAIL)),
                   {**SURVEY, "file": "a.csv", "questions": {"G01Q02[SQ001]": QUESTION}}),
    "snowplow": ("\n".join((test_snowplow.event(page="/pay", domain_userid=MAIL, user_id="ann"), f"{MAIL}\t{ADDRESS}")),
                 {**PAY, "file": "a.tsv"}),
    "matomo": (json.dumps([test_matomo.visit(1, test_matomo.page(1, f"/pay?m={MAIL}"), visitIp=ADDRESS, userId=MAIL),
                           {"visitIp": ADDRESS, "userId": MAIL}]), {**PAY, "file": "a.json"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", EXPORTS)
def test_no_mail_and_no_ip_address_is_stored(workspace, kind):
    """Neither in facts nor in links nor in the quarantine, where one row of each export lies; the step or answer is kept."""
    content, declaration = EXPORTS[kind]
    workspace.write(str(declaration["file"]), content)
    report = workspace.ingest(json.dumps({"a": {"kind": kind, **declaration}}),
                              guards=lambda source: Guard(source, Pseudonyms(b"s" * 64))).sources[0]  # fmt: skip
    run = workspace.store.latest()
    said = "".join(str(workspace.store.read(run, name).to_pylist()) for name in (*(each.name for each in TABLES), "quarantine"))
    assert report.refused == 1
    assert report.facts >= 1
    assert "p_" in said
    assert [each for each in (MAIL, ADDRESS) if each in said] == []
