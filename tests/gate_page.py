"""docs/gate.md, measured by the gate itself on the labelled sentences, on drawn names and on what it is known to miss."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from privacy.first_names import FILE as NAMES
from privacy.first_names import Need, known_first_names
from privacy.gazetteer import Gazetteer, city_gazetteer
from privacy.hits import PiiType
from privacy.text import GATE_VERSION, LIMIT_S, MAX_LENGTH, scan
from settings import load_settings, place_names
from tests.privacy.labelled import Score, score, sentences
from tests.privacy.own_texts import own_texts
from tests.privacy.planting import MAKERS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "gate.md"
DRAWN = 400
# Frequent surnames; several are words, first names or places, as surnames are.
SURNAMES = [
    "Martin",
    "Bernard",
    "Dubois",
    "Robert",
    "Durand",
    "Moreau",
    "Laurent",
    "Lefebvre",
    "Leroy",
    "Roux",
    "Fournier",
    "Girard",
    "Bonnet",
    "Lambert",
    "Fontaine",
    "Rousseau",
    "Muller",
    "Faure",
    "Mercier",
    "Blanc",
    "Guerin",
    "Boyer",
    "Garnier",
    "Chevalier",
    "Legrand",
    "Gauthier",
    "Garcia",
    "Perrin",
    "Masson",
    "Marchand",
    "Dumont",
    "Meyer",
    "Riviere",
    "Benali",
    "Traore",
    "Diallo",
    "Nguyen",
    "Cherif",
    "Lopez",
    "Rossi",
    "Da_Costa",
    "El_Amrani",
    "De_Villers",
]
SENTENCES = (
    "Bagarre entre {} et la foule",
    "{} blessé au genou quai du Port",
    "Altercation avec {} devant le magasin",
    "Signalé hier, {} a garé sa voiture sur la piste",
)
FORMS = (
    ("first name and surname", "Karim Benali", "{first} {last}"),
    ("first name and SURNAME", "Karim BENALI", "{first} {LAST}"),
    ("SURNAME and first name", "BENALI Karim", "{LAST} {first}"),
    ("all capitals", "KARIM BENALI", "{FIRST} {LAST}"),
    ("lower case", "karim benali", "{lower} {low}"),
    ("civil title and surname", "M. Benali", "M. {last}"),
    ("first name alone", "Karim", "{first}"),
    ("surname alone", "Benali", "{last}"),
)
RESIDUAL = (
    ("a surname alone that nothing announces", "Roustan est parti vers la gare."),
    ("a nickname that is no first name and that nothing announces", "Le Boiteux a encore tagué l'abribus."),
    ("a first name borne by fewer than 100 people since 1900", "Xyriade est tombée devant le lycée."),
    ("a first name that is a word or a place, without a capitalised word beside it", "Croisé Rose hier soir."),
    ("the same in lower case", "croisé olive hier soir."),
    ("a name glued to that of a street that the gazetteer does not know", "Accident rue Inventée Karim Benali"),
    ("figures in the place of letters", "B3nali a été vu."),
    ("spaced letters", "k a r i m b e n a l i a été vu."),
    ("a description without age, garment or build", "La personne à la voix grave est revenue."),
    ("personal data in another language, without a structure that tells", "Saw the baker's son again."),
    ("an address of a home without a word of residence", "Bruit au 12 rue Paradis, troisième étage."),
)

HEAD = f"""# What the privacy gate finds and what it misses

Written by `python tests/gate_page.py`, which asks the gate; a test fails when this page is behind it. Gate {GATE_VERSION}.

- **Cleared** texts are kept. **Review** means that a person may confirm the text is harmless; nobody is there when a feed is read, so it is withheld as
  **blocked** ones are.
- A text over {MAX_LENGTH:,} characters, a detector that fails and a scan past {LIMIT_S * 1000:.0f} ms of processor time are withheld, never cleared.
- The tests hold: recall of at least 0.98 and precision of at least 0.92 on each part below, 3,000 texts a second on one core, 50 ms for every
  hostile text.
