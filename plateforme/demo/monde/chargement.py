"""Loading the demo's world through the same actions as people use, dated in the past."""

import io
import random
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from annuaire.models import Agent, DeclarationExpertise, Expertise, Service, Territoire, TypeService
from annuaire.notifications.horaires import METROPOLE
from annuaire.notifications.models import Notification
from annuaire.organisation.importation import import_chart, read_chart
from annuaire.services import get_service
from communautes.actions import create_communaute
from communautes.fichiers.actions import share_document
from communautes.models import Adhesion, Communaute, DemandeAdhesion
from forum.actions import (
    ProjetSondage,
    accept_message,
    edit_message,
    keep_message,
    open_sujet,
    pin_sujet,
    publish_message,
    report_message,
    resolve_sujet,
    set_meme_besoin,
    set_reaction,
    set_wiki,
    tell_of_message,
    vote,
)
from forum.actions.faq import nominate
from forum.models import EntreeFaq, LectureSujet, Message, Sujet
from forum.rappels import moment_of
from plateforme.demo.comptes import COMPTES, DOMAINE, MOT_DE_PASSE
from plateforme.demo.monde.animation import load_canned, load_dates, load_guest, load_serie
from plateforme.demo.monde.comptes_rendus import load_minutes
from plateforme.demo.monde.documents import make_file
from plateforme.demo.monde.lecture import Monde
from plateforme.demo.monde.population import REGIONS, colleagues
from plateforme.demo.monde.profils import load_profils
from plateforme.demo.monde.salons import load_salons
from plateforme.demo.monde.seances import load_seance
from plateforme.demo.monde.sollicitations import load_sollicitations
from plateforme.demo.monde.suites import load_suites
from plateforme.socle.journal import record
from plateforme.socle.typographie import tidy_title
from realtime.actions import send_message
from realtime.models import LectureSalon, Salon
from realtime.reunions.actions import ProjetPoint
from realtime.reunions.actions.listes import resolve_groups
from realtime.reunions.actions.points import write_points
from realtime.reunions.models import Convive, Reunion

AGENTS = 300
ORGANIGRAMME = Path(__file__).resolve().parent.parent / "contenu" / "organigramme.csv"
# Messages of the last days stay unread for those who did not write them, and have told people.
FRESH_DAYS = 5
NIVEAUX = {"notions": 1, "pratique": 2, "expertise": 3, "reference": 4}
COULEURS = {
    "emeraude": "green-emeraude", "glycine": "purple-glycine", "tournesol": "yellow-tournesol",
    "archipel": "green-archipel", "opera": "brown-opera", "menthe": "green-menthe",
    "tilleul": "green-tilleul-verveine", "terre-battue": "orange-terre-battue", "macaron": "pink-macaron",
    "cafe-creme": "brown-cafe-creme",
}  # fmt: skip


@transaction.atomic
def load_world(monde: Monde, now: datetime) -> None:
    """Load everything, or nothing. Reference data must be there. The same `now` gives the same world."""
    chance = random.Random(20261124)  # noqa: S311  (a world, not a secret)
    agents = _load_people(monde, chance)
    for content in monde.fichiers:
        communaute = _load_communaute(content, agents, chance)
        _load_forum(content, communaute, agents, now)
        _load_salon(content, communaute, agents, now)
        _load_reunions(content, communaute, agents, now)
        _load_documents(content, communaute, agents, now)
    _mark_read(now)
    for message in Message.objects.filter(cree_le__gte=now - timedelta(days=FRESH_DAYS)).select_related(
        "sujet__communaute", "auteur"
    ):
        tell_of_message(message)
        Notification.objects.filter(cle=f"message.{message.pk}").update(cree_le=message.cree_le)
    for content in monde.fichiers:
        _report(content, Communaute.objects.get(slug=content["communaute"]["slug"]), agents)
    load_salons(Communaute.objects.get(slug="police-de-l-eau"), agents, now)
    _load_requests(agents, chance)
    _load_favoris(agents)
    load_profils(agents, now)
    load_sollicitations(agents, now)
    import_chart(read_chart(ORGANIGRAMME))
    load_canned(agents)
    load_guest()
    load_seance(agents, now)
    load_minutes(agents, now)
    load_serie(agents, now)
    load_dates(agents, now)
    record(None, "demo.load", next(iter(agents.values())), agents=len(agents))


