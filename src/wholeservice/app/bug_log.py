"""Keep the details of an unexpected failure in a file, so that a person sees one calm line and we see all of it."""

from __future__ import annotations

import datetime as dt
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from wholeservice import __version__


def log_bug(error: Exception) -> Path:
    """Write the traceback and the circumstances to a new file and return where it is."""
    log = Path(tempfile.mkdtemp(prefix="wholeservice-")) / f"bug-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.log"
    circumstances = f"wholeservice {__version__}, Python {platform.python_version()}, {platform.platform()}"
    log.write_text(f"{circumstances}\n{' '.join(sys.argv)}\n\n{''.join(traceback.format_exception(error))}", encoding="utf-8")
    return log
