"""The command line starts light: help and check wait for none of the heavy libraries."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("numpy", "duckdb", "ibis", "pyarrow", "numba", "starlette", "deltalake", "scipy", "jinja2")

PROGRAM = """
import json, sys
from wholeservice.app.cli import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit:
    pass
print("LOADED", json.dumps(sorted(sys.modules)))
"""


def loaded_after(arguments: list[str]) -> set[str]:
    """Run the command in a fresh interpreter and return the modules it has loaded at the end."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.rpartition("LOADED ")[2]))


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["measure", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments):
    """Asking for help never waits for an engine."""
    assert not set(HEAVY) & loaded_after(arguments)


def test_check_imports_nothing_heavy(small_workspace):
    """Checking an organisation reads YAML and nothing else."""
    assert not set(HEAVY) & loaded_after(["--workspace", str(small_workspace), "check"])
