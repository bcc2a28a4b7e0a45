"""Take the pictures of the README from the demo, in light and dark: make pictures. Needs Debian's Chromium, as the tests do."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from chromium import ARGS, CHROMIUM  # of tests/

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PAGES = {"home": "", "service": "service/book-and-stay"}
SIZE = {"width": 1200, "height": 720}
MAX_BYTES = 150_000
COMMAND = (sys.executable, "-m", "wholeservice")


def take(address: str) -> Iterator[Path]:
    """Yield each picture once it is taken: the top of each page, as a window of SIZE shows it."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        for theme in ("light", "dark"):
            page = browser.new_page(viewport=SIZE, color_scheme=theme)
            for name, path in PAGES.items():
                page.goto(address + path, wait_until="networkidle")
                page.evaluate("document.fonts.ready")
                picture = PICTURES / f"page-{name}-{theme}.png"
                page.screenshot(path=picture)
                yield picture
        browser.close()


@contextmanager
def demo_served() -> Iterator[str]:
    """Run the demo in a new folder and serve it on a free port of this machine; yield the address."""
    with tempfile.TemporaryDirectory() as new:
        folder = str(Path(new) / "stayline")
        subprocess.run([*COMMAND, "demo", "--no-serve", "--to", folder], check=True, stdout=subprocess.DEVNULL)
        serve = [*COMMAND, "--workspace", folder, "serve", "--port", "0"]
        with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as server:
            said = server.stderr.readline() if server.stderr else ""
            found = re.search(r"http://\S+", said)
            try:
                yield found[0] if found else sys.exit(said)
            finally:
                server.send_signal(signal.SIGINT)


if __name__ == "__main__":
    with demo_served() as address:
        for picture in take(address):
            size = picture.stat().st_size
            print(f"{picture.name}  {size / 1000:.0f} kB")
            if size > MAX_BYTES:
                raise SystemExit(f"{picture} is larger than {MAX_BYTES / 1000:.0f} kB: make SIZE smaller")