def _load_people(monde: Monde, chance: random.Random) -> dict[str, Agent]:
    territoires = {territoire.code: territoire for territoire in Territoire.objects.all()}
    vocabulary = {expertise.libelle: expertise for expertise in Expertise.objects.all()}
    domaines: dict[str, list[str]] = {}
    for expertise in vocabulary.values():
        domaines.setdefault(expertise.domaine, []).append(expertise.libelle)
    kinds = {kind.sigle: kind for kind in TypeService.objects.all()}
    services: dict[tuple[str, str], Service] = {}

    def service_of(person: dict[str, Any]) -> Service | None:
        if not person["service"]:
            return None
        key = (person["service"], person["territoire"])
        if key not in services:
            services[key] = get_service(kinds[key[0]], territoires[key[1]])
        return services[key]

    for person in monde.personnes.values():
        service_of(person)
    # No département of the two régions is without anybody.
    for departement in territoires.values():
        if departement.parent_id in REGIONS and not any(code == departement.code for _, code in services):
            service_of({"service": "DDT", "territoire": departement.code})
    more = colleagues(
        chance,
        AGENTS - len(monde.personnes),
        sorted(services.values(), key=lambda service: service.nom),
        domaines,
        set(monde.personnes),
    )
    people = [*monde.personnes.values(), *more]
    # One hash for all: everybody in the demo has the same public password.
    password = make_password(MOT_DE_PASSE)
    one_click = {compte.identifiant for compte in COMPTES}
    agents = Agent.objects.bulk_create(
        [
            Agent(
                email=f"{person['cle']}@{DOMAINE}",
                identifiant=person["cle"],
                prenom=person["prenom"],
                nom=person["nom"],
                fonction=person["fonction"],
                service=service_of(person),
                organisme=person.get("organisme", ""),
                territoire=territoires[person["territoire"]],
                partenaire=person.get("partenaire", False),
                biographie=person["biographie"].strip(),
                disponibilite="oui"
                if person["cle"] in one_click
                else chance.choices(("oui", "limitee", "non"), (8, 2, 1))[0],
                telephone=f"0{chance.choice((4, 5))} {' '.join(f'{chance.randint(0, 99):02}' for _ in range(4))}",
                password=password,
            )
            for person in people
        ]
    )
    # They have been here for years: newcomers write less fast, and the demo's people show the ordinary.
    Agent.objects.filter(pk__in=[agent.pk for agent in agents]).update(
        date_joined=timezone.now() - timedelta(days=800)
    )
    by_key = {agent.identifiant: agent for agent in agents}
    DeclarationExpertise.objects.bulk_create(
        DeclarationExpertise(
            agent=by_key[person["cle"]],
            expertise=vocabulary[declared["libelle"]],
            niveau=NIVEAUX[declared["niveau"]],
            depuis=declared.get("depuis"),
        )
        for person in people
        for declared in person["expertises"]
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=agent, email=agent.email, verified=True, primary=True) for agent in agents
    )
    return by_key


def _load_communaute(content: dict[str, Any], agents: dict[str, Agent], chance: random.Random) -> Communaute:
    entry = content["communaute"]
    leaders = [agents[key] for key in entry["animateurs"]]
    communaute = create_communaute(
        leaders[0],
        nom=entry["nom"],
        slug=entry["slug"],
        resume=entry["resume"][:200],
        genre=entry["genre"],
        visibilite=entry["visibilite"],
        presentation=entry["presentation"].strip(),
        couleur=COULEURS[entry["couleur"]],
    )
    communaute.territoires.set(entry["territoires"])
    expertises = list(Expertise.objects.filter(libelle__in=entry["expertises"]))
    communaute.expertises.set(expertises)
    cast = [agents[person["cle"]] for person in content["personnes"]]
    # Colleagues who declare something of the community's field are members too, though they write little.
    around = (
        Agent.objects.filter(
            partenaire=False,
            declarations__expertise__domaine__in={expertise.domaine for expertise in expertises},
        )
        .exclude(pk__in=[agent.pk for agent in cast])
        .distinct()
        .order_by("identifiant")
    )
    candidates = list(around)
    members = [*cast, *chance.sample(candidates, min(len(candidates), chance.randint(14, 34)))]
    rows = [
        Adhesion(
            communaute=communaute,
            agent=agent,
            role=Adhesion.Role.ANIMATEUR if agent in leaders else Adhesion.Role.MEMBRE,
        )
        for agent in members
        if agent != leaders[0]
    ]
    Adhesion.objects.bulk_create(rows)
    Communaute.objects.filter(pk=communaute.pk).update(nb_membres=F("nb_membres") + len(rows))
    return communaute


