"""A web application over the sample data, asked as a browser on this machine would."""

from __future__ import annotations

import warnings

import pytest

from pages import sample
from wholeservice.app.web import create_app

with warnings.catch_warnings():  # starlette would rather have httpx2; httpx, which others need too, does as well
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

BASE = "http://127.0.0.1"


@pytest.fixture(scope="session")
def app():
    """The application over one fixed snapshot."""
    data = sample.data()
    return create_app(lambda: data)


@pytest.fixture
def client(app):
    """A client on the loopback address."""
    return TestClient(app, base_url=BASE)
