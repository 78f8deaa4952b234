"""The frame every page stands in: demonstration strip, top bar, skip links, live region, watermark."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components import ids
from components.boot import LANGUAGES, Boot
from components.elements import Address, Icon, Kept, attributes
from components.texts import Words

TABS = (
    ("situation", "/", "map"),
    ("agenda", "/agenda", "calendar"),
    ("analyse", "/analyse", "chart"),
    ("evenements", "/evenements", "list"),
    ("sources", "/sources", "pulse"),
    ("transparence", "/transparence", "scales"),
)
"""Page id, address, pictogram: a tab is here when its page exists."""

REPORT, CONTRIBUTE = "/signaler", "contribute"
"""The address of the contribution panel, and the right that opens it."""

_WATERMARK_ROWS = 9
_WATERMARK_WORDS = 6


def draw_frame(boot: Boot, content: Component, *, page: str) -> Component:
    """Return the whole document body around a page's content; the wall has no bars."""
    return html.Div(
        [
            Address(ids.URL),
            Kept(ids.PAGE_DRAWN, data=boot.path),
            Kept(ids.SELECTED_EVENT),
            Kept(ids.LINK_ORDER),
            Kept(ids.VIEW_SEARCH),
            Kept(ids.SOURCES_TICK),
            Kept(ids.FORM_QUESTION),
            Kept(ids.EVENT_TICK),
            Kept(ids.FORM_ANSWER),
            Kept(ids.PAGE_TITLE),
            html.Div(content, id=ids.PAGE, className="ob-page"),
            html.Div(id=ids.LIVE_REGION, className="ob-sr", role="status", **attributes({"aria-live": "polite"})),
            html.Div(id=ids.TOAST, className="ob-toasts", role="status"),
        ],
        id=ids.ROOT,
        className="ob-root",
        **attributes({"data-page": page}),
    )


def draw_bars(boot: Boot, words: Words, *, page: str) -> list[Component]:
    """Return what stands above a page: skip links, demonstration strip, top bar."""
    bars = [draw_skip_links(words, page=page)]
    if boot.is_demo:
        bars.append(draw_demo_strip(boot, words))
    if boot.open_reviews:
        bars.append(draw_control_strip(boot, words))
    return [*bars, draw_top_bar(boot, words, page=page), draw_bottom_bar(boot, words, page=page)]


def draw_bottom_bar(boot: Boot, words: Words, *, page: str) -> Component:
    """Return the bar that a telephone shows instead of the tabs: situation, list, report, analysis, more."""
    links = [
        _bottom("map", "nav.situation", "/", words, is_current=page == "situation", sheet="half"),
        _bottom("list", "nav.liste", "/#liste", words, sheet="full"),
    ]
    if may_report(boot):
        href = REPORT if boot.member is not None else f"/connexion?suite={REPORT}"
        links.append(_bottom("plus", "nav.signaler", href, words, class_name="is-report"))
    links.append(_bottom("chart", "nav.analyse", "/analyse", words, is_current=page == "analyse"))
    more = html.Button([Icon("dots"), html.Span(words("nav.plus"))], type="button", **attributes({"data-ob-more": ""}))
    return html.Nav([*links, more], className="ob-bottom", **attributes({"aria-label": words("nav.phone")}))


def _bottom(
    icon: str, key: str, href: str, words: Words, *, is_current: bool = False, class_name: str = "", sheet: str = ""
) -> Component:
    current = {"aria-current": "page"} if is_current else {}
    wildcards = attributes({**current, **({"data-ob-sheet": sheet} if sheet else {})})
    return html.A([Icon(icon), html.Span(words(key))], href=href, className=class_name or None, **wildcards)


def draw_skip_links(words: Words, *, page: str) -> Component:
    """Return links that appear on focus and jump over the bars."""
    targets = [("skip.main", ids.MAIN)]
    if page == "situation":
        targets = [("skip.list", ids.EVENT_LIST), ("skip.map", ids.MAP_REGION), ("skip.timeline", ids.TIMELINE),
                   ("skip.filters", ids.FILTERS)]  # fmt: skip
    links = [html.A(words(key), href=f"#{target}", className="ob-skip") for key, target in targets]
    return html.Nav(links, className="ob-skips", **attributes({"aria-label": words("skip.label")}))


def draw_demo_strip(boot: Boot, words: Words) -> Component:
    """Return the strip that says, on every page of a demonstration, that nothing here is real."""
    return html.Section(
        [
            Icon("warn"),
            html.Span(words("demo.strip"), className="ob-demo-text"),
            html.Span(words("demo.strip.short"), className="ob-demo-short"),
            html.Span(className="ob-grow"),
            html.Span(boot.demo_title, className="ob-demo-set"),
        ],
        className="ob-demo",
        **attributes({"aria-label": words("demo.label")}),
    )


def draw_control_strip(boot: Boot, words: Words) -> Component:
    """Return the strip that stands while a difference that the control flagged waits for its answer."""
    may_answer = boot.member is not None and "control" in boot.member.rights
    told = words.count("control_strip.open", boot.open_reviews)
    return html.Section(
        [
            Icon("scales"),
            html.Span(told),
            html.A(words("control_strip.see"), href="/controle" if may_answer else "/transparence/equite"),
        ],
        className="ob-control-strip",
        **attributes({"aria-label": words("control_strip.label")}),
    )


