"""docs/formats.md says what the tables of tests/collection/ count."""

from __future__ import annotations

from tests.formats_page import PAGE, page


def test_page_is_what_the_tables_count() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python tests/formats_page.py"
