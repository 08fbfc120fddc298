"""The parts in which a profile is changed, each apart: what they hold, and how complete they are."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from annuaire.models import Agent
from annuaire.notifications.actions import settings_of
from annuaire.profils.models import Profil


def profil_of(agent: Agent) -> Profil:
    """The rest of somebody's page, not saved when they said nothing of it yet."""
    return Profil.objects.filter(agent=agent).first() or Profil(agent=agent)


@dataclass(frozen=True)
class Section:
    """One part. `lire` gives its values as plain data: what a form starts from, what a change is compared with."""

    nom: str
    titre: str
    lire: Callable[[Agent], dict[str, Any]]
    # Said on the page of all parts while it is empty.
    invite: str


def _identite(agent: Agent) -> dict[str, Any]:
    profil = profil_of(agent)
    service = agent.service
    return {
        "prenom": agent.prenom,
        "nom": agent.nom,
        "fonction": agent.fonction,
        "organisme": agent.organisme,
        "type_service": service.type_id if service is not None else None,
        "territoire": agent.territoire_id or "",
        "couverts": sorted(profil.territoires.values_list("code", flat=True)) if profil.pk else [],
        "langues": sorted(profil.langues),
    }


def _contact(agent: Agent) -> dict[str, Any]:
    return {
        "telephone": agent.telephone,
        "jours": sorted(settings_of(agent).jours),
        "montre_jours": profil_of(agent).montre_jours,
        "montre_ecriture": agent.montre_ecriture,
    }


def _presentation(agent: Agent) -> dict[str, Any]:
    return {"biographie": agent.biographie}


def _disponibilite(agent: Agent) -> dict[str, Any]:
    end = agent.disponibilite_jusqu_au
    return {
        "disponibilite": agent.disponibilite_actuelle,
        "jusqu_au": end.isoformat() if end and agent.disponibilite_actuelle == agent.disponibilite else "",
        "aides": sorted(profil_of(agent).aides),
    }


def _expertises(agent: Agent) -> dict[str, Any]:
    rows = agent.declarations.order_by("-niveau", "expertise__libelle")
    return {"lignes": [[row.expertise_id, row.niveau, row.depuis] for row in rows]}


def _missions(agent: Agent) -> dict[str, Any]:
    return {"lignes": [[row.titre, row.debut, row.fin, row.precision] for row in agent.missions.all()]}


SECTIONS = {
    section.nom: section
    for section in (
        Section("identite", "Qui je suis", _identite, "Dites votre fonction et votre service."),
        Section(
            "presentation",
            "Présentation",
            _presentation,
            "Quelques lignes sur ce que vous faites aident à vous solliciter à bon escient.",
        ),
        Section(
            "expertises",
            "Mes expertises",
            _expertises,
            "Une première expertise suffit pour que l’on vous trouve.",
        ),
        Section(
            "missions",
            "Missions et dossiers",
            _missions,
            "Un dossier que vous avez traité en dit plus qu’un intitulé.",
        ),
        Section(
            "disponibilite", "Ma disponibilité", _disponibilite, "Dites pour quoi l’on peut vous solliciter."
        ),
        Section("contact", "Me joindre", _contact, "Un numéro professionnel, si vous répondez au téléphone."),
    )
}


def fingerprint(agent: Agent, section: str) -> str:
    """What `section` of the profile holds at this moment, in a word: two forms that give the same one started from
    the same values."""
    values = json.dumps(SECTIONS[section].lire(agent), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def missing(agent: Agent) -> list[str]:
    """Names of the parts in which nothing was said yet, `photo` among them. Five queries."""
    profil = profil_of(agent)
    empty = {
        "photo": not agent.photo,
        "identite": agent.profil_incomplet,
        "presentation": not agent.biographie,
        "expertises": not agent.declarations.exists(),
        "missions": not agent.missions.exists(),
        "disponibilite": not profil.aides,
        "contact": not agent.telephone,
    }
    return [name for name, is_empty in empty.items() if is_empty]
