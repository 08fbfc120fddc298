"""What notifications of sollicitations lead to: who may still see it, and what an e-mail shows of it."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Contenu, Source, by_number
from annuaire.sollicitations.access import readable_threads
from annuaire.sollicitations.etats import Etat
from annuaire.sollicitations.models import MessageFil, PersonneAjoutee, Sollicitation

RAISON = "Vous recevez ce courriel parce que cette sollicitation vous concerne."


class SourceFils(Source):
    """What is said in a thread (`sollicitation.5.3`: its third message) is for those who read it; a reminder
    (`sollicitation.5.rappel.1`), for who has not answered."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Two queries."""
        rows = by_number(notifications)
        since = dict(PersonneAjoutee.objects.filter(agent=agent, fil__in=rows).values_list("fil", "apres"))
        kept = set()
        for fil in readable_threads(agent).filter(pk__in=rows):
            third = agent.pk not in (fil.agent_id, fil.sollicitation.demandeur_id)
            for row in rows[fil.pk]:
                if ".rappel." in row.cle:
                    seen = fil.agent_id == agent.pk and fil.attend
                else:
                    seen = not third or _number(row) > since.get(fil.pk, fil.dernier_numero)
                kept |= {row.pk} if seen else set()
        return kept

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """The message itself, or the need with which the thread begins."""
        rows = by_number(notifications)
        wanted = {(pk, _number(row)): row for pk, group in rows.items() for row in group}
        found = {}
        for message in MessageFil.objects.filter(
            fil__in=rows, numero__in={number for _, number in wanted}
        ).select_related("fil__sollicitation"):
            row = wanted.get((message.fil_id, message.numero))
            if row is None:
                continue
            asked = message.fil.sollicitation
            opens = message.evenement == MessageFil.Evenement.ENVOI
            found[row.pk] = Contenu(
                objet=row.titre,
                lieu=asked.objet,
                texte=asked.besoin if opens else message.texte,
                html=asked.besoin_html if opens else message.html,
                raison=RAISON,
            )
        return found


class SourceSuites(Source):
    """What is proposed to who asked, or done for them (`sollicitation-suite.5.…`), for them alone."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """One query."""
        rows = by_number(notifications)
        kept = set()
        for pk, etat in Sollicitation.objects.filter(pk__in=rows, demandeur=agent).values_list("pk", "etat"):
            for row in rows[pk]:
                if etat == Etat.ENVOYEE or ".sans_suite" in row.cle:
                    kept.add(row.pk)
        return kept


def _number(notification: Notification) -> int:
    last = notification.cle.rpartition(".")[2]
    return int(last) if last.isdigit() else 0
