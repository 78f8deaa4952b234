"""The detectors of the text gate, in the groups that are measured apart."""

from __future__ import annotations

from collections.abc import Iterator

from privacy.contacts import find_handles, find_mails, find_phones
from privacy.context import find_descriptions, find_homes, find_protected
from privacy.given import find_first_names
from privacy.hits import Detector, Hit, Passage
from privacy.numbers import find_accounts, find_births, find_documents, find_nir, find_plates
from privacy.people import find_initials, find_labelled, find_nicknames, find_roles, find_titled


def find_numbers(passage: Passage) -> Iterator[Hit]:
    """Yield the hits of every detector that can find nothing in a text without a figure."""
    if passage.has_digit:
        for detector in (find_plates, find_nir, find_accounts, find_births):
            yield from detector(passage)


STRUCTURED: tuple[Detector, ...] = (find_mails, find_phones, find_handles, find_documents, find_numbers)
CONTEXT: tuple[Detector, ...] = (find_homes, find_protected, find_descriptions)
NAMES: tuple[Detector, ...] = (find_titled, find_roles, find_nicknames, find_initials, find_labelled, find_first_names)
ALL: tuple[Detector, ...] = (*STRUCTURED, *CONTEXT, *NAMES)
