"""`/administration`: organisations, posts, keys and displays; each form asks the right again before anything is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from access.commands import MOST_DAYS, check_key_source, read_categories, read_territory
from access.devices import SCOPES
from access.house import Access
from access.identifiers import check_identifier
from access.members import Member
from access.organisations import Organisation
from access.roles import Right, Role
from access.sealing import new_token
from api.account.overview import overview
from api.account.pages import back, page, read_form, speaks
from api.house import House
from api.viewer import require
from events.audience import AudienceLevel
from events.errors import InvalidRecord
from events.taxonomy import categories

PATH = "/administration"
Form = Mapping[str, str]
Does = Callable[[Member, Form], "Secret | None"]


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown once: `told` is a key of the catalogue of texts, `of` whose it is."""

    told: str
    of: str
    text: str


@dataclass(frozen=True)
class Administration:
    """The page, and what its forms do."""

    house: House
    access: Access

    async def show(self, request: Request) -> Response:
        """Draw the page for an administrator."""
        require(request.scope, Right.ADMINISTER)
        return await self._show(request)

    def posted(self) -> dict[str, Callable[[Request], Awaitable[Response]]]:
        """Return what answers each form: the part of the page it leads back to, the sentence of a refusal, what it does."""
        table: dict[str, tuple[str, str, Does]] = {
            "organisme": ("organisations", "organisme", self._put_organisation),
            "organisme/retirer": ("organisations", "autre", self._retire),
            "organisme/retablir": ("organisations", "autre", self._restore),
            "compte": ("accounts", "compte", self._create_account),
            "compte/fermer": ("accounts", "autre", self._close_account),
            "compte/rouvrir": ("accounts", "autre", self._open_account),
            "compte/mot-de-passe": ("accounts", "autre", self._renew_password),
            "compte/facteur": ("accounts", "autre", self._reset_factor),
            "compte/lien": ("accounts", "lien", self._link),
            "cle": ("keys", "cle", self._create_key),
            "ecran": ("displays", "ecran", self._create_display),
            "revoquer": ("keys", "autre", self._revoke),
        }
        return {f"{PATH}/{path}": self._taking(*entry) for path, entry in table.items()}

    def _taking(self, anchor: str, problem: str, does: Does) -> Callable[[Request], Awaitable[Response]]:
        async def take(request: Request) -> Response:
            member = require(request.scope, Right.ADMINISTER)
            form, speak = await read_form(request), speaks(request)
            try:
                secret = await asyncio.to_thread(does, member, form)
            except InvalidRecord as error:
                return await self._show(request, speak(f"admin.problem.{problem}"), str(error))
            self.access.remembered.forget()
            if secret is None:
                return back(PATH, "oui", anchor)
            return await page(
                request, self.access, "secret", speak("admin.secret.title"), told=speak(secret.told, id=secret.of),
                secret=secret.text, back=f"{PATH}#{anchor}",
            )  # fmt: skip

        return take

    async def _show(self, request: Request, problem: str = "", detail: str = "") -> Response:
        speak = speaks(request)
        facts = await asyncio.to_thread(overview, self.house, self.access, speak)
        is_done = request.query_params.get("fait") == "oui" and not problem
        return await page(
            request, self.access, "administration", speak("admin.title"), status=400 if problem else 200,
            done=speak("admin.done") if is_done else "",
            problem=f"{speak('admin.problem')}. {problem}" if problem else "",
            detail=speak("admin.detail", detail=detail) if detail else "", **facts,
        )  # fmt: skip

    def _put_organisation(self, by: Member, form: Form) -> None:
        found = self.access.organisations.get(form.get("id", ""))
        districts = {name: one.code for one in self.house.city.districts for name in (one.code, one.short)}
        self.access.organisations.put(
            Organisation(
                id=form.get("id", ""),
                title=form.get("name", ""),
                territory=read_territory(form.get("territory", ""), districts),
                categories=read_categories(form.get("categories", ""), categories()),
                is_trusted="direct" in form,
                may_alert="alert" in form,
                retired_at=None if found is None else found.retired_at,
            ),
            by,
        )

    def _retire(self, by: Member, form: Form) -> None:
        if form.get("id") == by.home:
            raise InvalidRecord("your own organisation: nobody could administer any more")
        self.access.organisations.put(replace(self._organisation(form), retired_at=self.access.clock()), by)

    def _restore(self, by: Member, form: Form) -> None:
        self.access.organisations.put(replace(self._organisation(form), retired_at=None), by)

    def _organisation(self, form: Form) -> Organisation:
        found = self.access.organisations.get(form.get("id", ""))
        if found is None:
            raise InvalidRecord("there is no such organisation")
        return found

    def _create_account(self, by: Member, form: Form) -> Secret | None:
        account_id, role = form.get("id", ""), form.get("role", "")
        if role not in list(Role):
            raise InvalidRecord("there is no such role")
        password = None if "provider" in form else new_token()
        self.access.accounts.create(account_id, form.get("organisation", ""), Role(role), password, by)
        return None if password is None else Secret("admin.secret.password", account_id, password)

    def _close_account(self, by: Member, form: Form) -> None:
        if form.get("id") == by.who:
            raise InvalidRecord("your own account: another administrator closes it")
        self.access.accounts.disable(form.get("id", ""), by)

    def _open_account(self, by: Member, form: Form) -> None:
        self.access.accounts.enable(form.get("id", ""), by)

    def _renew_password(self, by: Member, form: Form) -> Secret:
        password = new_token()
        self.access.accounts.set_password(form.get("id", ""), password, by)
        return Secret("admin.secret.password", form.get("id", ""), password)

    def _reset_factor(self, by: Member, form: Form) -> None:
        self.access.accounts.reset_second_factor(form.get("id", ""), by)

    def _link(self, by: Member, form: Form) -> None:
        self.access.identities.link(form.get("reference", ""), form.get("id", ""), by)

    def _create_key(self, by: Member, form: Form) -> Secret:
        home, source_id = form.get("organisation", ""), form.get("source") or None
        check_key_source(source_id, home, {one.id: one.organisation for one in self.house.sources})
        key = self.access.devices.new_key(
            home, [scope for scope in SCOPES if scope in form], by=by, source_id=source_id,
            audience=_audience(form), lasts=_days(form),
        )  # fmt: skip
        return Secret("admin.secret.key", home, key)

    def _create_display(self, by: Member, form: Form) -> Secret:
        name, scene = form.get("name", ""), check_identifier(form.get("scene", ""), "scene")
        token = self.access.devices.new_kiosk(
            form.get("organisation", ""), name, scene, by=by, audience=_audience(form), lasts=_days(form)
        )
        return Secret("admin.secret.display", name, f"/mur?jeton={token}")

    def _revoke(self, by: Member, form: Form) -> None:
        self.access.devices.revoke(form.get("id", ""), by)


def _audience(form: Form) -> AudienceLevel:
    level = form.get("audience", "")
    if level not in list(AudienceLevel):
        raise InvalidRecord("there is no such audience")
    return AudienceLevel(level)


def _days(form: Form) -> timedelta:
    text = form.get("days", "")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= MOST_DAYS:
        raise InvalidRecord(f"days: a whole number from 1 to {MOST_DAYS}")
    return timedelta(days=int(text))
