"""A paper: sections of sentences, facts and tables, the same in Markdown, JSON and, through HTML, in a tagged PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

import orjson

Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Heads and rows of the same length; the first cell of a row names it."""

    heads: Row
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A title, then sentences, facts (name and value) and one table, each where there is any."""

    title: str
    texts: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole paper: `name` is its file's, `signed` the sentence with date and audit head that dates it."""

    name: str
    title: str
    lang: str
    signed: str
    sections: Sequence[Section] = field(default_factory=tuple)


def as_json(paper: Paper) -> bytes:
    """Return the paper as JSON."""
    return orjson.dumps(asdict(paper), option=orjson.OPT_INDENT_2)


def as_markdown(paper: Paper) -> str:
    """Return the paper as Markdown."""
    return "\n".join([f"# {paper.title}", "", paper.signed, "", *_lines(paper)])


def _lines(paper: Paper) -> Iterator[str]:
    for section in paper.sections:
        yield f"## {section.title}\n"
        for text in section.texts:
            yield f"{text}\n"
        for name, value in section.facts:
            yield f"- **{name}** : {value}" if paper.lang == "fr" else f"- **{name}**: {value}"
        if section.facts:
            yield ""
        if section.table is not None:
            yield _cells(section.table.heads)
            yield _cells(["---"] * len(section.table.heads))
            yield from (_cells(row) for row in section.table.rows)
            yield ""


def _cells(row: Row) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in row)
    return f"| {' | '.join(escaped)} |"
