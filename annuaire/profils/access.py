"""The only way from an address to a photo or a recommendation."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from annuaire.access import get_agent
from annuaire.models import Agent
from annuaire.profils.models import DemandeRecommandation, PropositionExpertise, Recommandation
from annuaire.profils.photos import TAILLES


def require_photo(agent: Agent, identifiant: str, cle: str, taille: int) -> None:
    """404 unless `cle` is the photo, in a size that exists, of somebody whose page `agent` may open. One query."""
    seen = (
        cle
        and taille in TAILLES
        and Agent.objects.visible_to(agent).filter(identifiant=identifiant, photo=cle).exists()
    )
    if not seen:
        raise Http404("Cette photo n’existe plus.")


def require_colleague(agent: Agent) -> None:
    """Recommendations are between agents of the State: `PermissionDenied` for a partner of labs."""
    if agent.partenaire:
        raise PermissionDenied("Les recommandations se donnent entre agents de l’État.")


def get_colleague(agent: Agent, identifiant: str) -> Agent:
    """Another agent of the State, whom `agent`, one too, may recommend or ask; or 404. `PermissionDenied` for a partner."""
    require_colleague(agent)
    found = get_agent(agent, identifiant)
    if found == agent or found.partenaire:
        raise Http404("Une recommandation se donne à un autre agent de l’État.")
    return found


def reads_directory_of(reader: Agent, agent: Agent) -> bool:
    """Whether `reader`, who may open the page of `agent`, reads there what the directory knows: expertises, missions,
    availability. Partners of labs see nothing of the directory, in which they are not: of a colleague of their lab, they
    read who it is, their presentation and what they wrote where both are."""
    return agent == reader or agent.partenaire or not reader.partenaire


def visible_recommandations(reader: Agent, agent: Agent) -> QuerySet[Recommandation]:
    """Those of `agent` that stand, with their authors and expertises, latest first; hidden ones for `agent` only.

    Partners of labs see their own only. What a closed account wrote no longer stands.
    """
    rows = (
        Recommandation.objects.filter(agent=agent, retiree_le__isnull=True, auteur__is_active=True)
        .select_related("auteur__service", "auteur__territoire", "expertise")
        .order_by("-cree_le", "-pk")
    )
    if reader == agent:
        return rows
    return rows.none() if reader.partenaire else rows.filter(masquee_le__isnull=True)


def standing_recommandations() -> QuerySet[Recommandation]:
    """Those that every agent of the State may read on the pages of the people they are about."""
    return Recommandation.objects.filter(
        retiree_le__isnull=True, masquee_le__isnull=True, auteur__is_active=True
    )


def get_given(agent: Agent, pk: int) -> Recommandation:
    """A recommendation that `agent` gave, or 404."""
    return _found(Recommandation.objects.filter(auteur=agent), pk)


def get_received(agent: Agent, pk: int) -> Recommandation:
    """A standing recommendation of `agent` by somebody else, or 404."""
    return _found(Recommandation.objects.filter(agent=agent, retiree_le__isnull=True), pk)


def get_readable_recommandation(agent: Agent, pk: int) -> Recommandation:
    """A recommendation that `agent` may read on somebody's page, or 404. `PermissionDenied` for a partner."""
    require_colleague(agent)
    rows = Recommandation.objects.select_related("auteur", "agent", "expertise")
    found = _found(rows.filter(agent__is_active=True), pk)
    return _found(visible_recommandations(agent, found.agent), pk)


def get_asked(agent: Agent, pk: int) -> DemandeRecommandation:
    """A request that somebody made of `agent`, or 404."""
    found = DemandeRecommandation.objects.filter(destinataire=agent, pk=pk).first()
    if found is None:
        raise Http404("Cette demande n’attend plus de réponse.")
    return found


def require_moderation(agent: Agent) -> None:
    """What concerns the whole platform is moderated by those who run it: `PermissionDenied` for others."""
    if not (agent.is_staff and agent.is_active):
        raise PermissionDenied("Cette page est réservée à l’équipe de la plateforme.")


def get_reported(agent: Agent, pk: int) -> Recommandation:
    """A recommendation that somebody reported, for the moderation; or 404. `PermissionDenied` for others."""
    require_moderation(agent)
    rows = Recommandation.objects.filter(retiree_le__isnull=True, signalements__isnull=False).distinct()
    return _found(rows.select_related("auteur", "agent", "expertise"), pk)


def get_proposition(agent: Agent, pk: int) -> PropositionExpertise:
    """A proposed expertise, for the platform's team; or 404. `PermissionDenied` for others. Decided meanwhile, it is the
    action that says so."""
    require_moderation(agent)
    found = PropositionExpertise.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("Cette proposition n’existe plus.")
    return found


def _found(rows: QuerySet[Recommandation], pk: int) -> Recommandation:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("Cette recommandation n’existe plus.")
    return found
