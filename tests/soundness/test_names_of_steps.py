"""A name of a step that does not match is said wherever somebody looks, and never becomes a sure 0 %."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wholeservice.app.cli import main

ORGANISATION = """\
org: { name: Shop, purpose: To sell, north-star: people who come back }
services:
  shop:
    title: The shop
    journey: [ cart, choose-delivery, { step: payment-done, title: Paid } ]
    needs:
      easy: { says: Let me pay, targets: [ completion >= 90% over 28d ] }
"""
SETTINGS = """\
name: Shop
sources:
  clicks:
    file: clicks.csv
    record: [id]
    facts: [ interaction: { happened_at: "{at}", service: shop, attempt: "{visit}", step: %s } ]
"""
PLAIN = '"{step}"'
N_PEOPLE, N_DAYS = 40, 10


def run(capsys, *arguments, code=0):
    with pytest.raises(SystemExit) as stopped:
        main([str(each) for each in arguments])
    printed = capsys.readouterr()
    assert stopped.value.code == code, printed.err
    return printed.out + printed.err


def written(folder: Path, end: str, step: str = PLAIN) -> Path:
    """A workspace of 40 visits; 10 get to the end, which the file calls *end*."""
    (folder / "organisation").mkdir(parents=True)
    (folder / "organisation" / "shop.yaml").write_text(ORGANISATION, encoding="utf-8")
    (folder / "wholeservice.yaml").write_text(SETTINGS % step, encoding="utf-8")
    rows = ["id,at,visit,step"]
    for person in range(N_PEOPLE):
        steps = ["cart", "choose_delivery", *([end] if person % 4 == 0 else [])]
        day = 1 + person % N_DAYS
        rows += [f"{person}-{n},2026-03-{day:02}T12:{n:02},v{person},{each}" for n, each in enumerate(steps)]
    (folder / "clicks.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def completion(capsys, folder: Path) -> list[float]:
    rows = json.loads(
        run(capsys, "--workspace", folder, "measure", "completion", "--of", "shop", "--format", "json").split("\n]")[0] + "]"
    )
    return [row["value"] for row in rows]


def test_a_name_that_does_not_match_is_no_zero_and_is_said_everywhere(tmp_path, capsys):
    """The file says `pay_finished`, the journey `payment-done`: no completion, and each place names it with its rows."""
    folder = written(tmp_path / "wrong", "pay_finished")
    assert "'pay_finished' in interactions (10 rows) is no step of shop" in run(capsys, "--workspace", folder, "ingest")
    measured = run(capsys, "--workspace", folder, "measure", "completion")
    assert "nobody was ever seen at the end “Paid” (payment-done)" in measured
    assert "step names in the facts that the journey lacks: pay_finished (10 rows)" in measured
    assert "0.0%" not in measured
    assert "nobody was ever seen at “Paid”" in run(capsys, "--workspace", folder, "measure", "step-conversion", "--of", "shop")
    (source,) = json.loads(run(capsys, "--workspace", folder, "sources", "--format", "json"))
    assert (source["n_known"], source["n_names"], source["n_waiting"]) == (3, 4, 10)
    assert "clicks: 'pay_finished' (10 rows) is no step of The shop" in run(capsys, "--workspace", folder, "sources")
    mapped = run(capsys, "--workspace", folder, "map", folder / "clicks.csv")
    assert "'pay_finished'" in mapped


def test_hyphens_and_underscores_are_one_in_the_name_of_a_step(tmp_path, capsys):
    """`choose_delivery` and `payment_done` are steps of the journey, so ten get through and no name is unknown."""
    folder = written(tmp_path / "right", "Payment done")
    assert "no step of" not in run(capsys, "--workspace", folder, "ingest")
    assert completion(capsys, folder) == [pytest.approx(10 / 36)]  # the newest day is not over: its four do not count yet


def test_check_sees_a_name_that_the_mapping_writes_down(tmp_path, capsys):
    """A typo under map: and one in service: are warnings with their place and the nearest name, before anything is read."""
    typo = "{ column: step, map: { cart: carrt, choose_delivery: choose_delivery, paid: payment-done } }"
    folder = written(tmp_path / "typo", "paid", typo)
    said = run(capsys, "--workspace", folder, "check")
    assert "wholeservice.yaml:6:101  SRC119  'carrt' is no step of shop" in said
    assert "nearest   'cart'" in said
    assert "choose_delivery'" not in said
    settings = (folder / "wholeservice.yaml").read_text(encoding="utf-8").replace("service: shop", "service: shp")
    (folder / "wholeservice.yaml").write_text(settings, encoding="utf-8")
    said = run(capsys, "--workspace", folder, "check")
    assert "SRC119  'shp' names nothing that is declared" in said
    assert "nearest   'shop'" in said
