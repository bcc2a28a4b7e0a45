"""The files of a new workspace about one repository: a service named after it, and the stream its changes run in. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from wholeservice.organisation.values import slug

_NUMBER = re.compile(r"\d")
_LEAST = 2  # tags alike that are a series


def release_patterns(tags: Iterable[str]) -> list[str]:
    """
    Return the patterns of the tags that look like releases: those of the commonest beginning before a number.

    Shape    one pattern; a second that takes out those with a word after the number (candidates and the like), where there are
             any. Nothing where no two tags begin alike

    >>> release_patterns(["release_1", "release_2", "release_2_hotfix", "spike"]), release_patterns(["v1.0", "v1.1"])
    (['release_*', '!release_*[A-Za-z]*'], ['v*'])
    >>> release_patterns(["1.0", "1.1"]), release_patterns(["spike"])
    (['[0-9]*'], [])
    """
    names = list(tags)
    beginnings = Counter(each[: found.start()] for each in names if (found := _NUMBER.search(each)))
    if not beginnings or beginnings.most_common(1)[0][1] < _LEAST:
        return []
    beginning = min(beginnings, key=lambda each: (-beginnings[each], each))
    start = re.sub(r"([*?[])", r"[\1]", beginning)
    wanted, taken_out = (f"{start}*", f"{start}*[A-Za-z]*") if start else ("[0-9]*", "[0-9]*[A-Za-z]*")
    is_mixed = any(fnmatchcase(each, wanted) and fnmatchcase(each, taken_out) for each in names)
    return [wanted, f"!{taken_out}"] if is_mixed else [wanted]


def repository_workspace(name: str, title: str, zone: str, history: dict[str, str], releases: Sequence[str]) -> dict[str, str]:
    """Return {relative path: text} of a workspace that passes `check`; *history* says where the history is."""
    service = slug(title)
    stream = f"{service}-stream"
    declared = "\n".join(f"    {key}: {json.dumps(value)}" for key, value in history.items())
    pattern = f"    releases: [{', '.join(map(json.dumps, releases))}]" if releases else '    # releases: "v*"'
    fill = {
        "NAME": json.dumps(name), "TITLE": json.dumps(title), "ZONE": json.dumps(zone), "SERVICE": service, "STREAM": stream,
        "HISTORY": declared, "RELEASES": pattern,
    }  # fmt: skip
    return {path: _filled(text, fill) for path, text in _FILES.items()}


def _filled(text: str, fill: dict[str, str]) -> str:
    pieces = text.split("@@")
    return "".join(fill[piece] if index % 2 else piece for index, piece in enumerate(pieces))


_SETTINGS = """\
# A workspace is this file, organisation/*.yaml, and the store that `wholeservice ingest` fills.

name: @@NAME@@
zone: @@ZONE@@             # periods are cut at midnight here

sources:
  history:                 # commits are changes that wait to land and then for a release; docs/sources/git.md says how
    kind: git
@@HISTORY@@
    service: @@SERVICE@@
@@RELEASES@@  # tags that are releases to production; ! takes out

# What a history cannot tell is not recorded, and shown so: which deployments failed, incidents, what was planned. Add where
# that stands, such as a table of incidents: wholeservice map incidents.csv
"""

_SERVICES = """\
# What you provide, to whom, and what they need of it. Every key here is explained in docs/organisation.md.
# Check it any time with: wholeservice check

org:
  name: @@NAME@@

services:
  @@SERVICE@@:             # this key is its id
    title: @@TITLE@@
    stream: @@STREAM@@
    # for, journey, needs and parts: who uses it, the steps they take, what they want, and what it is made of
"""

_STREAMS = """\
# How the service changes: the stages that a change goes through, as the history of its repository tells them.

value-streams:
  @@STREAM@@:
    title: How it changes
    # owner: name.the.owner       # the one person who answers for what the consumers get
    stages:
      - { stage: write, kind: value-adding }
      - { stage: review, queue: review }       # written, and not on the main line yet
      - { stage: release, queue: release }     # on the main line, and in no release yet
    # aims:
    #   soon: p85 change-lead-time <= 7d over 90d
"""

_FILES = {
    "wholeservice.yaml": _SETTINGS,
    "organisation/services.yaml": _SERVICES,
    "organisation/streams.yaml": _STREAMS,
    ".gitignore": ".wholeservice/\n",
}
