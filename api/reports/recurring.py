"""Makes the reports that come again, in the process that polls, one at a time: kept, and sent where its post has a box."""

from __future__ import annotations

import asyncio
import logging
import smtplib
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from access.recurring import Due, RecurringReports
from access.roles import Right
from api.analysis import analysis_address, question_of
from api.answers import Problem
from api.exports.asked import keys_of_view, query_of_view
from api.mail import Attachment
from api.reports.analysis_report import write_analysis
from api.reports.changes import changes_since
from api.reports.desk import Document, Reports
from api.reports.head import For, audience_of, moment
from api.reports.since_last import figures_of, since_last
from api.reports.situation import situation
from api.reports.situation_report import write_situation
from components.report import draw_analysis_report, draw_situation
from components.texts import Words, words
from events.audience import Viewer
from events.errors import StoreUnavailable
from store.printed import Printed
from store.report_figures import Figures, figures_before

POLLING = "polling"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be printed, the events it names, and of an analysis the figures it tells."""

    document: Document
    events: tuple[str, ...] = ()
    figures: Figures | None = None


class NotMade(Exception):
    """A copy cannot be made: the reason is a key of the texts below `recurring.reason.`."""


@dataclass(frozen=True)
class Maker:
    """Makes what is due, for the audience that its account has at that moment; never with restricted events."""

    reports: Reports
    kept: RecurringReports

    async def tick(self) -> bool:
        """Make the next copy that is due; tell whether there was one. Raises StoreUnavailable."""
        if self.reports.house.role() != POLLING:
            return False
        due = await asyncio.to_thread(self.kept.claim, self.reports.house.zone)
        if due is None:
            return False
        try:
            speak = words(due.report.lang)
            written = await asyncio.to_thread(self._write, due, speak)
            content = Printed(await self.reports.print(written.document, speak))
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one report that cannot be made must not end all others
            reason = str(error) if isinstance(error, NotMade) else "press" if isinstance(error, Problem) else "broken"
            log.warning("a recurring report was not made: %s (%s)", reason, type(error).__name__)
            await asyncio.to_thread(self.kept.became, due.copy_id, "failed", reason)
            return True
        await asyncio.to_thread(self._keep, due, content, written)
        if due.report.is_sent:
            await asyncio.to_thread(self._send, due, content, speak)
        return True

    def _write(self, due: Due, speak: Words) -> Written:
        house, report = self.reports.house, due.report
        if not due.member.may(Right.EXPORT):
            raise NotMade("right")
        viewer = house.passing_on(Viewer(is_partner=due.member.is_partner))
        keys = keys_of_view(report.query)
        origin = house.mail.address if house.mail is not None else ""
        view = f"{origin}/?{report.query}" if report.query else f"{origin}/"
        asked = For(viewer=viewer, keys=keys, view=view, words=speak, title=report.title)
        try:
            if report.kind == "analysis":
                return self._analysis(due, replace(asked, view=analysis_address(view)))
            return self._situation(due, asked)
        except Problem as error:
            log.warning("a saved view cannot be read any more: %s", error.message)
            raise NotMade("view") from None

    def _situation(self, due: Due, asked: For) -> Written:
        house = self.reports.house
        query = query_of_view(asked.keys, house)
        found = situation(house, asked.viewer, query)
        changes = None if due.since is None else changes_since(house, asked.viewer, query, due.since, asked.words)
        report = write_situation(house, self.reports.base, found, asked, query, changes)
        return Written(Document(draw_situation(report, asked.words)), report.named)

    def _analysis(self, due: Due, asked: For) -> Written:
        """Return the analysis, with the figures of the last kept copy beside its own."""
        reports, keys = self.reports, dict(asked.keys)
        given = parse_qs(due.report.query)
        keys |= {key: usual for key, name, usual in (("from", "du", "-28j"), ("to", "au", "+0h")) if name not in given}
        keys.pop("status", None)
        query = query_of_view(keys, reports.house)
        question = question_of(query, keys, reports.house)
        found = reports.analysed.periods(asked.viewer, question)
        plain = replace(query, start=None, end=None, phases=())
        report = write_analysis(reports.house, reports.base, reports.districts, found, asked, plain)
        figures = figures_of(found, audience_of(asked))
        before = figures_before(reports.house.database, due.report.id, due.due_at, figures.audience)
        report = replace(report, since=since_last(before, figures, reports.house, asked.words))
        return Written(Document(draw_analysis_report(report, asked.words), is_wide=True), figures=figures)

    def _keep(self, due: Due, content: Printed, written: Written) -> None:
        self.kept.made(due.copy_id, content, written.events, written.figures)
        access = self.reports.house.access
        if access is not None:
            access.audit.note(due.member, f"export.recurring.{due.report.kind}.pdf", due.copy_id)

    def _send(self, due: Due, content: Printed, speak: Words) -> None:
        """Send a copy once: one whose sending was cut off is not sent again, it is kept on the page of the account."""
        house = self.reports.house
        to = house.mail.mailboxes.get(due.member.home) if house.mail is not None else None
        if house.mail is None or to is None:
            self.kept.became(due.copy_id, "unsent", "box")
            return
        self.kept.became(due.copy_id, "sending")
        subject = speak("recurring.mail.subject", title=due.report.title, time=moment(house.clock(), house, speak))
        name = f"{house.city.id}-{house.clock().astimezone(house.zone):%Y%m%d-%H%M}-{due.report.kind}.pdf"
        try:
            house.mail.send(
                to, subject, speak("recurring.mail.text", title=due.report.title), Attachment(name, bytes(content))
            )
        except (OSError, smtplib.SMTPException) as error:
            log.warning("the mail server did not take a recurring report: %s", type(error).__name__)
            self.kept.became(due.copy_id, "unsent", "mail")
            return
        self.kept.became(due.copy_id, "sent")
