"""Events as a DATEX II v3 SituationPublication: one situation of one record for each event, whatever the road.

`situationRecord/@id` is our identifier, the same for the life of the event. A demonstration's records are
`technicalExercise`, so that no traffic centre takes them for real. A cancelled event is told as such once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.exports.datex2_names import (
    PROBABILITIES,
    PROBABLE,
    SEVERITIES,
    XSI_TYPE,
    C,
    D,
    S,
    details_of,
    texts,
    type_of,
)
from api.exports.datex2_place import location_of
from api.exports.setting import Setting
from api.exports.xml import Element, wrapped
from events.audience import AudienceLevel
from events.validity import Period, Recurrence, Validity
from events.vocabulary import InformationStatus, StoredStatus
from store.kept import KeptEvent

_CONFIDENTIALITY = {
    AudienceLevel.PUBLIC: "noRestriction",
    AudienceLevel.PARTNERS: "restrictedToAuthoritiesTrafficOperatorsAndPublishers",
    AudienceLevel.LISTED: "restrictedToAuthorities",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def write_datex2(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield the publication."""
    publication = D.payload(
        {XSI_TYPE: "sit:SituationPublication", "lang": setting.words.lang, "modelBaseVersion": "3"},
        C.publicationTime(setting.local(setting.made_at) or ""),
        C.publicationCreator(C.country(setting.country), C.nationalIdentifier(setting.city_id)),
    )
    return wrapped(publication, (_situation(kept, setting) for kept in events))


def _situation(kept: KeptEvent, setting: Setting) -> Element:
    told = kept.event
    is_real = told.information_status is InformationStatus.REAL and not setting.is_demo
    return S.situation(
        {"id": f"S-{kept.id}"},
        S.overallSeverity(SEVERITIES[told.severity]),
        S.situationVersionTime(setting.local(kept.changed_at) or ""),
        S.headerInformation(
            C.confidentiality(_CONFIDENTIALITY[told.audience.level]),
            C.informationStatus("real" if is_real else "technicalExercise"),
        ),
        _record(kept, setting),
    )


def _record(kept: KeptEvent, setting: Setting) -> Element:
    told, lang = kept.event, setting.words.lang
    head = {XSI_TYPE: f"sit:{type_of(told.category)}", "id": kept.id, "version": str(kept.version)}
    record = S.situationRecord(head, S.situationRecordCreationTime(setting.local(kept.recorded_at) or ""))
    if told.observed_at is not None:
        record.append(S.situationRecordObservationTime(setting.local(told.observed_at) or ""))
    is_doubtful = told.status is StoredStatus.TO_CONFIRM
    probability = PROBABLE if is_doubtful else PROBABILITIES.get(told.certainty, PROBABLE)
    record.extend(
        [
            S.situationRecordVersionTime(setting.local(told.published_at or kept.changed_at) or ""),
            S.probabilityOfOccurrence(probability),
            S.severity(SEVERITIES[told.severity]),
            S.source(C.sourceIdentification(told.source_id), C.sourceName(texts(setting.organisation(kept), lang))),
            _validity(told.validity, kept, setting),
        ]
    )
    for text in dict.fromkeys(text for text in (told.headline, told.description, told.instruction) if text):
        record.append(S.generalPublicComment(S.comment(texts(text, told.language)), S.commentType("description")))
    if told.status is StoredStatus.CANCELLED:
        record.append(S.management(S.lifeCycleManagement(S.cancel("true"))))
    record.append(location_of(kept, setting))
    record.extend(details_of(told.category, setting.category(kept)))
    return record


def _validity(validity: Validity, kept: KeptEvent, setting: Setting) -> Element:
    start = validity.start or kept.event.published_at or kept.recorded_at
    hull = [C.overallStartTime(setting.local(start) or "")]
    if validity.end is not None:
        hull.append(C.overallEndTime(setting.local(validity.end) or ""))
    return S.validity(
        C.validityStatus("definedByValidityTimeSpec"),
        C.validityTimeSpecification(*hull, *_periods(validity, setting)),
    )


def _periods(validity: Validity, setting: Setting) -> Iterator[Element]:
    if validity.periods or validity.recurrences:
        for bound in validity.periods or (None,):
            for recurrence in validity.recurrences or (None,):
                yield C.validPeriod(*_bounds(bound, setting), *_repeats(recurrence))
    for hole in validity.exceptions:
        yield C.exceptionPeriod(*_bounds(hole, setting))


def _bounds(period: Period | None, setting: Setting) -> list[Element]:
    if period is None:
        return []
    end = [C.endOfPeriod(setting.local(period.end) or "")] if period.end is not None else []
    return [C.startOfPeriod(setting.local(period.start) or ""), *end]


def _repeats(recurrence: Recurrence | None) -> list[Element]:
    """Return hours and days; hours are those of the clock on the spot."""
    if recurrence is None:
        return []
    told = [
        C.recurringTimePeriodOfDay(
            {XSI_TYPE: "com:TimePeriodByHour"},
            C.startTimeOfPeriod(f"{recurrence.start_time:%H:%M:%S}"),
            C.endTimeOfPeriod(f"{recurrence.end_time:%H:%M:%S}"),
        )
    ]
    days = [C.applicableDay(_DAYS[number]) for number in sorted(recurrence.weekdays)]
    months = [C.applicableMonth(_MONTHS[number - 1]) for number in sorted(recurrence.months)]
    if days or months:
        told.append(C.recurringDayWeekMonthPeriod(*days, *months))
    return told
