"""The detector and the process of its own, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from privacy.media.darkroom import Darkroom
from privacy.media.faces import Faces


@pytest.fixture(scope="session")
def faces() -> Faces:
    return Faces()


@pytest.fixture(scope="session")
def darkroom() -> Iterator[Darkroom]:
    made = Darkroom()
    yield made
    made.close()
