"""Decisions and tasks that come from meetings: the way back from the register, and what it tells the meeting."""

from collections.abc import Collection

from django.urls import reverse

from annuaire.models import Agent
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import Lien, Origine
from realtime.reunions.access import visible_reunions
from realtime.seances.access import can_lead
from realtime.seances.models import SuiteReunion


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
        _tell(SuiteReunion.objects.filter(decision=decision).first())

    def tache_changed(self, tache: Tache) -> None:
        _tell(SuiteReunion.objects.filter(tache=tache).first())


def _tell(suite: SuiteReunion | None) -> None:
    from realtime.seances.actions.commun import locked, tell

    if suite is not None:
        tell(locked(suite.seance), "suite")


def _links(agent: Agent, kind: str, pks: Collection[int]) -> dict[int, Lien]:
    """By number: the meeting, for who may see it. One query."""
    rows = SuiteReunion.objects.filter(
        seance__reunion__in=visible_reunions(agent), **{f"{kind}__in": list(pks)}
    ).values_list(f"{kind}_id", "seance_id", "seance__reunion__titre")
    return {
        pk: Lien(f"Réunion : {titre}", reverse("seances:seance", args=[reunion]))
        for pk, reunion, titre in rows
    }
