"""The examples of the help on formatting: shown as they are typed, beside what they give."""

EXEMPLES: tuple[tuple[str, str], ...] = (
    ("Gras, italique, barré", "Un **délai ferme**, un avis *favorable*, un seuil ~~de 50 m~~ de 100 m."),
    ("Titre, sous-titre", "# Nomenclature\n## Ce qu’elle dit"),
    ("Liste", "- le dossier\n- le plan\n  - de situation\n  - de masse"),
    ("Liste numérotée", "1. Déposer\n2. Instruire\n3. Décider"),
    ("Liste de tâches", "- [x] Relire l’arrêté\n- [ ] Prévenir la mairie"),
    ("Citation", "> Le seuil est de 100 m.\n\nC’est exact depuis 2020."),
    (
        "Lien",
        "La [nomenclature](https://www.legifrance.gouv.fr/), ou l’adresse seule : https://www.legifrance.gouv.fr/",
    ),
    (
        "Tableau",
        "| Longueur | Régime |\n| --- | --- |\n| 10 à 100 m | Déclaration |\n| 100 m et plus | Autorisation |",
    ),
    ("Note de bas de page", "Le seuil a changé[^1].\n\n[^1]: Décret de 2020."),
    ("Code", "Le champ `code_insee`, ou un extrait :\n\n```\nselect nom from communes\n```"),
    ("Emoji", "C’est fait :fait: bravo :bravo:"),
    ("Séparation", "Avant\n\n---\n\nAprès"),
)
