"""The open time of a loss, told plainly: instant by instant, each asked by itself what was so then."""

from __future__ import annotations

from wholeservice.findings.open_time import DAY_US

ORDER = ["being verified", "being released", "worked on", "late approval", "waiting", "unfunded", "not recorded", "undecided"]


def tile_at(life, at):
    """The piece that covers an instant, by looking at every one."""
    return next((tile for tile in life if tile.from_us <= at < tile.to_us), None)


def whose_turn(item, at, lives, been):
    """Follow a wait from item to item at one instant: (whose turn it is, its piece)."""
    tile = tile_at(lives.tiles[item], at)
    if tile is None or tile.kind != "wait" or tile.waits_on not in lives.tiles or tile.waits_on in been:
        return item, tile
    return whose_turn(tile.waits_on, at, lives, [*been, tile.waits_on])


def of_item(mender, at, lives, loss):
    """What one item was at an instant; (None, None) where it was nothing."""
    life = lives.tiles.get(mender.item, [])
    end = life[-1].to_us if life else mender.created_us
    if mender.done_us is None and at >= end:  # what was told last is not known to be so still
        return ("not recorded", None) if at >= mender.created_us else (None, None)
    if at < mender.created_us or (mender.done_us is not None and at >= max(end, mender.done_us)):
        return after(mender, at, max(end, mender.done_us or 0)) if at >= mender.created_us else (None, None)
    tile = tile_at(life, at)
    if tile is None:
        return None, None
    turn, theirs = whose_turn(mender.item, at, lives, [mender.item])
    if turn != mender.item:
        if theirs is None or theirs.kind == "unknown":
            return "not recorded", None
        if theirs.kind == "wait" and theirs.state == "blocked" and theirs.waits_on not in lives.tiles:
            return "waiting", theirs.waits_on
        return "waiting", (theirs.team if theirs and theirs.team else lives.teams.get(turn)) or turn
    return own(mender, tile, lives)


def own(mender, tile, lives):
    """What a piece of its own life was."""
    queue = lives.queues.get((mender.item, tile.stage))
    if tile.kind == "unknown":
        return "not recorded", None
    if tile.kind == "work":
        return {"decision": "undecided", "release": "being released"}.get(queue, "worked on"), None
    cause, on = lives.causes.get((mender.item, tile.from_us), (queue, None))
    earlier = [each for each in lives.tiles[mender.item] if each.from_us < tile.from_us]
    stages = [lives.queues.get((mender.item, each.stage)) for each in earlier if each.kind == "work"]
    has_begun = any(each not in ("decision", "release") for each in stages)
    may_have_begun = has_begun or any(each.kind == "unknown" for each in earlier)
    if tile.state == "done" or cause == "release":
        return "being released", None
    if cause == "decision":
        return "undecided", None
    if cause == "budget":
        return "unfunded", None
    if cause in ("approval", "review"):
        return ("late approval", on) if has_begun else ("not recorded" if may_have_begun else "undecided", None)
    is_on = on is not None or tile.waits_on in lives.tiles  # it comes back to itself: a circle
    if not has_begun and not is_on:
        return "not recorded" if may_have_begun else "undecided", None
    if tile.state == "blocked":  # held up, and by what is told or nobody knows: never its own team for want of another
        return "waiting", on or tile.waits_on
    return "waiting", on or tile.waits_on or tile.team or lives.teams.get(mender.item)


def after(mender, at, done):
    """What it was once it was done."""
    if mender.is_given_up:
        return None, None
    reached = max(done, mender.deployed_us or done)
    if at < reached:
        return "being released", None
    looked = reached + 14 * DAY_US
    if mender.verdict_us is not None and mender.verdict_us >= reached:
        looked = mender.verdict_us
    return ("being verified", None) if at < looked else (None, None)


def state_at(loss, menders, lives, at):
    """What the open time of a loss was at an instant: (state, whom it waited for)."""
    if loss.known_us is None or at < loss.known_us:
        return "unseen", None
    found = [of_item(each, at, lives, loss) for each in menders]
    found = [each for each in found if each[0] is not None]
    for state in ORDER:
        for each in found:
            if each[0] == state:
                return each
    later = menders and all(each.created_us > at for each in menders)
    return ("undecided" if later else "nobody"), None
