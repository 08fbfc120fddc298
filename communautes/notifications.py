"""What notifications of communities lead to, and how to hear less of one."""

from collections.abc import Iterable, Sequence

from django.db.models import OuterRef, Subquery

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Arret, Niveaux, Source, by_number
from communautes.access import readable_communautes
from communautes.actions import set_level
from communautes.models import Adhesion, Communaute, DemandeAdhesion, Invitation, Suspension


class SourceDemandes(Source):
    """A request is for those who still animate; its answer is for who asked."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Requests that nobody has answered meanwhile; answers always."""
        rows = by_number(notifications)
        waiting = set(
            DemandeAdhesion.objects.filter(
                pk__in=rows,
                etat=DemandeAdhesion.Etat.EN_ATTENTE,
                communaute__adhesions__agent=agent,
                communaute__adhesions__role=Adhesion.Role.ANIMATEUR,
            ).values_list("pk", flat=True)
        )
        mine = set(DemandeAdhesion.objects.filter(pk__in=rows, agent=agent).values_list("pk", flat=True))
        return {row.pk for pk in waiting | mine for row in rows[pk]}


class SourceInvitations(Source):
    """An invitation is for who received it, while it waits."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        rows = by_number(notifications)
        waiting = Invitation.objects.pending().filter(pk__in=rows, agent=agent)
        return {row.pk for pk in waiting.values_list("pk", flat=True) for row in rows[pk]}


class SourceSuspensions(Source):
    """A suspension is told while it stands, its lifting while there is no other."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those of `agent` where they may still read. One query."""
        rows = by_number(notifications)
        standing = Suspension.objects.current().filter(communaute=OuterRef("communaute"), agent=agent)
        found = dict(
            Suspension.objects.filter(pk__in=rows, agent=agent, communaute__in=readable_communautes(agent))
            .annotate(actuelle=Subquery(standing.values("pk")[:1]))
            .values_list("pk", "actuelle")
        )
        return {
            row.pk
            for pk, actuelle in found.items()
            for row in rows[pk]
            if actuelle == (None if row.cle.endswith(".levee") else pk)
        }


def _name_stop(pk: int) -> str:
    nom = Communaute.objects.filter(pk=pk).values_list("nom", flat=True).first()
    return f"Ne plus être prévenu(e) de « {nom} »" if nom else "Ne plus être prévenu(e) de cette communauté"


def _stop(agent: Agent, pk: int) -> None:
    """Whoever followed hears what concerns them; whoever did not hears nothing."""
    adhesion = Adhesion.objects.filter(agent=agent, communaute=pk).select_related("communaute").first()
    if adhesion is not None:
        quieter = (
            Adhesion.Niveau.NORMAL if adhesion.niveau == Adhesion.Niveau.SUIVRE else Adhesion.Niveau.SOURDINE
        )
        set_level(agent, adhesion.communaute, quieter)


ARRET = Arret(nommer=_name_stop, arreter=_stop)


def levels(agent: Agent) -> Iterable[Niveaux]:
    """The communities that `agent` is in, with their level: all of them, for they are few."""
    rows = Adhesion.objects.filter(agent=agent).select_related("communaute").order_by("communaute__nom")
    yield Niveaux(
        titre="Communautés",
        rangs=[
            (
                row.communaute.nom,
                row.communaute.get_absolute_url(),
                row.niveau,
                f"{row.communaute.get_absolute_url()}niveau/",
            )
            for row in rows
        ],
    )
