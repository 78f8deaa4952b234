"""`/compte`: who I am, my open sign-ins, my password, my second factor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyotp
import segno
from starlette.requests import Request
from starlette.responses import Response

from access.accounts import Account
from access.house import SIGN_IN_COOKIE, Access, token_in
from access.members import Member
from access.roles import RIGHTS, Right
from access.sealing import token_hash
from api.account.pages import back, forget_sign_in, home_of, moment, page, read_form, speaks, to_sign_in
from api.account.recurring import RecurringPages
from api.camera_tasks import count_for
from api.house import House
from api.viewer import member_of
from events.errors import AccessDenied, InvalidRecord

PATH = "/compte"
DONE = ("seance", "facteur", "mot_de_passe")
OF_REPORTS = tuple(f"recurring.done.{what}" for what in ("create", "pause", "resume", "delete"))


@dataclass(frozen=True)
class Mine:
    """The pages of one's own account."""

    house: House
    access: Access

    async def show(self, request: Request) -> Response:
        """Draw the account; a visitor is led to the form."""
        return await self._show(request)

    async def show_problem(self, request: Request, problem: str) -> Response:
        """Draw the account with what went wrong, a key of the texts."""
        return await self._show(request, problem)

    async def end(self, request: Request) -> Response:
        """End one of my sign-ins, or all of them."""
        member, form = await self._asked(request)
        mark = form.get("mark", "")
        if len(mark) != 12 and mark != "all":
            return back(PATH, "")
        await asyncio.to_thread(self.access.sign_ins.end_marked, member.who, "" if mark == "all" else mark)
        await asyncio.to_thread(self.access.audit.note, member, "sign-out")
        self.access.remembered.forget()
        return back(PATH, "seance")

    async def password(self, request: Request) -> Response:
        """Replace the password after the present one was given again; every sign-in ends."""
        member, form = await self._asked(request)
        try:
            await asyncio.to_thread(self._prove, member, form)
            await asyncio.to_thread(self.access.accounts.set_password, member.who, form.get("new", ""), member)
        except AccessDenied:
            return await self._show(request, "account.check_failed")
        except InvalidRecord:
            return await self._show(request, "account.password_weak")
        self.access.remembered.forget()
        return forget_sign_in(to_sign_in(PATH))

    async def factor(self, request: Request) -> Response:
        """Show a new secret, once, after the password was given again; it is kept when a code of it comes back."""
        member, form = await self._asked(request)
        try:
            await asyncio.to_thread(self._prove, member, form)
        except AccessDenied:
            return await self._show(request, "account.check_failed")
        secret = self.access.accounts.new_second_factor(member.who)
        return await self._show_factor(request, member, secret)

    async def confirm(self, request: Request) -> Response:
        """Keep the second factor whose code came; every sign-in ends, the next one asks for a code."""
        member, form = await self._asked(request)
        secret = self.access.seal.open_within(form.get("sealed", ""), member.who)
        if secret is None:
            await asyncio.to_thread(self.access.noted.refused, member, "account.second-factor")
            return await self._show(request, "account.factor_wrong")
        confirm = self.access.accounts.confirm_second_factor
        try:
            await asyncio.to_thread(confirm, member.who, secret, form.get("code", ""), member)
        except InvalidRecord:
            return await self._show_factor(request, member, secret, "account.factor_wrong")
        self.access.remembered.forget()
        return forget_sign_in(to_sign_in(PATH))

    async def _asked(self, request: Request) -> tuple[Member, Mapping[str, str]]:
        member = member_of(request)
        if member is None or self.access.accounts_of(member) is None:
            await asyncio.to_thread(self.access.noted.refused, member, "account.change")
            raise AccessDenied("sign-in is required")
        return member, await read_form(request)

    def _prove(self, member: Member, form: Mapping[str, str]) -> None:
        proved = self.access.accounts.check(member.who, form.get("password", ""), form.get("code", ""))
        assert proved.who == member.who

    async def _show_factor(self, request: Request, member: Member, secret: str, problem: str = "") -> Response:
        speak = speaks(request)
        address = pyotp.TOTP(secret).provisioning_uri(name=member.who, issuer_name=self.house.said.name)
        return await page(
            request, self.access, "factor", speak("account.factor"), status=400 if problem else 200,
            qr=segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white"),  # a code is dark on light
            secret=secret, sealed=self.access.seal.close_for(secret, member.who),
            problem=speak(problem) if problem else "",
        )  # fmt: skip

    async def _show(self, request: Request, problem: str = "") -> Response:
        member, speak = member_of(request), speaks(request)
        account = None if member is None else await asyncio.to_thread(self.access.accounts_of, member)
        if member is None or account is None:
            return to_sign_in(PATH)
        token = token_in(request.headers, SIGN_IN_COOKIE)
        done = request.query_params.get("fait", "")
        recurring = RecurringPages(self.house, self.access)
        facts = await asyncio.to_thread(self._facts, member, account, token)
        facts |= await asyncio.to_thread(recurring.facts, member, request)
        return await page(
            request, self.access, "account", speak("account.title"), status=400 if problem else 200,
            organisation=home_of(self.house, member, speak.lang), role=account.role.value,
            done=speak(f"account.done.{done}") if done in DONE else speak(done) if done in OF_REPORTS else "",
            problem=speak(problem) if problem else "", detail="", **facts,
        )  # fmt: skip

    def _facts(self, member: Member, account: Account, token: str | None) -> dict[str, Any]:
        mine = token_hash(token)[:12] if token else ""
        return {
            "rights": [right.value.replace("-", "_") for right in Right if right in RIGHTS[member.role]],
            "can_administer": member.may(Right.ADMINISTER),
            "can_read_audit": member.may(Right.READ_AUDIT),
            "can_control": member.may(Right.CONTROL),
            "camera_tasks": count_for(self.house, member),
            "can_review": member.may(Right.MODERATE) and self.house.media is not None,
            "has_factor": account.has_second_factor,
            "has_password": account.has_password,
            "needs_factor": member.role is not account.role,  # it reads until one is proved
            "sign_ins": [
                {"mark": one.mark, "since": moment(one.created_at, self.house), "seen": moment(one.seen_at, self.house),
                 "is_this": one.mark == mine}
                for one in self.access.sign_ins.of(member.who)
            ],
        }  # fmt: skip


def posted(mine: Mine) -> dict[str, Callable[..., Any]]:
    """Return what answers the forms of the page."""
    return {
        "/compte/seance": mine.end,
        "/compte/mot-de-passe": mine.password,
        "/compte/facteur": mine.factor,
        "/compte/facteur/confirmer": mine.confirm,
    }
