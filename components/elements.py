"""Elements that dash.html lacks: an icon, a marker, an input, a list of choices; what is kept for callbacks, the address.

The last two are all that our pages need of Dash's core components beside the chart: those are a tenth of a first page, and
come with charts only (`api/screen.py`). The React side is `assets/ob-05-elements.js`, in the namespace `ob_elements`. Inputs are uncontrolled: the browser
holds their state and `ob-92-filters.js` joins them to the URL, so that no filter passes through a callback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from dash.development.base_component import Component

_NAMESPACE = "ob_elements"


def attributes(names: Mapping[str, str]) -> dict[str, Any]:
    """Return data-* and aria-* attributes as Dash's constructors take them: their types know no wildcard."""
    return dict(names)


class _Element(Component):
    """What our own elements share: wildcards data-* and aria-*, no children."""

    _namespace = _NAMESPACE
    _type = "Element"
    _base_nodes: list[str] = []  # noqa: RUF012 - Dash declares it so
    _children_props: list[str] = []  # noqa: RUF012 - Dash declares it so
    _prop_names: list[str] = []  # noqa: RUF012 - Dash declares it so
    _valid_wildcard_attributes: list[str] = ["data-", "aria-"]  # noqa: RUF012 - Dash declares it so
    available_wildcard_properties: list[str] = ["data-", "aria-"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, **properties: object) -> None:
        self.available_properties = self._prop_names
        given = {key: value for key, value in properties.items() if value is not None}
        super().__init__(**given)  # type: ignore[no-untyped-call]


class Icon(_Element):
    """A pictogram of the sprite by its name; decorative unless `label` says what it means."""

    _namespace = _NAMESPACE
    _type = "Icon"
    _prop_names: list[str] = ["name", "label", "className"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, name: str, *, label: str | None = None, class_name: str = "") -> None:
        super().__init__(name=name, label=label, className=class_name or None)


class Marker(_Element):
    """A map marker outside the map: shape by severity (0-4), pictogram by category, dashed outline when planned."""

    _namespace = _NAMESPACE
    _type = "Marker"
    _prop_names: list[str] = ["severity", "icon", "family", "state", "scale"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, severity: int, icon: str, family: str, *, state: str = "ongoing", scale: float = 1.0) -> None:
        super().__init__(severity=severity, icon=icon, family=family, state=state, scale=scale)


class Spark(_Element):
    """A line without axes beside a figure: `values` from the first day to the last (None: not measured), its base at zero."""

    _namespace = _NAMESPACE
    _type = "Spark"
    _prop_names: list[str] = ["values"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, values: Sequence[float | None]) -> None:
        super().__init__(values=list(values))


class DayBars(_Element):
    """The bars of a day, oldest first, each by its verdict; one component, because Dash takes its time for each of a thousand."""

    _namespace = _NAMESPACE
    _type = "DayBars"
    _prop_names: list[str] = ["bars", "label"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, bars: Sequence[str], *, label: str) -> None:
        super().__init__(bars=list(bars), label=label)


class DistrictShape(TypedDict):
    """One district of a map: where it lies, and for each way of counting its class (0: hollow, else 1 to 6) and its words."""

    short: str
    path: str
    x: float
    y: float
    classes: dict[str, int]
    says: dict[str, str]
    chosen: bool


class DistrictMap(_Element):
    """Districts filled by classes of one hue, each a link that filters; `legends` are the words of the classes by way of counting."""

    _namespace = _NAMESPACE
    _type = "DistrictMap"
    _prop_names: list[str] = ["id", "width", "height", "shapes", "legends", "label", "hollow"]  # noqa: RUF012 - Dash declares it so

    def __init__(
        self,
        id: str,  # noqa: A002 - Dash names it so
        *,
        width: float,
        height: float,
        shapes: Sequence[DistrictShape],
        legends: Mapping[str, Sequence[str]],
        label: str,
        hollow: str,
    ) -> None:
        super().__init__(
            id=id, width=width, height=height, shapes=list(shapes), legends=dict(legends), label=label, hollow=hollow
        )


class Entry(_Element):
    """An `<input>`: `kind` text, search, checkbox or radio."""

    _namespace = _NAMESPACE
    _type = "Entry"
    _prop_names: list[str] = ["id", "kind", "name", "value", "checked", "placeholder", "className", "autoComplete"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, kind: str, **properties: object) -> None:
        super().__init__(kind=kind, **properties)


class Kept(_Element):
    """Data for callbacks, as long as the page is open; nothing is drawn."""

    _namespace = _NAMESPACE
    _type = "Kept"
    _prop_names: list[str] = ["id", "data"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, id: str, *, data: object = None) -> None:  # noqa: A002 - Dash names it so
        super().__init__(id=id, data=data)


class Address(_Element):
    """The address of the page for callbacks: `pathname`, told by the browser."""

    _namespace = _NAMESPACE
    _type = "Address"
    _prop_names: list[str] = ["id", "pathname"]  # noqa: RUF012 - Dash declares it so

    def __init__(self, id: str) -> None:  # noqa: A002 - Dash names it so
        super().__init__(id=id)


class Choice(TypedDict):
    """One box to tick: `text` is what an active filter says of it when that is not its label.

    Before the label: the pictogram `icon`, or the marker of a `severity`. `members` make it the head of a `family`,
    whose own pictogram takes the family's colour.
    """

    value: str
    label: str
    text: NotRequired[str]
    icon: NotRequired[str]
    severity: NotRequired[int]
    family: NotRequired[str]
    members: NotRequired[list[Choice]]


class Choices(_Element):
    """The boxes of one filter (`field` is its key in the address), drawn as one: Dash takes its time for each component."""

    _namespace = _NAMESPACE
    _type = "Choices"
    _prop_names: list[str] = ["field", "kind", "choices", "className"]  # noqa: RUF012 - Dash declares it so

    def __init__(
        self, field: str, choices: Sequence[Choice], *, kind: str = "checkbox", class_name: str = "ob-choices"
    ) -> None:
        super().__init__(field=field, kind=kind, choices=list(choices), className=class_name)
