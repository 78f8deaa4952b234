"""Detectors that need two things side by side: a home and its address, a person and what the law protects or shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.hits import Hit, Passage, PiiType
from privacy.lexicon import STREET

_ADDRESS = (
    rf"(?:\d{{1,4}}\s?(?:bis|ter|quater|[A-Da-d])?,?\s+(?i:{STREET})\s[^,.;\n]{{2,40}}"
    rf"|(?i:{STREET})\s[^,.;\n\d]{{2,40}}\s\d{{1,4}}\b)"
)
# Plurals are left out on purpose: "les occupants du 12 rue de Rome sont évacués" is an operation, not a home.
_HOME = re.compile(
    r"\b(?:domicili\w{1,6}|habit(?:e|ent|ant|ait)|r[ée]sid(?:e|ent|ant|ait)|demeur(?:e|ent|ant|ait)|"
    r"chez\s(?:le|la|un|une|m\.?|mme|l')|domicile|adresse (?:personnelle|priv[ée]e|perso)|"
    r"log(?:e|eant|[ée]e?)|(?:locataire|occupante?|propri[ée]taire|voisine?)\s(?:du|de la|au)|vi(?:t|vait|vant)\s(?:au|[àa])|sonner)(?!\w)",
    re.IGNORECASE,
)
_ADDRESS_NEAR = re.compile(rf"[^.\n]{{0,60}}?({_ADDRESS})")
_FLAT = re.compile(
    r"\b(?:appartement|appt\.?|apt\.?|interphone|digicode|porte pali[èe]re|b[âa]t(?:iment|\.)?\s\w{1,3}\sporte)\s?(?:n°\s?)?"
    r"(?!\d{1,2}(?:er|e|[èe]me)\b)(?=\w{0,3}\d)\w{1,5}\b|\b\d{1,2}(?:er|e|[èe]me)\s[ée]tage,?\sporte\s\w{1,4}\b",
    re.IGNORECASE,
)

_ONE = (  # one person, or a few who can be told apart
    r"(?:homme|femme|individu|jeune|gar[çc]on|fille|fillette|personne|suspecte?|auteure?|ado(?:lescente?)?|mineure?|vieillard|"
    r"conduct(?:eur|rice)|passager|passag[èe]re|t[ée]moin|voisine?|agresseur|voleur|voleuse|sdf|gars|mec|dame|monsieur|chauffeur|"
    r"clochard|enfant|riveraine?|pi[ée]ton(?:ne)?|victime|(?:un|ce|le)\stype(?!\sd)|couple|p[èe]re|m[èe]re|fils|client|cliente)"
)
_SEVERAL = r"(?:hommes|femmes|individus|jeunes|gar[çc]ons|filles|personnes|suspects|auteurs|mineurs|voleurs|agresseurs|bande|groupe|gars)"
_FEW = r"(?:individus|jeunes|hommes|suspects|auteurs|voleurs|agresseurs|gar[çc]ons)"
_ARTICLE = r"(?:un|une|le|la|des|les|deux|trois|quatre)"
_ORIGIN = (
    r"(?:maghr[ée]bin|arabe|africain|nord-africain|europ[ée]en|caucasien|asiatique|m[ée]tis|basan[ée]|typ[ée]|"
    r"roumain|bulgare|alg[ée]rien|marocain|tunisien|comorien|turc|turque|kurde|afghan|malien|s[ée]n[ée]galais|chinois|vietnamien|"
    r"tch[ée]tch[èe]ne|albanais|nig[ée]rian|soudanais|syrien|italien|espagnol|portugais|polonais|russe|ukrainien|kabyle|berb[èe]re|"
    r"antillais|mahorais|m[ée]diterran[ée]en|hispanique|indien|pakistanais|[ée]rythr[ée]en|guin[ée]en|ivoirien|congolais|camerounais)(?:e|s|es|ne|nes)?"
)
_COLOUR = r"(?:noire?|blanche?)s?"
_FAITH = (
    r"(?:musulmane?|juif|juive|catholique|chr[ée]tien(?:ne)?|protestante?|bouddhiste|hindou|salafiste|islamiste|int[ée]griste|"
    r"[ée]vang[ée]liste|sikh|orthodoxe|voil[ée]e?|pratiquante?)s?"
)
_HEALTH = (
    r"(?:s[ée]ropositive|autiste|diab[ée]tique|[ée]pileptique|bipolaire|"
    r"d[ée]press(?:if|ive)|suicidaire|handicap[ée]e?|trisomique|canc[ée]reu(?:x|se)|d[ée]ficiente? mentale?|malade (?:mentale?|psychiatrique)|"
    r"sida[ïi]que|d[ée]mente?|h[ée]mophile|asthmatique|enceinte)"
)
_DRUG = r"(?:toxicomane|toxico|alcoolique|schizophr[èe]ne|s[ée]ropositif)s?"
_LOVE = r"(?:homosexuel(?:le)?|gay|lesbienne|bisexuel(?:le)?|transgenre|transsexuel(?:le)?|trans)s?"
_PARTY = (
    r"(?:d'extr[êe]me|de l'extr[êe]me|de gauche|de droite|du rn\b|de lfi\b|du ps\b|lr\b|rn\b|lfi\b|pcf\b|cgt\b|fo\b|cfdt\b|communiste|"
    r"[ée]cologiste|anarchiste|royaliste|identitaire)"
)
_CAUSES = r"(?!inconnue|accidentelle|[ée]lectrique|criminelle|humaine|ind[ée]termin[ée]e|suspecte|naturelle|malveillante|volontaire)[\w-]{2,30}"
# One pass over the text finds the words of article 9; what must stand before each says whether it is said of a person.
_PROTECTED = re.compile(
    rf"\b(?:(?P<alone>roms?\b|gitane?s?\b|tsiganes?\b|manouches?\b|gens du voyage\b|(?:d'origine|de type)\s{_ORIGIN}\b"
    rf"|(?:militant|sympathisant|[ée]lecteur|adh[ée]rent|[ée]lu)e?\s{_PARTY}\w{{0,12}}"
    rf"|syndiqu[ée]e?\b|syndicaliste\b|d[ée]l[ée]gu[ée]e? syndicale?\b|encart[ée]e?\b)"
    rf"|(?P<origin>{_ORIGIN}\b)|(?P<colour>{_COLOUR}\b)|(?P<faith>{_FAITH}\b)|(?P<drug>{_DRUG}\b)|(?P<health>{_HEALTH}\b)"
    rf"|(?P<love>{_LOVE}\b)|(?P<state>(?:porteu(?:r|se)|atteinte?)\s(?:du|de la|d'une?|de)\s\w{{2,30}}"
    rf"|sous (?:traitement|antid[ée]presseurs|m[ée]thadone)\b|de nationalit[ée]\s\w{{2,30}}|d'origine\s{_CAUSES}))",
    re.IGNORECASE,
)
_REACH = 75  # characters looked at before such a word
_WORDS = r"(?:\w{1,20}\s)"


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.IGNORECASE)


_SAID_OF = {
    "alone": _before("(?<!aire )(?<!accueil )(?<!accueil des )"),
    "origin": _before(rf"\b(?:{_ONE}|{_SEVERAL}|{_ARTICLE})\s(?:de\s)?"),
    "colour": _before(rf"\b(?:{_ONE}|{_SEVERAL})\s"),
    "faith": _before(rf"\b(?:{_ONE}|{_SEVERAL})\s{_WORDS}{{0,2}}|\b{_ARTICLE}\s"),
    "drug": _before(rf"\b{_ONE}\s{_WORDS}{{0,2}}|\b(?:{_ARTICLE}|{_SEVERAL}|{_SEVERAL}\sde)\s"),
    "health": _before(rf"\b{_ONE}\s{_WORDS}{{0,2}}"),
    "love": _before(rf"\b(?:{_ONE}|{_SEVERAL}|{_ARTICLE})\s{_WORDS}?"),
    "state": _before(rf"\b(?:{_ONE}|{_SEVERAL})\b[^.\n]{{0,30}}?"),
}
# A thing, a place or a crowd of that colour or country is no person: "le restaurant italien", "zone noire".
_THING = re.compile(r"\bpersonnes?\s[àa]\smobilit[ée]|\b(?:le|la)\s(?:typ[ée]|europ[ée]enne?)\b", re.IGNORECASE)

_TRAIT = (
    r"(?:(?<!moins de )(?<!plus de )\b\d{1,3}\s?ans\b(?!\set\splus)|cheveux|barbue?\b|barbe\b|chauve|moustach\w{0,4}|tatou\w{0,6}|"
    r"cicatrice|casquette|capuche|blouson|veste\b|jogging|surv[êe]tement|corpulence|mesurant|\b\d\s?m\s?\d\d\b|lunettes|sweat|"
    r"yeux\b|baskets|cagoul[ée]e?s?|torse nu)"
)
_LOOKS = (
    r"(?:cheveux|barbus?\b|chauves?|moustach\w{0,4}|tatou\w{0,6}|casquettes?|capuches?|blousons?|jogging|surv[êe]tements?|corpulence|"
    r"sweats?|cagoul[ée]e?s?|v[êe]tus|\d\s?m\s?\d\d\b)"
)
_DESCRIPTION = re.compile(rf"\b(?:{_ONE}\b[^.\n]{{0,45}}?{_TRAIT}|{_FEW}\b[^.\n]{{0,45}}?{_LOOKS})", re.IGNORECASE)


def find_homes(passage: Passage) -> Iterator[Hit]:
    """Yield addresses after a word of residence, and doors inside a building; "12 rue Paradis" alone is a place."""
    found = -1
    for cue in _HOME.finditer(passage.text):
        address = None if cue.end() <= found else _ADDRESS_NEAR.match(passage.text, cue.end())
        if address is not None:
            found = address.start(1)
            yield Hit(address.start(1), address.end(1), PiiType.HOME_ADDRESS)
    for hit in _FLAT.finditer(passage.text):
        yield Hit(hit.start(), hit.end(), PiiType.HOME_ADDRESS)


def find_protected(passage: Passage) -> Iterator[Hit]:
    """Yield what article 9 of the GDPR protects, when it is said of a person and not of a place or a thing."""
    text, read = passage.text, 0
    while hit := _PROTECTED.search(text, read):
        said = _SAID_OF[str(hit.lastgroup)].search(text, max(0, hit.start() - _REACH), hit.start())
        if said is not None and _is_of_a_person(passage, said.start(), hit.end()):
            yield Hit(said.start(), hit.end(), PiiType.ART9)
            read = hit.end()
        else:
            read = hit.start() + 1


def _is_of_a_person(passage: Passage, start: int, end: int) -> bool:
    return not passage.places.touch(start, end) and not _THING.search(passage.text, start, end)


def find_descriptions(passage: Passage) -> Iterator[Hit]:
    """Yield a person word with an age, a height, a garment or another physical trait."""
    for hit in _DESCRIPTION.finditer(passage.text):
        yield Hit(hit.start(), hit.end(), PiiType.DESC)
