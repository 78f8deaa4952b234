"""What every request passes and every answer carries: who looks, limits, same-site rule, security headers, clear errors."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import JSON, Problem, problem_body
from api.body import whole_body
from api.csp import NO_PAGE
from api.failure_page import asks_for_page, draw_failure, language_in
from api.limits import LIMITS, Limits, TooMany
from api.viewer import VIEWER, NotAllowed, NotForWalls, ViewerRule, brings_token, check_wall, is_open, is_open_data
from events.audience import ANONYMOUS, Viewer
from events.errors import AccessDenied, InvalidRecord, StoreUnavailable

MAX_BODY = 2 * 2**20
MAX_QUERY = 8192
MAX_PATH = 2048
MAX_HEADERS = 100
BODY_WITHIN_S = 10.0
HSTS = "max-age=31536000"
CALLBACKS = "/_dash-update-component"
PUSH = "/api/push/"
POSTED = frozenset({CALLBACKS, "/connexion", "/deconnexion"})
UPLOADS = "/pieces/envoi/"  # files: as large as their own limit, read by who knows who may send them
POSTED_FOLDERS = (PUSH, "/compte/", "/administration/", "/controle/", "/pieces/", "/cameras/", "/agenda/")
_SAFE = ("GET", "HEAD")
_CLOSES = frozenset({400, 408, 413, 414, 431})
_SIGN_IN_AT = "/connexion?suite="

log = logging.getLogger(__name__)


Refused = Callable[[Viewer | None, str, str | None], object]
"""Notes who tried what they may not: who, what, and the right that lacks."""


def _not_noted(viewer: Viewer | None, action: str, object_id: str | None) -> None:
    """Keep no audit."""


class Guard:
    """The outermost layer. `headers` go on every answer that has not set them itself.

    `leave` ends the answers that would never end by themselves; the server calls it when it is asked to stop.
    `is_https_only`: every reader comes by https, even when a proxy does not say so. `has_open_data`: the city gives its
    public records without a key; whoever shows a wrong key still learns that it is wrong.
    """

    def __init__(  # noqa: PLR0913 - the layers' settings, each by its name
        self,
        app: ASGIApp,
        rule: ViewerRule,
        headers: Mapping[str, str],
        leave: Callable[[], None],
        *,
        limits: Limits,
        is_https_only: bool = False,
        refused: Refused = _not_noted,
        has_open_data: bool = False,
    ) -> None:
        self.leave = leave
        self.limits = limits
        self._app = app
        self._rule = rule
        self._headers = headers
        self._is_https_only = is_https_only
        self._refused = refused
        self._has_open_data = has_open_data

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                self._complete(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            await self._pass(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is one of ours
            problem = _problem_of(error, scope["path"])
            if is_started:
                # The connection must break for the browser to notice; the error's own words stay out of the log.
                raise ConnectionAbortedError(f"an answer broke off: {problem.message}") from None
            await _refuse(send_with_headers, problem, scope)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        check_shape(scope, headers)
        self.limits.check(scope["path"], (scope.get("client") or ("",))[0])
        viewer = await self._who(headers)
        if viewer is None and self._has_open_data and "authorization" not in headers and is_open_data(scope["path"]):
            viewer = ANONYMOUS
        scope = {**scope, VIEWER: viewer, LIMITS: self.limits}
        is_push = scope["path"].startswith(PUSH)
        if scope[VIEWER] is None and not (is_push or is_open(scope["path"]) or brings_token(scope)):
            raise AccessDenied("sign-in is required")
        try:
            await self._answer(scope, headers, receive, send, is_push=is_push)
        except (NotAllowed, NotForWalls, OtherSite) as error:
            right = error.right.value if isinstance(error, NotAllowed) else None
            action = "site.other" if isinstance(error, OtherSite) else "right.use"
            await asyncio.to_thread(self._refused, scope[VIEWER], action, right)
            raise

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, send: Send, *, is_push: bool) -> None:
        check_wall(scope[VIEWER], scope["path"])
        if scope["method"] not in _SAFE:
            if scope["method"] != "POST" or not is_posted(scope["path"]):
                raise Problem(405, f"{scope['method'][:20]} is not understood here (allowed: GET)")
            if not is_push:  # a program's: its key is in no browser, and comes before its body
                check_same_site(headers)
                if not scope["path"].startswith(UPLOADS):
                    receive = await _read_ahead(headers, receive)
        await self._app(scope, receive, send)

    async def _who(self, headers: Headers) -> Viewer | None:
        """Return who asks; only a request that carries a token may have to ask the database, which blocks."""
        if "cookie" not in headers and "authorization" not in headers:
            return self._rule(headers)
        return await asyncio.to_thread(self._rule, headers)

    def _complete(self, headers: MutableHeaders, scope: Scope) -> None:
        if not headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("Content-Security-Policy", NO_PAGE)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if self._is_https_only or scope.get("scheme") == "https":
            headers.setdefault("Strict-Transport-Security", HSTS)
        headers.setdefault("Cache-Control", "no-store" if scope["path"].startswith("/_dash-") else "no-cache")


def is_posted(path: str) -> bool:
    """Tell whether an address takes what is posted to it."""
    return path in POSTED or path.startswith(POSTED_FOLDERS)


def check_shape(scope: Scope, headers: Headers) -> None:
    """Raise Problem for a request that is larger, or says more about its body, than any browser's.

    A length beside a transfer coding is how one request hides inside another behind a proxy.
    """
    if len(scope["path"]) > MAX_PATH or len(scope.get("query_string", b"")) > MAX_QUERY:
        raise Problem(414, f"the address is longer than {MAX_PATH} bytes, or its query than {MAX_QUERY}")
    if len(scope["headers"]) > MAX_HEADERS:
        raise Problem(431, f"the request has more than {MAX_HEADERS} headers")
    is_coded, length = "transfer-encoding" in headers, headers.get("content-length", "0")
    if is_coded and "content-length" in headers:
        raise Problem(400, "the request gives both a length and a transfer coding for its body")
    if scope["method"] in _SAFE and (is_coded or length != "0"):
        raise Problem(400, f"{scope['method']} takes no body")


def check_same_site(headers: Mapping[str, str]) -> None:
    """Raise OtherSite unless the request comes from our own pages.

    Every present browser says so itself (Sec-Fetch-Site); an older one sends Origin, which must be our host.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:
        origin = urlsplit(headers.get("origin", ""))
        is_ours = origin.scheme in ("http", "https") and bool(origin.netloc) and origin.netloc == headers.get("host")
    if not is_ours:
        raise OtherSite


