"""Attempts and persons once more, as plain loops: the oracles of the queries and of the kernel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]


@dataclass(frozen=True)
class Shop:
    """The only service there is, `shop`. `idle_s` is None where no pause ends an attempt."""

    journey: tuple[str, ...]
    ends: frozenset[str]
    idle_s: float | None = 1800
    until_end: bool = False
    per_day: bool = False
    zone: str = "UTC"


def plain_attempts(rows: list[Event], shop: Shop) -> list[Event]:
    """Return one row per attempt, oldest first."""
    held: dict[str, list[Event]] = {}
    threads: dict[str, list[Event]] = {}
    for event in sorted((normal(row, shop) for row in rows if row["service"].strip().lower() == "shop"), key=order):
        who, name = event["consumer"] or event["visit"], event["attempt"]
        if not name and not who:
            continue
        if not name:
            before = threads.setdefault(who, [])
            event["begun_s"] = second(event["happened_at"]) if is_new(event, before, shop) else before[-1]["begun_s"]
            before.append(event)
            name = f"{who}@{event['begun_s']}"
        held.setdefault(name, []).append({**event, "thread": event["attempt"] or who})
    found = [summed(name, each, shop) for name, each in held.items()]
    return sorted(found, key=lambda row: (row["started_at"], row["attempt"]))


def is_new(event: Event, before: list[Event], shop: Shop) -> bool:
    """Say whether an event begins another attempt of somebody who did all that before."""
    if not before:
        return True
    now, last = second(event["happened_at"]), second(before[-1]["happened_at"])
    busy = max(second(end) for each in before for end in (each["happened_at"], each["ended_at"]) if end)
    if shop.idle_s is not None and now - busy > shop.idle_s:
        return True
    if shop.until_end and now > last and any(is_done(each, shop) for each in before if second(each["happened_at"]) == last):
        return True
    return shop.per_day and day(event, shop) != day(before[-1], shop)


def day(event: Event, shop: Shop) -> dt.date:
    return event["happened_at"].astimezone(ZoneInfo(shop.zone)).date()


def second(moment: dt.datetime) -> int:
    return int(moment.timestamp() // 1)


def normal(row: Event, shop: Shop) -> Event:
    step = row["step"].lower() if row["step"] and row["step"].lower() in shop.journey else row["step"]
    place = shop.journey.index(step) if step in shop.journey else None
    return {
        **row,
        "step": step,
        "place": place,
        "channel": row["channel"] and row["channel"].lower(),
        "segment": row["segment"],
        "device": row["device"] and row["device"].lower(),
    }


def order(event: Event) -> tuple[Any, ...]:
    return (event["happened_at"], 99 if event["place"] is None else event["place"], event["source"], event["record"])


def is_done(event: Event, shop: Shop) -> bool:
    at_end = event["place"] == len(shop.journey) - 1 or event["outcome"] in shop.ends or event["step"] in shop.ends
    return event["outcome"] == "done" or (at_end and event["outcome"] not in ("failed", "left"))


def summed(name: str, events: list[Event], shop: Shop) -> Event:
    done = [event for event in events if is_done(event, shop)]
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
        "thread": events[0]["thread"],
        "consumer": next((event["consumer"] for event in events if event["consumer"]), None),
        "channel": channels[0] if channels else None,
        **{name: next((event[name] for event in events if event[name]), None) for name in ("segment", "device")},
        "channels_used": len(set(channels)),
        "started_at": events[0]["happened_at"],
        "ended_at": max(event["ended_at"] or event["happened_at"] for event in events),
        "first_step": steps[0]["step"] if steps else None,
        "last_step": steps[-1]["step"] if steps else None,
        "furthest_step": max(placed, key=lambda event: event["place"])["step"] if placed else None,
        "finished_at": done[0]["happened_at"] if done else None,
        "failed_step": failures[-1] if outcome == "failed" and failures else None,
        "n_events": len(events),
        "outcome": outcome,
    }


def plain_persons(links: list[tuple[str, str]]) -> tuple[dict[str, str], list[int]]:
    """Return alias -> person, and which links were refused; links in the order in which they are followed."""
    accounts = {ref.partition(":")[2] for link in links for ref in link if ref.startswith("account:")}
    groups = [{ref.partition(":")[2]} for link in links for ref in link]
    groups = [group for place, group in enumerate(groups) if group not in groups[:place]]
    refused = []
    for number, link in enumerate(links):
        one, other = (next(group for group in groups if ref.partition(":")[2] in group) for ref in link)
        if one is other:
            continue
        if one & accounts and other & accounts:
            refused.append(number)
            continue
        groups = [group for group in groups if group is not one and group is not other] + [one | other]
    return {alias: min(group & accounts or group) for group in groups for alias in group}, refused
