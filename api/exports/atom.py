"""Events as an Atom feed (RFC 4287) with their place as GeoRSS: what a reader of feeds subscribes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.exports.setting import Setting
from api.exports.table import point_in
from api.exports.xml import Element, maker, wrapped
from store.kept import KeptEvent

ATOM, GEORSS = "http://www.w3.org/2005/Atom", "http://www.georss.org/georss"
_SPACES: dict[str | None, str] = {None: ATOM, "georss": GEORSS}
A = maker(ATOM, _SPACES)
G = maker(GEORSS, _SPACES)


def feed_head(setting: Setting, title: str) -> Element:
    """Return a feed without entries; its id is its address, so that every view is a feed of its own."""
    return A.feed(
        A.id(setting.address),
        A.title(title),
        A.subtitle(setting.remark()),
        A.updated(setting.local(setting.made_at) or ""),
        A.author(A.name(setting.words("export.feed_title", city=setting.city_name))),
        A.link(rel="self", href=setting.address, type="application/atom+xml"),
        A.link(rel="alternate", href=setting.view, type="text/html"),
    )


def write_atom(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield the feed, one entry for each event."""
    return wrapped(feed_head(setting, setting.heading()), (_entry(kept, setting) for kept in events))


def _entry(kept: KeptEvent, setting: Setting) -> Element:
    told = kept.event
    lines = [
        " – ".join(f"{setting.local(one.start)} / {setting.local(one.end) or '..'}" for one in kept.periods[:3]),
        told.place or told.road_name, told.description, told.instruction,
    ]  # fmt: skip
    entry = A.entry(
        A.id(f"urn:uuid:{kept.id}"),
        A.title(setting.title(kept)),
        A.updated(setting.local(kept.changed_at) or ""),
        A.published(setting.local(kept.recorded_at) or ""),
        A.link(rel="alternate", href=setting.page(kept), type="text/html"),
        A.category(term=told.category, label=setting.category(kept)),
        A.author(A.name(setting.organisation(kept))),
        A.summary("\n".join(line for line in lines if line)),
    )
    lon, lat = point_in(told.geometry)
    if lon is not None and lat is not None:
        entry.append(G.point(f"{lat} {lon}"))
    return entry
