"""A photo from its file to the screen of others: masked by mouse and keyboard, reviewed by a second post, in both themes and languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.house import Server
from tests.media.pictures import clip, crowd, garage, jpeg, put_head

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def sign_in(open_page: Callable[..., Watched]) -> Callable[..., Watched]:
    def sign_in_(post: str, path: str, **options: object) -> Watched:
        watched = open_page(f"/connexion?suite={path}", **options)
        watched.page.click(f'button[value="{post}"]')
        watched.page.wait_for_url(f"**{path}*")
        return watched

    return sign_in_


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frame = garage().copy()
    put_head(frame, 0, (300, 500), 90)
    put_head(frame, 1, (900, 450), 120, is_mirrored=True)
    path = tmp_path_factory.mktemp("photos") / "quai.jpg"
    path.write_bytes(jpeg(frame))
    return path


def check_accessible(page: Page) -> None:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:4]) for one in found] == [], json.dumps(found)[:2000]


def begin(page: Page) -> None:
    """Fill the first two steps and open the third."""
    page.wait_for_selector("input[name=form-category]", state="attached")
    page.check('.ob-tiles input[value="rassemblement"]', force=True)
    page.locator(".ob-form-steps button").nth(1).click()
    page.wait_for_selector(".ob-draw", state="attached")
    page.fill("input[type=search]", "Canebière")
    page.locator(".ob-found button").first.click()
    page.locator(".ob-form-steps button").nth(2).click()
    page.wait_for_selector("#pieces-files", state="attached")


def publish(page: Page) -> str:
    page.locator(".ob-form-steps button").nth(3).click()
    page.locator(".ob-form-foot .is-primary").click()
    page.wait_for_selector(".ob-done")
    return str(page.locator(".ob-done .is-primary").get_attribute("href")).partition("ev=")[2]


def draw_zones(page: Page) -> None:
    """Add a zone by keyboard, take it back, draw one by mouse; move the slider."""
    count = page.locator(".ob-zone").count()
    page.locator(".ob-piece-foot button").first.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert page.locator(".ob-zone").count() == count + 1
    page.keyboard.press("Delete")
    assert page.locator(".ob-zone").count() == count
    area = page.locator(".ob-zones").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 0.7, area["y"] + area["height"] * 0.8)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.8, area["y"] + area["height"] * 0.95)
    page.mouse.up()
    assert page.locator(".ob-zone").count() == count + 1
    page.locator(".ob-piece-slider").focus()
    page.keyboard.press("ArrowLeft")


def send_masked(page: Page, photo: Path, picture: Path) -> str:
    """Send a photo, mask it, publish its event; return the event."""
    begin(page)
    page.set_input_files("#pieces-files", photo)
    page.wait_for_selector(".ob-piece-view:not([hidden]) .ob-piece-face", timeout=60_000)
    assert page.locator(".ob-form-foot .is-primary").is_disabled(), "nothing goes on while somebody shows"
    page.screenshot(path=picture)
    check_accessible(page)
    draw_zones(page)
    page.locator(".ob-piece-foot .is-primary").click()
    page.wait_for_selector(".ob-piece-row.is-good", timeout=60_000)
    page.locator(".ob-piece-head button").press("Escape")
    return publish(page)


def review(page: Page, picture: Path) -> None:
    """Draw a zone on the last photo that waits, and publish it."""
    card = page.locator(".ob-piece-card").last
    card.locator("[data-ob-zone-tools] button").first.press("Enter")
    page.keyboard.press("ArrowUp")
    page.screenshot(path=picture, full_page=True)
    check_accessible(page)
    assert card.locator("button.is-primary").is_disabled(), "zones drawn and not masked are not published in clear"
    card.locator("[data-ob-zone-tools] button").last.click()
    card.locator("input[name=vu]").check()
    card.locator("button.is-primary").click()
    page.wait_for_selector(".ob-told[role=status]")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("theme", "lang"), [("light", "fr"), ("dark", "en")])
def test_a_photo_is_masked_reviewed_and_seen(
    sign_in: Callable[..., Watched], photo: Path, artefacts: Path, theme: str, lang: str
) -> None:
    look = {"color_scheme": theme, "locale": lang, "bypass_csp": True}
    writer = sign_in("prefecture-1", "/signaler", **look)
    event = send_masked(writer.page, photo, artefacts / f"pieces-{theme}.png")
    writer.page.goto(f"{writer.host}/?ev={event}")
    writer.page.wait_for_selector(".ob-piece-of img")
    writer.check()

    reviewer = sign_in("city-supervision-1", "/pieces", **look)
    reviewer.page.goto(f"{reviewer.host}/pieces?lang={lang}&theme={'sombre' if theme == 'dark' else 'clair'}")
    review(reviewer.page, artefacts / f"pieces-review-{theme}.png")
    reviewer.check()

    reader = sign_in("city-reader-1", "/", **look)
    reader.page.goto(f"{reader.host}/?ev={event}")
    reader.page.wait_for_selector(".ob-piece-of img")
    assert reader.page.evaluate("document.querySelector('.ob-piece-of img').naturalWidth") == 1280
    check_accessible(reader.page)
    reader.page.click('[data-ob-media-act="signaler"]')
    reader.page.wait_for_selector(".ob-piece-of", state="detached")
    reader.check()


@pytest.mark.timeout(300)
def test_a_clip_tells_how_far_it_is_and_is_played_from_the_panel_on_a_telephone(
    sign_in: Callable[..., Watched], artefacts: Path, tmp_path: Path
) -> None:
    path = tmp_path / "parcours.mp4"
    path.write_bytes(clip([garage(640, 360)] * 60))
    watched = sign_in("prefecture-1", "/signaler", width=390, height=844)
    page = watched.page
    begin(page)
    page.set_input_files("#pieces-files", path)
    page.wait_for_selector(".ob-piece-row progress, .ob-piece-row.is-good", timeout=60_000)
    page.wait_for_selector(".ob-piece-row.is-good", timeout=120_000)
    page.screenshot(path=artefacts / "pieces-390.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    event = publish(page)
    page.goto(f"{watched.host}/evenements/{event}")
    page.wait_for_selector(".ob-piece-of video")
    played = "() => { const one = document.querySelector('.ob-piece-of video'); one.load(); return new Promise((done) => { one.addEventListener('loadedmetadata', () => done(one.duration)); one.preload = 'metadata'; }); }"
    assert 2 < page.evaluate(played) < 3
    page.screenshot(path=artefacts / "pieces-event-390.png")
    watched.check()


def test_a_photo_of_many_is_refused_in_words_and_can_be_taken_out(
    sign_in: Callable[..., Watched], house: Server, tmp_path: Path
) -> None:
    path = tmp_path / "foule.jpg"
    path.write_bytes(jpeg(crowd(48)[0])[:50_000])
    watched = sign_in("prefecture-2", "/signaler")
    page = watched.page
    begin(page)
    page.set_input_files("#pieces-files", path)
    page.wait_for_selector(".ob-piece-row.is-bad", timeout=60_000)
    assert "illisible" in page.locator(".ob-piece-row").inner_text()
    page.locator(".ob-piece-row .is-quiet").click()
    page.wait_for_selector(".ob-piece-row", state="detached")
    assert page.locator(".ob-form-foot .is-primary").is_enabled()
    assert [one for one in watched.errors if "422" not in one] == []
