"""`POST /api/push/{source}`: a partner brings a document in its own format, and learns what became of every record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import Response

from access.audit import REFUSED
from access.devices import KnownKey
from access.house import Access, bearer_in
from access.signatures import KEY, REFUSAL
from api.answers import JSON, Problem, encode
from api.body import whole_body
from api.limits import LIMITS
from datasources.contract import Run, Source, Verdict
from datasources.pushing import Pushing
from events.errors import AccessDenied
from privacy.gate import Admission, Gate
from store import readers
from store.database import Database

PATH = "/api/push/"
MOST_BYTES = 32 * 2**20
WITHIN_S = 60.0
MOST_TOLD = 1000
ACTION = "push"


@dataclass(frozen=True)
class Brought:
    """What takes documents: `may_take` tells whether a live agreement covers a source, `wake` is called after each."""

    database: Database
    pushing: Pushing
    gate: Gate
    may_take: Callable[[str], bool]
    wake: Callable[[], None]

    def take(self, source: Source, body: bytes, media_type: str) -> dict[str, object]:
        """Read, judge and keep a document; return what the answer says of it."""
        try:
            run, admission = self.pushing.take(source.id, body, media_type, self._keep)
        finally:
            self.wake()
        return self._told(run, admission)

    def _keep(self, run: Run) -> Admission:
        return self.gate.admit(run, is_durable=True)

    def _told(self, run: Run, admission: Admission) -> dict[str, object]:
        applied = admission.applied
        counts = ("new", "changed", "unchanged", "absent", "withdrawn", "flagged")
        rejects = readers.rejects(self.database, applied.run_id, MOST_TOLD)
        is_withheld = bool(admission.text_withheld)
        withheld = readers.withheld_words(self.database, run.outcome.source.id) if is_withheld else ()
        return {
            "source": run.outcome.source.id,
            "verdict": run.verdict.value,
            "reason": run.reason,
            "records_seen": admission.records_seen,
            "counts": {name: getattr(applied, name) for name in counts},
            "rejected": admission.rejects,
            "rejects": [{"where": one.where, "reason": one.reason, "external_id": one.external_id} for one in rejects],
            "text_withheld": [asdict(one) for one in withheld[:MOST_TOLD]],
        }


async def answer_push(request: Request, access: Access, brought: Brought) -> Response:
    """Take a document with a key of scope `push`, as `Authorization: Bearer` or as a signature of its body.

    200: read; 202: read, and words of it were withheld; 422: not readable; 429: the key pushed too often. What is
    refused changes nothing and is in the audit.
    """
    source_id = request.path_params["source"]
    source = brought.pushing.source(source_id)
    try:
        key, body = await _key_and_body(request, access, source)
    except AccessDenied:
        known = None if source is None else source.id
        await asyncio.to_thread(access.audit.note, None, ACTION, known, outcome=REFUSED)
        raise
    if source is None or not _may_bring(key, source):
        await asyncio.to_thread(
            access.audit.note, key.member, ACTION, None if source is None else source.id, outcome=REFUSED
        )
        raise Problem(403, "this key pushes no such source; nothing was kept")
    await asyncio.to_thread(_check_taken, brought, source)
    media_type = request.headers.get("content-type", "application/octet-stream")[:200]
    told = await asyncio.to_thread(brought.take, source, body, media_type)
    if told["verdict"] != Verdict.UNCHANGED.value:
        await asyncio.to_thread(access.audit.note, key.member, ACTION, source.id)
    status = 422 if told["verdict"] == Verdict.FAILED.value else 202 if told["text_withheld"] else 200
    return Response(encode(told), status, {"Cache-Control": "no-store"}, JSON)


async def _key_and_body(request: Request, access: Access, source: Source | None) -> tuple[KnownKey, bytes]:
    """Return the key and the body; nobody's body is read before the key is known to exist."""
    most = min(MOST_BYTES, MOST_BYTES if source is None else source.max_bytes)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "a push is sent without content coding; nothing was read")
    if KEY in request.headers:
        signed = await asyncio.to_thread(access.signatures.read, request.headers)
        body = await whole_body(request.headers, request.receive, most, WITHIN_S)
        proved = await asyncio.to_thread(access.signatures.check, signed, body)
        # Not before: whoever forges with the id of a key, which is no secret, would use up its pushes.
        request.scope[LIMITS].check_key(proved.member.who)
        return proved, body
    told = bearer_in(request.headers)
    key = None if told is None else await asyncio.to_thread(access.devices.key, told)
    if key is None:
        raise AccessDenied(REFUSAL)
    request.scope[LIMITS].check_key(key.member.who)
    return key, await whole_body(request.headers, request.receive, most, WITHIN_S)


def _may_bring(key: KnownKey, source: Source) -> bool:
    is_named = key.source_id in (None, source.id)
    return "push" in key.scopes and is_named and key.member.home == source.organisation


def _check_taken(brought: Brought, source: Source) -> None:
    if not brought.may_take(source.id):
        raise Problem(403, f"no live agreement covers {source.id}; nothing was kept: renew it with the observatory")
    if source.id in readers.paused(brought.database) or not source.is_enabled:
        raise Problem(409, f"{source.id} is paused by the observatory; nothing was kept: send it again later")
