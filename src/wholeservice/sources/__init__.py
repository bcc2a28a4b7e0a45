"""From foreign systems to raw rows: one file per kind of source, listed here.

A source never decides what a row means; the mapping in `facts` does. Add one: write `sources/NAME.py` that ends in
`SOURCE = Source(...)`, and put it in this tuple.
"""

from wholeservice.sources import (
    cloudevents,
    compose,
    database,
    formbricks,
    ga4,
    git,
    github,
    gitlab,
    improvements,
    jira,
    limesurvey,
    matomo,
    ocel,
    posthog,
    snowplow,
    table,
    xes,
)
from wholeservice.sources.base import Source

SOURCES: tuple[Source, ...] = (
    table.SOURCE,
    database.SOURCE,
    cloudevents.SOURCE,
    git.SOURCE,
    compose.SOURCE,
    xes.SOURCE,
    ocel.SOURCE,
    posthog.SOURCE,
    formbricks.SOURCE,
    ga4.SOURCE,
    limesurvey.SOURCE,
    snowplow.SOURCE,
    matomo.SOURCE,
    jira.SOURCE,
    github.SOURCE,
    gitlab.SOURCE,
    improvements.SOURCE,
)
