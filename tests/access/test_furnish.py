"""The posts of a demonstration, furnished by every process that starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from access.accounts import Accounts
from access.furnish import furnish, read_posts
from access.house import Access, open_access
from events.audience import CITY_READER
from events.errors import ConfigurationError
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.database import Database, connect
from tests.api.served import CITY

POSTS = Path(__file__).resolve().parents[2] / "cities" / "marseille" / "demo-posts.toml"


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    opened = connect(store_url)
    yield opened
    opened.close()


@pytest.fixture
def access(database: Database) -> Access:
    gate = clearer(city_gazetteer(CITY, ()))
    return open_access(database, b"k" * 32, lambda: datetime(2026, 11, 14, 13, 30, tzinfo=UTC), gate, CITY_READER)


def test_processes_that_start_together_furnish_one_database_together(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_before = access.accounts.all()
    furnish(access, POSTS)
    furnished = access.accounts.all()
    monkeypatch.setattr(Accounts, "all", lambda _accounts: seen_before)
    furnish(access, POSTS)
    monkeypatch.undo()
    assert access.accounts.all() == furnished
    assert {one.id for one in furnished} == {one.id for one in read_posts(POSTS).post}


def test_what_was_changed_since_stays(access: Access) -> None:
    furnish(access, POSTS)
    changed = read_posts(POSTS).post[0].id
    access.accounts.disable(changed, None)
    furnish(access, POSTS)
    assert next(one for one in access.accounts.all() if one.id == changed).disabled_at is not None


def test_a_wrong_file_says_what_is_wrong_in_it(tmp_path: Path) -> None:
    file = tmp_path / "demo-posts.toml"
    file.write_text('organisation = []\npost = [{id = "a", organisation = "b", role = "king"}]\n')
    with pytest.raises(ConfigurationError, match=r"demo-posts.toml: post.0.role"):
        read_posts(file)
