"""The organisations and posts of a demonstration, from a file beside the city's: anyone may take a post there, without a password."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from access.accounts import Accounts, AlreadyThere
from access.house import Access
from access.organisations import Organisation
from access.roles import Role
from events.errors import ConfigurationError


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Partner(_Table):
    """What an organisation may write; without `categories` or `territory`: all."""

    id: str
    title: str
    categories: frozenset[str] | None = None
    territory: frozenset[str] | None = None
    is_trusted: bool = True
    may_alert: bool = False


class Post(_Table):
    """An account of the demonstration."""

    id: str
    organisation: str
    role: Role


class Posts(_Table):
    """The whole file."""

    organisation: tuple[Partner, ...]
    post: tuple[Post, ...]


def read_posts(path: Path) -> Posts:
    """Return the posts of a file; raise ConfigurationError that says what is wrong in it."""
    try:
        return Posts.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path.name}: {place}: {first['msg']}") from None


def furnish(access: Access, path: Path) -> None:
    """Create, in a demonstration, what the file says and is missing; what was changed since stays, no file is no posts."""
    if not access.is_demonstration:
        return
    posts = read_posts(path) if path.exists() else Posts(organisation=(), post=())
    there = {one.id for one in access.organisations.all()}
    for partner in posts.organisation:
        if partner.id not in there:
            access.organisations.put(Organisation(**partner.model_dump()), None)
    taken = {one.id for one in access.accounts.all()}
    for post in posts.post:
        if post.id not in taken:
            _take(access.accounts, post)


def _take(accounts: Accounts, post: Post) -> None:
    try:
        accounts.create(post.id, post.organisation, post.role, None, None)
    except AlreadyThere:  # several processes that start together on one database furnish it together
        return
