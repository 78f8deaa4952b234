"""What stands at each address: containers, landmarks, names, both languages; ids only from the list of ids."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dash.development.base_component import Component

from components import ids
from components.boot import Boot, DistrictName, OrganisationName, SignedIn
from components.pages import draw_page, layout, page_at, title_of, validation_layout
from components.texts import words

ROOT = Path(__file__).resolve().parents[2]
BOOT = Boot(
    city_name="Ville",
    timezone="Europe/Paris",
    center=(5.4, 43.3),
    zoom=13.0,
    districts=(DistrictName("13201", "1", "Premier"), DistrictName("13202", "2", "Deuxième")),
    organisations=(OrganisationName("prefecture", "Préfecture"),),
    is_demo=True,
    demo_title="Jeu",
)
ADDRESSES = ["/", "/agenda", "/analyse", "/sources", "/sources/voirie-trafic", "/mur", "/nulle-part"]


def walk(component: object) -> Iterator[Component]:
    if isinstance(component, Component):
        yield component
        component = getattr(component, "children", None)
        if isinstance(component, Component):
            yield from walk(component)
            return
    if isinstance(component, list | tuple):
        for child in component:
            yield from walk(child)


def names(component: object) -> list[str]:
    return [found for part in walk(component) if isinstance(found := getattr(part, "id", None), str)]


def kinds(component: object, kind: str) -> list[Component]:
    return [part for part in walk(component) if type(part).__name__ == kind]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", ("situation", None)),
        ("/analyse/", ("analyse", None)),
        ("/sources/a-1", ("sources", "a-1")),
        ("/sources/../x", ("unknown", None)),
        ("/sources/A", ("unknown", None)),
        ("/x", ("unknown", None)),
    ],
)
def test_page_at_an_address(path: str, expected: tuple[str, str | None]) -> None:
    assert page_at(path) == expected


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_page_has_one_main_one_h1_and_no_id_twice(path: str, lang: str) -> None:
    page = layout(replace(BOOT, lang=lang, path=path))
    assert len(kinds(page, "Main")) == 1
    assert len(kinds(page, "H1")) == 1
    found = names(page)
    assert sorted(found) == sorted(set(found))


def test_situation_draws_the_containers_that_scripts_fill_empty() -> None:
    page = draw_page(BOOT, "/")
    empty = {ids.EVENT_LIST, ids.COUNTERS, ids.MAP_TIME, ids.CITY_STRIP, ids.MAP_LEGEND, ids.FRESHNESS}
    drawn = {part.id: getattr(part, "children", None) for part in walk(page) if getattr(part, "id", None) in empty}
    assert drawn == dict.fromkeys(empty)


def test_wall_has_its_containers_and_no_bar() -> None:
    page = draw_page(BOOT, "/mur")
    assert {ids.WALL_CLOCK, ids.WALL_COUNTERS, ids.WALL_LIST, ids.WALL_FOOT, ids.MAP_SLOT} <= set(names(page))
    assert kinds(page, "Nav") == []


def test_demonstration_is_marked_only_where_it_is_one() -> None:
    marks = {"ob-demo", "ob-wall-demo"}

    def marked(boot: Boot, path: str) -> bool:
        return any(getattr(part, "className", None) in marks for part in walk(draw_page(boot, path)))

    assert [marked(BOOT, path) for path in ADDRESSES] == [True] * len(ADDRESSES)
    assert [marked(replace(BOOT, is_demo=False), path) for path in ADDRESSES] == [False] * len(ADDRESSES)


def test_every_category_and_district_can_be_filtered() -> None:
    lists = [part for part in walk(draw_page(BOOT, "/")) if type(part).__name__ == "Choices"]
    by_key = {
        one.field: [each["value"] for choice in one.choices for each in (choice, *choice.get("members", ()))]
        for one in lists
    }
    assert by_key["arr"] == ["1", "2"]
    assert by_key["org"] == ["prefecture"]
    assert by_key["grav"] == ["0", "1", "2", "3", "4"]
    assert len(by_key["cat"]) == 8 + 43


def test_titles_follow_the_language() -> None:
    assert title_of("/analyse", words("en")) == "Analysis – Public-space observatory"
    assert title_of("/zzz", words("fr")) == "Page introuvable – Observatoire de l’espace public"


def test_validation_layout_knows_every_id_of_a_callback() -> None:
    assert {ids.DETAIL_BODY, ids.ANALYSIS_BODY, ids.SOURCES_BODY, ids.SOURCES_CHOSEN, ids.PAGE} <= set(
        names(validation_layout(BOOT))
    )


def test_ids_are_written_in_one_place() -> None:
    written = {value for key, value in vars(ids).items() if key.isupper()}
    strays = []
    for path in [*(ROOT / "components").glob("*.py"), *(ROOT / "callbacks").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "id" and isinstance(node.value, ast.Constant):
                strays.append(f"{path.name}: {node.value.value}")
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in {"Input", "Output", "State"}
                and isinstance(node.args[0], ast.Constant)
            ):
                strays.append(f"{path.name}: {node.args[0].value}")
    assert strays == []
    assert len(written) == len([key for key in vars(ids) if key.isupper()])


@pytest.mark.parametrize(
    ("member", "href"),
    [
        (None, "/transparence/equite"),
        (
            SignedIn(account="voirie-1", organisation="Voirie", organisation_id="voirie", role="contributor"),
            "/transparence/equite",
        ),
        (
            SignedIn(
                account="ville-1",
                organisation="Ville",
                organisation_id="ville",
                role="supervisor",
                rights=frozenset({"control"}),
            ),
            "/controle",
        ),
    ],
)
def test_a_strip_stands_on_every_page_but_the_wall_while_a_difference_waits(member: SignedIn | None, href: str) -> None:
    waiting = replace(BOOT, open_reviews=2, member=member)
    for address in ADDRESSES:
        strips = [
            one
            for one in walk(layout(replace(waiting, path=address)))
            if "ob-control-strip" in str(getattr(one, "className", ""))
        ]
        assert len(strips) == (0 if address == "/mur" else 1), address
        assert [one.href for strip in strips for one in walk(strip) if hasattr(one, "href")] == (
            [] if address == "/mur" else [href]
        )
    calm = [
        one for one in walk(layout(replace(BOOT, path="/"))) if "ob-control-strip" in str(getattr(one, "className", ""))
    ]
    assert calm == []
