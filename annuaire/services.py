"""How a service is named: « DDT de la Lozère », « DREAL Occitanie »."""

from annuaire.models import Service, Territoire, TypeService

SHORT_NAMES = {"PREF": "Préfecture", "PREFR": "Préfecture de région", "SPREF": "Sous-préfecture"}

# The article that goes between "DDT" and the département; those of plain names are worked out below.
_DE_LA = """Charente Charente-Maritime Corrèze Creuse Dordogne Drôme Gironde Loire Loire-Atlantique Haute-Loire Lozère
Manche Marne Haute-Marne Mayenne Meuse Moselle Nièvre Haute-Corse Haute-Garonne Haute-Saône Haute-Savoie Haute-Vienne
Côte-d’Or Sarthe Savoie Seine-Maritime Seine-Saint-Denis Somme Vendée Vienne Guadeloupe Martinique Guyane
Corse-du-Sud Polynésie\u00a0française Nouvelle-Calédonie""".split()
_DU = """Bas-Rhin Calvados Cantal Cher Doubs Finistère Gard Gers Haut-Rhin Jura Loiret Lot Morbihan Nord Pas-de-Calais
Puy-de-Dôme Rhône Tarn Val-de-Marne Val-d’Oise Var Territoire\u00a0de\u00a0Belfort Vaucluse""".split()
_DES = """Alpes-de-Haute-Provence Hautes-Alpes Alpes-Maritimes Ardennes Bouches-du-Rhône Côtes-d’Armor Deux-Sèvres
Hauts-de-Seine Hautes-Pyrénées Landes Pyrénées-Atlantiques Pyrénées-Orientales Vosges Yvelines""".split()
_DE = """Eure-et-Loir Ille-et-Vilaine Indre-et-Loire Loir-et-Cher Lot-et-Garonne Maine-et-Loire Meurthe-et-Moselle
Paris Saône-et-Loire Seine-et-Marne Tarn-et-Garonne Mayotte Saint-Pierre-et-Miquelon Saint-Barthélemy Saint-Martin
Wallis\u00a0et\u00a0Futuna""".split()
_ARTICLES = {
    name.replace("\u00a0", " "): article
    for article, names in (("de la", _DE_LA), ("du", _DU), ("des", _DES), ("de", _DE))
    for name in names
}


def with_article(departement: str) -> str:
    """« de la Lozère », « du Gard », « de l’Ariège », « d’Ille-et-Vilaine »."""
    vowel = departement[0] in "AEIOUYÉÎH"
    article = _ARTICLES.get(departement)
    if departement == "La Réunion":
        return "de La Réunion"
    if article == "de" and vowel:
        return f"d’{departement}"
    if article is None:
        return f"de l’{departement}" if vowel else f"de {departement}"
    return f"{article} {departement}"


def service_name(kind: TypeService, territoire: Territoire) -> str:
    """The short name under which everybody knows a service."""
    short = SHORT_NAMES.get(kind.sigle, kind.sigle)
    if territoire.genre == Territoire.Genre.DEPARTEMENT:
        return f"{short} {with_article(territoire.nom)}"
    if territoire.genre == Territoire.Genre.NATIONAL:
        return short
    return f"{short} {territoire.nom}"


def get_service(kind: TypeService, territoire: Territoire) -> Service:
    """The service of that kind in that territory, made when it is first named. Two at once get the same one."""
    service, _ = Service.objects.get_or_create(
        type=kind,
        territoire=territoire,
        defaults={"nom": service_name(kind, territoire), "ville": territoire.nom_chef_lieu},
    )
    return service
