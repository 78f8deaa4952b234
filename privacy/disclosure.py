"""Which cells of a table of counts may be published, so that no hidden one can be worked out from the others.

A table is `parts` rows and columns with their sums: [R+1, C+1], the last row and the last column being the sums. A cell
under the least count is hidden, then others beside it, until two attacks find nothing: the rank attack (linear algebra over
what is published, sums included) and the bounds attack (each hidden count is 0 or more, which narrows what it can be).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FAR = 1e9
_ZERO = 1e-9
_STEPS = 60


def with_sums(cells: Counts) -> Counts:
    """Return a table with its sums; a sum over an unknown count (NaN) is unknown."""
    rows = np.column_stack([cells, cells.sum(axis=1)])
    return np.vstack([rows, rows.sum(axis=0)])


def hidden_cells(table: Counts, least: int) -> Mask:
    """Return which cells of a table with sums are not to be published (True), for a least count of `least`."""
    found = _hidden(table.tobytes(), table.shape, least)
    return np.frombuffer(found, dtype=bool).reshape(table.shape).copy()


@lru_cache(maxsize=2048)
def _hidden(content: bytes, shape: tuple[int, int], least: int) -> bytes:
    table = np.frombuffer(content).reshape(shape)
    hidden = np.isnan(table) | ((table > 0) & (table < least))
    for _ in range(table.size):
        exposed = recovered(table, hidden) | (_widest(table, hidden)[1] < least) & hidden
        if not exposed.any():
            return hidden.tobytes()
        for row, column in np.argwhere(exposed):
            beside = _companion(table, hidden, int(row), int(column))
            if beside is not None:
                hidden[beside] = True
                break
        else:
            break
    return np.ones(shape, dtype=bool).tobytes()


def recovered(table: Counts, hidden: Mask) -> Mask:
    """Return the hidden cells whose count follows from what is published: the rank attack, then that of bounds."""
    return _solved(hidden) | _pinned(table, hidden)


def _solved(hidden: Mask) -> Mask:
    """Return the hidden cells that the equations "the parts make the sum" leave no freedom."""
    found = np.zeros_like(hidden)
    places = np.argwhere(hidden)
    if not len(places):
        return found
    rows, columns = hidden.shape
    system = np.zeros((rows + columns, len(places)))
    for number, (row, column) in enumerate(places):
        system[row, number] = -1.0 if column == columns - 1 else 1.0
        system[rows + column, number] = -1.0 if row == rows - 1 else 1.0
    _, sizes, directions = np.linalg.svd(system)
    rank = int((sizes > _ZERO * max(system.shape) * max(1.0, sizes.max())).sum())
    free = directions[rank:]
    found[tuple(places.T)] = (np.abs(free) < 1e-7).all(axis=0) if len(free) else True
    return found


def _pinned(table: Counts, hidden: Mask) -> Mask:
    low, high = _widest(table, hidden)
    return hidden & (high - low < 0.5)


def _widest(table: Counts, hidden: Mask) -> tuple[Counts, Counts]:
    """Return the least and the most that each cell can be, knowing the published ones and that no count is negative."""
    low = np.where(hidden, 0.0, table)
    high = np.where(hidden, _FAR, table)
    for _ in range(_STEPS):
        before = low.copy(), high.copy()
        for one, other in ((low, high), (low.T, high.T)):
            _tighten(one, other)
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    return low, high


def _tighten(low: Counts, high: Counts) -> None:
    """Apply "the parts of a row make its sum" to every row, in place."""
    least, most = low[:, :-1].sum(axis=1), high[:, :-1].sum(axis=1)
    np.maximum(low[:, -1], least, out=low[:, -1])
    np.minimum(high[:, -1], most, out=high[:, -1])
    room = high[:, -1] - least
    need = low[:, -1] - most
    np.minimum(high[:, :-1], low[:, :-1] + room[:, None], out=high[:, :-1])
    np.maximum(low[:, :-1], high[:, :-1] + need[:, None], out=low[:, :-1])
    np.maximum(low, 0.0, out=low)


def _companion(table: Counts, hidden: Mask, row: int, column: int) -> tuple[int, int] | None:
    """Return the cell that costs least to hide beside an exposed one: a small one, no sum before a part, no zero."""
    rows, columns = hidden.shape
    lines = [[(row, one) for one in range(columns)], [(one, column) for one in range(rows)]]
    lonely = [line for line in lines if sum(hidden[place] for place in line) == 1]
    shown = [place for line in lonely or lines for place in line if not hidden[place]]
    shown = shown or [place for line in lines for place in line if not hidden[place]]

    def cost(place: tuple[int, int]) -> tuple[int, bool, float]:
        is_sum = (place[0] == rows - 1) + (place[1] == columns - 1)
        return is_sum, table[place] == 0, float(table[place])

    return min(shown, key=cost) if shown else None
