"""What changes with each commit, and so cannot be tuned to: seeds, and which part of what takes long is tried."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path


def first_seed() -> int:
    """Return a number below a million that comes from the commit; WHOLESERVICE_SEED gives another."""
    if chosen := os.environ.get("WHOLESERVICE_SEED"):
        return int(chosen)
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    return int(hashlib.sha256(found.stdout.encode()).hexdigest()[:8], 16) % 1_000_000
