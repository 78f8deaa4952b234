"""Native elements that dash.html lacks: an icon, a marker, an input.

Their React side is `assets/ob-05-elements.js`, in the namespace `ob_elements`. Inputs are uncontrolled: the browser
holds their state and `ob-92-filters.js` joins them to the URL, so that no filter passes through a callback.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from dash.development.base_component import Component

_NAMESPACE = "ob_elements"


class _Element(Component):
    """What our own elements share: wildcards data-* and aria-*, no children."""

    _namespace = _NAMESPACE
    _type = "Element"
    _base_nodes: ClassVar[list[str]] = []
    _children_props: ClassVar[list[str]] = []
    _prop_names: ClassVar[list[str]] = []
    _valid_wildcard_attributes: ClassVar[list[str]] = ["data-", "aria-"]
    available_wildcard_properties: ClassVar[list[str]] = ["data-", "aria-"]

    def __init__(self, **properties: object) -> None:
        self.available_properties = self._prop_names
        super().__init__(**{key: value for key, value in properties.items() if value is not None})


class Icon(_Element):
    """A pictogram of the sprite by its name; decorative unless `label` says what it means."""

    _namespace = _NAMESPACE
    _type = "Icon"
    _prop_names: ClassVar[list[str]] = ["name", "label", "className"]

    def __init__(self, name: str, *, label: str | None = None, class_name: str = "") -> None:
        super().__init__(name=name, label=label, className=class_name or None)


class Marker(_Element):
    """A map marker outside the map: shape by severity (0-4), pictogram by category, dashed outline when planned."""

    _namespace = _NAMESPACE
    _type = "Marker"
    _prop_names: ClassVar[list[str]] = ["severity", "icon", "family", "state", "scale"]

    def __init__(self, severity: int, icon: str, family: str, *, state: str = "ongoing", scale: float = 1.0) -> None:
        super().__init__(severity=severity, icon=icon, family=family, state=state, scale=scale)


class Spark(_Element):
    """A line without axes beside a figure: `values` from the first day to the last, its base at zero."""

    _namespace = _NAMESPACE
    _type = "Spark"
    _prop_names: ClassVar[list[str]] = ["values"]

    def __init__(self, values: Sequence[float]) -> None:
        super().__init__(values=list(values))


class Entry(_Element):
    """An `<input>`: `kind` text, search, checkbox or radio."""

    _namespace = _NAMESPACE
    _type = "Entry"
    _prop_names: ClassVar[list[str]] = [
        "id", "kind", "name", "value", "checked", "placeholder", "className", "autoComplete",
    ]  # fmt: skip

    def __init__(self, kind: str, **properties: object) -> None:
        super().__init__(kind=kind, **properties)
