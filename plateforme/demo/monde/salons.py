"""Salons of the demo beside those that its communities begin with."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.actions import send_message
from realtime.lieux import open_community_salon, open_direct, open_group
from realtime.lignes import pin_line, set_line_reaction
from realtime.models import Salon

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
DIRECT = (
    ("nadia-ferhat", 60, "Bonjour Aminata, auriez-vous le modèle d’arrêté dont vous parliez hier\u00a0?"),
    ("aminata-sarr", 42, "Bien sûr, je le dépose dans les documents de la communauté avant midi."),
)


def load_salons(communaute: Communaute, agents: Mapping[str, Agent], now: datetime) -> None:
    """One more salon open to all, one between three agents with a pin and a reaction, one between two."""
    animatrice = agents["aminata-sarr"]
    open_community_salon(animatrice, communaute, "Ouvrages hydrauliques")
    group = open_group(
        animatrice, [agents[name] for name in ("gaelle-estaque", "nadia-ferhat")], "Visite de jeudi"
    )
    _say(group, GROUPE, agents, now)
    asked = group.messages.get(numero=1)
    pin_line(animatrice, asked, True)
    set_line_reaction(agents["nadia-ferhat"], asked, "accord", True)
    _say(open_direct(agents["nadia-ferhat"], animatrice), DIRECT, agents, now)


def _say(
    salon: Salon, lines: Sequence[tuple[str, int, str]], agents: Mapping[str, Agent], now: datetime
) -> None:
    for name, minutes, text in lines:
        # A name-based id: the same world each time.
        client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"salon/{name}/{minutes}")
        send_message(agents[name], salon, text, client_id, quand=now - timedelta(minutes=minutes))
