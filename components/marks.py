"""Pictograms of events as plain shapes in a box of 100 by 100, with their colours: what `ob-12-dom.js` draws, for paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

SIZES = (26, 28, 36, 42, 46)
# Shape says severity: circle, rounded square, diamond, triangle, octagon.
SHAPES = (
    "M50 5A45 45 0 1 1 50 95A45 45 0 1 1 50 5Z",
    "M26 6H74A20 20 0 0 1 94 26V74A20 20 0 0 1 74 94H26A20 20 0 0 1 6 74V26A20 20 0 0 1 26 6Z",
    "M42.93 10.4Q50 3.33 57.07 10.4L89.6 42.93Q96.67 50 89.6 57.07L57.07 89.6Q50 96.67 42.93 89.6L10.4 57.07Q3.33 50 10.4 42.93Z",
    "M50 8Q54 8 56 12L95 82Q98 90 90 91H10Q2 90 5 82L44 12Q46 8 50 8Z",
    "M33 7H67L93 33V67L67 93H33L7 67V33Z",
)
_GLYPHS = (58, 58, 48, 46, 56)
_SPRITE = Path(__file__).resolve().parents[1] / "assets" / "icons.svg"
_SYMBOL = re.compile(r'<symbol\sid="([a-z0-9-]+)"\sviewBox="0\s0\s(\d+)\s\d+">(.*?)</symbol>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What tells an event on a map: severity 0-4, the category's icon and family, `phase` ongoing, planned or ended."""

    severity: int
    icon: str
    family: str
    phase: str = "ongoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkShapes:
    """How a look is drawn: widths in its box of 100, colours from the tokens, `glyph` its pictogram and how it is placed."""

    path: str
    casing: str
    halo: float
    outline: float
    dash: str
    fill: str
    edge: str
    ink: str
    has_ring: bool
    glyph: Markup
    placed: str
    opacity: float


def shapes_of(look: Look, ink: Mapping[str, str]) -> MarkShapes:
    """Return how an event is drawn in the colours of a theme."""
    severity, is_planned = look.severity, look.phase == "planned"
    outline = (2 if severity > 1 else 2.4) * 100 / SIZES[severity]
    family = ink[f"--ob-fam-{look.family}"]
    fill, edge, glyph_ink = ink["--ob-surface"], family, family
    if severity > 1 and is_planned:
        edge = glyph_ink = ink[f"--ob-sev{severity}-text"]
    elif severity > 1:
        fill, edge, glyph_ink = ink[f"--ob-sev{severity}"], ink["--ob-marker-edge"], ink[f"--ob-sev{severity}-on"]
    side, body = glyphs().get(look.icon, (256, Markup()))
    size = _GLYPHS[severity]
    top = 50 - size / 2 + (6 if severity == 3 else 0)
    return MarkShapes(
        path=SHAPES[severity], casing=ink["--ob-tr-casing"], halo=round(outline + 500 / SIZES[severity], 2), outline=round(outline, 2),
        dash=f"{outline * 2.6:.1f} {outline * 1.5:.1f}" if is_planned else "none", fill=fill, edge=edge, ink=glyph_ink,
        has_ring=severity == 4, glyph=body, placed=f"translate({50 - size / 2:g} {top:g}) scale({size / side:.4f})",
        opacity=0.5 if look.phase == "ended" else 1.0,
    )  # fmt: skip


@cache
def glyphs() -> Mapping[str, tuple[int, Markup]]:
    """Return every pictogram of the product: the side of its box, and its shapes."""
    sheet = _SPRITE.read_text(encoding="utf-8")
    return {name: (int(side), Markup(body)) for name, side, body in _SYMBOL.findall(sheet)}  # noqa: S704 - our own file
