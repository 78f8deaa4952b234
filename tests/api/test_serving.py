"""How the process settles before it serves."""

from __future__ import annotations

import gc

from api.serving import settle_memory


def test_what_the_start_built_is_set_aside_and_new_objects_are_looked_through_rarely() -> None:
    before = gc.get_threshold()
    try:
        settle_memory()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[:2] == (5_000, 100)
        assert gc.isenabled()
        ring: list[object] = []
        ring.append(ring)
        del ring
        assert gc.collect() >= 1  # what is made later and holds itself is still found
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
