"""A long sujet in a glance: what settles it, what helped most, who spoke. A bounded number of queries."""

from dataclasses import dataclass

from django.db.models import Count, F

from annuaire.models import Agent
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import Lien
from forum.models import EntreeFaq, Message, SuiteMessage, Sujet

SHOWN = 5
# Decisions and tasks together: more than a sujet leads to.
SUITES = 100
PEOPLE = 12


@dataclass(frozen=True, slots=True)
class Resume:
    """`utiles`: messages that readers found useful or thanked for, most first. `participants` have `nb`."""

    question: Message | None
    retenue: Message | None
    utiles: list[Message]
    wikis: list[Message]
    faq: list[EntreeFaq]
    decisions: list[Decision]
    taches: list[Tache]
    participants: list[Agent]
    autres_participants: bool

    @property
    def vide(self) -> bool:
        """Nothing to tell beyond who spoke."""
        return self.retenue is None and not (
            self.utiles or self.wikis or self.faq or self.decisions or self.taches
        )


def summary(sujet: Sujet) -> Resume:
    """The summary of a sujet that the caller has been let read. Deleted and hidden messages are not in it."""
    visible = sujet.messages.visible().select_related("auteur__service", "auteur__territoire", "sujet")
    people = list(
        Agent.objects.filter(
            messages__sujet=sujet, messages__supprime_le__isnull=True, messages__masque_le__isnull=True
        )
        .with_place()
        .annotate(nb=Count("messages"))
        .order_by("-nb", "pk")[: PEOPLE + 1]
    )
    decisions, taches = _suites(sujet)
    return Resume(
        question=visible.filter(numero=1).first(),
        retenue=visible.filter(pk=sujet.message_accepte_id).first() if sujet.message_accepte_id else None,
        utiles=list(
            visible.annotate(poids=F("nb_utile") + F("nb_merci"))
            .filter(poids__gt=0)
            .exclude(pk=sujet.message_accepte_id or 0)
            .order_by("-poids", "numero")[:SHOWN]
        ),
        wikis=list(visible.filter(wiki=True).order_by("numero")[:SHOWN]),
        faq=list(
            EntreeFaq.objects.filter(
                message__in=sujet.messages.visible(), etat=EntreeFaq.Etat.PUBLIEE
            ).select_related("message__sujet")[:SHOWN]
        ),
        decisions=decisions,
        taches=taches,
        participants=people[:PEOPLE],
        autres_participants=len(people) > PEOPLE,
    )


def _suites(sujet: Sujet) -> tuple[list[Decision], list[Tache]]:
    """What was noted from its messages, in their order, each with its message as `origine`. One query.

    What was refused or given up is left out; so is what belongs to the community that the sujet was moved from.
    """
    rows = (
        SuiteMessage.objects.filter(message__sujet=sujet)
        .select_related(
            "message",
            "decision__auteur",
            "decision__confirmee_par",
            "decision__annulee_par",
            "tache__responsable",
        )
        .order_by("message__numero", "pk")[:SUITES]
    )
    decisions, taches = [], []
    for row in rows:
        found = row.decision or row.tache
        if found is None or found.communaute_id != sujet.communaute_id:
            continue
        found.origine = (
            Lien(f"Message {row.message.numero}", row.message.get_absolute_url())
            if row.message.visible
            else None
        )
        if isinstance(found, Tache):
            if found.etat != Tache.Etat.ABANDONNEE:
                taches.append(found)
        elif found.numero is not None or not found.annulee:
            decisions.append(found)
    return decisions, taches
