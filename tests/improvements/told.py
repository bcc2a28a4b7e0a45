"""Facts of improvements made by hand."""

from __future__ import annotations

import datetime as dt

from wholeservice.tables import KEYS, Item, Judgement, Link

DAY = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
KEY = dict(zip(KEYS, ("log", "1", "0", DAY, "log", ""), strict=True))
PAY = "completion of stay @ pay"


def at(days):
    return DAY + dt.timedelta(days=days)


def item(id_, days=0, **columns):
    return Item(**KEY, item=id_, kind="improvement", created_at=at(days), **columns)


def said(id_, question, verdict, days=0, **columns):
    return Judgement(**KEY, about=f"item:{id_}", question=question, verdict=verdict, judged_at=at(days), **columns)


def link(from_ref, relation, to_ref):
    return Link(**KEY, from_ref=from_ref, relation=relation, to_ref=to_ref)
