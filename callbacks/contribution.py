"""The contribution panel: one question from the browser, one answer; rights are asked of the desk each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import ClientsideFunction, Dash, Input, Output
from flask import request

from access.answers import Clashing, Outdated, Saved, TooOften, Unpublishable
from access.drafts import Draft, Problem
from access.members import Member
from callbacks.contribution_form import FORM_KEYS, read_form, write_form
from callbacks.contribution_look import advice_of, all_problems, desk_of, look
from callbacks.contribution_passages import pass_here
from callbacks.contribution_places import find_places, follow_streets, list_streets
from callbacks.contribution_words import (
    reader_of,
    say_audience,
    say_field,
    say_problem,
    say_saved,
    say_turn,
    say_value,
)
from callbacks.desk import Desk
from callbacks.failures import note_failure
from callbacks.imports import bring
from callbacks.pieces import join_pieces
from callbacks.request import language_of
from callbacks.services import Services
from components import ids
from components.texts import Words, words
from events.errors import AccessDenied, AppError, InvalidRecord, StoreUnavailable

Answer = dict[str, Any]


class Asked:
    """One question of the panel: who asks, of which event, with which form."""

    def __init__(self, services: Services, desk: Desk, member: Member, asked: Mapping[str, Any], speak: Words) -> None:
        """`asked` comes from a browser: every value of it is read with care."""
        self.services, self.desk, self.member, self.speak = services, desk, member, speak
        self.asked = asked
        self.event_id = str(asked.get("event") or "")[:64]
        version = asked.get("version")
        self.version = version if isinstance(version, int) else 0

    @property
    def form(self) -> Mapping[str, Any]:
        """The form as told."""
        form = self.asked.get("form")
        return form if isinstance(form, Mapping) else {}

    def kept(self) -> Draft:
        """Return the draft of the event that is edited; raise InvalidRecord when it is none of ours."""
        pair = self.desk.contributions.find(self.member, self.event_id)
        if pair is None:
            raise InvalidRecord("form.not_kept")
        return self.desk.contributions.draft(pair[0], pair[1].event)

    def filled(self) -> Draft:
        """Return the draft of the form; raise Unpublishable when a field of it cannot be read or is missing."""
        base = self.kept() if self.event_id else None
        read = read_form(self.form, desk_of(self.services, self.member), lang=self.speak.lang, base=base)
        problems = all_problems(read, self.services)
        if problems:
            advised = advice_of(self.services, read.draft, self.speak)
            problems += [Problem(name, "gate.refused_text") for name in advised]
            raise Unpublishable(problems)
        return read.draft

    def moment(self, name: str) -> datetime | None:
        """Return a time of the form on the city's clock, None when it cannot be read."""
        try:
            at = datetime.fromisoformat(str(self.form.get(name) or "")[:19])
        except ValueError:
            return None
        zone = ZoneInfo(self.services.city.timezone)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _look(asked: Asked) -> Answer:
    base = asked.kept() if asked.event_id else None
    return look(asked.services, asked.member, asked.asked, asked.speak, base)


def _find(asked: Asked) -> Answer:
    return find_places(asked.services, asked.asked, asked.speak)


def _follow(asked: Asked) -> Answer:
    return follow_streets(asked.services, asked.asked, asked.speak)


def _streets(asked: Asked) -> Answer:
    return list_streets(asked.services, asked.asked, asked.speak)


def _open(asked: Asked) -> Answer:
    pair = asked.desk.contributions.find(asked.member, asked.event_id)
    if pair is None:
        raise InvalidRecord("form.not_kept")
    found, kept = pair
    turn = _editing(asked)
    form = write_form(asked.desk.contributions.draft(found, kept.event), asked.services.city)
    return {"form": form, "version": found.v, "number": f"EV-{kept.number}", **turn}


def _publish(asked: Asked) -> Answer:
    draft = asked.filled()
    saved = asked.desk.contributions.publish(asked.member, draft)
    told = _saved(asked, saved, "publish", draft)
    return join_pieces(asked.services, saved.event_id, asked.form, told, asked.speak)


def _change(asked: Asked) -> Answer:
    draft = asked.filled()
    saved = asked.desk.contributions.change(asked.member, asked.event_id, asked.version, draft)
    asked.desk.editing.end(asked.member, asked.event_id)
    told = _saved(asked, saved, "change", draft)
    return join_pieces(asked.services, asked.event_id, asked.form, told, asked.speak)


def _undo(asked: Asked) -> Answer:
    saved = asked.desk.contributions.undo(asked.member, asked.event_id, asked.version)
    return _saved(asked, saved, "undo")


def _close(asked: Asked) -> Answer:
    ended, residual = asked.moment("ended"), str(asked.form.get("residual") or "").strip()[:300]
    if ended is None:
        raise Unpublishable([Problem("ended", "form.moment")])
    door = asked.desk.contributions
    return _saved(asked, door.close(asked.member, asked.event_id, asked.version, ended, residual or None), "close")


def _withdraw(asked: Asked) -> Answer:
    saved = asked.desk.contributions.withdraw(asked.member, asked.event_id, asked.version)
    return _saved(asked, saved, "withdraw")


def _reopen(asked: Asked) -> Answer:
    check = asked.moment("check_at") or asked.services.clock() + timedelta(hours=1)
    saved = asked.desk.contributions.reopen(asked.member, asked.event_id, asked.version, check)
    return _saved(asked, saved, "reopen")


