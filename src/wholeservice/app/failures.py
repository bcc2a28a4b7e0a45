"""What happens when a command fails: the problem told for people, the details of a bug in a file, an exit code."""

from __future__ import annotations

import os
import traceback

import click

from wholeservice.app.bug_log import log_bug
from wholeservice.errors import EXIT_BUG, EXIT_OUTSIDE, OurBug, Problem, WholeserviceError, describe, describe_all

CODES = {
    "OUT001": "The disk, a file or another program did not do what was needed: a file is missing or may not be read, the disk"
    " is full, a port is taken. The message names it. Nothing half-written is kept.",
    "BUG001": "Something went wrong inside Wholeservice that is not your doing. Your files and the store are as they were. The"
    " log file named in the message holds the details; please report it. With WHOLESERVICE_DEBUG=1 the traceback is shown.",
}


def report(error: Exception) -> int:
    """Print what went wrong on stderr and return the exit code; with WHOLESERVICE_DEBUG=1 the traceback too."""
    if os.environ.get("WHOLESERVICE_DEBUG") == "1":
        traceback.print_exception(error)
    if isinstance(error, WholeserviceError) and not isinstance(error, OurBug):
        click.echo(describe_all(error.problems), err=True)
        return error.exit_code
    problem = outside(error) if isinstance(error, OSError) else _bug(error)
    click.echo(describe(problem), err=True)
    return EXIT_OUTSIDE if isinstance(error, OSError) else EXIT_BUG


def outside(error: OSError) -> Problem:
    """Say what the disk, or another part of the system, did not do."""
    named = f"{error.filename}: " if error.filename else ""
    return Problem("OUT001", f"{named}{error.strerror or error}", next_step="see to this, then run the command again")


def _bug(error: Exception) -> Problem:
    what = f"something went wrong inside Wholeservice ({type(error).__name__}); your data is safe"
    return Problem("BUG001", what, next_step=f"please report it with {log_bug(error)}")
