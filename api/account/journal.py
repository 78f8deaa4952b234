"""`/administration/journal`: the audit, for who may read it; reading it is in it too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from access.house import Access
from access.roles import Right
from api.account.pages import moment, page, speaks
from api.house import House
from api.parameters import check_keys, read_whole
from api.viewer import require

PATH = "/administration/journal"
ROWS = 200


@dataclass(frozen=True)
class Journal:
    """The page of the audit."""

    house: House
    access: Access

    async def show(self, request: Request) -> Response:
        """Draw the last lines, or those before a number."""
        member, speak = require(request.scope, Right.READ_AUDIT), speaks(request)
        before = read_whole(check_keys(request, ("before", "lang", "theme")), "before", 1, 2**53)
        await asyncio.to_thread(self.access.audit.note, member, "audit.read")
        rows = await asyncio.to_thread(self.access.audit.rows, ROWS, before)
        anchor = await asyncio.to_thread(self.access.audit.anchor)
        told = [
            {"seq": row.seq, "at": moment(row.at, self.house), "who": row.who, "organisation": row.organisation_id,
             "action": row.action, "object": row.object_id, "outcome": row.outcome}
            for row in rows
        ]  # fmt: skip
        older = rows[-1].seq if len(rows) == ROWS and rows[-1].seq > 1 else None
        return await page(
            request, self.access, "journal", speak("journal.title"), rows=told, older=older, anchor=anchor.told
        )
