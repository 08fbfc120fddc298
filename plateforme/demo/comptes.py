"""The accounts that the demo's sign-in page offers in one click."""

from typing import NamedTuple

# Public on purpose: it opens nothing but a demo. `make run` prints it.
MOT_DE_PASSE = "Demonstration-2026"
DOMAINE = "demo.gouv.fr"


class Compte(NamedTuple):
    """One account: `identifiant` is the agent's handle."""

    identifiant: str
    nom: str
    description: str

    @property
    def email(self) -> str:
        return f"{self.identifiant}@{DOMAINE}"


COMPTES = (
    Compte("nadia-ferhat", "Nadia Ferhat", "Police de l’eau, DDT de la Lozère (Mende)"),
    Compte("gaelle-estaque", "Gaëlle Estaque", "Police de l’eau, DDT de l’Ariège (Foix)"),
    Compte("aminata-sarr", "Aminata Sarr", "Anime la communauté « Police de l’eau »"),
)
