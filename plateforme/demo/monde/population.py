"""The people of the demo: those of the content files, and enough colleagues around them to make 300."""

import random
from collections.abc import Iterator
from typing import Any

from django.utils.text import slugify

from annuaire.models import Service

REGIONS = ("R76", "R84")

PRENOMS = """Adrien Agnès Aïcha Alain Alexandre Alice Amélie Anaïs André Anne Antoine Assia Audrey Aurélien Awa Bastien
Béatrice Benoît Bérengère Brahim Brigitte Bruno Camille Catherine Cécile Céline Chloé Christelle Clément Coralie Cyril
Damien Delphine Denis Didier Djamila Édith Élise Élodie Émilie Emmanuel Éric Estelle Étienne Fabien Fabrice Fanny Farid
Fatima Florent François Frédérique Gilles Grégory Guillaume Hélène Henri Hugo Inès Isabelle Jamila Jérôme Joëlle Jordan
Julie Julien Karim Karine Kevin Laëtitia Laurence Léa Lionel Lise Loïc Louise Lucas Ludovic Magali Malika Manon Marc
Margaux Marie Marion Mathilde Mehdi Mélanie Michel Mickaël Mireille Mohamed Myriam Nadège Natacha Nicolas Noémie Océane
Olivier Ophélie Pascale Patrice Paul Perrine Philippe Pierre Quentin Rachid Raphaël Régine Rémi Romain Sabrina Samuel
Sandrine Sarah Sébastien Sidonie Simon Sofia Stéphanie Sylvain Tanguy Théo Thierry Thomas Valentin Vanessa Véronique
Victor Vincent Virginie Xavier Yann Yasmine Yves Zoé""".split()
NOMS = """Abadie Alary Albouy Amiel Arnal Assémat Astruc Aubert Ayral Azéma Bacou Barthe Bastide Belkacem Benali Bénézet
Berger Bernard Besse Blanc Boissier Bonnefoy Bories Boudet Bousquet Boyer Brunel Cabrol Calmels Camara Cambon Capelle
Carrère Castan Cazals Chabert Chastang Chauvet Clavel Combes Costes Coulon Cros Dalmas Daudé Delmas Deltour Diallo
Diop Dufour Durand Escoffier Espinas Estève Fabre Faure Fayolle Ferrand Ferreira Fontaine Fournier Gaillard Garnier
Gasc Gauthier Gineste Girard Grandjean Guérin Haddad Hébrard Imbert Jalabert Jaoui Joly Jouve Lacombe Laffont Lagarde
Lambert Laurens Lebrun Lemoine Lopez Mallet Marquès Martel Marty Mas Masson Mathieu Maurel Mazel Mercadier Meunier
Michaud Molinier Monteil Moreau Nguyen Noël Oliveira Ortiz Pagès Pascal Pelissier Pereira Perrin Picard Pineau Planche
Pons Portal Poujol Pradel Puech Rabier Raynal Renaud Ribeiro Ricard Rigal Robin Roche Rouquette Rousset Roux Sabatier
Salvan Sanchez Séguy Serres Sicard Simonet Soulié Tardieu Teyssier Thomas Tournier Traoré Valette Vergnes Vernhes
Vialard Vidal Vigier Vincent Viguier Yildiz""".split()

