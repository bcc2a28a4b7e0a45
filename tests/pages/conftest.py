"""What page tests start from."""

from __future__ import annotations

import pytest

from pages import sample
from wholeservice.pages.base import Data


@pytest.fixture(scope="session")
def data() -> Data:
    """A small hotel organisation whose numbers were made by hand."""
    return sample.data()
