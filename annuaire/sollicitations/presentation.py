"""Sollicitations as pages show them."""

from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count, F, Q

from annuaire.models import Agent
from annuaire.sollicitations.access import is_party, may_write, messages_for
from annuaire.sollicitations.appels import reached_by_call
from annuaire.sollicitations.charge import others_like, rooms_of
from annuaire.sollicitations.devenirs import outcomes_of
from annuaire.sollicitations.etats import PRISES, Reponse, may_become
from annuaire.sollicitations.forms import MessageForm
from annuaire.sollicitations.models import Destinataire, MessageFil, Sollicitation

DEPARTS = UUID("5f0c5f6e-7a0b-4c1e-9d43-2f1f1f0b6a11")
# Messages of one page of a thread, the latest.
MESSAGES = 200


def draft_context(demandeur: Agent, row: Sollicitation) -> dict[str, Any]:
    """A draft read over before it leaves: to whom, who cannot be asked now and who else could."""
    context: dict[str, Any] = {"sollicitation": row, "fichiers": list(row.fichiers.all())}
    if row.appel:
        reached = (
            reached_by_call(demandeur, row.expertise, row.territoire).with_place()
            if row.expertise is not None
            else Agent.objects.none()
        )
        context["touchees"] = list(reached)
        return context
    people = list(row.pressentis.with_place().order_by("nom", "prenom", "pk"))
    rooms = rooms_of(people)
    chosen = {agent.pk for agent in people}
    context["personnes"] = [(agent, rooms[agent.pk]) for agent in people]
    context["remplacants"] = [
        (agent, others_like(demandeur, agent, chosen)) for agent in people if not rooms[agent.pk].possible
    ]
    context["peut_envoyer"] = bool(people) and all(room.possible for room in rooms.values())
    return context


def asker_context(row: Sollicitation) -> dict[str, Any]:
    """What who asked sees of all those who are asked. Three queries."""
    threads = list(
        row.destinataires.select_related("agent__service", "agent__territoire", "venu_de__agent").order_by(
            "pk"
        )
    )
    for fil in threads:
        fil.sollicitation = row
        fil.non_lus = fil.dernier_numero - fil.lu_demandeur
    return {
        "sollicitation": row,
        "fichiers": list(row.fichiers.filter(fil__isnull=True)),
        "fils": threads,
        "aidants": [fil for fil in threads if fil.etat in PRISES],
        "etats": _counts(threads),
    }


def _counts(threads: list[Destinataire]) -> list[tuple[str, int]]:
    """« 2 acceptées », « 1 vue »: all of them are adjectives of « sollicitation »."""
    counts = {etat: sum(fil.etat == etat for fil in threads) for etat in Reponse}
    return [
        (f"{etat.label}s".lower() if count > 1 else str(etat.label).lower(), count)
        for etat, count in counts.items()
        if count
    ]


def thread_context(agent: Agent, fil: Destinataire, form: MessageForm | None = None) -> dict[str, Any]:
    """A thread, as `agent` reads it. Half a dozen queries."""
    asked = fil.sollicitation
    mine = fil.agent_id == agent.pk
    said = list(messages_for(agent, fil).reverse()[:MESSAGES])[::-1]
    open_to = mine and asked.en_cours
    return {
        "sollicitation": asked,
        "fil": fil,
        "messages_fil": said,
        "fichiers": list(asked.fichiers.filter(fil__isnull=True)),
        "ajoutees": list(fil.ajoutees.select_related("agent__service", "agent__territoire").order_by("pk")),
        "est_sollicite": mine,
        "est_demandeur": asked.demandeur_id == agent.pk,
        "partie": is_party(agent, fil),
        "autre": asked.demandeur if mine else fil.agent,
        "peut_ecrire": may_write(agent, fil),
        "pourvue": asked.appel and asked.pourvue_le is not None,
        "peut_accepter": open_to
        and may_become(fil.etat, Reponse.ACCEPTEE)
        and not (asked.appel and asked.pourvue_le is not None),
        "peut_repondre": open_to and may_become(fil.etat, Reponse.REPONDUE),
        "peut_decliner": open_to and may_become(fil.etat, Reponse.REFUSEE),
        "aide_comptee": mine and _counts_as_help(fil),
        "peut_rediriger": open_to and may_become(fil.etat, Reponse.REDIRIGEE),
        "nombre": asked.destinataires.count() - 1,
        "devenirs": outcomes_of(agent, fil),
        "form": form or MessageForm(initial={"depart": start_of(agent, fil)}),
    }


def _counts_as_help(fil: Destinataire) -> bool:
    """Whether the help given in a thread is part of what `comptes` says of the person, unless they take it out."""
    asked = fil.sollicitation
    useful = fil.utile == Destinataire.Utile.OUI and asked.expertise_id is not None
    return asked.finie and (fil.etat == Reponse.REPONDUE or (fil.etat in PRISES and useful))


def start_of(agent: Agent, fil: Destinataire) -> UUID:
    """What a form in which `agent` writes starts from: the same until they have written in the thread. One query."""
    rows = MessageFil.objects.filter(fil=fil, auteur=agent).order_by("-numero")
    last = rows.values_list("numero", flat=True).first() or 0
    return uuid5(DEPARTS, f"{fil.pk}.{agent.pk}.{last}")


def list_of_sent(rows: Any) -> Any:
    """`rows` with what their lists show: how many are asked, how many took it on, how many messages are new."""
    return rows.annotate(
        nb_personnes=Count("destinataires", distinct=True),
        nb_prises=Count("destinataires", filter=Q(destinataires__etat__in=list(PRISES)), distinct=True),
        nb_nouveaux=Count(
            "destinataires",
            filter=Q(destinataires__dernier_numero__gt=F("destinataires__lu_demandeur")),
            distinct=True,
        ),
    )
