"""Writes the papers of one city to a folder: Markdown, JSON and PDF of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from api.house import House
from api.papers import algorithms, impact, minimum, register
from api.papers.facts import Facts, collect
from api.papers.paper import Paper, as_json, as_markdown
from api.papers.pdf import as_pdf
from components.texts import words
from events.errors import ConfigurationError

WRITTEN: tuple[Callable[[Facts], Paper], ...] = (register.write, impact.write, algorithms.write, minimum.write)


def papers(house: House, lang: str, results: Iterable[Path] = ()) -> tuple[Paper, ...]:
    """Return every paper in a language, from what is kept, configured and counted now."""
    facts = collect(house, words(lang), results)
    return tuple(write(facts) for write in WRITTEN)


def write_papers(house: House, folder: Path, lang: str, results: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Write every paper in three formats and return the files; raise ConfigurationError for a folder that cannot be written."""
    written = []
    is_demo = house.access is not None and house.access.is_demonstration
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for paper in papers(house, lang, results):
            contents = {
                "md": as_markdown(paper).encode(),
                "json": as_json(paper),
                "pdf": as_pdf(paper, is_demo=is_demo),
            }
            for ending, content in contents.items():
                path = folder / f"{paper.name}.{ending}"
                path.write_bytes(content)
                written.append(path)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written ({error.strerror}); nothing more was written") from None
    return tuple(written)
