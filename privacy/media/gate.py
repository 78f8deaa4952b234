"""The media gate: the only door by which pixels come into the store. What passes is masked and waits for a person."""

from __future__ import annotations

import hmac
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from uuid6 import uuid7

from events.errors import StoreUnavailable
from privacy.media.boxes import Box, read_boxes
from privacy.media.darkroom import Darkroom, Told
from privacy.media.refusals import Refused
from store import media as kept
from store.database import Database
from store.developed import Developed
from store.media import KeptMedia

VERSION = "1"  # raised when what is found or masked changes: the model, a threshold, how far a mask reaches, its fill
BEAT_S = 5.0
LOST_AFTER = timedelta(seconds=20)  # without a sign of life of who works on a clip
MOST_QUEUED = 3
MOST_KEPT = 40 * 2**20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sends a file: the organisation it is of, and the post."""

    organisation_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a photo; `media_id` when it was kept because there was nothing to decide."""

    found: dict[str, object]
    media_id: str | None = None


class MediaGate:
    """One for a process. `key` marks files, so that the same clip is recognised and nothing is told of it."""

    def __init__(self, database: Database, clock: Callable[[], datetime], key: bytes, *, takes_clips: bool) -> None:
        self.takes_clips = takes_clips
        self.runner = str(uuid7())
        self._database, self._clock, self._key = database, clock, key
        self._photos, self._clips = Darkroom(), Darkroom()
        self._turn, self._queued = threading.Lock(), 0
        self._counting = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._is_closing = threading.Event()

    # photos

    def look(self, owner: Owner, content: bytes) -> Looked:
        """Say what may identify somebody in a photo; keep it where nothing does. Raises Refused, StoreUnavailable."""
        told = self._photos.look(content)
        found = {name: value for name, value in told[0].facts.items() if name not in ("is", "size")}
        return Looked(found, self._keep_photo(owner, told[1]) if len(told) > 1 else None)

    def mask(self, owner: Owner, content: bytes, boxes: Sequence[Box]) -> str:
        """Mask boxes and every face of a photo, and keep that; return its identifier. Raises Refused, StoreUnavailable."""
        return self._keep_photo(owner, self._photos.mask(content, boxes))

    def take_partner(self, owner: Owner, content: bytes, event_id: str, mark: str) -> str:
        """Keep a partner's photo of an event with all that may identify somebody masked, to be reviewed like any other."""
        told = self._photos.look(content)
        found = told[0].facts
        boxes = read_boxes([*found["doubtful"], *found["lettering"]])
        made = told[1] if len(told) > 1 else self._photos.mask(content, boxes)
        return self._keep_photo(owner, made, {"event_id": event_id, "mark": mark})

    def note_refused(self, owner: Owner, event_id: str, mark: str, reason: str) -> None:
        """Remember that a partner's file was refused, so that it is not asked for again; nothing of it is kept."""
        row = self._row(owner, kept.PHOTO, kept.REFUSED) | {"event_id": event_id, "mark": mark, "reason": reason}
        with self._database.write() as connection:
            kept.put(connection, row)

    def mask_kept(self, media_id: str, boxes: Sequence[Box]) -> bool:
        """Mask more of a photo that is kept; False when it is none. What it was before is gone."""
        with self._database.read() as connection:
            before, one = kept.pixels(connection, media_id), kept.get(connection, media_id)
        if before is None or one is None or one.kind != kept.PHOTO:
            return False
        made = self._photos.mask(before, boxes)
        values = {"content": Developed(made.content), "masks": one.masks + made.facts["masks"]}
        with self._database.write(is_durable=True) as connection:
            return kept.change(connection, media_id, (kept.WAITING, kept.HIDDEN, kept.PUBLISHED), values)

    def _keep_photo(self, owner: Owner, made: Told, more: Mapping[str, object] = MappingProxyType({})) -> str:
        row = self._row(owner, kept.PHOTO, kept.WAITING) | dict(more)
        row |= {"content": Developed(made.content), "faces": made.facts["faces"], "masks": made.facts["masks"]}
        with self._database.write(is_durable=True) as connection:
            kept.put(connection, row)
        return str(row["id"])

    def _row(self, owner: Owner, kind: str, state: str) -> dict[str, object]:
        return {
            "id": str(uuid7()), "organisation_id": owner.organisation_id, "account_id": owner.account_id,
            "kind": kind, "state": state, "created_at": self._clock(), "faces": 0, "masks": 0,
            "gate": VERSION,
        }  # fmt: skip

    # clips

    def begin(self, owner: Owner, content: bytes, zones: Sequence[Box]) -> str:
        """Queue a clip, or go on with the same file where its making was interrupted; return its identifier.

        Raises Refused when too many wait, StoreUnavailable.
        """
        if not self.takes_clips:
            raise Refused("off")
        mark = hmac.new(
            self._key, b"clip\0" + repr([box.told for box in zones]).encode() + content, "sha256"
        ).hexdigest()
        with self._counting:
            if self._queued >= MOST_QUEUED or self._is_closing.is_set():
                raise Refused("busy")
            media_id, is_ours = self._claim(owner, mark)
            if not is_ours:
                return media_id
            self._queued += 1
        thread = threading.Thread(target=self._work, args=(media_id, content, zones), name=f"clip {media_id}")
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()
        return media_id

    def is_lost(self, one: KeptMedia) -> bool:
        """Tell whether nobody works on a clip any more: its file must be sent again."""
        return one.state == kept.MAKING and one.beat_at is not None and self._clock() - one.beat_at > LOST_AFTER

    def close(self) -> None:
        """End what is being done; a clip goes on when its file is sent again."""
        self._is_closing.set()
        for room in (self._photos, self._clips):
            room.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _claim(self, owner: Owner, mark: str) -> tuple[str, bool]:
        """Return the clip of this file and whether it is ours to make."""
        now = self._clock()
        with self._database.write(is_durable=True) as connection:
            one = kept.of_mark(connection, mark, owner.organisation_id)
            if one is not None:
                return one.id, kept.take_over(connection, one.id, self.runner, now - LOST_AFTER, now)
            row = self._row(owner, kept.CLIP, kept.MAKING)
            kept.put(connection, row)
            kept.begin(connection, str(row["id"]), mark, self.runner, now)
        return str(row["id"]), True

    def _work(self, media_id: str, content: bytes, zones: Sequence[Box]) -> None:
        is_over = threading.Event()
        beating = threading.Thread(target=self._beat, args=(media_id, is_over), name=f"beat {media_id}")
        beating.start()
        try:
            with self._turn:
                self._make(media_id, content, zones)
        except Refused as refused:
            if not self._is_closing.is_set():
                self._give_up(media_id, refused.reason)
        except StoreUnavailable as error:
            _log.warning(
                "clip %s stops, its seconds stay: it goes on when the same file is sent again: %s", media_id, error
            )
        finally:
            is_over.set()
            beating.join()
            with self._counting:
                self._queued -= 1

    def _make(self, media_id: str, content: bytes, zones: Sequence[Box]) -> None:
        with self._database.read() as connection:
            first = kept.count_parts(connection, media_id)
        for told in self._clips.clip(content, zones, first):
            if self._is_closing.is_set() or not self._keep(media_id, told):
                return
        with self._database.read() as connection:
            parts = kept.parts(connection, media_id)
        whole = Developed(self._clips.join(parts))
        if len(whole) > MOST_KEPT:
            raise Refused("large")
        with self._database.write(is_durable=True) as connection:
            kept.change(connection, media_id, (kept.MAKING,), {"content": whole, "state": kept.WAITING})
            kept.forget_making(connection, [media_id])

    def _keep(self, media_id: str, told: Told) -> bool:
        with self._database.write() as connection:
            if told.kind == "length":
                return kept.change(connection, media_id, (kept.MAKING,), {"seconds": told.facts["seconds"]})
            if told.kind == "poster":
                return kept.change(connection, media_id, (kept.MAKING,), {"poster": Developed(told.content)})
            if not kept.beat(connection, media_id, self.runner, self._clock(), told.facts["done"]):
                return False
            kept.put_part(connection, media_id, told.facts["number"], Developed(told.content))
            one = kept.get(connection, media_id)
            most = max(told.facts["faces"], one.faces if one else 0)
            values = {"faces": most, "masks": most} | (
                {"seconds": told.facts["done"]} if one and not one.seconds else {}
            )
            return kept.change(connection, media_id, (kept.MAKING,), values)

    def _give_up(self, media_id: str, reason: str) -> None:
        with self._database.write() as connection:
            kept.change(connection, media_id, (kept.MAKING,), {"state": kept.REFUSED, "reason": reason, "poster": None})
            kept.forget_making(connection, [media_id])

    def _beat(self, media_id: str, is_over: threading.Event) -> None:
        while not is_over.wait(BEAT_S):
            try:
                with self._database.write() as connection:
                    kept.beat(connection, media_id, self.runner, self._clock())
            except StoreUnavailable as error:
                _log.warning("clip %s: its sign of life is late: %s", media_id, error)
