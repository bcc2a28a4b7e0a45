"""What every registered page promises, whoever wrote it."""

from __future__ import annotations

import re
from dataclasses import is_dataclass

import pytest

from wholeservice.measures import MEASURES
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation
from wholeservice.pages import PAGES
from wholeservice.pages.base import Data, Page

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)


def empty() -> Data:
    organisation = Organisation("Small", "", "", entities={}, edges=(), needs=(), aliases={}, hash="0")
    measures = {measure.name: measure for measure in MEASURES}
    return Data(organisation, Results(MEASURES, ()), (), {}, measures, (), "nothing.0.0", "UTC")


@every_page
def test_a_workspace_without_anything_gives_a_page_or_nothing(page: Page):
    """With no facts at all a page builds, or says that there is no such thing; it never fails."""
    parameters = dict.fromkeys(re.findall(r"{(\w+)}", page.path), "nobody")
    built = page.build(empty(), **parameters)
    assert built is None or is_dataclass(built)


@every_page
def test_a_page_for_something_unknown_is_not_found(page: Page):
    """A path that names what does not exist gives None, which is a 404."""
    parameters = dict.fromkeys(re.findall(r"{(\w+)}", page.path), "nobody")
    if not parameters:
        pytest.skip("this page names nothing in particular")
    assert page.build(empty(), **parameters) is None


def test_no_two_pages_answer_the_same_path():
    """A path leads to one page."""
    paths = [page.path for page in PAGES]
    assert sorted(paths) == sorted(set(paths))