# Fonctions that a service of this kind has, with the domains of expertise that go with them.
METIERS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "DDT": [
        (
            "Instructeur ou instructrice police de l’eau",
            ("Eau et milieux aquatiques", "Biodiversité et forêt"),
        ),
        ("Chargé ou chargée d’études planification", ("Urbanisme et aménagement", "Transports et mobilités")),
        ("Chargé ou chargée de mission risques", ("Risques", "Énergie et climat")),
        ("Gestionnaire des aides agricoles", ("Agriculture et alimentation",)),
        ("Chargé ou chargée de mission habitat", ("Logement et habitat",)),
        ("Géomaticien ou géomaticienne", ("Numérique et données",)),
    ],
    "PREF": [
        (
            "Rédacteur ou rédactrice contrôle de légalité",
            ("Collectivités et finances locales", "Achats et juridique"),
        ),
        ("Chargé ou chargée de planification au SIDPC", ("Risques", "Sécurité et ordre public")),
        ("Gestionnaire des dotations", ("Collectivités et finances locales",)),
        (
            "Chargé ou chargée de la politique de la ville",
            ("Emploi, travail et solidarités", "Santé et cohésion"),
        ),
    ],
    "DDETSPP": [
        ("Inspecteur ou inspectrice de la santé publique vétérinaire", ("Agriculture et alimentation",)),
        (
            "Chargé ou chargée de mission hébergement",
            ("Logement et habitat", "Emploi, travail et solidarités"),
        ),
        ("Conseiller ou conseillère insertion", ("Emploi, travail et solidarités", "Santé et cohésion")),
    ],
    "SGCD": [
        ("Gestionnaire de proximité", ("Ressources humaines et management",)),
        ("Acheteur ou acheteuse", ("Achats et juridique", "Ressources humaines et management")),
        ("Chargé ou chargée de l’immobilier", ("Ressources humaines et management", "Énergie et climat")),
    ],
    "DREAL": [
        ("Inspecteur ou inspectrice de l’environnement", ("Risques", "Énergie et climat")),
        ("Chargé ou chargée de mission biodiversité", ("Biodiversité et forêt", "Eau et milieux aquatiques")),
        ("Chargé ou chargée de projets mobilités", ("Transports et mobilités", "Énergie et climat")),
    ],
    "SGAR": [
        ("Chargé ou chargée de mission fonds européens", ("Collectivités et finances locales",)),
        (
            "Chargé ou chargée d’innovation publique",
            ("Numérique et données", "Ressources humaines et management"),
        ),
        (
            "Chargé ou chargée de mission culture et territoires",
            ("Culture et patrimoine", "Santé et cohésion"),
        ),
    ],
}
METIERS["DDTM"] = [*METIERS["DDT"], ("Chargé ou chargée du littoral", ("Mer et littoral",))]
METIERS["DDETS"] = METIERS["DDETSPP"][1:]
METIERS["DDPP"] = METIERS["DDETSPP"][:1]
METIERS["PREFR"] = METIERS["SGAR"]
METIERS["DRAAF"] = [("Chargé ou chargée de mission agroécologie", ("Agriculture et alimentation",))]
METIERS["DREETS"] = [("Chargé ou chargée de mission emploi", ("Emploi, travail et solidarités",))]


def colleagues(
    chance: random.Random,
    count: int,
    services: list[Service],
    domaines: dict[str, list[str]],
    taken: set[str],
) -> Iterator[dict[str, Any]]:
    """`count` more people in `services`, in the shape of the content files' `[[personnes]]`.

    Deterministic for a given `chance`. Each declares one to four expertises that go with their fonction, so
    that a few are known by many and some by very few, as in life. Adds the new keys to `taken`.
    """
    services = [service for service in services if service.type.sigle in METIERS]
    made = 0
    while made < count:
        prenom, nom = chance.choice(PRENOMS), chance.choice(NOMS)
        cle = slugify(f"{prenom} {nom}")
        if cle in taken:
            continue
        taken.add(cle)
        made += 1
        service = services[made % len(services)]
        fonction, domains = chance.choice(METIERS[service.type.sigle])
        vocabulary = [libelle for domain in domains for libelle in domaines.get(domain, [])]
        declared = chance.sample(vocabulary, min(len(vocabulary), chance.choice((1, 1, 2, 2, 3, 4))))
        levels = ("notions", "pratique", "pratique", "expertise", "expertise", "reference")
        yield {
            "cle": cle,
            "prenom": prenom,
            "nom": nom,
            "fonction": gendered(fonction, prenom),
            "service": service.type.sigle,
            "territoire": service.territoire_id,
            "expertises": [
                {"libelle": libelle, "niveau": chance.choice(levels), "depuis": chance.randint(2005, 2025)}
                for libelle in declared
            ],
            "biographie": "",
        }


# First names of men in PRENOMS; the others are taken as women's.
MEN = set(
    """Adrien Alain Alexandre André Antoine Aurélien Bastien Benoît Brahim Bruno Clément Cyril Damien Denis Didier
    Emmanuel Éric Étienne Fabien Fabrice Farid Florent François Gilles Grégory Guillaume Henri Hugo Jérôme Jordan Julien
    Karim Kevin Lionel Loïc Lucas Ludovic Marc Mehdi Michel Mickaël Mohamed Nicolas Olivier Patrice Paul Philippe Pierre
    Quentin Rachid Raphaël Rémi Romain Samuel Sébastien Simon Sylvain Tanguy Théo Thierry Thomas Valentin Victor Vincent
    Xavier Yann Yves""".split()
)


def gendered(fonction: str, prenom: str) -> str:
    """« Acheteur ou acheteuse » for one person: the form that goes with the first name."""
    if " ou " not in fonction:
        return fonction
    masculine, rest = fonction.split(" ou ", 1)
    feminine, _, tail = rest.partition(" ")
    word = masculine if prenom in MEN else feminine[:1].upper() + feminine[1:]
    return f"{word} {tail}".strip()
