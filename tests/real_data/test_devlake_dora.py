"""DevLake's own tests of DORA metrics: its deployments, pull requests and incidents in, and what it made of them."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from measures.given import engine_with, organisation, prepared, service
from wholeservice.derived.failing import AFTER, NEWEST, blamed
from wholeservice.facts.identity import FactTables

Rows = list[dict[str, str]]
REPOS = ("REPO111", "REPO222", "REPO333")


@pytest.fixture(scope="module")
def dora(real_peers: Path) -> Path:
    folder = real_peers / "devlake/dora/e2e"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    return folder


def read(path: Path) -> Rows:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> dt.datetime:
    """`2023-4-11 5:51:47` and `2023-04-13T07:29:14.000+00:00` alike."""
    day, time = text[:19].replace("T", " ").strip().split(" ")
    year, month, date = map(int, day.split("-"))
    hour, minute, second = (int(each[:2]) for each in time.split(":"))
    return dt.datetime(year, month, date, hour, minute, second, tzinfo=dt.UTC)


def deployments(rows: Rows) -> list[dict[str, Any]]:
    result = {"SUCCESS": "succeeded", "FAILURE": "failed"}
    return [
        {"deployment": row["cicd_deployment_id"], "service": row["repo_url"], "environment": row["environment"] or "unknown",
         "deployed_at": moment(row["finished_date"]), "result": result[row["result"]]}
        for row in rows
    ]  # fmt: skip


def facts_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Pull requests as items, delivered by the deployment whose commits hold their merge commit."""
    first: dict[str, dt.datetime] = {}
    for row in read(folder / "pull_request_commits.csv"):
        at, pull = moment(row["commit_authored_date"]), row["pull_request_id"]
        first[pull] = min(at, first.get(pull, at))
    commits = read(folder / "cicd_deployment_commits.csv")
    of_commit = {row["commit_sha"]: row["cicd_deployment_id"] for row in commits}
    brought = {row["commit_sha"]: of_commit[row["new_commit_sha"]] for row in read(folder / "commits_diffs.csv")
               if row["old_commit_sha"]}  # fmt: skip
    pulls = [row for row in read(folder / "pull_requests.csv") if row["id"] in first]
    items = [{"item": row["id"], "kind": "change", "created_at": first[row["id"]]} for row in pulls]
    links = [
        {"from_ref": f"deployment:{brought[commit]}", "relation": "delivers", "to_ref": f"item:{row['id']}"}
        for row in pulls
        if (commit := row["merge_commit_sha"]) in brought
    ]
    return {"items": items, "links": links, "deployments": deployments(commits)}


