"""The real screen behind the guard: pages that fail or do not exist, questions no page asks, headers of every page."""

from __future__ import annotations

import copy
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import callbacks
from api.application import Parts, application
from api.callback_body import MAX_TEXT, refusal_of
from api.failure_page import STYLES, draw_failure
from api.limits import Limits, Rate
from api.screen import draw_screen
from callbacks.request import language_of
from components.pages import page_at
from events.errors import StoreUnavailable
from tests.api.served import ROOT, Served, Still

CALLBACK = "/_dash-update-component"
JSON = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}
PAGES = ("/", "/sources", "/sources/prefecture-manifestations", "/agenda", "/analyse", "/mur", "/nowhere/at/all")


@dataclass
class Whole:
    """The application with its real screen."""

    served: Served
    known: Mapping[str, Any]

    def ask(self, body: object, **headers: str) -> httpx.Response:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.served.get(CALLBACK, method="POST", content=sent, headers={**JSON, **headers})

    def question(self, part: str) -> dict[str, Any]:
        """Return what the browser asks of the callback whose output holds `part`, every value null."""
        output = next(name for name in self.known if part in name)
        told = self.known[output]

        def parts(name: str) -> list[dict[str, Any]]:
            return [{"id": one["id"], "property": one["property"], "value": None} for one in told[name]]

        names = [name.rpartition(".") for name in output.removeprefix("..").removesuffix("..").split("...")]
        outputs = [{"id": left, "property": right} for left, _, right in names]
        inputs = parts("inputs")
        return {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "inputs": inputs,
            "state": parts("state"),
            "changedPropIds": [f"{inputs[0]['id']}.{inputs[0]['property']}"],
        }


@pytest.fixture
def whole(served, files) -> Whole:
    screen = draw_screen(served.house, files, ROOT / "assets", is_demo=True, language_of=language_of)
    callbacks.register(screen, screen.services)
    parts = Parts(
        house=served.house, files=files, hub=served.hub, snapshots=served.hub._snapshots, rhythm=Still(),
        screen=screen.server, script_hashes=tuple(screen.csp_hashes()), page_files=screen.warm(), limits=Limits({}),
    )  # fmt: skip
    served.app = application(parts)
    return Whole(served, screen.callback_map)


def test_every_page_and_file_carries_the_policy_and_the_headers(whole) -> None:
    document = whole.served.get("/", headers=PAGE).text
    files = re.findall(r'(?:src|href)="(/[^"]+)"', document)
    assert len(files) > 5
    for path in (*PAGES, *files, "/_dash-layout", "/_dash-dependencies", "/api/events", "/readyz", "/api/nope"):
        headers = whole.served.get(path, headers=PAGE).headers
        policy = headers["content-security-policy"]
        if headers["content-type"].startswith("text/html"):
            assert "unsafe" not in policy, path
            assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-"), path
            assert re.search(r"frame-ancestors 'none'; object-src 'none'", policy), path
            assert re.search(r"base-uri 'none'; form-action 'self'", policy), path
        else:
            assert policy == "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", path
            assert path not in PAGES
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin", path
        assert headers["permissions-policy"].startswith("geolocation=(self), camera=(), microphone=()"), path
        assert headers["cache-control"] == "no-store" if path.startswith("/_dash-l") else headers["cache-control"], path
        assert "server" not in headers, path
        assert "strict-transport-security" not in headers, path
        assert not re.search(r"\son[a-z]+=|<style|javascript:", document if path == "/" else ""), path


def test_https_is_promised_when_the_city_says_so(served) -> None:
    served.app._is_https_only = True
    assert served.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


def test_page_that_does_not_exist_is_drawn_in_the_frame_with_its_status(whole) -> None:
    for path in PAGES:
        answer = whole.served.get(path, headers=PAGE)
        assert answer.status_code == (404 if page_at(path)[0] == "unknown" else 200), path
        assert '<meta name="ob-boot"' in answer.text, path
        assert answer.headers["content-type"].startswith("text/html"), path
    asked = whole.question("page.children")
    asked["inputs"][0]["value"] = "/nowhere/at/all"
    drawn = whole.ask(asked, Cookie="ob-lang=en").text
    assert "This page does not exist" in drawn
    assert "ob-top" in drawn


