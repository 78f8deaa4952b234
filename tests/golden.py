"""Golden cases: a document written for the project, the source it belongs to, and the reading a person approved."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from datasources.catalogue import ADAPTERS as KINDS
from datasources.catalogue import adapter_class
from datasources.contract import Adapter, Coverage, Document, Source
from datasources.describe import describe
from events.audience import read_audience
from events.errors import DocumentUnreadable

FEEDS = Path(__file__).resolve().parent / "feeds"
ADAPTERS: dict[str, type[Adapter]] = {kind: adapter_class(kind) for kind in KINDS}
AREA = (5.15, 43.10, 5.65, 43.45)


@dataclass(frozen=True, slots=True)
class Case:
    """One folder of tests/feeds/<kind>/."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def kind(self) -> str:
        return self.folder.parent.name

    @property
    def body(self) -> bytes:
        (path,) = self.folder.glob("document.*")
        return path.read_bytes()

    @property
    def settings(self) -> dict[str, object]:
        return tomllib.loads((self.folder / "case.toml").read_text(encoding="utf-8"))

    @property
    def expected(self) -> object:
        return json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))

    def source(self) -> Source:
        settings = self.settings
        return Source(
            id=f"golden-{self.folder.name.replace('_', '-')}",
            kind=self.kind,
            title="Golden case",
            organisation="direction-routes",
            licence=str(settings["licence"]),
            url="https://example.org/feed",
            poll_every=timedelta(minutes=1),
            timezone="Europe/Paris",
            area=AREA,
            coverage=Coverage.SNAPSHOT,
            default_audience=read_audience(str(settings.get("audience", "public"))),
            maintainer="city",
            options=dict(settings.get("options", {})),
        )

    def document(self, body: bytes | None = None) -> Document:
        moment = self.settings["retrieved_at"]
        assert isinstance(moment, datetime)
        return Document(
            self.body if body is None else body, media_type="", url="https://example.org/feed", retrieved_at=moment
        )

    def adapter(self) -> Adapter:
        """Return a reader that has learnt the tables `reference-<name>.*` beside the document."""
        adapter = ADAPTERS[self.kind](self.source())
        for path in sorted(self.folder.glob("reference-*.*")):
            adapter.learn(path.stem.removeprefix("reference-"), self.document(path.read_bytes()))
        return adapter

    def outcome(self) -> object:
        """Return the reading as JSON values, or the sentence of DocumentUnreadable."""
        try:
            return describe(self.adapter().read(self.document()))
        except DocumentUnreadable as error:
            return {"unreadable": error.message}


CASES = [Case(path.parent) for path in sorted(FEEDS.glob("*/*/case.toml"))]
