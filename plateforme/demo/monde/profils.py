"""Pages of people that show what a profile holds: what one said of oneself, what colleagues said of one."""

from datetime import datetime, timedelta

from annuaire.models import Agent, DeclarationExpertise, Expertise, Territoire
from annuaire.notifications.models import Notification
from annuaire.profils import actions
from annuaire.profils.actions.sections import LigneMission
from annuaire.profils.models import Profil, Recommandation
from annuaire.profils.sections import fingerprint
from annuaire.trouver.actions import save_search
from annuaire.trouver.criteres import Criteres

MISSIONS = (
    LigneMission(
        "Révision de la cartographie des cours d’eau de l’Ariège",
        2016,
        2018,
        "Avec l’OFB et la chambre d’agriculture",
    ),
    LigneMission(
        "Effacement du seuil de Labarre", 2021, None, "Instruction de la déclaration d’intérêt général"
    ),
    LigneMission("Formation des nouveaux instructeurs du bassin", 2023, 2025),
)
# Who saw what, and how many days ago.
SEEN = (
    ("nadia-ferhat", "gaelle-estaque", 34, "Son relevé de terrain a tranché en une visite un doute que nous avions depuis un an."),
    ("yvon-le-bihan", "gaelle-estaque", 210, "Elle a relu notre arrêté type ligne à ligne ; le tribunal l’a confirmé ensuite."),
)  # fmt: skip


def load_profils(agents: dict[str, Agent], now: datetime) -> None:
    """A whole profile for Gaëlle Estaque, with two recommendations that she has read; a search that Aminata Sarr
    keeps."""
    gaelle = agents["gaelle-estaque"]
    profil, _ = Profil.objects.get_or_create(agent=gaelle)
    profil.langues, profil.aides, profil.montre_jours = (
        ["es", "fr", "oc"],
        ["avis", "relecture", "visite"],
        True,
    )
    profil.save()
    profil.territoires.set(Territoire.objects.filter(code__in=["31", "66"]))
    actions.set_missions(gaelle, MISSIONS, depart=fingerprint(gaelle, "missions"))
    best = (
        DeclarationExpertise.objects.filter(agent=gaelle)
        .order_by("-niveau", "pk")
        .values_list("expertise", flat=True)
    )
    expertise = Expertise.objects.get(pk=best[0])
    for auteur, agent, days, contexte in SEEN:
        given = actions.recommend(agents[auteur], agents[agent], expertise, contexte)
        Recommandation.objects.filter(pk=given.pk).update(cree_le=now - timedelta(days=days))
        Notification.objects.filter(cle=f"recommandation.{given.pk}").update(lue_le=now, envoye_le=now)
    save_search(
        agents["aminata-sarr"], "Dossier loi sur l’eau en Occitanie", Criteres(q="DLE", territoire="R76")
    )
