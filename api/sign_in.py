"""The way in and out: `/connexion` and `/deconnexion`, pages of their own that work without a script."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.accounts import Account
from access.house import SECURE_PREFIX, SIGN_IN_COOKIE, Access, token_in
from access.members import Member, account_member
from access.sealing import token_hash
from access.sign_ins import LONGEST
from api.failure_page import draw_document, language_in
from api.house import House
from api.viewer import member_of
from components.texts import Words, words
from events.errors import AccessDenied

PATH_IN, PATH_OUT = "/connexion", "/deconnexion"
_FORM = """<form method="post" action="/connexion" class="ob-form" autocomplete="on">
{problem}
<input type="hidden" name="suite" value="{after}">
<div class="ob-labelled"><label for="login-account">{account}</label><input id="login-account" class="ob-input" name="account" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="64" aria-describedby="login-account-note"><p id="login-account-note" class="ob-entry-note">{account_note}</p></div>
<div class="ob-labelled"><label for="login-password">{password}</label><input id="login-password" class="ob-input" name="password" type="password" autocomplete="current-password" required maxlength="128"></div>
<div class="ob-labelled"><label for="login-code">{code}</label><input id="login-code" class="ob-input" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" aria-describedby="login-code-note"><p id="login-code-note" class="ob-entry-note">{code_note}</p></div>
<button type="submit" class="ob-btn is-primary">{submit}</button>
<p class="ob-entry-note">{note}</p>
</form>"""
_POST = """<li><form method="post" action="/connexion"><input type="hidden" name="suite" value="{after}"><button type="submit" class="ob-btn is-wide" name="post" value="{id}"><b>{organisation}</b> <span>{role}</span> <span class="ob-post-id">{id}</span></button></form></li>"""


async def answer_sign_in(request: Request, house: House, access: Access) -> Response:
    """Draw the form, or take it: on success a new sign-in and the way on; the old one ends (no fixation)."""
    lang = language_in(request.scope)
    if request.method == "GET":
        return _page(lang, house, access, after_of(request.query_params.get("suite", "")))
    form = _form(await request.body())
    after = after_of(form.get("suite", ""))
    try:
        member = await asyncio.to_thread(_check, access, form)
    except AccessDenied:
        await asyncio.to_thread(_note_unknown, access, form)
        return _page(lang, house, access, after, problem="login.refused", status=401)
    before = token_in(request.headers, SIGN_IN_COOKIE)
    token = await asyncio.to_thread(_renew, access, member, before)
    answer = RedirectResponse(after, status_code=303)
    set_sign_in(answer, request, house, token)
    return answer


async def answer_sign_out(request: Request, access: Access) -> Response:
    """End the sign-in of this browser and lead to the form."""
    token = token_in(request.headers, SIGN_IN_COOKIE)
    if token is not None:
        member = member_of(request)
        await asyncio.to_thread(access.end, token)
        if member is not None:
            await asyncio.to_thread(access.audit.note, member, "sign-out")
    answer = RedirectResponse("/" if access.is_demonstration else PATH_IN, status_code=303)
    for name in (SIGN_IN_COOKIE, SECURE_PREFIX + SIGN_IN_COOKIE):
        answer.delete_cookie(name, path="/", secure=name.startswith(SECURE_PREFIX), httponly=True, samesite="lax")
    return answer


def _check(access: Access, form: Mapping[str, str]) -> Member:
    post = form.get("post", "")
    if post:
        if not access.is_demonstration:
            raise AccessDenied("posts are taken without a password in the demonstration only")
        account = next((one for one in access.accounts.all() if one.id == post and one.disabled_at is None), None)
        if account is None:
            raise AccessDenied("there is no such post")
        return account_member(account.id, account.organisation, account.role)
    return access.accounts.check(form.get("account", ""), form.get("password", ""), form.get("code", ""))


def _note_unknown(access: Access, form: Mapping[str, str]) -> None:
    """Note that a post was claimed which is none or is not taken so; a wrong password was noted with its account."""
    post, account = form.get("post", ""), form.get("account", "")
    if post or (account and access.accounts.get(account) is None):
        claimed = post or account
        access.noted.refused(None, "sign-in.open", mark=token_hash(claimed))


def _renew(access: Access, member: Member, before: str | None) -> str:
    if before is not None:
        access.end(before)
    return access.sign_ins.open(member)


def set_sign_in(answer: Response, request: Request, house: House, token: str) -> None:
    """Give the browser the token of a sign-in, bound to this host where it comes by https."""
    is_secure = house.is_https_only or request.url.scheme == "https"
    answer.set_cookie(
        SECURE_PREFIX + SIGN_IN_COOKIE if is_secure else SIGN_IN_COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def _form(body: bytes) -> dict[str, str]:
    read = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    return {key: values[-1] for key, values in read.items()}


def after_of(text: str) -> str:
    """Return the address to go on to: one of ours, else the map; another site's is never followed."""
    split = urlsplit(text.replace("\\", "/"))
    is_ours = text.startswith("/") and not text.startswith("//") and not split.netloc and text.isprintable()
    return text if is_ours and split.path not in (PATH_IN, PATH_OUT) else "/"


def _page(lang: str, house: House, access: Access, after: str, *, problem: str = "", status: int = 200) -> Response:
    speak = words(lang)
    keys = ("account", "account_note", "password", "code", "code_note", "submit", "note")
    said = {key: html.escape(speak(f"login.{key}")) for key in keys}
    failed = f'<p class="ob-entry-problem" role="alert">{html.escape(speak(problem))}</p>' if problem else ""
    form = _FORM.format(**said, problem=failed, after=html.escape(after))
    posts = _posts(speak, lang, house, access, after) if access.is_demonstration else ""
    other = _provider(speak, house, after) if house.provider is not None else ""
    body = draw_document(
        lang, title=speak("login.title"), content=posts + other + form, is_demo=access.is_demonstration
    )
    return Response(body, status, media_type="text/html", headers={"Cache-Control": "no-store"})


def _provider(speak: Words, house: House, after: str) -> str:
    assert house.provider is not None
    label = html.escape(speak("login.provider", name=house.provider.provider.name))
    href = html.escape(f"/connexion/fournisseur?{urlencode({'suite': after})}")
    return f'<a class="ob-btn is-primary" href="{href}">{label}</a>'


def _posts(speak: Words, lang: str, house: House, access: Access, after: str) -> str:
    names = {one.id: one.name_in(lang) for one in house.said.organisation}

    def item(account: Account) -> str:
        organisation = names.get(account.organisation, account.organisation)
        return _POST.format(
            id=html.escape(account.id),
            organisation=html.escape(organisation),
            role=html.escape(speak(f"role.{account.role.value}")),
            after=html.escape(after),
        )

    items = "".join(item(account) for account in access.accounts.all() if account.disabled_at is None)
    head, text = html.escape(speak("login.posts")), html.escape(speak("login.posts_note"))
    return f'<section class="ob-posts"><h2>{head}</h2><p>{text}</p><ul>{items}</ul></section>'