def draw_top_bar(boot: Boot, words: Words, *, page: str) -> Component:
    """Return the bar with brand, tabs, freshness, language and theme."""
    return html.Header(
        [
            *_brand(boot, words, page),
            html.Nav(
                [_tab(tab, words, page) for tab in TABS],
                className="ob-nav",
                **attributes({"aria-label": words("nav.label")}),
            ),
            html.Span(className="ob-grow"),
            html.A(id=ids.FRESHNESS, href="/sources", className="ob-fresh", title=words("fresh.title")),
            html.Button(
                Icon("search"),
                type="button",
                className="ob-btn is-quiet is-square ob-phone-search",
                hidden=page != "situation",
                title=words("sheet.filters"),
                **attributes(
                    {"data-ob-phone-search": "", "aria-label": words("sheet.filters"), "aria-expanded": "false"}
                ),
            ),
            html.Button(
                Icon("bell"),
                id=ids.NEWS_BUTTON,
                className="ob-btn is-quiet is-square ob-bell",
                title=words("news.label"),
                type="button",
                **attributes(
                    {
                        "aria-label": words("news.label"),
                        **({"data-ob-account": boot.member.account} if boot.member else {}),
                    }
                ),
            ),
            _report(boot, words),
            _language_switch(words),
            html.Button(
                [Icon("moon", class_name="ob-when-light"), Icon("sun", class_name="ob-when-dark")],
                id=ids.THEME_BUTTON,
                className="ob-btn is-quiet is-square",
                title=words("nav.theme"),
                type="button",
                **attributes({"aria-label": words("nav.theme")}),
            ),
            _account(boot, words),
        ],
        className="ob-top",
        **attributes({"data-page": page}),
    )


def _brand(boot: Boot, words: Words, page: str) -> list[Component]:
    """Return the city's mark and name; a telephone has room for the name of the page alone."""
    name = [html.B(words("app.name")), html.Span(boot.city_name, className="ob-brand-city")]
    mark = html.Img(src="/assets/logo.svg", alt="", className="ob-brand-mark")
    title = attributes({"aria-hidden": "true"})
    return [
        html.A([mark, html.Span(name, className="ob-brand-text")], href="/", className="ob-brand"),
        html.Span(words("nav.situation"), className="ob-phone-title", hidden=page != "situation", **title),
    ]


def may_report(boot: Boot) -> bool:
    """Tell whether the way to the contribution panel is shown: to who may contribute, and to every visitor of a demonstration."""
    return boot.is_demo if boot.member is None else CONTRIBUTE in boot.member.rights


def _report(boot: Boot, words: Words) -> Component | None:
    if not may_report(boot):
        return None
    href = REPORT if boot.member is not None else f"/connexion?suite={REPORT}"
    label = words("nav.signaler")
    return html.A(
        [Icon("plus"), html.Span(label, className="ob-report-name")],
        href=href,
        className="ob-btn is-primary ob-report",
        title=label,
        **attributes({"data-ob-report": "", "aria-label": label}),
    )


def _account(boot: Boot, words: Words) -> Component:
    """Return the way to one's account, or in."""
    if boot.member is None:
        label, href = words("nav.connexion"), "/connexion"
    else:
        member = boot.member
        label = words("nav.account_of", account=member.account, organisation=member.organisation)
        href = "/compte"
    return html.A(
        [Icon("user"), html.Span(boot.member.account if boot.member else label, className="ob-account-name")],
        href=href,
        className="ob-btn is-quiet ob-account",
        title=label,
        **attributes({"aria-label": label}),
    )


def _tab(tab: tuple[str, str, str], words: Words, page: str) -> Component:
    name, address, icon = tab
    current = attributes({"aria-current": "page"}) if name == page else {}
    return html.A([Icon(icon), html.Span(words(f"nav.{name}"))], href=address, className="ob-nav-tab", **current)


def _language_switch(words: Words) -> Component:
    links = []
    for lang in LANGUAGES:
        current = attributes({"aria-current": "true"}) if lang == words.lang else {}
        wildcards = attributes({"data-ob-lang": lang, "aria-label": words(f"lang.{lang}"), **current})
        links.append(html.A(lang.upper(), href=f"?lang={lang}", className="ob-lang", lang=lang, **wildcards))
    return html.Nav(links, className="ob-langs", **attributes({"aria-label": words("lang.label")}))


def watermark_rows(words: Words) -> list[str]:
    """Return the rows of the watermark; the style sheet writes them: what is decoration is no text of the page."""
    return ["     ".join([words("demo.watermark")] * _WATERMARK_WORDS)] * _WATERMARK_ROWS


def draw_watermark(boot: Boot, words: Words, *, is_faint: bool = False) -> Component:
    """Return the demonstration's watermark, empty on real data; it never catches the pointer."""
    rows = [html.Span(**attributes({"data-text": row})) for row in watermark_rows(words)] if boot.is_demo else []
    return html.Div(
        html.Div(rows, className="ob-wm-rows"),
        id=ids.WATERMARK,
        className="ob-wm is-faint" if is_faint else "ob-wm",
        **attributes({"aria-hidden": "true"}),
    )
