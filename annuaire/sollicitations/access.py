"""The only way from an address to a sollicitation, a thread or a file.

Who asks reads all; who is asked, the need and their own thread; who was added, the need and what was said since. Nobody
else: no administration page shows them.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from annuaire.models import Agent
from annuaire.sollicitations.etats import ATTENDUES, Etat, Reponse
from annuaire.sollicitations.models import (
    Destinataire,
    FichierSollicitation,
    MessageFil,
    PersonneAjoutee,
    Sollicitation,
)

RESERVE = "Les sollicitations sont réservées aux agents de l’État."
ABSENTE = "Cette sollicitation n’existe pas, ou ne vous concerne pas."


def require_agent(agent: Agent) -> None:
    """Sollicitations are between agents of the State: `PermissionDenied` for a partner of labs."""
    if agent.partenaire or not agent.is_active:
        raise PermissionDenied(RESERVE)


def own_sollicitations(agent: Agent) -> "QuerySet[Sollicitation]":
    """Those that `agent` wrote, drafts among them."""
    require_agent(agent)
    return Sollicitation.objects.filter(demandeur=agent)


def readable_threads(agent: Agent) -> "QuerySet[Destinataire]":
    """The threads that `agent` may open, as who asks, who is asked, or who was added."""
    if agent.partenaire or not agent.is_active:
        return Destinataire.objects.none()
    added = PersonneAjoutee.objects.filter(fil=OuterRef("pk"), agent=agent)
    return Destinataire.objects.filter(
        Q(agent=agent) | Q(sollicitation__demandeur=agent) | Q(Exists(added))
    ).select_related("sollicitation")


def received(agent: Agent) -> "QuerySet[Destinataire]":
    """What `agent` was asked."""
    require_agent(agent)
    return Destinataire.objects.filter(agent=agent).select_related(
        "sollicitation__demandeur__service", "sollicitation__demandeur__territoire"
    )


def waiting_for(agent: Agent) -> "QuerySet[Destinataire]":
    """What waits for an answer of `agent`: neither filled by others nor ended."""
    if agent.partenaire or not agent.is_active:
        return Destinataire.objects.none()
    return received(agent).filter(
        Q(sollicitation__appel=False) | Q(sollicitation__pourvue_le__isnull=True),
        etat__in=list(ATTENDUES),
        sollicitation__etat=Etat.ENVOYEE,
    )


def taken_by(agent: Agent) -> "QuerySet[Destinataire]":
    """What `agent` accepted and has not answered yet."""
    return received(agent).filter(etat=Reponse.ACCEPTEE, sollicitation__etat=Etat.ENVOYEE)


def followed_by(agent: Agent) -> "QuerySet[Destinataire]":
    """The threads of others that `agent` was added to."""
    require_agent(agent)
    return Destinataire.objects.filter(ajoutees__agent=agent).select_related(
        "agent", "sollicitation__demandeur"
    )


def get_own(agent: Agent, pk: int) -> Sollicitation:
    """A sollicitation that `agent` wrote, or 404. `PermissionDenied` for a partner."""
    found = own_sollicitations(agent).select_related("expertise", "territoire").filter(pk=pk).first()
    if found is None:
        raise Http404(ABSENTE)
    return found


def get_draft(agent: Agent, pk: int) -> Sollicitation:
    """A draft of `agent`, or 404. `PermissionDenied` for a partner."""
    found = get_own(agent, pk)
    if found.etat != Etat.BROUILLON:
        raise Http404("Cette sollicitation est déjà envoyée.")
    return found


def get_thread(agent: Agent, pk: int) -> Destinataire:
    """A thread that `agent` may open, with its people, or 404. `PermissionDenied` for a partner."""
    require_agent(agent)
    found = (
        readable_threads(agent)
        .select_related(
            "agent__service",
            "agent__territoire",
            "sollicitation__demandeur__service",
            "sollicitation__demandeur__territoire",
            "sollicitation__expertise",
            "sollicitation__territoire",
            "venu_de__agent",
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404(ABSENTE)
    return found


def thread_within(agent: Agent, sollicitation_pk: int) -> Destinataire | None:
    """A thread of a sollicitation that `agent`, who did not ask it, may open: their own first."""
    rows = readable_threads(agent).filter(sollicitation=sollicitation_pk)
    return rows.filter(agent=agent).first() or rows.order_by("pk").first()


def read_from(agent: Agent, fil: Destinataire) -> int:
    """The number of the message after which `agent`, who may open the thread, reads it. One query for who was added."""
    if agent.pk in (fil.agent_id, fil.sollicitation.demandeur_id):
        return 0
    added = PersonneAjoutee.objects.filter(fil=fil, agent=agent).values_list("apres", flat=True).first()
    return added if added is not None else fil.dernier_numero


def messages_for(agent: Agent, fil: Destinataire) -> "QuerySet[MessageFil]":
    """What `agent`, who may open the thread, reads of it, in order."""
    return (
        MessageFil.objects.filter(fil=fil, numero__gt=read_from(agent, fil))
        .select_related("auteur__service", "auteur__territoire", "sujet")
        .prefetch_related("fichiers")
        .order_by("numero")
    )


def get_file(agent: Agent, pk: UUID) -> FichierSollicitation:
    """A file that `agent` may read now, or 404 whatever the reason. `PermissionDenied` for a partner."""
    require_agent(agent)
    missing = Http404("Ce fichier n’existe pas, ou a été retiré.")
    found = (
        FichierSollicitation.objects.select_related("sollicitation", "fil__sollicitation", "message")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise missing
    if found.sollicitation.demandeur_id == agent.pk and found.fil is None:
        return found
    threads = readable_threads(agent)
    if found.fil is None:
        seen = threads.filter(sollicitation=found.sollicitation_id).exists()
    else:
        seen = (
            found.message is not None
            and threads.filter(pk=found.fil.pk).exists()
            and found.message.numero > read_from(agent, found.fil)
        )
    if not seen:
        raise missing
    return found


def may_write(agent: Agent, fil: Destinataire) -> bool:
    """Whether `agent`, who may open the thread, writes there: while its words are kept."""
    return fil.sollicitation.effacee_le is None and agent.is_active


def is_party(agent: Agent, fil: Destinataire) -> bool:
    """Who asks or who is asked: they alone bring somebody into the thread."""
    return agent.pk in (fil.agent_id, fil.sollicitation.demandeur_id)
