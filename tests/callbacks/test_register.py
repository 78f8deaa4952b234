"""Every callback on a real application: layout by request, pages, failures."""

from __future__ import annotations

import json
import logging
from typing import Any

import flask
import pytest
from dash import Dash

import callbacks
from callbacks.failures import note_failure
from callbacks.frame import boot_of_request, page_content
from components import ids


@pytest.fixture
def client(plain_house: Any) -> Any:
    server = flask.Flask("observatory")
    app = Dash("observatory", server=server, update_title=None, use_async=False, enable_mcp=False)
    callbacks.register(app, plain_house)
    return server.test_client()


def layout_text(client: Any, **headers: str) -> str:
    return client.get("/_dash-layout", headers=headers).get_data(as_text=True)


def test_layout_is_that_of_the_page_that_asked_in_the_language_of_the_cookie(client: Any) -> None:
    client.set_cookie("ob-lang", "en")
    text = layout_text(client, Referer="http://localhost/sources/a")
    assert ids.SOURCES_BODY in text
    assert "Each source shows the age" in text
    assert ids.EVENT_LIST not in text


def test_layout_without_a_page_leaves_it_to_the_browser(client: Any) -> None:
    assert ids.MAIN not in json.loads(layout_text(client)).__repr__()
    assert ids.EVENT_LIST not in layout_text(client, Referer="http://elsewhere.example/")


def test_two_applications_live_in_one_process(plain_house: Any, client: Any) -> None:
    other = Dash("second", server=flask.Flask("second"), use_async=False, enable_mcp=False)
    callbacks.register(other, plain_house)
    for one in (client, other.server.test_client()):
        known = one.get("/_dash-dependencies").get_json()
        assert {entry["output"] for entry in known} >= {f"..{ids.DETAIL_BODY}.children...{ids.DETAIL}.hidden.."}


def test_page_is_drawn_once(plain_house: Any) -> None:
    with flask.Flask("x").test_request_context("/", headers={"Referer": "http://localhost/mur"}):
        assert boot_of_request(plain_house).path == "/mur"
        assert page_content(plain_house, "/mur", "/mur") is None
        assert page_content(plain_house, "/mur", "") is not None


def test_a_failure_leaves_a_reference_and_never_the_message(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="Jeanne") as caught:
        int("Jeanne Martin 06 11 22 33 44")
    with caplog.at_level(logging.ERROR):
        reference = note_failure("detail panel", caught.value)
    assert reference in caplog.text
    assert "ValueError" in caplog.text
    assert "Jeanne" not in caplog.text


def test_a_panel_that_fails_says_so_in_its_place(plain_house: Any, client: Any) -> None:
    def broken(_event_id: str) -> None:
        raise RuntimeError("secret")

    plain_house.event = broken
    body = {
        "output": f"..{ids.DETAIL_BODY}.children...{ids.DETAIL}.hidden..",
        "outputs": [{"id": ids.DETAIL_BODY, "property": "children"}, {"id": ids.DETAIL, "property": "hidden"}],
        "inputs": [{"id": ids.SELECTED_EVENT, "property": "data", "value": {"id": "e1"}}],
        "changedPropIds": [f"{ids.SELECTED_EVENT}.data"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    text = json.dumps(answer.get_json(), ensure_ascii=False)
    assert "n’a pas pu être calculé" in text
    assert "secret" not in text