class OtherSite(Problem):
    """Another site asks in the name of whoever looks at it."""

    def __init__(self) -> None:
        super().__init__(403, "this request comes from another site; nothing was done")


async def _read_ahead(headers: Mapping[str, str], receive: Receive) -> Receive:
    """Return what gives the whole body at once: what would be too large or too slow is refused before it is passed on."""
    body = await whole_body(headers, receive, MAX_BODY, BODY_WITHIN_S)
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def _problem_of(error: Exception, path: str) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotAllowed | NotForWalls):
        return Problem(403, str(error))
    if isinstance(error, AccessDenied):
        return Problem(401, str(error))
    if isinstance(error, InvalidRecord):
        return Problem(400, str(error))
    if isinstance(error, StoreUnavailable):
        log.warning("%s: %s", path[:80], error)
        return Problem(503, str(error))
    return Failure(note_failure(path, error))


class Failure(Problem):
    """Something of ours broke; `reference` leads to the log."""

    def __init__(self, reference: str) -> None:
        super().__init__(500, f"this address failed; the log has it under the reference {reference}")
        self.reference = reference


def note_failure(path: str, error: Exception) -> str:
    """Log where an error arose, never its own words, which may quote a record; return the reference to tell."""
    reference = secrets.token_hex(3).upper()
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("%s failed, reference %s: %s at %s", path[:80], reference, type(error).__name__, place)
    return reference


async def _refuse(send: Send, problem: Problem, scope: Scope) -> None:
    path = scope["path"]
    headers = MutableHeaders({"Cache-Control": "no-store", "Content-Type": JSON})
    body = problem_body(problem.message, problem.parameter)
    if asks_for_page(path, Headers(scope=scope)):
        headers["Content-Type"] = "text/html; charset=utf-8"
        reference, seconds = getattr(problem, "reference", ""), getattr(problem, "retry_after_s", 0)
        body = draw_failure(problem.status, language_in(scope), reference=reference, seconds=seconds)
    if isinstance(problem, TooMany):
        headers["Retry-After"] = str(problem.retry_after_s)
    if scope["method"] not in _SAFE or problem.status in _CLOSES:
        headers["Connection"] = "close"  # the rest of a refused request is not read
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="observatory"'
        if asks_for_page(path, Headers(scope=scope)):
            await _lead_to_sign_in(send, scope)
            return
    if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = "GET, HEAD"
    headers["Content-Length"] = str(len(body))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _lead_to_sign_in(send: Send, scope: Scope) -> None:
    asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
    headers = MutableHeaders({"Cache-Control": "no-store", "Location": _SIGN_IN_AT + quote(asked, safe="/")})
    headers["Content-Length"] = "0"
    await send({"type": "http.response.start", "status": HTTPStatus.SEE_OTHER, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b""})
