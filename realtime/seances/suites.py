"""Decisions and tasks that come from meetings: the way back from the register, and what it tells the meeting."""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.urls import reverse

from annuaire.models import Agent
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import Lien, Origine
from realtime.reunions.access import visible_reunions
from realtime.seances.access import can_lead
from realtime.seances.models import ActionReportee, Seance, SuiteReunion


class OrigineReunions(Origine):
    """Answers for the decisions and tasks noted in meetings."""

    def of_decisions(self, agent: Agent, decisions: Collection[int]) -> dict[int, Lien]:
        return _links(agent, "decision", decisions)

    def of_taches(self, agent: Agent, taches: Collection[int]) -> dict[int, Lien]:
        return _links(agent, "tache", taches)

    def may_confirm(self, agent: Agent, decision: Decision) -> bool:
        """Those who run the meeting that it was noted in."""
        suite = (
            SuiteReunion.objects.select_related("seance__reunion__communaute")
            .filter(decision=decision)
            .first()
        )
        return suite is not None and can_lead(agent, suite.seance.reunion)

    def decision_changed(self, decision: Decision) -> None:
        _tell(Seance.objects.filter(suites__decision=decision))

    def may_change(self, agent: Agent, tache: Tache) -> bool:
        """Those who run a meeting that is on and follows it."""
        rows = ActionReportee.objects.filter(tache=tache).exclude(seance__etat=Seance.Etat.LEVEE)
        return any(
            can_lead(agent, row.seance.reunion) for row in rows.select_related("seance__reunion__communaute")
        )

    def tache_changed(self, tache: Tache) -> None:
        """The meeting that it was noted in, and those that follow it and are on."""
        noted = SuiteReunion.objects.filter(tache=tache).values("seance")
        followed = ActionReportee.objects.filter(tache=tache).exclude(seance__etat=Seance.Etat.LEVEE)
        _tell(Seance.objects.filter(Q(pk__in=noted) | Q(pk__in=followed.values("seance"))))


def _tell(seances: Iterable[Seance]) -> None:
    """By number: two that tell the same meetings wait for one another."""
    from realtime.seances.actions.commun import locked, tell

    for seance in sorted(seances, key=lambda row: row.pk):
        tell(locked(seance), "suite")


def _links(agent: Agent, kind: str, pks: Collection[int]) -> dict[int, Lien]:
    """By number: the meeting, for who may see it. One query."""
    rows = SuiteReunion.objects.filter(
        seance__reunion__in=visible_reunions(agent), **{f"{kind}__in": list(pks)}
    ).values_list(f"{kind}_id", "seance_id", "seance__reunion__titre")
    return {
        pk: Lien(f"Réunion : {titre}", reverse("seances:seance", args=[reunion]))
        for pk, reunion, titre in rows
    }
