"""What a message leads to: a decision noted in the community's register, a task.

The decision or the task is written first, then the sujet and the message are locked: the order in which a decision
that is confirmed later comes back to its message (`forum.suites.OrigineMessages`).
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from annuaire.models import Agent
from communautes.suites.actions import create_task, propose_decision
from communautes.suites.models import Decision, Tache
from communautes.suites.redaction import check_decision, check_libelle
from forum.access import can_moderate, can_note
from forum.actions.retraits import lock_message
from forum.models import Message, SuiteMessage, Sujet
from forum.suites import marks_of
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record

# Beyond, a message is no message but minutes: they belong to a meeting, or to a document.
SUITES_MAX = 20


@transaction.atomic
def note_decision(
    auteur: Agent,
    message: Message,
    texte: str,
    *,
    prise_le: date | None = None,
    confirmer: bool = True,
    quand: datetime | None = None,
) -> Decision:
    """Note a decision from a message: confirmed at once by who animates, proposed by who opened the sujet.

    `confirmer=False`: an animateur only proposes it. The same words noted twice from one message (a double click)
    give the first decision back. Raises `ActionRefusee` and `PermissionDenied`, as `propose_decision`.
    """
    sujet = message.sujet
    if not can_note(auteur, sujet):
        raise PermissionDenied(
            "Une décision se note par l’animation, ou se propose par qui a ouvert le sujet."
        )
    kept, _ = check_decision(texte)
    twin = _same_decision(_suites(message), kept).first()
    if twin is not None and twin.decision is not None:
        return twin.decision
    decision = propose_decision(
        auteur,
        sujet.communaute,
        texte,
        prise_le=prise_le,
        confirmer=confirmer and can_moderate(auteur, sujet),
        quand=quand,
    )
    _bind(auteur, message, decision=decision)
    return decision


@transaction.atomic
def make_task(
    auteur: Agent,
    message: Message,
    libelle: str,
    *,
    responsable: Agent | None = None,
    echeance: date | None = None,
    quand: datetime | None = None,
) -> Tache:
    """Make a task of a message. Members who may write; twice the same gives the first one back, as `note_decision`.

    Raises `ActionRefusee` and `PermissionDenied`, as `create_task`.
    """
    kept = check_libelle(libelle)
    twin = _same_task(_suites(message), auteur, kept, responsable).first()
    if twin is not None and twin.tache is not None:
        return twin.tache
    tache = create_task(
        auteur,
        libelle,
        communaute=message.sujet.communaute,
        responsable=responsable,
        echeance=echeance,
        quand=quand,
    )
    _bind(auteur, message, tache=tache)
    return tache


@transaction.atomic
def refresh_marks(message: Message) -> None:
    """Show on a message the decisions and tasks noted from it as they are now. Takes the sujet's lock, then its."""
    locked = lock_message(message)
    kept = marks_of([locked.pk])[locked.pk]
    if locked.suites == kept:
        return
    Message.objects.filter(pk=locked.pk).update(suites=kept)
    publish_on_commit(
        f"sujet.{locked.sujet_id}",
        {"type": "message.suites", "sujet": locked.sujet_id, "message": locked.pk, "numero": locked.numero},
    )


def refresh_marks_of_sujet(sujet: Sujet) -> None:
    """Show or hide the marks of all the messages of a sujet whose row is held: it has changed community."""
    linked = SuiteMessage.objects.filter(message__sujet=sujet).values_list("message", flat=True)
    for pk, kept in marks_of(set(linked)).items():
        Message.objects.filter(pk=pk).update(suites=kept)


def _suites(message: Message) -> QuerySet[SuiteMessage]:
    return SuiteMessage.objects.filter(message=message).select_related("decision", "tache")


def _same_decision(rows: QuerySet[SuiteMessage], texte: str) -> QuerySet[SuiteMessage]:
    return rows.filter(decision__texte=texte).exclude(decision__etat=Decision.Etat.ANNULEE)


def _same_task(
    rows: QuerySet[SuiteMessage], auteur: Agent, libelle: str, responsable: Agent | None
) -> QuerySet[SuiteMessage]:
    closed = [Tache.Etat.FAITE, Tache.Etat.ABANDONNEE]
    same = rows.filter(tache__libelle=libelle, tache__auteur=auteur, tache__responsable=responsable)
    return same.exclude(tache__etat__in=closed)


def _bind(
    auteur: Agent, message: Message, *, decision: Decision | None = None, tache: Tache | None = None
) -> None:
    """Tie what was just written to its message, which is looked at again once it is held."""
    locked = lock_message(message)
    written = decision or tache
    assert written is not None
    if not locked.visible or locked.sujet.masque_le is not None:
        raise ActionRefusee("Ce message n’est plus visible : rien ne peut en être noté.")
    if locked.sujet.communaute_id != written.communaute_id:
        raise ActionRefusee("Ce sujet vient de changer de communauté : rouvrez-le, puis recommencez.")
    linked = _suites(locked)
    if len(linked[:SUITES_MAX]) == SUITES_MAX:
        raise ActionRefusee(
            f"{SUITES_MAX} décisions et tâches viennent déjà de ce message : notez celle-ci depuis l’onglet "
            "« Décisions et tâches »."
        )
    # Sent twice at once: the first has been tied since this one looked.
    if decision is not None and _same_decision(linked, decision.texte).exists():
        raise ActionRefusee("Cette décision vient d’être notée : elle figure sur le message.")
    if tache is not None and _same_task(linked, auteur, tache.libelle, tache.responsable).exists():
        raise ActionRefusee("Cette tâche vient d’être notée : elle figure sur le message.")
    SuiteMessage.objects.create(message=locked, decision=decision, tache=tache)
    record(auteur, "message.lead_to", locked, **{written._meta.model_name or "": written.pk})
    refresh_marks(locked)
