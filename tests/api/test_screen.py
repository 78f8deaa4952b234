"""The screen behind the guard: the document in both languages, and questions that no page asks."""

from __future__ import annotations

import hashlib
import html
import json
import re
from base64 import b64encode

import pytest
from dash import html as dash_html

from api.screen import Screen, draw_screen
from components.texts import words
from tests.api.served import ROOT


@pytest.fixture
def drawn(served, files) -> Screen:
    made = draw_screen(
        served.house, files, ROOT / "assets", is_demo=True, language_of=lambda asked: asked.args.get("lang", "fr")
    )
    made.layout = dash_html.Div()
    return made


@pytest.mark.parametrize(
    ("lang", "title"), [("fr", "Observatoire de l’espace public"), ("en", "Public-space observatory")]
)
def test_document_speaks_the_readers_language(drawn, files, lang, title) -> None:
    text = drawn.server.test_client().get(f"/?lang={lang}").text
    assert f'<html lang="{lang}" data-theme-choice="">' in text
    assert f"<title>{title}</title>" in text
    boot = json.loads(html.unescape(re.search(r'name="ob-boot" content="([^"]*)"', text).group(1)))
    assert boot["texts"] == files.texts[lang]
    assert boot["city"] == dict(files.city)
    assert (len(boot["districts"]), boot["demo"], boot["tiles"]) == (16, True, None)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/", ["/api/snapshot"]),  # what Dash wants comes after the map's first picture
        ("/?arr=1", ["/api/snapshot"]),
        ("/?du=-3j", []),
        ("/mur?scene=a", ["/api/snapshot", "/_dash-layout", "/_dash-dependencies"]),
        ("/mur?lang=fr", ["/api/snapshot", "/_dash-dependencies"]),  # its layout waits for a cookie
        ("/sources", ["/_dash-layout", "/_dash-dependencies"]),
    ],
)
def test_page_asks_ahead_for_what_its_scripts_will_want(drawn, files, address, asked) -> None:
    text = drawn.server.test_client().get(address).text
    ahead = re.findall(r'<link rel="preload" as="fetch" crossorigin="anonymous" href="([^"]+)">', text)
    assert ahead == [files.texts["fr"], *asked]


@pytest.mark.parametrize("path", ["/", "/sources"])
def test_page_names_two_scripts_and_one_sheet_of_ours_that_hold_all_of_them(drawn, path) -> None:
    client = drawn.server.test_client()
    text = client.get(path).text
    scripts = re.findall(r'<script src="(/assets/[^"]+)"', text)
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    named = [place.partition("?")[0] for place in scripts + sheets]
    assert named == [
        "/assets/ob-map.js",
        "/assets/react.js",
        "/assets/ob.js",
        "/assets/dash-renderer.js",
        "/assets/ob.css",
    ]
    first, script, sheet = (client.get(place) for place in (scripts[0], scripts[2], sheets[0]))
    assert (script.mimetype, sheet.mimetype) == ("text/javascript", "text/css")
    ours = [path.name for path in sorted((ROOT / "assets").glob("ob-*.js"))[1:]]
    drawing = [name for name in ours if f"// {name}\n" in first.text]
    assert {"ob-10-texts.js", "ob-40-map.js", "ob-44-markers.js", "ob-49-first.js"} <= set(drawing)
    places = [script.text.find(f"// {name}\n") for name in ours if name not in drawing]
    assert places == sorted(places)
    assert -1 not in places
    assert first.text.index("window.L=") < first.text.index("// ob-10-texts.js")
    assert all(path.read_text(encoding="utf-8") in sheet.text for path in (ROOT / "assets").glob("*.css"))
    # Dash's own come before the rest of ours and after: ours use React, the renderer uses ours.
    before, after = client.get(scripts[1]).text, client.get(scripts[3]).text
    assert 0 < before.index("React=") < before.index("ReactDOM=") < before.index("PropTypes=")
    assert 0 < after.index("window.DashRenderer=") < after.index("window.dash_html_components=")
    assert not re.search(r"/(?:deps/(?:react|prop-types)|dash/dash-renderer|dash/html)", text.split("_dash-config")[1])


def test_the_page_of_the_map_draws_it_before_dash_has_drawn_anything(drawn) -> None:
    text = drawn.server.test_client().get("/").text
    frame, held = text.split('<div id="react-entry-point" hidden>')[0], text.split('<template id="afterwards">')[1]
    assert frame.count('data-first="map"') == 1
    assert re.findall(r'\bid="([^"]+)"', frame.split("<body>")[1]) == ["first-frame"]
    assert words("fr")("demo.strip") in html.unescape(frame)
    assert "ob-map.js" not in held
    assert "new DashRenderer" in held
    assert "afterwards" not in drawn.server.test_client().get("/sources").text


@pytest.mark.parametrize(("address", "count"), [("/", 0), ("/sources", 0), ("/analyse", 1)])
def test_polyfills_come_with_charts_only(drawn, address, count) -> None:
    assert drawn.server.test_client().get(address).text.count("deps/polyfill@") == count


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sources", 200),
        ("/sources/prefecture-manifestations", 200),
        ("/sources/prefecture-manifestations/", 200),
        ("/sources/not-in-the-catalogue", 404),
        ("/sources/prefecture-manifestations/runs", 404),
    ],
)
def test_a_source_that_is_not_in_the_catalogue_is_404(drawn, address, status) -> None:
    answer = drawn.server.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")


@pytest.mark.parametrize(
    ("address", "cookie", "choice"),
    [("/", "", ""), ("/", "sombre", "sombre"), ("/?theme=clair", "sombre", "clair"), ("/", "<script>", "")],
)
def test_theme_is_set_by_a_script_in_the_document_that_knows_the_choice(drawn, address, cookie, choice) -> None:
    client = drawn.server.test_client()
    if cookie:
        client.set_cookie("ob-theme-choice", cookie)
    text = client.get(address).text
    written = (ROOT / "assets" / "ob-00-theme.js").read_text(encoding="utf-8")
    assert text.index(f"<script>{written}</script>") < text.index("<link")
    assert f'data-theme-choice="{choice}"' in text
    digest = b64encode(hashlib.sha256(written.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in drawn.csp_hashes()
    assert not [script for script in re.findall(r'<script src="([^"]+)"', text) if not script.startswith("/")]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (b"not json", "application/json", 400),
        (b'{"output": "nothing.here", "inputs": []}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
def test_malformed_question_is_refused(drawn, body, media_type, status) -> None:
    answer = drawn.server.test_client().post("/_dash-update-component", data=body, content_type=media_type)
    assert answer.status_code == status
    assert answer.json["error"]["message"]


def test_failing_page_gives_a_reference_and_no_words(drawn, caplog) -> None:
    def fail() -> None:
        raise RuntimeError("the words of a record")

    drawn.server.before_request(fail)
    answer = drawn.server.test_client().get("/")
    assert answer.status_code == 500
    assert "the words" not in answer.text + caplog.text
    with pytest.raises(RuntimeError, match="the page cannot be drawn"):
        drawn.warm()
