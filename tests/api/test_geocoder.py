"""Addresses asked of a service: only when asked, through the guarded client, its answers trusted in nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from api.geocoder import Geocoder, geocoder_of
from callbacks.contribution_places import find_places
from components.texts import words
from datasources.client import GuardedClient
from events.city_file import Geocoding
from events.errors import DocumentUnreadable, InvalidRecord
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from tests.api.served import CITY
from tests.contributing.panel import SEARCH
from tests.feed_server import FeedServer

PATH = "/geocodage/search"
CLEAR = clearer(city_gazetteer(CITY))


def feature(label: object, pair: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": pair},
        "properties": {"label": label, "score": 0.9},
    }


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as one:
        yield one


@pytest.fixture
def geocoder(server: FeedServer) -> Geocoder:
    return Geocoder(GuardedClient(secrets={}), server.url(PATH), CITY, CLEAR, networks=("127.0.0.0/8",))


def asked(server: FeedServer) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(one.path).query) for one in server.requests]


def serve(server: FeedServer, body: bytes, **more: object) -> None:
    server.serve(PATH, body, **more)


def test_an_address_of_the_city_is_found_and_a_question_is_asked_once(server: FeedServer, geocoder: Geocoder) -> None:
    serve(server, collection(feature("8 Rue Sainte 13001 Marseille", [5.3729, 43.2925])))
    (found,) = geocoder.find("8 rue Sainte")
    assert (found.name, found.kind, found.position) == ("8 Rue Sainte 13001 Marseille", "online", (5.3729, 43.2925))
    assert geocoder.find(" 8  rue Sainte ") == (found,)
    assert [one["q"] for one in asked(server)] == [["8 rue Sainte"]]


def test_answers_elsewhere_and_answers_that_are_none_are_left_out(server: FeedServer, geocoder: Geocoder) -> None:
    good = feature("Rue Sainte", [5.3729, 43.2925])
    bad = [
        feature("Rue Sainte, Lyon", [4.83, 45.76]),
        feature(None, [5.37, 43.29]),
        feature("x", ["5", "43"]),
        "no",
        None,
    ]
    serve(server, collection(*bad[:2], good, *bad[2:]))
    assert [one.name for one in geocoder.find("rue Sainte")] == ["Rue Sainte"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b"[" * 5000])
def test_an_answer_that_is_no_collection_is_an_error_of_the_service(
    server: FeedServer, geocoder: Geocoder, body: bytes
) -> None:
    serve(server, body)
    with pytest.raises(DocumentUnreadable, match="geocoder"):
        geocoder.find("rue Sainte")


def test_words_that_name_somebody_never_leave(server: FeedServer, geocoder: Geocoder) -> None:
    with pytest.raises(InvalidRecord):
        geocoder.find("chez Mme Martin 06 12 34 56 78")
    assert server.requests == []


def test_too_short_a_text_is_not_asked(server: FeedServer, geocoder: Geocoder) -> None:
    assert geocoder.find("a ") == ()
    assert geocoder.find("rue " * 100) == ()
    assert server.requests == []


def test_it_is_off_unless_the_city_says_so() -> None:
    client = GuardedClient(secrets={})
    assert geocoder_of(Geocoding(), client, CITY, CLEAR) is None
    assert geocoder_of(Geocoding(type="geoplateforme"), client, CITY, CLEAR) is not None
    with pytest.raises(ValueError, match="url"):
        Geocoding(type="geoplateforme", url="http://data.geopf.fr/geocodage/search")


class Services:
    """What the form's search asks of the house."""

    search = SEARCH

    def __init__(self, geocoder: Geocoder | None) -> None:
        self.geocoder = geocoder


def ask(geocoder: Geocoder | None, text: str, *, online: bool) -> dict[str, object]:
    return find_places(Services(geocoder), {"text": text, "online": online}, words("fr"))  # type: ignore[arg-type] # as above


def test_typing_asks_the_city_only_and_the_service_is_asked_when_that_is_pressed(
    server: FeedServer, geocoder: Geocoder
) -> None:
    assert ask(geocoder, "rue de rome", online=False)["online"] is True
    assert ask(None, "rue de rome", online=False)["online"] is False
    assert server.requests == []
    serve(server, collection(feature("Rue Sainte", [5.3729, 43.2925])))
    assert [one["name"] for one in ask(geocoder, "rue Sainte", online=True)["places"]] == ["Rue Sainte"]  # type: ignore[attr-defined]
    assert ask(None, "rue Sainte", online=True)["places"] == []


def test_a_service_that_fails_is_said_and_the_form_goes_on(server: FeedServer, geocoder: Geocoder) -> None:
    serve(server, b"", status=503)
    told = ask(geocoder, "rue Sainte", online=True)
    assert told["places"] == []
    assert "Géoplateforme n’a pas répondu" in str(told["told"])
