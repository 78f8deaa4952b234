"""Writes `api/style_hashes.txt` again: opens every page of a running server and hashes the <style> texts it finds.

    python tests/browser/collect_style_hashes.py http://127.0.0.1:8050

The policy is set aside in this browser only, so that styles it does not know yet are put into the page too.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

TARGET = Path(__file__).resolve().parents[2] / "api" / "style_hashes.txt"
HEAD = "# sha256 of the <style> texts that Dash's packages inject; written by tests/browser/collect_style_hashes.py"
PAGES = ("/", "/?lang=en&theme=sombre", "/sources", "/analyse", "/mur")
SETTLE_MS = 4000


def styles_of(page: Page, address: str) -> set[str]:
    """Return the texts of the style elements of one page, once it has settled."""
    page.goto(address)
    page.wait_for_timeout(SETTLE_MS)
    texts: list[str] = page.evaluate("[...document.querySelectorAll('style')].map((style) => style.textContent)")
    return set(texts)


def hash_of(text: str) -> str:
    """Return the quoted source expression of a text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def main(server: str) -> int:
    """Collect, write, and say what changed."""
    known = set(TARGET.read_text(encoding="ascii").split("\n")[1:]) - {""}
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(bypass_csp=True, viewport={"width": 1920, "height": 1080}).new_page()
        # Some loaders put an element in the page before they write in it: no text is a text too.
        texts = {""}.union(*(styles_of(page, server.rstrip("/") + path) for path in PAGES))
        browser.close()
    found = {hash_of(text) for text in texts}
    TARGET.write_text("\n".join([HEAD, *sorted(found)]) + "\n", encoding="ascii")
    print(f"{len(found)} hashes: {len(found - known)} new, {len(known - found)} gone")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
