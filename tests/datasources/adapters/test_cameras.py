"""Cameras in the tables and lists of publishers: French tables, webcams of roads (FEEDS 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from datasources.catalogue import make_adapter
from events.audience import PARTNERS
from tests.datasources.adapters.map_cases import document, reading, source

FRENCH: dict[str, object] = {
    "record": "camera", "crs": 2154, "decimal": ",", "dates": ["%d/%m/%Y"], "missing": ["inconnue"],
    "fields": {"external_id": "numero", "label": "lieu", "x": "x_l93", "y": "y_l93", "authorised_until": "fin"},
}  # fmt: skip


def test_french_table_with_decimal_comma_in_lambert_93_and_unknown_dates() -> None:
    told = "numero;lieu;x_l93;y_l93;fin\n1;Quai du Port;893116,4;6247221,7;31/12/2028\n2;Cours;893700,0;6246500,0;inconnue\n"
    first, second = reading("csv", told, FRENCH, PARTNERS).cameras
    assert first.position == pytest.approx((5.378809, 43.29798), abs=1e-5)
    assert (first.authorised_until, second.authorised_until) == (date(2028, 12, 31), None)


def test_camera_with_an_address_and_no_coordinates_is_a_reject() -> None:
    told = "numero;lieu;x_l93;y_l93;fin\n1;3 quai du Port;;;\n2;Cours;893700,0;6246500,0;\n"
    found = reading("csv", told, FRENCH, PARTNERS)
    assert [reject.reason for reject in found.rejects] == ["the camera has no position"]
    assert [camera.external_id for camera in found.cameras] == ["2"]


def test_webcams_in_the_grid_of_finland_are_placed_and_their_images_left_out() -> None:
    told = (
        '<n:Answer xmlns:n="u"><n:list><cam><id>4</id><lat>7053606</lat><lon>495841</lon>'
        "<links><imageDisplay>https://CANARI.example/4.jpg</imageDisplay></links></cam></n:list></n:Answer>"
    )
    options = {
        "record": "camera", "items": "list/cam", "crs": 3067, "fields": {"external_id": "id", "x": "lon", "y": "lat"},
    }  # fmt: skip
    finland = replace(source("xml", options, PARTNERS), area=(19.0, 59.0, 32.0, 71.0))
    found = make_adapter(finland).read(document(told))
    assert found.cameras[0].position == pytest.approx((26.916136, 63.610419), abs=1e-5)
    assert "CANARI" not in repr(found)