def table(facts: dict[str, list[dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    engine = prepared(engine_with(**facts), organisation(*map(service, REPOS)), [name])
    return engine.run(engine.table(name)).to_pylist()


@pytest.mark.real_data
def test_each_pull_request_is_deployed_when_devlake_says_and_not_before(dora: Path):
    """Staging and what failed deliver nothing. Where DevLake's cycle is deployed − first commit, ours is the same minute."""
    expected = {row["id"]: row for row in read(dora / "change_lead_time/project_pr_metrics.csv")}
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(table(facts_of(dora / "change_lead_time"), "delivered"), key=lambda row: row["deployed_at"]):
        found.setdefault(row["item"], row)
    assert len(expected) == 6
    for pull, row in expected.items():
        assert (pull in found) == bool(row["pr_deployed_date"]), pull
    days = {pull: abs(found[pull]["deployed_at"] - moment(expected[pull]["pr_deployed_date"])) for pull in found}
    assert max(days.values()) <= dt.timedelta(minutes=2)  # one pipeline reaches two repositories a minute apart
    lead_s = (found["pr1"]["deployed_at"] - found["pr1"]["committed_at"]).total_seconds()
    assert -(-lead_s // 60) == float(expected["pr1"]["pr_cycle_time"])


@pytest.mark.real_data
def test_the_stages_of_each_pull_request_add_up_to_its_life(dora: Path):
    """In DevLake coding, pickup, review and deploy do not add up to the cycle in 5 of 6 rows; tiles always do."""
    rows = read(dora / "change_lead_time/project_pr_metrics.csv")
    parts = ("pr_coding_time", "pr_pickup_time", "pr_review_time", "pr_deploy_time")
    assert sum(sum(float(row[part] or 0) for part in parts) != float(row["pr_cycle_time"]) for row in rows) == 5
    moments = ("first_commit_authored_date", "pr_created_date", "first_comment_date", "pr_merged_date", "pr_deployed_date")
    items, work = [], []
    for row in rows:
        at = [moment(row[name]) for name in moments if row[name]]
        items.append({"item": row["id"], "kind": "change", "created_at": min(at), "done_at": max(at)})
        stays = zip(("active", "queued", "active", "queued"), at, at[1:], strict=False)
        work += [{"item": row["id"], "state": state, "from_at": begin, "to_at": end} for state, begin, end in stays]
    lives = table({"items": items, "work": work}, "lives")
    assert len(lives) == 6
    for each in lives:
        whole = (each["life_to"] - each["life_from"]).total_seconds()
        assert each["worked_s"] + each["waited_s"] + each["unseen_s"] == whole, each["item"]


@pytest.mark.real_data
def test_a_deployment_that_caused_five_incidents_is_one(dora: Path):
    """Joined to its incidents a pipeline would stand in five rows for each repository; it failed once for each it reached."""
    folder = dora / "connect_incident_to_deployment"
    rows = read(folder / "prev_success_deployment_commit/cicd_deployment_commits_after.csv")
    blamed = read(folder / "snapshot_tables/project_incident_deployment_relationships.csv")
    incidents = [{"incident": row["id"], "service": "REPO111", "started_at": moment(row["created_date"])}
                 for row in read(folder / "raw_tables/incidents.csv")]  # fmt: skip
    links = [{"from_ref": f"incident:{row['id']}", "relation": "caused-by", "to_ref": f"deployment:{row['deployment_id']}"}
             for row in blamed]  # fmt: skip
    found = table({"deployments": deployments(rows), "incidents": incidents, "links": links}, "deliveries")
    live = {(row["cicd_deployment_id"], row["repo_url"]) for row in rows if row["environment"] == "PRODUCTION"}
    assert Counter((row["deployment"], row["entity"]) for row in found) == Counter(live)
    failed = {(row["deployment"], row["entity"]): row["n_incidents"] for row in found if row["failed_linked"]}
    assert failed == {
        ("pipeline7", "REPO111"): 5, ("pipeline7", "REPO333"): 5, ("pipeline2", "REPO111"): 1, ("pipeline2", "REPO333"): 1,
    }  # fmt: skip
    assert next(row["result"] for row in found if row["delivery"] == "REPO111/pipeline7") == "succeeded"  # at the second try


@pytest.mark.real_data
def test_each_incident_is_blamed_on_the_deployment_that_devlake_blames(dora: Path):
    """6 of 6 by the rule newest, without any link; within a day it would be one. A project is what deploys and breaks."""
    folder = dora / "connect_incident_to_deployment"
    project = {(row["table"], row["row_id"]): row["project_name"] for row in read(folder / "raw_tables/project_mapping.csv")}
    rows = read(folder / "prev_success_deployment_commit/cicd_deployment_commits_after.csv")
    deployed = [{**made, "service": project["cicd_scopes", row["cicd_scope_id"]]}
                for row, made in zip(rows, deployments(rows), strict=True)]  # fmt: skip
    broken = [{"incident": row["id"], "service": project.get((row["table"], row["scope_id"])),
               "started_at": moment(row["created_date"])} for row in read(folder / "raw_tables/incidents.csv")]  # fmt: skip
    known = organisation(service("project1"), service("project2"))
    engine = prepared(engine_with(deployments=deployed, incidents=broken), known, ["deliveries"])
    facts = FactTables(engine)
    expected = read(folder / "snapshot_tables/project_incident_deployment_relationships.csv")
    found = {rule: {row["incident"]: row["delivery"] for row in engine.run(blamed(facts, facts.deliveries, rule)).to_pylist()}
             for rule in (AFTER, NEWEST)}  # fmt: skip
    assert found[NEWEST] == {row["id"]: f"{row['project_name']}/{row['deployment_id']}" for row in expected}
    assert (len(expected), len(broken), len(found[AFTER])) == (6, 7, 1)
    failed = {row["delivery"] for row in engine.run(facts.deliveries).to_pylist() if row["failed_newest"]}
    assert failed == set(found[NEWEST].values()) == {"project1/pipeline7", "project1/pipeline2"}


@pytest.mark.real_data
def test_the_lead_time_of_every_pull_request_is_devlakes_cycle(dora: Path):
    """6 of 6, in minutes begun: from its first commit, or from being opened, to its merge or to reaching production."""
    folder = dora / "change_lead_time"
    facts = facts_of(folder)
    pulls = {row["id"]: row for row in read(folder / "pull_requests.csv")}
    for item in facts["items"]:
        pull = pulls[item["item"]]
        item["created_at"] = min(item["created_at"], moment(pull["created_date"]))
        item["done_at"] = moment(pull["merged_date"])
    ends = {row["item"]: row for row in table(facts, "lives")}
    landed: dict[str, dt.datetime] = {}
    for row in table(facts, "delivered"):  # one pipeline reaches two repositories: the first of them counts
        landed[row["item"]] = min(landed.get(row["item"], row["deployed_at"]), row["deployed_at"])
    for item, at in landed.items():
        ends[item]["done_at"] = max(ends[item]["done_at"], at)
    cycles = {row["id"]: float(row["pr_cycle_time"]) for row in read(folder / "project_pr_metrics.csv")}
    lead_s = {item: (row["done_at"] - row["life_from"]).total_seconds() for item, row in ends.items()}
    assert {item: -(-seconds // 60) for item, seconds in lead_s.items()} == cycles
    assert len(cycles) == 6
