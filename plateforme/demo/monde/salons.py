"""Salons of the demo beside those that its communities begin with."""

import io
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from plateforme.demo.monde.documents import make_file
from realtime.access import get_line
from realtime.actions import send_message
from realtime.devenirs.actions import make_decision, make_task
from realtime.fichiers.actions import add_file
from realtime.fichiers.joints import Joint
from realtime.lieux import open_community_salon, open_direct, open_group
from realtime.lignes import pin_line, set_line_reaction
from realtime.models import MessageSalon, Salon

# Who says what, minutes ago.
GROUPE = (
    (
        "aminata-sarr",
        190,
        "Je vous réunis ici pour la visite du chantier de jeudi\u00a0: départ à 9\u00a0h de la DDT ?",
    ),
    ("gaelle-estaque", 174, "Oui pour 9\u00a0h. Je prends les plans du pont-cadre."),
    ("nadia-ferhat", 95, "Je vous rejoins sur place, j’apporte l’arrêté de 2019."),
)
# In the thread of the first line: nobody has to look for the answer among the rest.
FIL = (
    ("gaelle-estaque", 172, "Deux voitures suffisent\u00a0? Nous sommes six avec la commune."),
    ("aminata-sarr", 168, "Oui, j’en réserve deux pour la matinée."),
    ("nadia-ferhat", 90, "Gardez-moi une place au retour."),
)
DIRECT = (
    ("nadia-ferhat", 60, "Bonjour Aminata, auriez-vous le modèle d’arrêté dont vous parliez hier\u00a0?"),
    ("aminata-sarr", 42, "Bien sûr, je le dépose dans les documents de la communauté avant midi."),
)

# What goes with the first line of the group: a picture, and a file to keep.
FICHIERS: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {
            "nom": "debits-mesures.png",
            "titre": "Débits mesurés au pont-cadre",
            "graphique": {
                "axe": "Mètres cubes par seconde",
                "series": [("lundi", 4.2), ("mardi", 5.8), ("mercredi", 3.9)],
            },
        },
        "Débits au pont-cadre, du lundi au mercredi : 4,2, puis 5,8, puis 3,9 mètres cubes par seconde",
    ),
    (
        {
            "nom": "points-a-verifier.pdf",
            "titre": "Points à vérifier sur place",
            "description": "À cocher jeudi, avec le maître d’ouvrage.",
            "corps": "- Section du pont-cadre\n- État des berges en aval\n- Accès de l’engin",
        },
        "",
    ),
)


def load_salons(communaute: Communaute, agents: Mapping[str, Agent], now: datetime) -> None:
    """One more salon open to all, one between three agents with a pin, a reaction, a decision and a task, one between two."""
    animatrice = agents["aminata-sarr"]
    open_community_salon(animatrice, communaute, "Ouvrages hydrauliques")
    group = open_group(
        animatrice, [agents[name] for name in ("gaelle-estaque", "nadia-ferhat")], "Visite de jeudi"
    )
    _say(group, GROUPE, agents, now, {0: FICHIERS})
    asked = group.messages.get(numero=1)
    _say(group, FIL, agents, now, racine=asked)
    pin_line(animatrice, asked, True)
    set_line_reaction(agents["nadia-ferhat"], asked, "accord", True)
    gaelle = agents["gaelle-estaque"]
    make_task(
        animatrice,
        get_line(animatrice, group.pk, 2),
        "Apporter les plans du pont-cadre",
        responsable=gaelle,
        quand=now - timedelta(minutes=170),
    )
    decided = now - timedelta(minutes=165)
    make_decision(
        gaelle,
        get_line(gaelle, group.pk, 1),
        "La visite du pont-cadre part de la DDT jeudi à 9 h, avec deux voitures.",
        prise_le=timezone.localdate(decided),
        quand=decided,
    )
    _say(open_direct(agents["nadia-ferhat"], animatrice), DIRECT, agents, now)


def _say(
    salon: Salon,
    lines: Sequence[tuple[str, int, str]],
    agents: Mapping[str, Agent],
    now: datetime,
    files: Mapping[int, Sequence[tuple[dict[str, Any], str]]] | None = None,
    racine: MessageSalon | None = None,
) -> None:
    for rank, (name, minutes, text) in enumerate(lines):
        # A name-based id: the same world each time.
        client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"salon/{name}/{minutes}")
        joints = [
            Joint(_add(agents[name], salon, entry), alternative)
            for entry, alternative in (files or {}).get(rank, ())
        ]
        moment = now - timedelta(minutes=minutes)
        send_message(agents[name], salon, text, client_id, fichiers=joints, racine=racine, quand=moment)


def _add(agent: Agent, salon: Salon, entry: dict[str, Any]) -> uuid.UUID:
    file = File(io.BytesIO(make_file(entry)), name=entry["nom"])
    client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"salon/fichier/{entry['nom']}")
    kept = add_file(agent, salon, file, nom=entry["nom"], client_id=client_id, limite=False)
    return kept.pk
