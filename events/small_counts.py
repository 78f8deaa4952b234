"""Counts that anyone may read: not the number, but between which two it lies."""

from __future__ import annotations

Class = tuple[int, int]


def class_of(count: int, least: int) -> Class:
    """Return the least and the most that a count of this class can be.

    Classes are 0, fewer than `least`, then from one of 10, 50, 100, 500, 1000 and so on to the next. Two exact counts a minute apart would tell what happened in between.
    """
    if count == 0:
        return 0, 0
    if count < least:
        return 1, least - 1
    low, above = least, 10
    while above <= count:
        low, above = max(least, above), above * (5 if str(above)[0] == "1" else 2)
    return low, above - 1
