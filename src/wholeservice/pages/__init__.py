"""Pages: functions from stored results to one dataclass each, which is printed as HTML, as JSON or on the terminal.

A page is one file with a `PAGE` and one line here. What several pages show stands in a file without one (`*_part.py`).
"""

from wholeservice.pages import (
    blueprint,
    channel,
    coverage,
    data,
    feedback,
    finding,
    findings,
    home,
    item,
    leaderboard,
    measure,
    measures,
    owner,
    rows,
    runs,
    search,
    service,
    source,
    sources,
    step,
    stream,
    streams,
    team,
    transformation,
)
from wholeservice.pages.base import Page

PAGES: tuple[Page, ...] = (
    home.PAGE,
    search.PAGE,
    step.PAGE,  # this and the next two before the service, whose id may hold slashes
    blueprint.PAGE,
    feedback.PAGE,
    service.PAGE,
    channel.PAGE,
    coverage.PAGE,
    owner.PAGE,
    team.PAGE,
    streams.PAGE,
    stream.PAGE,
    item.PAGE,
    leaderboard.PAGE,
    transformation.PAGE,
    findings.PAGE,
    finding.PAGE,
    measures.PAGE,
    measure.PAGE,
    rows.PAGE,
    sources.PAGE,
    source.PAGE,
    data.PAGE,
    runs.PAGE,
)
