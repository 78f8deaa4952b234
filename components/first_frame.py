"""The Situation page as plain markup, there before Dash draws: the map stands and lives in it from the first moment."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET  # builds and escapes markup here, reads none

from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.situation import draw_situation
from components.texts import Words

_NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex"}
_SPRITE = "/assets/icons.svg#"


def draw_first_frame(boot: Boot, words: Words) -> str:
    """Return the markup of the page as a visitor gets it, out of reach of keyboard and screen reader.

    Dash draws the same page with its own nodes a moment later; the map is moved there (`assets/ob-40-map.js`). No element has
    an id, so that none is there twice: the map's place is named by `data-first`. It is hidden until its style sheet is here.
    """
    frame = ET.Element("div", {"id": ids.FIRST_FRAME, "class": "ob-root ob-first", "inert": "", "hidden": ""})
    _add(frame, draw_situation(boot, words))
    return markup(frame)


def markup(element: ET.Element) -> str:
    """Return an element as HTML."""
    return ET.tostring(element, encoding="unicode", method="html")


def _add(parent: ET.Element, part: Any) -> None:
    """Put a component, a list of them or words at the end of an element; of our own elements only the pictogram is drawn."""
    if part is None:
        return
    if isinstance(part, str | int | float):
        if len(parent):
            parent[-1].tail = f"{parent[-1].tail or ''}{part}"
        else:
            parent.text = f"{parent.text or ''}{part}"
    elif isinstance(part, Component):
        _add_component(parent, part)
    else:
        for one in part:
            _add(parent, one)


def _add_component(parent: ET.Element, part: Component) -> None:
    drawn: dict[str, Any] = part.to_plotly_json()  # type: ignore[no-untyped-call] # Dash's own
    given: dict[str, Any] = drawn["props"]
    if drawn["type"] == "Icon":
        name = f"ob-i {given.get('className') or ''}".strip()
        icon = ET.SubElement(parent, "svg", {"class": name, "aria-hidden": "true", "focusable": "false"})
        ET.SubElement(icon, "use", {"href": f"{_SPRITE}{given['name']}"})
    if drawn["namespace"] != "dash_html_components":
        return
    element = ET.SubElement(parent, str(drawn["type"]).lower(), _attributes(given))
    if given.get("id") == ids.MAP_SLOT:
        element.set("data-first", "map")
    _add(element, given.get("children"))


def _attributes(given: dict[str, Any]) -> dict[str, str]:
    told = {_NAMES.get(name, name): value for name, value in given.items() if name not in ("children", "id")}
    return {
        name: "" if value is True else str(value)
        for name, value in told.items()
        if value is not None and value is not False
    }
