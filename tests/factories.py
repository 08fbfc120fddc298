"""What tests are made from: real rows, made by the same actions as people's."""

import itertools
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from annuaire.models import Agent, DeclarationExpertise, Expertise, Service, Territoire, TypeService
from communautes.actions import create_communaute
from communautes.models import Adhesion, Communaute
from forum.actions import open_sujet
from forum.models import Sujet

_numbers = itertools.count(1)


def make_territoire(code: str = "48", nom: str = "Lozère", parent: str = "R76") -> Territoire:
    region, _ = Territoire.objects.get_or_create(
        code=parent, defaults={"nom": "Occitanie", "genre": "region", "zone": "metro"}
    )
    territoire, _ = Territoire.objects.get_or_create(
        code=code, defaults={"nom": nom, "genre": "departement", "zone": "metro", "parent": region}
    )
    return territoire


def make_service(territoire: Territoire) -> Service:
    kind, _ = TypeService.objects.get_or_create(
        sigle="DDT", defaults={"nom": "Direction départementale des territoires", "niveau": "departemental"}
    )
    service, _ = Service.objects.get_or_create(
        type=kind, territoire=territoire, defaults={"nom": f"DDT {territoire.nom}"}
    )
    return service


def make_agent(prenom: str = "Camille", nom: str = "", **fields: object) -> Agent:
    number = next(_numbers)
    territoire = fields.pop("territoire", None) or make_territoire()
    fields.setdefault("fonction", "Instructrice police de l’eau")
    if not fields.get("partenaire"):
        fields.setdefault("service", make_service(territoire))
    agent = Agent.objects.create_user(
        f"agent{number}@demo.gouv.fr",
        "Un-mot-de-passe-de-test",
        prenom=prenom,
        nom=nom or f"Essai{number}",
        territoire=territoire,
        **fields,
    )
    # An account opened long ago: the young write less fast (annuaire.anciennete).
    agent.date_joined = timezone.now() - timedelta(days=400)
    Agent.objects.filter(pk=agent.pk).update(date_joined=agent.date_joined)
    return agent


def declare(agent: Agent, libelle: str, synonymes: list[str] | None = None, niveau: int = 3) -> Expertise:
    expertise, _ = Expertise.objects.get_or_create(
        libelle=libelle,
        defaults={"slug": f"e{next(_numbers)}", "domaine": "Eau", "synonymes": synonymes or []},
    )
    DeclarationExpertise.objects.create(agent=agent, expertise=expertise, niveau=niveau, depuis=2019)
    return expertise


def make_communaute(animateur: Agent, visibilite: str = "ouverte", **fields: str) -> Communaute:
    return create_communaute(
        animateur,
        nom=f"Communauté {next(_numbers)}",
        resume="Entre collègues",
        visibilite=visibilite,
        **fields,
    )


def add_member(communaute: Communaute, agent: Agent) -> Adhesion:
    return Adhesion.objects.create(communaute=communaute, agent=agent)


def make_sujet(communaute: Communaute, auteur: Agent, titre: str = "Busage d’un fossé") -> Sujet:
    return open_sujet(auteur, communaute, titre=titre, texte="Quel seuil retenir pour **60 m** ?")


def browser(agent: Agent) -> Client:
    """A test client in which `agent` is signed in."""
    client = Client()
    client.force_login(agent)
    return client
