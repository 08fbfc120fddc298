"""What notifications of decisions and tasks lead to: who may still see it, and what an e-mail shows of it."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Contenu, Source, by_number
from communautes.suites.access import visible_decisions, visible_taches
from communautes.suites.actions.annonces import place_of
from communautes.suites.models import Decision, Tache


def _event(notification: Notification) -> str:
    """« retard » from `tache.5.retard.2026-12-01`; empty for `decision.5`."""
    parts = notification.cle.split(".")
    return parts[2] if len(parts) > 2 else ""


class SourceDecisions(Source):
    """A decision is for those who may read its register."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """A decision as long as it holds, a proposal as long as it waits, a refusal or a cancellation always."""
        rows = by_number(notifications)
        kept = set()
        found = visible_decisions(agent).filter(pk__in=rows).values_list("pk", "etat")
        for pk, etat in found:
            holds = {"": Decision.Etat.CONFIRMEE, "proposee": Decision.Etat.PROPOSEE}
            kept |= {row.pk for row in rows[pk] if holds.get(_event(row), etat) == etat}
        return kept

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """The whole text, and the community as what one click stops."""
        rows = by_number(notifications)
        found = {}
        for decision in Decision.objects.select_related("communaute", "registre").filter(pk__in=rows):
            communaute = decision.communaute
            for row in rows[decision.pk]:
                if communaute is None:
                    found[row.pk] = Contenu(
                        objet=row.titre,
                        lieu=place_of(decision),
                        texte=decision.texte,
                        html=decision.html,
                        raison="Vous recevez ce courriel parce que vous êtes dans ce salon.",
                    )
                    continue
                found[row.pk] = Contenu(
                    objet=row.titre,
                    lieu=communaute.nom,
                    liste=f"decisions.{communaute.slug}",
                    texte=decision.texte,
                    html=decision.html,
                    raison=f"Vous recevez ce courriel parce que vous suivez « {communaute.nom} » ou le sujet d’où vient "
                    "cette décision, ou que vous l’avez proposée.",
                    portee=f"communaute.{communaute.pk}",
                )
        return found


class SourceTaches(Source):
    """A task is for those who may see it; its reminders, for who has it to do while it is to be done."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Given and recalled: as long as it is theirs and open. Done or given up: as long as it is so."""
        rows = by_number(notifications)
        kept = set()
        for tache in visible_taches(agent).filter(pk__in=rows).only("pk", "etat", "responsable_id"):
            theirs = tache.responsable_id == agent.pk and tache.ouverte
            for row in rows[tache.pk]:
                event = _event(row)
                if tache.etat == event if event in (Tache.Etat.FAITE, Tache.Etat.ABANDONNEE) else theirs:
                    kept.add(row.pk)
        return kept

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """What is to be done, and in which community."""
        rows = by_number(notifications)
        found = {}
        for tache in Tache.objects.select_related("communaute").filter(pk__in=rows):
            for row in rows[tache.pk]:
                found[row.pk] = Contenu(
                    objet=row.titre,
                    lieu=tache.communaute.nom if tache.communaute is not None else "",
                    texte=tache.libelle,
                    raison="Vous recevez ce courriel parce que cette tâche vous concerne.",
                )
        return found
