"""The filter bar: native fields in popovers. The URL holds the state; `ob-92-filters.js` joins the two."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import Boot
from components.elements import Choice, Choices, Entry, Icon, attributes
from components.exports import draw_exports
from components.formats import district
from components.texts import Words
from events.taxonomy import UNKNOWN_CATEGORY, categories, document

# What a preset writes to du= and au=; "jour" is today in the city, which only the browser's clock knows.
PRESETS = {
    "situation": (
        ("filter.preset.default", "", ""),
        ("filter.preset.24h", "-24h", "+0h"),
        ("filter.preset.today", "jour", "jour"),
        ("filter.preset.next3d", "+0h", "+3j"),
        ("filter.preset.28d", "-28j", "+0h"),
    ),
    "agenda": (
        ("filter.preset.30d", "", ""),
        ("filter.preset.week", "+0h", "+6j"),
        ("filter.preset.60d", "+0h", "+59j"),
    ),
    "analyse": (
        ("filter.preset.7d", "-7j", "+0h"),
        ("filter.preset.28d", "", ""),
        ("filter.preset.quarter", "-90j", "+0h"),
        ("filter.preset.year", "-365j", "+0h"),
    ),
}


def draw_filters(boot: Boot, words: Words, *, page: str) -> Component:
    """Return the filter bar of a page with its row of active filters."""
    return html.Section(
        [
            html.Div(
                [
                    _fold_button(words),
                    html.Div(
                        [
                            _dates(words, page),
                            _districts(boot, words),
                            _categories(words),
                            _organisations(boot, words),
                            _severity(words),
                        ],
                        className="ob-filter-fields",
                    ),
                    _search(words),
                    html.Span(className="ob-grow"),
                    draw_exports(boot, words, page),
                    *_view_tools(words, page),
                ],
                className="ob-filter-row",
            ),
            html.Div(id=ids.FILTER_CHIPS, className="ob-chips"),
        ],
        id=ids.FILTERS,
        className="ob-filters",
        tabIndex=-1,
        **attributes({"aria-label": words("filter.label"), "data-page": page}),
    )


def _fold_button(words: Words) -> Component:
    return html.Button(
        [Icon("funnel"), html.Span(words("filter.label"), **attributes({"data-ob-fold-label": ""}))],
        type="button",
        className="ob-btn ob-filter-fold",
        **attributes({"data-ob-fold": "", "aria-expanded": "false"}),
    )


def _field(key: str, icon: str, label: str, value: str, menu: Sequence[Component]) -> Component:
    heading: list[Component] = [Icon(icon)]
    if label:
        heading.append(html.Span(label, className="ob-field-label"))
    return html.Details(
        [
            html.Summary(
                [*heading, html.B(value, **attributes({"data-ob-value": key, "data-ob-default": value})), Icon("down")],
                className="ob-field",
            ),
            html.Div(list(menu), className="ob-menu", role="group", **attributes({"aria-label": label or value})),
        ],
        className="ob-filter",
        **attributes({"data-ob-filter": key}),
    )


def _clear(key: str, words: Words) -> Component:
    return html.Button(
        words("filter.reset"), type="button", className="ob-btn is-small is-quiet", **attributes({"data-ob-clear": key})
    )


def _dates(words: Words, page: str) -> Component:
    default = words(f"filter.dates.{page}")
    presets = [
        html.Button(
            words(key),
            type="button",
            className="ob-btn is-small",
            **attributes({"data-ob-from": start, "data-ob-until": end}),
        )
        for key, start, end in PRESETS[page]
    ]
    return _field(
        "dates",
        "calendar",
        "",
        default,
        [
            html.Div(presets, className="ob-presets"),
            html.Div(
                [
                    _date_entry(ids.FILTER_FROM, "filter.from", words),
                    _date_entry(ids.FILTER_UNTIL, "filter.until", words),
                ],
                className="ob-date-entries",
            ),
            html.P(words("filter.dates.help"), className="ob-help"),
            html.P(className="ob-error", role="alert", **attributes({"data-ob-date-error": ""})),
            html.Button(
                words("filter.apply"),
                type="button",
                className="ob-btn is-primary is-small",
                **attributes({"data-ob-apply-dates": ""}),
            ),
        ],
    )


def _date_entry(entry_id: str, key: str, words: Words) -> Component:
    return html.Label(
        [html.Span(words(key)), Entry("text", id=entry_id, className="ob-entry", autoComplete="off")],
        className="ob-entry-label",
    )


def _districts(boot: Boot, words: Words) -> Component:
    choices: list[Choice] = [{"value": item.short, "label": district(item.short, words)} for item in boot.districts]
    menu = [Choices("arr", choices, class_name="ob-choices is-grid"), _clear("arr", words)]
    return _field("arr", "pin", words("filter.districts"), words("filter.all_m"), menu)


def _categories(words: Words) -> Component:
    families: list[Choice] = []
    for family in document()["families"]:
        family_id = str(family["id"])
        members: list[Choice] = [
            {"value": item.id, "label": item.name(words.lang), "icon": item.icon}
            for item in categories().values()
            if item.family == family_id and item.id != UNKNOWN_CATEGORY
        ]
        name, icon = str(family[words.lang]), str(family["icon"])
        families.append({"value": family_id, "label": name, "icon": icon, "family": family_id, "members": members})
    menu = [Choices("cat", families, class_name="ob-families"), _clear("cat", words)]
    return _field("cat", "tag", words("filter.categories"), words("filter.all_f"), menu)


def _organisations(boot: Boot, words: Words) -> Component:
    choices: list[Choice] = [{"value": item.id, "label": item.name} for item in boot.organisations]
    menu = [Choices("org", choices), _clear("org", words)]
    return _field("org", "org", words("filter.orgs"), words("filter.all_m"), menu)


def _severity(words: Words) -> Component:
    choices: list[Choice] = [{"value": "0", "label": words("filter.sev.all"), "text": words("filter.all_f")}]
    for level in (1, 2, 3, 4):
        text = words(f"sev.{level}") if level == 4 else words("filter.sev.from", severity=words(f"sev.{level}"))
        choices.append({"value": str(level), "label": text, "severity": level})
    menu = [Choices("grav", choices, kind="radio")]
    return _field("grav", "warno", words("filter.severity"), words("filter.all_f"), menu)


def _view_tools(words: Words, page: str) -> list[Component]:
    """Return what is done with the view as a whole: keep it, copy its address, shortcuts and full screen."""
    copy = html.Button(
        [Icon("link"), html.Span(words("view.copy"))],
        id=ids.COPY_LINK,
        type="button",
        className="ob-btn is-quiet is-small",
    )
    more = _tool(
        "link",
        [Icon("down")],
        words("view.more"),
        [_act("copy", "view.copy", words), _act("freeze", "view.freeze", words)],
    )
    if page != "situation":
        return [copy, more]
    views = _tool(
        "views",
        [Icon("star"), html.Span(words("view.saved"))],
        words("view.saved.title"),
        [html.Div(id=ids.SAVED_VIEWS, className="ob-saved-views")],
    )
    keys = html.Button(
        Icon("keyboard"),
        type="button",
        className="ob-btn is-quiet is-small is-square ob-keys-button",
        title=words("keys.title"),
        **attributes({"data-ob-act": "shortcuts", "aria-label": words("keys.title")}),
    )
    return [views, copy, more, keys]


def _tool(key: str, label: list[Component], name: str, menu: list[Component]) -> Component:
    return html.Details(
        [
            html.Summary(label, className="ob-btn is-quiet is-small", **attributes({"aria-label": name})),
            html.Div(menu, className="ob-menu", role="group", **attributes({"aria-label": name})),
        ],
        className="ob-filter ob-tool",
        **attributes({"data-ob-tool": key}),
    )


def _act(act: str, key: str, words: Words) -> Component:
    return html.Button(
        words(key), type="button", className="ob-btn is-quiet is-small", **attributes({"data-ob-act": act})
    )


def _search(words: Words) -> Component:
    return html.Label(
        [
            Icon("search"),
            html.Span(words("filter.search"), className="ob-sr"),
            Entry("search", id=ids.FILTER_SEARCH, placeholder=words("filter.search"), autoComplete="off"),
            html.Kbd("/", className="ob-kbd", **attributes({"aria-hidden": "true"})),
        ],
        className="ob-search",
    )
