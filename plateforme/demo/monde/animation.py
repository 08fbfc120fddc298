"""What those who animate have prepared in the demo: an answer for what comes back often, a guest from outside, a
meeting that comes again."""

from datetime import datetime, timedelta

from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from forum.actions import save_canned
from realtime.reunions.actions import prepare_serie
from realtime.reunions.actions.listes import Exterieur, Invites, add_people, resolve_groups
from realtime.reunions.actions.points import ProjetPoint, write_points
from realtime.reunions.models import Convive, Reunion, Serie


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
    add_people(reunion, Invites(exterieurs=(guest,)))


def load_serie(agents: dict[str, Agent], now: datetime) -> None:
    """In « Police de l’eau »: on the first Thursday of each month, with all the members."""
    aminata, nadia = agents["aminata-sarr"], agents["nadia-ferhat"]
    start = timezone.localtime(now).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while start.weekday() != 3 or start.day > 7:
        start += timedelta(days=1)
    serie = Serie.objects.create(
        communaute=Communaute.objects.get(slug="police-de-l-eau"),
        organisateur=aminata,
        titre="Permanence des jeudis : vos dossiers difficiles",
        debut=start,
        frequence=Serie.Frequence.MENSUELLE,
        jours=[3],
        rang=1,
        duree_minutes=60,
        lieu="Visioconférence",
        toute_la_communaute=True,
    )
    resolve_groups(serie)
    serie.habitues.filter(agent__in=(aminata, nadia)).update(reponse=Convive.Reponse.ACCEPTE, repondu_le=now)
    serie.habitues.filter(agent=aminata).update(role=Convive.Role.ANIMATEUR)
    prepare_serie(serie, now)
    write_points(
        serie.reunions.earliest("debut"),
        [
            ProjetPoint("Dossiers apportés par chacun", nadia, 40, recurrent=True),
            ProjetPoint("À retenir", None, 10),
        ],
    )
