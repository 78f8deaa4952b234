"""A thousand random tables and filter pairs: what is published gives no hidden count away.

The attacks here are written apart from the software's own: ranks of the whole system, sums of chosen rows and columns.
"""

from __future__ import annotations

import numpy as np
import pytest

from privacy import disclosure
from privacy.disclosure import Counts, Mask, hidden_cells, recovered, with_sums

LEAST = 5


def random_table(chance: np.random.Generator) -> Counts:
    shape = int(chance.integers(1, 17)), int(chance.integers(1, 9))
    cells = chance.poisson(chance.choice([1, 3, 6, 12, 40]), shape).astype(float)
    cells[chance.random(shape) < 0.15] = 0
    if chance.random() < 0.3:  # a publisher that hides some itself
        cells[chance.random(shape) < 0.1] = np.nan
    return with_sums(cells)


def rank_attack(table: Counts, hidden: Mask) -> set[tuple[int, int]]:
    """Return the hidden cells whose indicator lies in the span of the published equations: one rank more, or none."""
    rows, columns = table.shape
    parts = (rows - 1) * (columns - 1)

    def indicator(row: int, column: int) -> Counts:
        mark = np.zeros((rows - 1, columns - 1))
        mark[slice(None) if row == rows - 1 else row, slice(None) if column == columns - 1 else column] = 1
        return mark.reshape(parts)

    told = np.array([indicator(*place) for place in np.argwhere(~hidden)] or [np.zeros(parts)])
    _, sizes, right = np.linalg.svd(told, full_matrices=False)
    basis = right[sizes > 1e-9].T
    found = set()
    for row, column in np.argwhere(hidden):
        mark = indicator(row, column)
        if np.allclose(basis @ (basis.T @ mark), mark, atol=1e-7):
            found.add((int(row), int(column)))
    return found


def differencing_attack(table: Counts, hidden: Mask, chance: np.random.Generator, pairs: int) -> set[tuple[int, int]]:
    """Ask for two selections of lines; subtract from each published sum what is published of its parts."""
    rows, columns = table.shape
    found = set()
    for _ in range(pairs):
        for at_row, at_column in ((chance.integers(rows), columns - 1), (rows - 1, chance.integers(columns))):
            if hidden[at_row, at_column]:
                continue
            line = [(int(at_row), j) for j in range(columns - 1)] if at_column == columns - 1 else [
                (i, int(at_column)) for i in range(rows - 1)]  # fmt: skip
            chosen = [place for place in line if chance.random() < 0.8 or hidden[place]]
            left_out = [place for place in line if place not in chosen]
            unknown = [place for place in chosen if hidden[place]]
            rest = table[at_row, at_column] - sum(table[place] for place in left_out)
            rest -= sum(table[place] for place in chosen if not hidden[place])
            if len(unknown) == 1:
                found.add(unknown[0])
            elif unknown and rest == 0:
                found |= set(unknown)
    return found


@pytest.mark.parametrize("seed", range(10))
def test_no_attack_recovers_a_cell_of_a_hundred_random_tables(seed):
    chance = np.random.default_rng(seed)
    for _ in range(100):
        table = random_table(chance)
        hidden = hidden_cells(table, LEAST)
        shown = table[~hidden]
        assert ((shown == 0) | (shown >= LEAST)).all()
        assert rank_attack(table, hidden) == set()
        assert differencing_attack(table, hidden, chance, pairs=10) == set()
        assert not recovered(table, hidden).any()


def test_the_attacks_find_cells_where_only_small_ones_are_hidden():
    """Without the cells hidden beside, most of the small ones come back: these attacks are no straw men."""
    chance = np.random.default_rng(7)
    recoverable = by_rank = by_difference = 0
    for _ in range(100):
        table = with_sums(chance.poisson(6, (8, 5)).astype(float))
        hidden = (table > 0) & (table < LEAST)
        recoverable += int(hidden.sum())
        by_rank += len(rank_attack(table, hidden))
        by_difference += len(differencing_attack(table, hidden, chance, pairs=20))
    assert by_rank > recoverable / 5
    assert by_difference > recoverable / 8


def test_two_hidden_cells_that_leave_no_doubt_are_not_enough():
    """2 and 3 beside a sum of 5 could be told by their bounds: a third cell goes with them."""
    table = with_sums(np.array([[2.0, 3.0, 40.0], [50.0, 60.0, 70.0]]))
    hidden = hidden_cells(table, LEAST)
    low, high = disclosure._widest(table, hidden)
    assert (high[hidden] >= LEAST).all()
    assert (low[hidden] < high[hidden]).all()


def test_a_table_without_small_counts_is_shown_whole():
    table = with_sums(np.array([[5.0, 0.0], [12.0, 7.0]]))
    assert not hidden_cells(table, LEAST).any()


def test_a_greater_least_count_hides_more():
    table = with_sums(np.array([[6.0, 20.0, 30.0], [25.0, 22.0, 40.0], [30.0, 50.0, 60.0]]))
    assert not hidden_cells(table, 5).any()
    assert hidden_cells(table, 11).sum() >= 4
