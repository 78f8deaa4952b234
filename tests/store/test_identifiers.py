"""Identifiers of a batch: UUIDv7, all different, in order."""

from __future__ import annotations

from itertools import islice
from uuid import UUID

from store.writer.identifiers import identifiers


def test_identifiers_are_version_7_different_and_in_order() -> None:
    found = list(islice(identifiers(), 5000))
    assert {UUID(one).version for one in found} == {7}
    assert sorted(set(found)) == found


def test_two_batches_do_not_meet() -> None:
    assert not {*islice(identifiers(), 1000)} & {*islice(identifiers(), 1000)}
