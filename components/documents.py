"""Pages that work without a script, from templates that escape every value: the account, the administration, the journal."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from components.boot import LANGUAGES
from components.frame import TABS, watermark_rows
from components.texts import Words, words

STYLES = (
    "00-bootstrap-reboot.min.css",
    "02-tokens.css",
    "05-app.css",
    "06-forms.css",
    "08-account.css",
    "24-transparency.css",
)


def draw(template: str, lang: str, *, title: str, is_demo: bool, who: str = "", **values: object) -> bytes:
    """Return a whole document in the frame of every page; `who` is the account of the bar, "" for a visitor.

    Every value is escaped where it stands; raises jinja2.UndefinedError for one that a template lacks.
    """
    speak = words(lang)
    more = tuple(str(name) for name in values.pop("more_styles", ()))  # type: ignore[attr-defined] # a tuple of names
    frame = {
        "lang": speak.lang,
        "languages": LANGUAGES,
        "tabs": TABS,
        "styles": STYLES + more,
        "who": who,
        "city": "",
        "is_demo": is_demo,
        "watermark": watermark_rows(speak) if is_demo else [],
        "current": "",
    }
    return _environment().get_template(f"{template}.html").render(t=speak, title=title, **(frame | values)).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("components"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def draw_paper(paper: object, *, is_demo: bool) -> str:
    """Return a paper (`api.papers.paper.Paper`) as a document to be printed; every value is escaped where it stands."""
    lang = str(getattr(paper, "lang", LANGUAGES[0]))
    return _environment().get_template("print.html").render(t=words(lang), paper=paper, is_demo=is_demo)


def draw_print(template: str, words: Words, **values: object) -> str:
    """Return a document to be printed from one of the templates; every value is escaped where it stands."""
    return _environment().get_template(f"{template}.html").render(t=words, **values)