"""


def page() -> str:
    """Return the text of docs/gate.md."""
    settings = load_settings({})
    city = city_gazetteer(settings.city, place_names(settings))
    parts = {
        name: score(sentences(is_kept_apart=apart), city)
        for name, apart in (("developed on", False), ("kept apart", True))
    }
    held = sum(scan(text, city).kind != "cleared" for text in set(own_texts()))
    lines = [HEAD, *_labelled(parts), *_own(held), *_names(city), *_claims(), *_residual(city)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _labelled(parts: dict[str, Score]) -> Iterator[str]:
    yield "## Labelled sentences\n"
    yield (
        "Sentences written for this purpose, all people and numbers invented, half of them traps (streets and ships called like people,\n"
        "numbers like telephones, words that are first names). One third, chosen by the hash of its identifier, is kept apart: nothing was adjusted on\n"
        "its sentences, but its totals were looked at, its authors are those of the rest, and earlier detectors were adjusted on all of them. These figures flatter.\n"
    )
    yield _row(("Part", "with personal data", "held back", "recall", "without", "false alarms", "precision"))
    yield _row(("---",) * 7)
    for name, told in parts.items():
        yield _row((
            name, told.found + told.missed, told.found, f"{told.recall:.3f}", told.false_alarms + told.passed,
            told.false_alarms, f"{told.precision:.3f}",
        ))  # fmt: skip
    yield "\nSpans touched, of all, by type:\n"
    yield _row(("Type", *parts))
    yield _row(("---",) * (1 + len(parts)))
    for type_ in sorted({type_ for told in parts.values() for type_ in told.spans}):
        yield _row((type_, *("{} of {}".format(*told.spans.get(type_, (0, 0))) for told in parts.values())))


def _own(held: int) -> Iterator[str]:
    yield "\n## Texts that are nobody's\n"
    yield (
        "Names of axes, districts, landmarks and communes, alone and in three ordinary sentences, every category, every text of the catalogues,\n"
        f"the simulated partners and the screens: **{held} false alarms**.\n"
    )


def _names(city: Gazetteer) -> Iterator[str]:
    needs = known_first_names()
    counts = {need: sum(one is need for one in needs.needs.values()) for need in Need}
    covered = NAMES.read_text(encoding="utf-8").splitlines()[2].removeprefix("# ")
    yield "## Names that nothing announces\n"
    yield (
        f"The list (version {needs.version}; [source and licence](../privacy/data/LICENCE.md)) holds {len(needs.needs):,} first names: {counts[Need.NOTHING]:,} count in any\n"
        f"case, {counts[Need.CAPITAL]:,} with a capital, {counts[Need.NEIGHBOUR]:,} beside another capitalised word, {counts[Need.DOUBLE]:,} in a double name. {covered}\n\n"
        f"{DRAWN} first names drawn evenly from it, each with one of {len(SURNAMES)} frequent surnames, in four sentences without a cue. Rare first names count as\n"
        "much as frequent ones here, and every first name is on the list: names outside it are found after a cue only.\n"
    )
    yield _row(("Written as", "example", "held back"))
    yield _row(("---",) * 3)
    drawn = _drawn()
    for name, example, form in FORMS:
        held = sum(
            scan(SENTENCES[n % 4].format(_written(form, *pair)), city).kind != "cleared" for n, pair in enumerate(drawn)
        )
        yield _row((name, example, f"{held / len(drawn):.1%}"))


def _drawn() -> list[tuple[str, str]]:
    names = [name for name, need in known_first_names().needs.items() if need is not Need.DOUBLE]
    step = len(names) // DRAWN
    return [(names[n * step], SURNAMES[n % len(SURNAMES)].replace("_", " ")) for n in range(DRAWN)]


def _written(form: str, first: str, last: str) -> str:
    return form.format(
        first=first.capitalize(), last=last, FIRST=first.upper(), LAST=last.upper(), lower=first, low=last.lower()
    )


def _claims() -> Iterator[str]:
    yield "\n## Types and cues that are claimed\n"
    yield (
        "One invented example of each kind that `tests/privacy/test_canary.py` plants, thousands in all, in every field of every format,\n"
        "and then looks for in the database, its log, the answers, the stream, the pages, the logs, the metrics and a backup.\n"
    )
    yield _row(("Example", "verdict", "types"))
    yield _row(("---",) * 3)
    for number, make in enumerate(MAKERS):
        text = make(number + 1).text
        verdict = scan(text)
        types = ", ".join(dict.fromkeys(span.type.value for span in verdict.spans))
        yield _row((f"`{text}`", verdict.kind, types))
    unread = ", ".join(f"`{type_.value}`" for type_ in islice(reversed(PiiType), 2))
    yield f"\nReasons of the gate itself: {unread}."


def _residual(city: Gazetteer) -> Iterator[str]:
    yield "\n## Residual risk\n"
    yield "What the gate is known to let through. To be repeated in the impact assessment.\n"
    yield _row(("What", "example", "verdict"))
    yield _row(("---",) * 3)
    for what, text in RESIDUAL:
        yield _row((what, text, scan(text, city).kind))
    yield (
        "\nAlso: a number spread over two fields, and what a publisher cut short before it reached us. A name of the city's own places\n"
        'hides the same name of a person without a title or rank ("Louis Armand", once the stop is loaded).'
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
