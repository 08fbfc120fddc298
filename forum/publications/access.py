"""Who may make a sujet of a sollicitation: the two people of a thread, where both write."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from annuaire.sollicitations.access import get_thread, is_party
from annuaire.sollicitations.models import Destinataire
from communautes.access import writers_among
from communautes.models import Adhesion, Communaute, CommunauteQuerySet
from forum.publications.models import Publication


def get_publishable(agent: Agent, pk: int) -> Destinataire:
    """A thread of which `agent` is one of the two, and whose words are kept; or 404, 403."""
    fil = get_thread(agent, pk)
    if not is_party(agent, fil):
        raise PermissionDenied(
            "Seules la personne qui demande et celle qui est sollicitée publient ces échanges."
        )
    if fil.sollicitation.effacee_le is not None:
        raise Http404("Ces échanges ne sont plus conservés.")
    return fil


def get_publication(fil: Destinataire) -> Publication | None:
    """What is proposed, or was opened, of a thread got through `get_publishable`."""
    found: Publication | None = (
        Publication.objects.select_related("communaute", "par", "sujet").filter(fil=fil).first()
    )
    return found


def places_for_both(fil: Destinataire) -> CommunauteQuerySet:
    """The communities of which both are members."""
    both = [Adhesion.objects.filter(agent=pk).values("communaute") for pk in pair_of(fil)]
    found: CommunauteQuerySet = Communaute.objects.filter(pk__in=both[0]).filter(pk__in=both[1])
    return found.order_by("nom")


def both_write(fil: Destinataire, communaute: Communaute) -> bool:
    """Whether both may write there now. One query."""
    people = [fil.sollicitation.demandeur, fil.agent]
    return writers_among(communaute, people) == {agent.pk for agent in people}


def pair_of(fil: Destinataire) -> tuple[int, int]:
    return fil.sollicitation.demandeur_id, fil.agent_id
