"""What the page of a sujet shows, gathered in a bounded number of queries."""

from typing import Any

from annuaire.models import Agent
from forum.access import can_accept
from forum.models import Abonnement, LectureSujet, Message, Sujet

PAGE = 20
PARTICIPANTS = 8
BRANCH = 50


def thread_page(agent: Agent, sujet: Sujet, apres: int) -> dict[str, Any]:
    """Messages numbered `apres` + 1 to `apres` + `PAGE`, with what `agent` may do about them."""
    messages = messages_after(sujet, apres, PAGE)
    read = (
        LectureSujet.objects.filter(agent=agent, sujet=sujet).values_list("dernier_numero", flat=True).first()
    )
    last_shown = messages[-1].numero if messages else apres
    accepted = None
    if sujet.message_accepte_id:
        accepted = (
            Message.objects.filter(pk=sujet.message_accepte_id)
            .select_related("auteur__service", "auteur__territoire")
            .first()
        )
    following = Abonnement.objects.filter(agent=agent, sujet=sujet).values_list("actif", flat=True).first()
    return {
        "sujet": sujet,
        "fil_messages": messages,
        "retenue": accepted,
        "lu": read or 0,
        "dernier_montre": last_shown,
        "page_suivante": last_shown if last_shown < sujet.dernier_numero else None,
        "page_precedente": max(apres - PAGE, 0) if apres > 0 else None,
        "peut_accepter": can_accept(agent, sujet),
        "suivi": bool(following),
        "participants": list(
            Agent.objects.filter(messages__sujet=sujet).with_place().distinct().order_by("pk")[:PARTICIPANTS]
        ),
        "expertises": list(sujet.expertises.all()[:8]),
    }


def messages_after(sujet: Sujet, numero: int, limit: int = BRANCH) -> list[Message]:
    """The messages that follow number `numero`, in order, with their authors."""
    return list(
        sujet.messages.filter(numero__gt=numero)
        .select_related("auteur__service", "auteur__territoire")
        .order_by("numero")[:limit]
    )
