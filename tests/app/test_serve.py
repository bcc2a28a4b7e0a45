"""Finding a port to listen on."""

from __future__ import annotations

import socket

import pytest

from wholeservice.app.serve_command import HOST, N_PORTS_TRIED, listen


def test_a_port_that_is_taken_gives_way_to_the_next():
    """Two servers on one machine do not get in each other's way."""
    with listen(HOST, 0) as taken:
        port = taken.getsockname()[1]
        with listen(HOST, port) as second:
            assert port < second.getsockname()[1] < port + N_PORTS_TRIED


def test_an_address_of_another_machine_is_an_error_that_says_so():
    """Only a taken port is stepped over; anything else is told."""
    with pytest.raises(OSError, match="assign"):
        listen("192.0.2.1", 0)


def test_it_listens_on_this_machine_only_by_default():
    """Opening the pages to the network is a choice, not an accident."""
    with listen(HOST, 0) as mine:
        assert mine.getsockname()[0] == "127.0.0.1"
        assert mine.family == socket.AF_INET
