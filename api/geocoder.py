"""Addresses that the city's own files do not know, asked of the Géoplateforme where the city allows it (off by default).

Its documentation: https://geoservices.ign.fr/documentation/services/services-geoplateforme/geocodage. A question is asked
only when somebody presses for it, and leaves only when the privacy gate finds nobody in its words.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from datasources.client import GuardedClient
from datasources.contract import Coverage, Request, Source
from events.audience import PARTNERS
from events.city import City
from events.city_file import Geocoding
from events.errors import DocumentUnreadable
from events.geometry import is_inside
from events.place_search import Found

MOST = 5
LEAST_CHARS, MOST_CHARS = 3, 200  # the service refuses less and more
_KEPT = 256
_MAX_NAME = 160


class Geocoder:
    """One service, through the guarded client; the last questions are remembered, so that a name is asked once."""

    def __init__(
        self, client: GuardedClient, url: str, city: City, clear: Callable[[str], str], networks: tuple[str, ...] = ()
    ) -> None:
        self._client, self._city, self._clear = client, city, clear
        self._source = Source(
            id="geocoder", kind="geocoder", title="Géoplateforme", organisation="ign", licence="Licence Ouverte 2.0", url=url,
            poll_every=timedelta(days=1), timezone=city.timezone, area=city.area, coverage=Coverage.DELTA,
            default_audience=PARTNERS, maintainer="ign", max_bytes=2**18, deadline=timedelta(seconds=4),
            allowed_networks=networks, is_enabled=False,
        )  # fmt: skip
        self._known: OrderedDict[str, tuple[Found, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, text: str) -> tuple[Found, ...]:
        """Return the addresses of the city that the service knows for a text.

        Raises InvalidRecord when the privacy gate withholds the text, a SourceError when the service does not answer.
        """
        asked = " ".join(text.split())
        if not LEAST_CHARS <= len(asked) <= MOST_CHARS:
            return ()
        self._clear(asked)
        with self._lock:
            if asked in self._known:
                self._known.move_to_end(asked)
                return self._known[asked]
        found = self._ask(asked)
        with self._lock:
            self._known[asked] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _ask(self, text: str) -> tuple[Found, ...]:
        west, south, east, north = self._city.area
        near = {"lon": f"{(west + east) / 2:.4f}", "lat": f"{(south + north) / 2:.4f}"}
        question = urlencode({"q": text, "index": "address", "limit": str(MOST), **near})
        with self._client.fetch(self._source, Request(f"{self._source.url}?{question}")) as reply:
            body = b"" if reply.document is None else reply.document.read()
        try:
            told = json.loads(body)
            features = told["features"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DocumentUnreadable(self._source.id, "the answer is no GeoJSON FeatureCollection") from None
        return tuple(one for feature in _list(features)[:MOST] if (one := self._found(feature)) is not None)

    def _found(self, feature: object) -> Found | None:
        """Return one answer, None for what is elsewhere or has no name: the service orders by likeness, not by city."""
        told = feature if isinstance(feature, Mapping) else {}
        properties, geometry = told.get("properties"), told.get("geometry")
        label = properties.get("label") if isinstance(properties, Mapping) else None
        pair = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
        if not isinstance(label, str) or not label.strip() or not isinstance(pair, list) or len(pair) < 2:
            return None
        if not all(type(one) in (int, float) for one in pair[:2]):
            return None
        at = (float(pair[0]), float(pair[1]))
        return Found(label.strip()[:_MAX_NAME], "online", at) if is_inside(at, self._city.area) else None


def geocoder_of(said: Geocoding, client: GuardedClient, city: City, clear: Callable[[str], str]) -> Geocoder | None:
    """Return the geocoder a city chose, None where it asks nobody."""
    return Geocoder(client, said.url, city, clear) if said.type == "geoplateforme" else None


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
