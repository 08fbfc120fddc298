"""The only way from an address to a decision or a task, and what each may do with it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404

from annuaire.models import Agent, AgentQuerySet
from communautes.access import can_animate, can_read, can_write
from communautes.models import Adhesion, Communaute
from communautes.suites.models import Decision, DecisionQuerySet, Tache, TacheQuerySet
from communautes.suites.origines import may_change, may_confirm


def visible_decisions(agent: Agent) -> DecisionQuerySet:
    return Decision.objects.all().visible_to(agent)


def visible_taches(agent: Agent) -> TacheQuerySet:
    return Tache.objects.all().visible_to(agent)


def get_decision(agent: Agent, pk: int) -> Decision:
    """A decision of a community that `agent` may read; 404, or 403 where one may ask to join."""
    decision: Decision | None = Decision.objects.all().with_people().filter(pk=pk).first()
    if decision is None:
        raise Http404("Cette décision n’existe pas.")
    if not can_read(agent, decision.communaute):
        if decision.communaute.visibilite == Communaute.Visibilite.PRIVEE or agent.partenaire:
            raise Http404("Cette décision n’existe pas.")
        raise PermissionDenied("Cette décision est réservée aux membres de la communauté.")
    return decision


def get_tache(agent: Agent, pk: int) -> Tache:
    """A task that `agent` may see; 404, or 403 where one may ask to join the community."""
    tache: Tache | None = Tache.objects.all().with_people().filter(pk=pk).first()
    if tache is None:
        raise Http404("Cette tâche n’existe pas.")
    communaute = tache.communaute
    if communaute is None:
        if not _concerned(agent, tache):
            raise Http404("Cette tâche n’existe pas.")
    elif not can_read(agent, communaute):
        if communaute.visibilite == Communaute.Visibilite.PRIVEE or agent.partenaire:
            raise Http404("Cette tâche n’existe pas.")
        raise PermissionDenied("Cette tâche est réservée aux membres de la communauté.")
    return tache


def can_confirm(agent: Agent, decision: Decision) -> bool:
    """Whoever animates the community says what is decided; in a meeting, its secretary too."""
    return can_animate(agent, decision.communaute) or may_confirm(agent, decision)


def can_cancel(agent: Agent, decision: Decision) -> bool:
    """Whoever animates; of a proposal, who may confirm it, and its author, who takes it back."""
    if decision.annulee:
        return False
    if can_animate(agent, decision.communaute):
        return True
    if not decision.proposee:
        return False
    mine = decision.auteur_id == agent.pk and can_write(agent, decision.communaute)
    return mine or may_confirm(agent, decision)


def can_edit_decision(agent: Agent, decision: Decision) -> bool:
    """As `can_cancel`: an animateur, or the author of what is only a proposal; nobody once it is cancelled."""
    return can_cancel(agent, decision)


def can_change_tache(agent: Agent, tache: Tache) -> bool:
    """Its author and who has it to do, as long as they may write there; those who animate the community; those who
    run a meeting that follows it."""
    if tache.communaute is None:
        return _concerned(agent, tache) or may_change(agent, tache)
    return (
        can_animate(agent, tache.communaute)
        or (_concerned(agent, tache) and can_write(agent, tache.communaute))
        or may_change(agent, tache)
    )


def can_take_tache(agent: Agent, tache: Tache) -> bool:
    """A task that nobody has, by any member who may write."""
    return (
        tache.ouverte
        and tache.responsable_id is None
        and tache.communaute is not None
        and can_write(agent, tache.communaute)
    )


def assignable(communaute: Communaute) -> AgentQuerySet:
    """To whom a task of `communaute` may be given: its members."""
    return Agent.objects.active().filter(
        Exists(Adhesion.objects.filter(communaute=communaute, agent=OuterRef("pk")))
    )


def _concerned(agent: Agent, tache: Tache) -> bool:
    return agent.is_active and agent.pk in (tache.auteur_id, tache.responsable_id)
