"""The only way from an address to a decision or a task, and what each may do with it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from annuaire.models import Agent, AgentQuerySet
from communautes.access import can_animate, can_read, can_write
from communautes.models import Adhesion, Communaute
from communautes.suites.models import Decision, DecisionQuerySet, Tache, TacheQuerySet
from communautes.suites.origines import may_change, may_confirm
from communautes.suites.registres import registres


def visible_decisions(agent: Agent) -> DecisionQuerySet:
    """Those of the communities that `agent` may read, and of the registers that are theirs to read: proposed and
    cancelled ones too."""
    found: DecisionQuerySet = Decision.objects.filter(
        Q(communaute__in=Communaute.objects.readable_by(agent)) | registres().readable(agent)
    )
    return found


def visible_taches(agent: Agent) -> TacheQuerySet:
    return Tache.objects.all().visible_to(agent)


def get_decision(agent: Agent, pk: int) -> Decision:
    """A decision that `agent` may read; 404, or 403 where one may ask to join the community."""
    decision: Decision | None = Decision.objects.all().with_people().filter(pk=pk).first()
    if decision is None:
        raise Http404("Cette décision n’existe pas.")
    communaute = decision.communaute
    if communaute is None:
        if not Decision.objects.filter(registres().readable(agent), pk=pk).exists():
            raise Http404("Cette décision n’existe pas.")
    elif not can_read(agent, communaute):
        if communaute.visibilite == Communaute.Visibilite.PRIVEE or agent.partenaire:
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
    """Whoever animates the community says what is decided; in a meeting, its secretary too. In a register of no
    community, nothing waits to be confirmed."""
    if decision.communaute is None:
        return False
    return can_animate(agent, decision.communaute) or may_confirm(agent, decision)


def can_cancel(agent: Agent, decision: Decision) -> bool:
    """Whoever animates; of a proposal, who may confirm it, and its author, who takes it back. In a register of no
    community, those who write there."""
    if decision.annulee:
        return False
    if decision.communaute is None:
        return registres().may_change(agent, decision)
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


def who_may(decision: Decision, verbe: str) -> str:
    """Said to who may not do what `verbe` says to `decision`."""
    if decision.communaute is None:
        return "On n’écrit plus dans ce salon : ses décisions se lisent, elles ne changent plus."
    return f"Seules les personnes qui animent la communauté {verbe} une décision."


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
