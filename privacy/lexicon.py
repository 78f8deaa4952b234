"""The closed lists of French words the detectors stand on; all folded (lower case, no accent) unless said."""

from __future__ import annotations

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Alternations for patterns keep their accents. Longest first where one begins another.
STREET = (
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|bld\.?|blvd\.?|place|pl\.|cours|quai|chemin|ch\.|route|rte\.?|all[ée]es?|impasse|imp\.|"
    r"traverse|trav\.|mont[ée]e|square|sq\.|esplanade|promenade|passage|rond-point|corniche|voie|sentier|cit[ée]|"
    r"r[ée]sidence|r[ée]s\.|lotissement|hameau|villa|domaine|parvis|mail)"
)
NUMBER_WORD = (
    r"(?:z[ée]ro|un|deux|trois|quatre(?:-vingts?)?|cinq(?:uante)?|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|"
    r"seize|vingt|trente|quarante|soixante)"
)
VEHICLE = (
    r"(?:plaques?|immat\w*|v[ée]hicules?|voitures?|fourgon(?:nette)?s?|camion(?:nette)?s?|scooters?|motos?|cyclomoteurs?|"
    r"remorques?|berlines?|utilitaires?|poids lourds?|pl|vl|bmw|clio|audi|peugeot|renault|citro[ëe]n|mercedes)"
)

CIVIL_TITLES = _words("m mm mr mme mmes mlle mlles me monsieur messieurs madame mesdames mademoiselle maitre")
# They stand inside a surname: "de La Tour", "El Amrani".
PARTICLES = _words("de du des d la le l el al ben ould ait abou abd bin van von der den di da dos della")
SAINTS = _words("saint sainte saints st ste notre san santa")
CONNECTORS = _words("de du des d la le les l a au aux en sur sous et st ste saint sainte")
HONOURS = _words(
    "docteur dr general gal marechal mal commandant cdt president pdt abbe capitaine cne colonel amiral lieutenant "
    "professeur pr cardinal eveque frere freres soeur soeurs roi reine prince comte marquis sergent caporal adjudant mere "
    "pere pape monseigneur mgr chevalier baron consul"
)
PLACE_WORDS = _words(
    "rue rues avenue avenues av ave boulevard boulevards bd bds bld blvd place places pl placette cours quai quais chemin "
    "chemins ch route routes rte allee allees all impasse impasses imp traverse traverses trav montee montees square squares "
    "sq esplanade promenade passage passages pont ponts tunnel tunnels rond-point ronds-points carrefour carrefours bretelle "
    "bretelles corniche voie voies sentier sentiers cite residence res lotissement hameau quartier quartiers parvis mail porte "
    "portes echangeur echangeurs viaduc viaducs autoroute autoroutes gare gares station stations arret arrets metro tram "
    "tramway parc parcs jardin jardins stade stades gymnase gymnases piscine piscines ecole ecoles college colleges lycee "
    "lycees universite creche creches bibliotheque mediatheque hopital hopitaux clinique cliniques chu musee musees theatre "
    "theatres cinema salle salles palais eglise eglises cathedrale basilique chapelle mosquee synagogue temple cimetiere "
    "centre centres marche marches fort forts caserne casernes port ports bassin bassins plage plages calanque calanques ile "
    "iles barrage barrages ecluse ecluses canal ferry navire navires paquebot paquebots tempete depression ouragan fondation "
    "club clubs societe association entreprise exposition expositions expo terminal aeroport parking parkings foyer dome "
    "festival navette navettes axe axes secteur secteurs zac za zi rocade pointe anse vallon colline butte col mont jetee "
    "digue mole village bourg commune ville arrondissement complexe halle espace maison villa domaine ehpad poste bus ligne "
    "direction dir vers depuis mas venelle ruelle clos croix aire faubourg fbg fontaine galerie hotel hlm stele statue monument "
    "bar restaurant brasserie residences immeuble tour patio prairie promenades theatre jardinet grotte ravin domaine chateau "
    "bastide batiment bat pharmacie laboratoire laverie agence cabinet amphitheatre auditorium crypte institut campus passerelle passerelles points terminus"
)

# Capitalised words that follow a role without being a name: services, days, months, sentence openings.
NOT_NAMES = _words(
    "le la les un une des du de il elle ils elles on nous vous ce cette ces son sa ses leur au aux en sur sous par pour avec "
    "sans dans mais donc or ni car et ou qui que quoi voir vu merci appel appeler contact signalement plainte travaux accident "
    "collision vehicule feux rappel police municipale nationale police-secours samu pompiers mairie prefecture gendarmerie "
    "rtm sncf bmpm oui non numero pc pcc csu tv allo mucem velodrome lundi mardi mercredi jeudi vendredi samedi dimanche "
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre noel paques toussaint cgt pm ter "
    "ratp dir dirmed drire enedis grdf veolia metropole departement region etat ville commune direction service services "
    "voirie proprete exploitation astreinte permanence secteur zone nord sud est ouest centre marins voie circulation "
    "deviation fermeture attention info infos suite homme femme enfant personne individu vehicule blesse blessee inconnu "
    "inconnue seul seule age agee secours urgence hospitalise hospitalisee transporte transportee demande demandeur dimanche nationale "
    "ville jour nuit matin soir midi minuit saint sainte festival concert match"
)
# Lower-case words that follow a civil title without being a name: "madame la maire", "M. est parti".
AFTER_TITLE = _words(
    "le la les l un une du de des et ou prefet prefete maire ministre depute deputee senateur senatrice president presidente "
    "est a ont sont etait avait qui que se ne sur dans pour par avec sans en au aux signale signalee demande refuse souhaite "
    "habite appelle attend bloque bloquee blesse blessee tombe tombee"
)
NETWORKS = _words("snap snapchat insta instagram tiktok telegram whatsapp pseudo compte profil twitter facebook")
FREE_MAIL = _words(
    "gmail.com googlemail.com hotmail.com hotmail.fr outlook.com outlook.fr live.fr live.com yahoo.com yahoo.fr laposte.net "
    "orange.fr wanadoo.fr free.fr sfr.fr bbox.fr numericable.fr neuf.fr icloud.com me.com proton.me protonmail.com gmx.fr "
    "gmx.com aol.com mail.com zoho.com"
)
ROLE_MAILBOX = re.compile(
    r"(?:contact|accueil|voirie|infos?|mairie|standard|secretariat|support|no-?reply|proprete|dechets|circulation|"
    r"exploitation|pcc?|supervision|allomairie|presse|dpo|astreinte|opendata)",
    re.IGNORECASE,
)
# Letters that stand beside numbers in operational French without being half a plate.
NOT_PLATE = _words(
    "BIS TER RUE BUS MIN SEC KM MM CM DM KG KV MW TO PL VL VP PR PK RN RD CD VC BD AV LE LA LES DE DU DES AU AUX ET OU EN SUR UN "
    "UNE PAR EST SUD ARR CE SE NE TE ME MA SA TA ES NO ZA ZI ZAC JO HT BT PM AM"
)