def _passage(asked: Asked) -> Answer:
    draft = asked.kept()
    now = asked.services.clock()
    told = pass_here(draft, asked.asked, asked.moment("at") or now, now, asked.services.city)
    saved = asked.desk.contributions.change(asked.member, asked.event_id, asked.version, told)
    return _saved(asked, saved, "passage")


def _editing(asked: Asked) -> Answer:
    turn = asked.desk.editing.begin(asked.member, asked.event_id, waits=asked.asked.get("waits") is True)
    return say_turn(turn, reader_of(asked.services, asked.speak))


def _leave(asked: Asked) -> Answer:
    asked.desk.editing.end(asked.member, asked.event_id)
    return {}


def _accept(asked: Asked) -> Answer:
    return _saved(asked, asked.desk.moderation.accept(asked.member, asked.event_id), "accept")


def _refuse(asked: Asked) -> Answer:
    reason = str(asked.form.get("reason") or "").strip()[:300]
    if not reason:
        raise Unpublishable([Problem("reason", "form.needed")])
    asked.desk.moderation.refuse(asked.member, asked.event_id, reason)
    return {"said": asked.speak("pub.refuse")}


def _confirm(asked: Asked) -> Answer:
    return _saved(asked, asked.desk.moderation.confirm_alert(asked.member, asked.event_id), "confirm")


def _import(asked: Asked) -> Answer:
    return bring(asked.services, asked.desk, asked.member, asked.form, asked.speak)


DOORS: Mapping[str, Callable[[Asked], Answer]] = {
    "look": _look, "find": _find, "follow": _follow, "streets": _streets, "open": _open, "publish": _publish, "change": _change, "undo": _undo,
    "close": _close, "withdraw": _withdraw, "reopen": _reopen, "passage": _passage, "editing": _editing,
    "leave": _leave, "accept": _accept, "refuse": _refuse, "confirm": _confirm, "import": _import,
}  # fmt: skip

REFUSALS: Sequence[tuple[type[AppError], str]] = (
    (Outdated, "form.outdated"), (TooOften, "form.too_often"), (AccessDenied, "form.not_allowed"),
    (StoreUnavailable, "form.away"),
)  # fmt: skip


def answer(services: Services, asked: Mapping[str, Any], speak: Words) -> Answer:
    """Return the answer to one question of the panel; what went wrong is in it in words, and nothing of it was kept."""
    door, desk, member = DOORS.get(str(asked.get("what"))), services.desk, services.member()
    if desk is None or door is None:
        return {"failed": speak("form.unknown")}
    if member is None:
        return {"signed_out": speak("session.signed_out")}
    question = Asked(services, desk, member, asked, speak)
    try:
        desk.contributions.require(member, f"contribution.{asked['what']}", question.event_id or None)
        return door(question)
    except Unpublishable as refused:
        zone = ZoneInfo(services.city.timezone)
        problems = [say_problem(one, services.clock(), zone, speak) for one in refused.problems]
        return {"problems": problems, "failed": speak.count("form.to_fix", len(problems))}
    except Clashing as clashing:
        return _clash(question, clashing)
    except AppError as error:
        return {"failed": speak(next((key for kind, key in REFUSALS if isinstance(error, kind)), "form.not_kept"))}


def _saved(asked: Asked, saved: Saved, what: str, draft: Draft | None = None) -> Answer:
    names = {item.id: item.name for item in asked.services.boot(asked.speak.lang).organisations}
    who = say_audience(draft.audience, asked.speak, names) if draft else ""
    who = who[:1].lower() + who[1:] if draft and not draft.audience.organisations else who
    return {
        "saved": {
            "id": saved.event_id, "number": f"EV-{saved.number}", "version": saved.version,
            "state": saved.state, "may_undo": what in ("publish", "change", "close"),
        },
        "said": say_saved(saved, what, who, asked.speak),
    }  # fmt: skip


def _clash(asked: Asked, clashing: Clashing) -> Answer:
    """Return both sides of each field that two posts changed, and the form with what only one of them changed joined."""
    services, speak = asked.services, asked.speak
    reader = reader_of(services, speak)
    known = {one.name for one in fields(Draft)}
    return {
        "clash": {
            "version": clashing.version,
            "merged": write_form(clashing.merged, services.city),
            "theirs": write_form(asked.kept(), services.city),
            "fields": [
                {
                    "keys": list(FORM_KEYS.get(name, (name,))), "label": say_field(name, speak),
                    "theirs": say_value(name, one.theirs, reader), "mine": say_value(name, one.mine, reader),
                }
                for name, one in clashing.clashes.items() if name in known
            ],
        },
        "failed": speak.count("form.clash", len(clashing.clashes)),
    }  # fmt: skip


def register(app: Dash, services: Services) -> None:
    """Join the panel's questions to the desk."""

    @app.callback(
        Output(ids.FORM_ANSWER, "data"),
        Input(ids.FORM_QUESTION, "data"),
        prevent_initial_call=True,
    )
    def answer_form(asked: object) -> Answer:
        speak = words(language_of(request))
        if not isinstance(asked, dict):
            return {}
        facts = {"n": asked.get("n"), "what": asked.get("what")}
        try:
            return facts | answer(services, asked, speak)
        except Exception as error:  # noqa: BLE001 - whatever it is, the writer must learn that nothing was kept
            return facts | {"failed": speak("error.ref", ref=note_failure("contribution-panel", error), time="")}

    heard = ClientsideFunction("ob", "formAnswered")
    app.clientside_callback(heard, Input(ids.FORM_ANSWER, "data"))  # type: ignore[no-untyped-call]
