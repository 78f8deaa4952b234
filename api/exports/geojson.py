"""Events as GeoJSON (RFC 7946): the features of `/api/events`, with the passages of a route and the name of each category."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.answers import encode
from api.exports.setting import Setting
from api.features import event_feature
from store.kept import KeptEvent


def write_geojson(events: Iterable[KeptEvent], setting: Setting) -> Iterator[bytes]:
    """Yield a FeatureCollection that says its view, its time and whether it is a demonstration."""
    said = {
        "title": setting.heading(), "view": setting.view, "timeStamp": setting.made_at, "demonstration": setting.is_demo,
    }  # fmt: skip
    yield b'{"type":"FeatureCollection",' + encode(said)[1:-1] + b',"features":['
    for number, kept in enumerate(events):
        yield (b",\n" if number else b"\n") + encode(feature(kept, setting))
    yield b"\n]}\n"


def feature(kept: KeptEvent, setting: Setting) -> dict[str, object]:
    """Return one feature; `passages` are the checkpoints of a route with their planned and observed times."""
    made = event_feature(kept)
    properties = made["properties"]
    assert isinstance(properties, dict)
    passages = properties.pop("route")
    told = {"passages": passages, "category_name": setting.category(kept), "url": setting.page(kept)}
    return {**made, "properties": properties | told | {"demonstration": setting.is_demo}}