def _load_forum(
    content: dict[str, Any], communaute: Communaute, agents: dict[str, Agent], now: datetime
) -> None:
    for entry in sorted(content["sujets"], key=lambda sujet: (-sujet["jours"], sujet["heure"])):
        opened = _moment(now, entry["jours"], entry["heure"])
        sujet = open_sujet(
            agents[entry["auteur"]],
            communaute,
            titre=entry["titre"],
            texte=entry["texte"].strip(),
            genre=entry["genre"],
            etiquettes=entry.get("etiquettes", []),
            sondage=_poll(entry, now),
            expertises=Expertise.objects.filter(libelle__in=entry.get("expertises", [])),
            quand=opened,
        )
        for answer in entry.get("messages", []):
            message = publish_message(
                agents[answer["auteur"]],
                sujet,
                answer["texte"].strip(),
                quand=min(opened + timedelta(minutes=answer["apres_minutes"]), now - timedelta(minutes=7)),
            )
            _edit_together(message, answer, agents, opened)
            if answer.get("acceptee") and entry["genre"] == Sujet.Genre.QUESTION:
                accept_message(sujet.auteur, message)
            load_suites(answer, message, agents, now)
        if entry.get("epingle"):
            pin_sujet(sujet.auteur, sujet)
        if entry.get("resolue"):
            resolve_sujet(sujet.auteur, sujet)
        if "votes" in entry:
            _vote(sujet, entry["votes"])
    _load_reactions(communaute)
    # What was accepted long ago was told long ago.
    Notification.objects.filter(genre=Notification.Genre.ACCEPTATION).update(lue_le=now)


def _edit_together(
    message: Message, entry: dict[str, Any], agents: dict[str, Agent], opened: datetime
) -> None:
    """What others wrote in a message that its author opened to all."""
    if not entry.get("wiki"):
        return
    set_wiki(message.auteur, message, True)
    for change in entry.get("modifications", []):
        current = edit_message(
            agents[change["auteur"]], message, change["texte"].strip(), version=message.version
        )
        Message.objects.filter(pk=message.pk).update(
            modifie_le=opened + timedelta(minutes=change["apres_minutes"])
        )
        message.version = current.version


def _report(content: dict[str, Any], communaute: Communaute, agents: dict[str, Agent]) -> None:
    """What somebody asks the moderators to look at: after what was told of the messages, as it would be."""
    for entry in content["sujets"]:
        for answer in entry.get("messages", []):
            for report in answer.get("signalements", []):
                message = Message.objects.select_related("sujet__communaute", "auteur").get(
                    sujet__communaute=communaute, texte=answer["texte"].strip()
                )
                report_message(
                    agents[report["auteur"]],
                    message,
                    motif=report["motif"],
                    commentaire=report.get("commentaire", ""),
                )


def _poll(entry: dict[str, Any], now: datetime) -> ProjetSondage | None:
    if "options" not in entry:
        return None
    return ProjetSondage(
        options=tuple(entry["options"]), cloture_le=_moment(now, -entry["cloture_dans_jours"], "18:00")
    )


def _vote(sujet: Sujet, voix: list[int]) -> None:
    """The members of a community vote in turn, each for one option."""
    members = Agent.objects.filter(adhesions__communaute=sujet.communaute).order_by("adhesions__pk")
    # Those who try the demo have not voted yet.
    voters = iter(members.exclude(identifiant__in=[compte.identifiant for compte in COMPTES]))
    for option, number in zip(sujet.sondage.options.all(), voix, strict=True):
        for _ in range(number):
            vote(next(voters), sujet.sondage, [option.pk])


def _load_reactions(communaute: Communaute) -> None:
    """Thanks and the like, more of them under what settled a question; who had the same need; the FAQ."""
    chance = random.Random(communaute.slug)  # noqa: S311  (a world, not a secret)
    rows = (
        Adhesion.objects.filter(communaute=communaute).select_related("agent").order_by("agent__identifiant")
    )
    members = [row.agent for row in rows]
    leader = next(row.agent for row in rows if row.role == Adhesion.Role.ANIMATEUR)
    retained = set(Sujet.objects.filter(communaute=communaute).values_list("message_accepte", flat=True))
    places = Message.objects.filter(sujet__communaute=communaute, numero__gt=1)
    for message in places.select_related("sujet__communaute", "auteur").order_by("sujet__titre", "numero"):
        kept = message.pk in retained
        for agent in chance.sample(members, chance.randint(2, 5) if kept else chance.choice((0, 0, 1, 2))):
            if agent != message.auteur:
                set_reaction(agent, message, chance.choice(("merci", "utile", "utile", "accord")), True)
        if kept and EntreeFaq.objects.filter(communaute=communaute).count() < 3:
            nominate(leader, message, message.sujet.titre)
        elif kept:
            others = [agent for agent in members if agent not in (leader, message.auteur)]
            nominate(chance.choice(others), message, message.sujet.titre)
            # One proposal is enough for the animation to find something to decide.
            retained = set()
    for sujet in communaute.sujets.filter(genre=Sujet.Genre.QUESTION).order_by("titre"):
        for agent in chance.sample(members, chance.choice((0, 0, 1, 3, 6))):
            if agent != sujet.auteur:
                set_meme_besoin(agent, sujet, True)


