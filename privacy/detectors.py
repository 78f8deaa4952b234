"""The detectors of the text gate, in the groups that are measured apart."""

from __future__ import annotations

from privacy.contacts import find_handles, find_mails, find_phones
from privacy.context import find_descriptions, find_homes, find_protected
from privacy.hits import Detector
from privacy.numbers import find_accounts, find_births, find_documents, find_nir, find_plates
from privacy.people import find_first_names, find_labelled, find_roles, find_titled

STRUCTURED: tuple[Detector, ...] = (
    find_mails,
    find_phones,
    find_handles,
    find_plates,
    find_nir,
    find_accounts,
    find_documents,
    find_births,
)
CONTEXT: tuple[Detector, ...] = (find_homes, find_protected, find_descriptions)
NAMES: tuple[Detector, ...] = (find_titled, find_roles, find_labelled, find_first_names)
ALL: tuple[Detector, ...] = (*STRUCTURED, *CONTEXT, *NAMES)