@pytest.mark.parametrize(
    ("lang", "cookie", "said"),
    [("", "", "Cette page n’a pas pu s’afficher"), ("?lang=en", "", "could not be shown"), ("", "en", "could not be")],
)
def test_page_that_fails_says_so_in_the_readers_language(whole, monkeypatch, caplog, lang, cookie, said) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("the words of a record")

    monkeypatch.setattr("api.screen.asked_ahead", fail)
    answer = whole.served.get(f"/{lang}", headers={**PAGE, "Cookie": f"ob-lang={cookie}"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert said in answer.text
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    reference = re.search(r"reference ([0-9A-F]{6}):", line).group(1)
    assert reference in answer.text
    assert "words of a record" not in answer.text + caplog.text
    assert "Traceback" not in answer.text + caplog.text
    assert 'class="ob-top"' in answer.text


def test_guards_own_failures_are_pages_for_people_and_json_for_programs(whole, monkeypatch) -> None:
    def away(*_: object) -> object:
        raise StoreUnavailable("the database does not answer")

    monkeypatch.setattr(whole.served.app, "_rule", away)
    page, told = whole.served.get("/", headers=PAGE), whole.served.get("/api/events", headers=PAGE)
    assert (page.status_code, told.status_code) == (503, 503)
    assert "hors d’atteinte" in page.text
    assert told.json()["error"]["message"] == "the database does not answer"
    whole.served.app.limits = Limits({"screens": Rate(1, 60)})
    whole.served.get("/analyse", headers=PAGE)
    busy = whole.served.get("/analyse?lang=en", headers=PAGE)
    assert busy.status_code == 429
    assert f"Open this page again in {busy.headers['retry-after']} s" in busy.text


@pytest.mark.parametrize("status", [400, 404, 414, 429, 500, 503])
@pytest.mark.parametrize("lang", ["fr", "en", "xx"])
def test_failure_page_is_whole_and_quotes_nothing_raw(status: int, lang: str) -> None:
    text = draw_failure(status, lang, reference="<b>", seconds=7).decode()
    assert f'<html lang="{"en" if lang == "en" else "fr"}">' in text
    assert "{" not in text
    assert "<b>" not in text.replace("<b>Observatoire", "").replace("<b>Public", "")
    assert all((ROOT / "assets" / name).is_file() for name in (*STYLES, "ob-00-theme.js", "logo.svg", "favicon.svg"))
    assert not re.search(r"<script(?! src=)|<style|\son[a-z]+=", text)


def damages(whole: Whole) -> Iterator[tuple[str, object]]:
    """Yield bodies that no page sends, each with a name."""
    good = whole.question("analysis")
    for name, body in {
        "a list": [], "null": None, "a text": "x", "a number": 1, "an empty object": {}, "unknown output": {**good, "output": "nothing.here"},
        "output that is an object": {**good, "output": {}}, "output that is a list": {**good, "output": [good["output"]]},
        "oversized output": {**good, "output": "x" * 500_000}, "no inputs": {**good, "inputs": []},
        "inputs that are an object": {**good, "inputs": {}}, "inputs that are texts": {**good, "inputs": ["a"]},
        "too many inputs": {**good, "inputs": good["inputs"] * 1000}, "state nobody has": {**good, "state": good["inputs"]},
        "outputs of another": {**good, "outputs": {"id": "detail", "property": "hidden"}},
        "outputs that are texts": {**good, "outputs": ["a"]}, "no outputs at all": {**good, "outputs": []},
        "change of another": {**good, "changedPropIds": ["page.children"]}, "change that is a list": {**good, "changedPropIds": [[]]},
        "changes that are a text": {**good, "changedPropIds": "abc"},
    }.items():  # fmt: skip
        yield name, body
    values: dict[str, object] = {
        "oversized": "x" * (MAX_TEXT + 1), "many": list(range(1000)), "deep": [[[[[[[]]]]]]], "control": "a\x00b",
        "surrogate": "\ud800", "hidden": "a\u202eb", "long key": {"k" * (MAX_TEXT + 1): 1},
    }  # fmt: skip
    for name, value in values.items():
        body = copy.deepcopy(good)
        body["inputs"][0]["value"] = value
        yield f"value: {name}", body
    for key, value in {"id": "nothing", "property": "nothing"}.items():
        body = copy.deepcopy(good)
        body["inputs"][0][key] = value
        yield f"input of another {key}", body
    for name, sent in {
        "deep brackets": b"[" * 100_000, "deep objects": b'{"a":' * 100_000, "not UTF-8": b'{"output": "\xff\xfe"}', "cut": b'{"output": "a',
        "nothing": b"", "not a number": json.dumps(good).replace("null", "NaN", 1).encode()[:-1], "long number": b"9" * 500_000,
    }.items():  # fmt: skip
        yield name, sent


def test_question_no_page_asks_is_400_with_one_line_and_no_trace(whole, caplog) -> None:
    seen = {}
    for name, body in damages(whole):
        caplog.clear()
        answer = whole.ask(body)
        lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
        seen[name] = (answer.status_code, len(lines), any(line.exc_info for line in lines))
        assert len(caplog.text) < 300, name
        assert answer.json()["error"]["message"].startswith("this is not a question that the page asks"), name
    assert seen == dict.fromkeys(seen, (400, 1, False))
    assert len(seen) > 30


def test_question_of_every_callback_is_answered(whole) -> None:
    ours = {output: "callback" in told for output, told in whole.known.items()}
    assert sum(ours.values()) >= 4
    for output, is_ours in ours.items():  # those that run in the browser are not asked of the server
        assert whole.ask(whole.question(output)).status_code in ((200, 204) if is_ours else (400,)), output


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
HOSTILE = st.sampled_from(
    [
        "/sources/../../x", "/sources/" + "a" * 2000, "?du=9999999999&au=-1", "?arr=99,abc&cat=%00&t=NaN", "?du=-99999999999j",
        {"search": "?du=2026-13-45&au=0000-00-00", "theme": "dark"}, {"search": ["x"]}, {"search": {"a": 1}},
        {"id": "' OR 1=1 --"}, {"id": {"a": 1}}, {"id": "0190163d-8694-739b-aea5-966c26f8ad91", "v": "x"},
        {"type": "Markdown", "namespace": "dash_core_components", "props": {"children": "<b>", "dangerously_allow_html": True}},
    ]
)  # fmt: skip


def test_any_value_gets_an_answer_and_never_a_failure(whole, caplog) -> None:
    every = [whole.question(output) for output in whole.known]

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(every), st.lists(HOSTILE | ANYTHING, min_size=4, max_size=4))
    def ask(question: dict[str, Any], values: list[object]) -> None:
        asked = copy.deepcopy(question)
        for part, value in zip((*asked["inputs"], *asked["state"]), values, strict=False):
            part["value"] = value
        caplog.clear()
        answer = whole.ask(asked)
        assert answer.status_code in (200, 204, 400), answer.text
        assert '"namespace":"dash_core_components","props":{"children":"<b>"' not in answer.text.replace(" ", "")
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []

    ask()


def test_component_in_a_value_is_never_drawn(whole) -> None:
    forged = {"type": "Markdown", "namespace": "dash_core_components", "props": {"children": "forged by a reader"}}
    for output, told in whole.known.items():
        if "callback" in told:
            asked = whole.question(output)
            for part in (*asked["inputs"], *asked["state"]):
                part["value"] = forged
            assert "forged by a reader" not in whole.ask(asked).text, output


def test_no_id_of_a_callback_is_a_pattern(whole) -> None:
    """The check of callback bodies compares ids as they are: a pattern would need a rule of its own."""
    ids = [part["id"] for told in whole.known.values() for name in ("inputs", "state") for part in told[name]]
    assert ids
    assert not [one for one in ids if not isinstance(one, str) or one.startswith("{")]


@pytest.mark.parametrize(
    "ask", [lambda known: refusal_of(None, known), lambda known: refusal_of({"output": "a.b"}, known)]
)
def test_refusal_is_a_sentence(ask: Callable[[Mapping[str, Any]], str | None]) -> None:
    known = {"a.b": {"callback": print, "inputs": [{"id": "x", "property": "y"}], "state": []}}
    assert ask(known)


def test_a_layout_is_written_once_for_an_address_and_a_language(whole, monkeypatch) -> None:
    written: list[str] = []
    real = Dash.serve_layout
    monkeypatch.setattr(Dash, "serve_layout", lambda app: written.append("") or real(app))

    def layout(page: str, lang: str) -> bytes:
        return whole.served.get(
            "/_dash-layout", headers={"Referer": f"http://127.0.0.1{page}", "Cookie": f"ob-lang={lang}"}
        ).content

    asked = [("/", "fr"), ("/sources", "fr"), ("/sources", "en"), ("/", "fr"), ("/sources", "en")]
    told = [layout(*one) for one in asked]
    assert (len(set(told)), len(written)) == (3, 3)
    assert (told[0], told[2]) == (told[3], told[4])
    assert b"Each source shows the age" in told[2]
