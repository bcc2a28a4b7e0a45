"""Attempts once more, as a plain loop: the oracle of the query."""

from __future__ import annotations

import datetime as dt
from typing import Any

PAUSE = dt.timedelta(minutes=30)


def plain_attempts(rows: list[dict[str, Any]], journey: list[str], ends: set[str]) -> list[dict[str, Any]]:
    """Return one row per attempt of the only service there is, `shop`, oldest first."""
    held: dict[str, list[dict[str, Any]]] = {}
    last: dict[str, tuple[dt.datetime, str]] = {}
    for event in sorted((normal(row, journey) for row in rows if row["service"].strip().lower() == "shop"), key=order):
        who = event["consumer"] or event["visit"]
        name = event["attempt"]
        if not name and not who:
            continue
        if not name:
            name = last[who][1] if who in last and event["happened_at"] <= last[who][0] + PAUSE else begun(who, event)
            last[who] = (event["happened_at"], name)
        held.setdefault(name, []).append(event)
    found = [summed(name, each, len(journey) - 1, ends) for name, each in held.items()]
    return sorted(found, key=lambda row: (row["started_at"], row["attempt"]))


def normal(row: dict[str, Any], journey: list[str]) -> dict[str, Any]:
    step = row["step"].lower() if row["step"] and row["step"].lower() in journey else row["step"]
    place = journey.index(step) if step in journey else None
    return {**row, "step": step, "place": place, "channel": row["channel"] and row["channel"].lower()}


def order(event: dict[str, Any]) -> tuple[Any, ...]:
    return (event["happened_at"], 99 if event["place"] is None else event["place"], event["record"])


def begun(who: str, event: dict[str, Any]) -> str:
    return f"{who}@{int(event['happened_at'].timestamp())}"


def summed(name: str, events: list[dict[str, Any]], last_place: int, ends: set[str]) -> dict[str, Any]:
    def is_done(event: dict[str, Any]) -> bool:
        at_end = event["place"] == last_place or event["outcome"] in ends or event["step"] in ends
        return event["outcome"] == "done" or (at_end and event["outcome"] not in ("failed", "left"))

    done = [event for event in events if is_done(event)]
    moved = [event for event in events if event["outcome"] != "left"]
    failed = bool(moved) and moved[-1]["outcome"] == "failed"
    steps = [event for event in events if event["step"]]
    placed = [event for event in events if event["place"] is not None]
    outcome = "done" if done else "failed" if failed else "left"
    channels = [event["channel"] for event in events if event["channel"]]
    failures = [event["step"] for event in events if event["outcome"] == "failed"]
    return {
        "entity": "shop",
        "attempt": name,
        "consumer": next((event["consumer"] for event in events if event["consumer"]), None),
        "channel": channels[0] if channels else None,
        "channels_used": len(set(channels)),
        "started_at": events[0]["happened_at"],
        "ended_at": events[-1]["happened_at"],
        "first_step": steps[0]["step"] if steps else None,
        "last_step": steps[-1]["step"] if steps else None,
        "furthest_step": max(placed, key=lambda event: event["place"])["step"] if placed else None,
        "finished_at": done[0]["happened_at"] if done else None,
        "failed_step": failures[-1] if outcome == "failed" and failures else None,
        "n_events": len(events),
        "outcome": outcome,
    }
