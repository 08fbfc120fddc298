"""Languages that people may say they speak: ISO 639 codes, with their names in French."""

from collections.abc import Mapping

# Those met in the State's services first: of the country and of overseas, of neighbours, of people received.
LANGUES: Mapping[str, str] = {
    "fr": "Français",
    "fsl": "Langue des signes française",
    "en": "Anglais",
    "de": "Allemand",
    "es": "Espagnol",
    "it": "Italien",
    "pt": "Portugais",
    "nl": "Néerlandais",
    "ar": "Arabe",
    "tr": "Turc",
    "ru": "Russe",
    "uk": "Ukrainien",
    "pl": "Polonais",
    "ro": "Roumain",
    "sq": "Albanais",
    "zh": "Chinois",
    "fa": "Persan",
    "ps": "Pachto",
    "br": "Breton",
    "ca": "Catalan",
    "co": "Corse",
    "eu": "Basque",
    "oc": "Occitan",
    "gsw": "Alsacien",
    "gcf": "Créole guadeloupéen et martiniquais",
    "gcr": "Créole guyanais",
    "rcf": "Créole réunionnais",
    "ty": "Tahitien",
    "swb": "Shimaoré",
    "buc": "Kibouchi",
    "wls": "Wallisien",
}


def names_of(codes: list[str]) -> list[str]:
    """The languages of these codes, in the order of the list."""
    return [name for code, name in LANGUES.items() if code in codes]
