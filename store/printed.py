"""A report as it was printed: made of texts that passed the gate and of counts. Only the desk of reports makes one."""

from __future__ import annotations


class Printed(bytes):
    """A document as it may be kept."""

    __slots__ = ()
