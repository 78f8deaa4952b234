"""The Events page in a browser: a file is looked at, then published; rows are closed together; a timetable is one sheet of A4."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.test_contribution import Hands, draw_march, ready, until

pytestmark = pytest.mark.browser

HEAD = "id;categorie;gravite;titre;lieu;debut;fin;description;longitude;latitude\n"


def local(hours: float) -> str:
    return f"{datetime.now(ZoneInfo('Europe/Paris')) + timedelta(hours=hours):%Y-%m-%d %H:%M}"


def table() -> str:
    return HEAD + "\n".join(
        (
            f"1;chantier;mineur;Réfection du trottoir sud;Rue Paradis;{local(-1)};{local(5)};;5,3781;43,2871",
            f"2;chantier;2;Grue au numéro douze;Rue de Rome;{local(-1)};{local(6)};;5,3815;43,2900",
            f"3;chantier;1;Chez Mme Martin 06 12 34 56 78;Rue Breteuil;{local(1)};{local(2)};;5,3760;43,2880",
            "4;chantier;1;Sans date lisible;;pas une date;;;est;nord",
        )
    )


def geojson() -> str:
    return (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": '
        '[5.378, 43.287]}, "properties": {"id": "g", "categorie": "chantier", "gravite": "mineur", "titre": "Travaux du quai", '
        f'"debut": "{local(1)}", "fin": "{local(4)}"}}}}, {{"type": "Feature", "geometry": null, "properties": {{"id": "h"}}}}]}}'
    )


def calendar() -> str:
    start = datetime.now(ZoneInfo("UTC")) + timedelta(days=2)
    event = (
        f"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{start + timedelta(hours=2):%Y%m%dT%H%M%SZ}\r\nSUMMARY:Fermeture du passage\r\nGEO:43.287;5.378\r\nEND:VEVENT\r\n"
    )
    weekly = event.replace("UID:1", "UID:2").replace("SUMMARY", "RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY")
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//FR\r\n{event}{weekly}END:VCALENDAR\r\n"


def opened(watched: Watched) -> Page:
    page = watched.page
    page.wait_for_selector(".ob-events tbody tr", state="attached")
    page.click("#events-table details > summary")
    return page


def choose(page: Page, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    page.set_input_files("#import-file", path)
    page.wait_for_selector(".ob-brought table")


def test_a_table_is_shown_with_its_problems_then_published_and_its_rows_closed_together(
    sign_in: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = sign_in("voirie-1", "/evenements")
    page = opened(watched)
    choose(page, tmp_path / "travaux.csv", table())
    shown = page.inner_text(".ob-brought")
    assert page.locator(".ob-brought tbody tr").count() == 3
    assert "Martin" not in shown  # words that may not be kept are not written back
    assert page.locator(".ob-brought tbody tr:nth-child(3) td:nth-child(4)").inner_text() != ""
    assert page.locator(".ob-brought section li").count() == 1  # the row without a date is told with its line
    assert page.locator(".ob-events tbody a:has-text('Réfection du trottoir sud')").count() == 0  # nothing is kept yet
    page.click(".ob-brought .is-primary")
    for title in ("Réfection du trottoir sud", "Grue au numéro douze"):
        page.wait_for_selector(f".ob-events tbody a:has-text('{title}')")
    assert "Martin" not in page.content()
    assert page.is_disabled("[data-key=close]")
    for title in ("Réfection du trottoir sud", "Grue au numéro douze"):
        page.check(f".ob-events tbody tr:has-text('{title}') input[type=checkbox]")
    assert "2" in page.inner_text("[data-key=close]")
    page.click("[data-key=close]")
    over = """(titles) => Array.from(ob.screen.store.rows.values()).filter((r) => titles.indexOf(r.ti) >= 0
        && r.pe.every((p) => p[1] !== null && p[1] <= ob.screen.now() + 60)).length === 2"""
    until(page, over, ["Réfection du trottoir sud", "Grue au numéro douze"])
    watched.check()


@pytest.mark.parametrize(("name", "made", "good", "refused"), [("a.geojson", geojson, 1, 1), ("a.ics", calendar, 1, 1)])
def test_features_and_calendars_are_shown_with_what_cannot_be_used(
    sign_in: Callable[..., Watched], tmp_path: Path, name: str, made: Callable[[], str], good: int, refused: int
) -> None:
    watched = sign_in("voirie-1", "/evenements")
    page = opened(watched)
    page.select_option("#import-category", "fermeture")
    choose(page, tmp_path / name, made())
    assert page.locator(".ob-brought tbody tr").count() == good
    assert page.locator(".ob-brought section li").count() == refused
    assert page.is_enabled(".ob-brought .is-primary")
    watched.check()


def test_the_timetable_of_a_march_is_one_sheet_of_a4_in_the_light_theme(
    sign_in: Callable[..., Watched], artefacts: Path
) -> None:
    watched = sign_in("prefecture-1", "/signaler")
    page = watched.page
    ready(page)
    draw_march(Hands(page))
    page.goto(
        f"{watched.host}/evenements/{page.get_attribute('.ob-done a.is-primary', 'href').split('ev=')[1]}?theme=sombre"
    )
    page.wait_for_selector(".ob-timetable tbody tr >> nth=4")
    page.emulate_media(media="print")
    page.wait_for_timeout(300)
    for hidden in (".ob-top", ".ob-event-acts", "[data-ob-print]"):
        assert not page.is_visible(hidden), hidden
    assert page.locator(".ob-timetable th[scope=col]").count() == 7
    page.evaluate("document.documentElement.dataset.bsTheme")
    sheet = page.pdf(path=artefacts / "feuille-cortege.pdf", prefer_css_page_size=True, print_background=True)
    assert sheet.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    (width, height) = map(float, re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", sheet)[0])
    assert (round(width), round(height)) == (595, 842)
    assert page.evaluate(
        "document.querySelector('.ob-timetable').scrollWidth <= document.querySelector('.ob-event-timetable').clientWidth"
    )
    page.emulate_media(media="screen")
    watched.check()
