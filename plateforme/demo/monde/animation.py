"""What those who animate have prepared in the demo: an answer for what comes back often, a guest from outside."""

from annuaire.models import Agent
from communautes.models import Communaute
from forum.actions import save_canned
from realtime.reunions.actions.convives import Exterieur, Invites, add_people
from realtime.reunions.models import Reunion


def load_canned(agents: dict[str, Agent]) -> None:
    """In « Police de l’eau », what its animatrice writes to those who name people."""
    save_canned(
        agents["aminata-sarr"],
        Communaute.objects.get(slug="police-de-l-eau"),
        titre="Pas de nom de riverain",
        texte="Merci de ne nommer ici ni riverain ni exploitant : décrivez la situation, pas la personne.",
    )


def load_guest() -> None:
    """In the lab on water: somebody without account is invited to the next meeting."""
    reunion = Reunion.objects.filter(communaute__slug="lab-sobriete-hydrique").earliest("debut")
    guest = Exterieur("claire.vidal@metropole.example", "Claire Vidal")
    add_people(reunion.organisateur, reunion, Invites(exterieurs=(guest,)))
