"""What those who animate have prepared in the demo: an answer for what comes back often, a guest from outside, a
meeting that comes again, dates that are looked for."""

from datetime import datetime, timedelta

from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from forum.actions import save_canned
from realtime.reunions.actions import prepare_serie
from realtime.reunions.actions.listes import Exterieur, Invites, add_people, resolve_groups
from realtime.reunions.actions.points import ProjetPoint, write_points
from realtime.reunions.models import Convive, Creneau, Disponibilite, Reunion, Serie, SondageDates, Sonde


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


def load_dates(agents: dict[str, Agent], now: datetime) -> None:
    """In « Police de l’eau », when to hold the year’s review, some having answered; in the lab on water, with a guest."""
    aminata = agents["aminata-sarr"]
    start = timezone.localtime(now).replace(hour=10, minute=0, second=0, microsecond=0)
    # A Tuesday, ten days from now at least.
    start += timedelta(days=10 + (1 - start.weekday() - 10) % 7)
    moments = [
        start,
        start + timedelta(hours=4),
        start + timedelta(days=1),
        start + timedelta(days=2, hours=4),
    ]
    eau = Communaute.objects.get(slug="police-de-l-eau")
    bilan = _look_for_date(aminata, eau, "Bilan de l’année", moments, now)
    bilan.toute_la_communaute = True
    bilan.save(update_fields=["toute_la_communaute"])
    resolve_groups(bilan)
    answers = {"aminata-sarr": "oui oui oui non", "gaelle-estaque": "non oui si_besoin oui"}
    others = bilan.sondes.exclude(agent__identifiant__in=[*answers, "nadia-ferhat"]).order_by("pk")
    answers |= {
        row.agent.identifiant: said
        for row, said in zip(others, ("oui si_besoin non oui", "si_besoin oui non non"), strict=False)
    }
    slots = list(bilan.creneaux.all())
    for row in bilan.sondes.filter(agent__identifiant__in=answers).select_related("agent"):
        Disponibilite.objects.bulk_create(
            [
                Disponibilite(sonde=row, creneau=slot, choix=said)
                for slot, said in zip(slots, answers[row.agent.identifiant].split(), strict=True)
            ]
        )
    bilan.sondes.filter(agent__identifiant__in=answers).update(repondu_le=now)
    lab = Communaute.objects.get(slug="lab-sobriete-hydrique")
    animatrice = lab.adhesions.filter(role="animateur").order_by("pk").select_related("agent")[0].agent
    visite = _look_for_date(animatrice, lab, "Visite de la station d’essai", moments[:3], now)
    add_people(visite, Invites(exterieurs=(Exterieur("claire.vidal@metropole.example", "Claire Vidal"),)))


def _look_for_date(
    auteur: Agent, communaute: Communaute, titre: str, moments: list[datetime], now: datetime
) -> SondageDates:
    sondage = SondageDates.objects.create(
        communaute=communaute,
        organisateur=auteur,
        titre=titre,
        lieu="Visioconférence",
        cloture_le=timezone.localtime(now).replace(hour=23, minute=59, second=59) + timedelta(days=6),
    )
    Creneau.objects.bulk_create([Creneau(sondage=sondage, debut=moment) for moment in moments])
    Sonde.objects.create(sondage=sondage, agent=auteur, role=Convive.Role.ANIMATEUR)
    return sondage
