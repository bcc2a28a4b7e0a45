"""The files of a new workspace: one service, one kind of consumer, one journey, with comments that teach. Pure: text out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

from wholeservice.organisation.values import plain_title, slug

_OURS = ("main-stream", "first-team", "front", "back")  # ids the templates use


def new_workspace(name: str, service: str, consumer: str, journey: Sequence[str], zone: str) -> dict[str, str]:
    """Return {relative path: text} of a workspace that passes `check` and can be measured once facts come in.

    Names are taken as people type them; ids are made from them. An empty journey becomes start and finish.

    >>> sorted(new_workspace("Stayline", "Book and stay", "guest", ["find", "pay"], "Europe/Berlin"))
    ['.gitignore', 'organisation/services.yaml', 'organisation/teams.yaml', 'wholeservice.yaml']
    """
    steps = _steps(journey)
    service_id = _free(slug(service), _OURS)
    consumer_id = _free(slug(consumer), (*_OURS, service_id))
    fill = {
        "NAME": _quoted(_printable(name) or "Our organisation"), "ZONE": _quoted(zone),
        "SERVICE": service_id, "SERVICE_TITLE": _quoted(service),
        "CONSUMER": consumer_id, "CONSUMER_TITLE": _quoted(consumer), "FIRST": steps[0][0], "LAST": steps[-1][0],
        "JOURNEY": "\n".join(f"      - {{ step: {identity}, title: {_quoted(title)} }}" for identity, title in steps),
    }  # fmt: skip
    return {path: _filled(text, fill) for path, text in _FILES.items()}


def _steps(journey: Sequence[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for words in dict.fromkeys(filter(None, map(_printable, journey))):
        found.setdefault(_free(slug(words), found), plain_title(words))
    return list((found or {"start": "Start", "finish": "Finish"}).items())


def _free(wanted: str, taken: Collection[str]) -> str:
    """Return the id, numbered where it is taken already."""
    wanted = wanted[:80].rstrip("-")
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in (*taken, "null") else next(each for each in numbered if each not in taken)


def _printable(words: str) -> str:
    """Return words without control characters and with single spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def _quoted(words: str) -> str:
    """Write words as one YAML value, whatever they hold."""
    return "'" + _printable(words).replace("'", "''") + "'"


def _filled(text: str, fill: dict[str, str]) -> str:
    pieces = text.split("@@")
    return "".join(fill[piece] if index % 2 else piece for index, piece in enumerate(pieces))


_SERVICES = """\
# What you provide, to whom, and what they need of it. Every key here is explained in docs/organisation.md.
# Check it any time with: wholeservice check

org:
  name: @@NAME@@
  # purpose: what it is for
  # north-star: the one thing that tells whether it thrives

consumers:
  @@CONSUMER@@:
    title: @@CONSUMER_TITLE@@
    outside: true          # outside the organisation: the owner of what they use is the owner of its value stream
    # volume: 4.1M/yr      # how many there are

services:
  @@SERVICE@@:             # the whole service, named as its consumers would name it; this key is its id
    title: @@SERVICE_TITLE@@
    for: { @@CONSUMER@@: [uses, judges] }   # add 'pays' where they pay for it
    stream: main-stream
    # outcome: what its consumers have when it worked
    # channels: [web, phone]                # as your facts name them
    journey:               # the steps in the order people take them; facts name them by their id
@@JOURNEY@@
    needs:                 # what they want, in their words, and why you believe it
      get-it-done:
        says: Let me get it done without giving up half way
        # because: { research: 12 people watched, dated: 2026-05-12 }
        targets: [ completion >= 90% over 28d ]   # measure, op, number and unit, window; then @ step, in channel, for consumer
      easy:
        says: Do not make me work for it
        targets: [ satisfaction >= 80% over 90d ]
    parts:                 # what it is made of, the steps each part serves, and what each uses
      front:
        title: What people meet first
        team: first-team
        at: [@@FIRST@@]
        uses: [back]
      back:
        title: What finishes the work
        team: first-team
        at: [@@LAST@@]
"""

_TEAMS = """\
# Who provides it. An owner's remit follows from here: the stream, its teams, and the parts those teams run.

value-streams:
  main-stream:
    title: How the service comes to be and changes
    owner: name.the.owner   # the one person who answers for what the consumers get
    # fund: 1.2M EUR/yr     # funded as a stream, never as a project

teams:
  first-team:
    type: stream-aligned    # or platform, enabling, complicated-subsystem
    # people: 7

# policies:
#   id-check: { owner: name.the.owner, basis: our own choice, binds: [ @@SERVICE@@.@@FIRST@@ ] }   # a loss can start at a rule

# suppliers:
#   a-supplier: { provides: card-acquiring, contract: { ends: 2027-03-31, cost: 0.11 EUR per booking } }
"""

_SETTINGS = """\
# A workspace is this file, organisation/*.yaml, and the store that `wholeservice ingest` fills.

name: @@NAME@@
zone: @@ZONE@@             # periods are cut at midnight here

# Where facts come from: take the comment signs away, and put the names of your own columns in.
# In a fact's field a text is itself, and a name in braces is a column of the file:
#
# sources:
#   visits:
#     kind: table            # CSV, TSV, Excel, JSON, JSON lines or Parquet
#     file: data/visits.csv
#     record: [visit, page]
#     facts:
#       - interaction:
#           happened_at: "{time}"
#           visit: "{visit}"
#           service: @@SERVICE@@
#           step: "{page}"
#           outcome: "{result}"
"""

_FILES = {
    "wholeservice.yaml": _SETTINGS,
    "organisation/services.yaml": _SERVICES,
    "organisation/teams.yaml": _TEAMS,
    ".gitignore": ".wholeservice/\n",
}
