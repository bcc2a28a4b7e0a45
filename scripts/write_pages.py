"""Write the pages of docs/ that come from the code: .venv/bin/python scripts/write_pages.py"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from write_commands_page import commands_page
from write_findings_page import findings_page
from write_reference_pages import kinds_page, measures_page, problems_page, tables_page

DOCS = Path(__file__).resolve().parents[1] / "docs"

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "findings.md": findings_page,
    "kinds.md": kinds_page,
    "measures.md": measures_page,
    "problems.md": problems_page,
    "tables.md": tables_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