def _load_favoris(agents: dict[str, Agent]) -> None:
    """Those who try the demo keep two answers that people found useful, one of them with a reminder to come."""
    monday = moment_of("lundi", timezone.now(), METROPOLE)
    for compte in COMPTES:
        agent = agents[compte.identifiant]
        answers = Message.objects.filter(numero__gt=1, sujet__communaute__adhesions__agent=agent)
        found = answers.exclude(auteur=agent).select_related("sujet__communaute")
        first, second = found.order_by("-nb_utile", "-cree_le", "pk")[:2]
        keep_message(agent, first, note="À reprendre en réunion de service", rappel_le=monday)
        keep_message(agent, second)


def _load_salon(
    content: dict[str, Any], communaute: Communaute, agents: dict[str, Agent], now: datetime
) -> None:
    salon = communaute.salons.get()
    for index, entry in enumerate(content.get("salon", [])):
        when = min(_moment(now, entry["jours"], entry["heure"]), now - timedelta(minutes=30 - min(index, 29)))
        # A name-based id: the same world each time.
        client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{communaute.slug}/salon/{index}")
        send_message(agents[entry["auteur"]], salon, entry["texte"].strip(), client_id, quand=when)


def _load_reunions(
    content: dict[str, Any], communaute: Communaute, agents: dict[str, Agent], now: datetime
) -> None:
    for entry in content.get("reunions", []):
        start = _moment(now, -entry["dans_jours"], entry["heure"])
        while timezone.localtime(start).weekday() > 4:
            start += timedelta(days=1)
        reunion = Reunion.objects.create(
            communaute=communaute,
            organisateur=agents[entry["organisateur"]],
            titre=tidy_title(entry["titre"]),
            debut=start,
            duree_minutes=entry["duree_minutes"],
            lieu=entry["lieu"],
            toute_la_communaute=True,
        )
        write_points(reunion, [ProjetPoint(title) for title in entry["ordre_du_jour"]])
        resolve_groups(reunion)
        reunion.participants.filter(agent=reunion.organisateur).update(
            role=Convive.Role.ANIMATEUR, reponse=Convive.Reponse.ACCEPTE, repondu_le=now
        )
        record(reunion.organisateur, "reunion.plan", reunion)


def _load_documents(
    content: dict[str, Any], communaute: Communaute, agents: dict[str, Agent], now: datetime
) -> None:
    for entry in content.get("documents", []):
        share_document(
            agents[entry["auteur"]],
            communaute,
            File(io.BytesIO(make_file(entry)), name=entry["nom"]),
            nom=entry["nom"],
            description=entry["description"][:300],
            quand=_moment(now, entry["jours"], "15:30"),
        )


def _load_requests(agents: dict[str, Agent], chance: random.Random) -> None:
    """Two people wait at the door of each community entered on request."""
    for communaute in Communaute.objects.filter(visibilite=Communaute.Visibilite.SUR_DEMANDE).order_by(
        "slug"
    ):
        outside = [
            agent
            for agent in agents.values()
            if not agent.partenaire
            and not Adhesion.objects.filter(communaute=communaute, agent=agent).exists()
        ]
        for agent in chance.sample(outside, 2):
            DemandeAdhesion.objects.create(
                communaute=communaute,
                agent=agent,
                motif=f"{agent.fonction} : je souhaite suivre vos échanges et y contribuer.",
            )


def _mark_read(now: datetime) -> None:
    """Members have read what is older than a few days, the salons too but for the last lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LectureSujet._meta.db_table} (agent_id, sujet_id, dernier_numero)"  # noqa: S608
            " SELECT a.agent_id, s.id, max(m.numero) FROM communautes_adhesion a"
            " JOIN forum_sujet s ON s.communaute_id = a.communaute_id"
            " JOIN forum_message m ON m.sujet_id = s.id AND m.cree_le < %s GROUP BY a.agent_id, s.id"
            " ON CONFLICT (agent_id, sujet_id) DO UPDATE SET dernier_numero ="
            " greatest(forum_lecturesujet.dernier_numero, excluded.dernier_numero)",
            [now - timedelta(days=FRESH_DAYS)],
        )
        cursor.execute(
            f"INSERT INTO {LectureSalon._meta.db_table} (agent_id, salon_id, dernier_numero)"  # noqa: S608
            " SELECT a.agent_id, s.id, greatest(s.dernier_numero - 4, 0) FROM communautes_adhesion a"
            f" JOIN {Salon._meta.db_table} s ON s.communaute_id = a.communaute_id"
            " ON CONFLICT (agent_id, salon_id) DO NOTHING"
        )


def _moment(now: datetime, days_ago: float, hour: str) -> datetime:
    """`days_ago` days before `now` at `hour` ("09:14") in Paris; negative for the days to come."""
    day = timezone.localtime(now).date() - timedelta(days=days_ago)
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(hour)))


def is_loaded() -> bool:
    """Whether the demo's accounts are there."""
    return Agent.objects.filter(identifiant=COMPTES[0].identifiant).exists()
