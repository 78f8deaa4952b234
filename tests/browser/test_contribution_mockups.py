"""The route and the refused photo as `d-contribution-*` show them: same viewport, both themes, a picture of each beside the mock-up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.test_contribution import AXE, ready, until
from tests.media.pictures import clip, garage, jpeg, put_head, walk

pytestmark = pytest.mark.browser

VIEW = "c=43.2912,5.3800,15.5"
PASSAGES = ((5.3748, 43.2953), (5.3783, 43.2965), (5.3795, 43.2926), (5.3779, 43.2904), (5.3836, 43.2864))
PIXEL = """([x, y]) => {
  const map = ob.map.present(), box = map.getContainer().getBoundingClientRect(), at = map.latLngToContainerPoint([y, x]);
  return [box.x + at.x, box.y + at.y];
}"""


def draw(page: Page, passages: tuple[tuple[float, float], ...]) -> None:
    """Fill the first step, and draw a way that leaves tomorrow at two."""
    ready(page)
    page.click(".ob-tiles label:has(input[value=manifestation])")
    page.click(".is-cards label:has(input[value='3'])")
    page.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-draw:not([hidden])")
    for place in passages:
        page.mouse.click(*page.evaluate(PIXEL, list(place)))
    page.fill("[name=start]", "demain 14h")
    page.locator("[name=start]").dispatch_event("change")
    until(page, "(n) => document.querySelectorAll('.ob-way li').length === n", len(passages))
    until(page, "document.querySelector('.ob-way .is-time').placeholder === '14:00'")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_a_way_with_its_times_axes_and_the_event_that_is_very_close(
    sign_in: Callable[..., Watched], artefacts: Path, theme: str
) -> None:
    other = sign_in("prefecture-2", "/signaler")
    other.page.goto(f"{other.host}/signaler?{VIEW}")
    draw(other.page, PASSAGES)
    for _ in range(3):
        other.page.click(".ob-form-foot .is-primary")
    other.page.wait_for_selector(".ob-done h2")

    mine = sign_in("prefecture-1", "/signaler", bypass_csp=True)
    page = mine.page
    page.goto(f"{mine.host}/signaler?theme={theme}&{VIEW}")
    draw(page, PASSAGES)
    page.fill(".ob-way li:nth-child(4) .is-time", "14:58")
    page.fill(".ob-way li:nth-child(2) .is-halt", "5")
    page.fill(".ob-way li:nth-child(4) .is-halt", "10")
    page.keyboard.press("Tab")
    page.wait_for_selector(".ob-duplicate .is-primary")
    assert page.locator(".ob-axes input:checked").count() >= 2
    assert page.get_attribute(".ob-draw-follow", "aria-checked") == "true"
    assert page.locator(".ob-way li:nth-child(4) .ob-way-lock").is_visible()
    page.screenshot(path=artefacts / f"mockup-d-contribution-itineraire-{theme}.png")
    page.locator(".ob-duplicate").first.scroll_into_view_if_needed()
    page.screenshot(path=artefacts / f"mockup-d-contribution-itineraire-{theme}-bas.png")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:4]) for one in found] == [], json.dumps(found)[:2000]
    page.evaluate("localStorage.clear()")
    assert mine.errors == []


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A photo of four faces, a clip that takes its time, a photo of nobody: the last one is shown last."""
    folder = tmp_path_factory.mktemp("pieces")
    faces = garage().copy()
    for number in range(4):
        put_head(faces, number, (240 + 400 * number, 480), 100, is_mirrored=number % 2 == 1)
    files = {
        "IMG_2041.jpg": jpeg(faces),
        "quai-belges-0912.jpg": jpeg(Image.new("RGB", (1280, 720), (150, 170, 190))),
        "parcours-repere.mp4": clip([frame for frame, _face in walk(8)]),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_a_photo_refused_beside_one_accepted_and_a_clip_under_control(
    sign_in: Callable[..., Watched], artefacts: Path, pieces: list[Path], theme: str
) -> None:
    watched = sign_in("prefecture-1", "/signaler", bypass_csp=True)
    page = watched.page
    page.goto(f"{watched.host}/signaler?theme={theme}&{VIEW}")
    draw(page, PASSAGES)
    page.click(".ob-form-foot .is-primary")
    page.wait_for_selector("#pieces-files", state="attached")
    page.set_input_files("#pieces-files", pieces)
    page.wait_for_selector(".ob-piece-view:not([hidden]) .ob-piece-face", timeout=60_000)
    page.wait_for_selector(".ob-piece-row:nth-child(2).is-good", timeout=60_000)
    page.fill("[name=description]", "Départ devant l’Ombrière. Contact sur place : Mme Martin 06 00 00 00 00.")
    page.wait_for_selector("[data-note=description] mark")
    assert page.locator("[data-note=description] mark").all_inner_texts() == ["Mme Martin", "06 00 00 00 00"]
    assert page.locator(".ob-piece-face").count() >= 4, (
        "each of them is shown; one that only looks like a face may be too"
    )
    assert page.locator(".ob-piece-refusal button").count() == 3
    assert page.locator(".ob-piece-row.is-bad").count() == 1
    assert page.locator(".ob-form-foot .is-primary").is_disabled(), "nothing goes on while somebody shows"
    page.screenshot(path=artefacts / f"mockup-d-contribution-refus-{theme}.png")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:4]) for one in found] == [], json.dumps(found)[:2000]
    page.evaluate("localStorage.clear()")
    assert watched.errors == []
