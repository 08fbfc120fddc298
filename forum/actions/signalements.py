"""Reports: making one, taking charge of it, deciding.

All that happens to the reports of one message takes turns on the message's row. A decision takes the sujet's row
first, as every withdrawal does, and the community's before it when it suspends somebody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.access import can_read
from communautes.actions import suspend
from communautes.models import Communaute
from forum.access import can_handle, handlers_of
from forum.actions.moderation import (
    add_warning,
    apply_hiding,
    checked_reason,
    explain_hiding,
    explain_warning,
    record_moderation,
)
from forum.actions.retraits import lock_message
from forum.models import Message, Signalement
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

# How long a report stays with who took charge of it, if they do nothing.
CLAIM = timedelta(minutes=30)


@dataclass(frozen=True)
class Decision:
    """What becomes of a reported message. Nothing set: no action.

    `motif`: to its author; `reponse`: to who reported it; `suspendu_jusqu_au`: of its author's writing.
    """

    masquer: bool = False
    avertir: bool = False
    suspendu_jusqu_au: datetime | None = None
    motif: str = ""
    reponse: str = ""

    @property
    def suites(self) -> bool:
        return self.masquer or self.avertir or self.suspendu_jusqu_au is not None


@transaction.atomic
def report_message(auteur: Agent, message: Message, *, motif: str, commentaire: str = "") -> Signalement:
    """Ask the moderators to look at a message: whoever reads it. One open report per person and message.

    The caller got the message through `access.get_message`. Raises `ActionRefusee`.
    """
    check_limit("signalement", auteur.pk)
    if message.auteur_id == auteur.pk:
        raise ActionRefusee("C’est votre message : vous pouvez le modifier ou le supprimer.")
    if motif == Signalement.Motif.AUTRE and not commentaire.strip():
        raise ActionRefusee("Dites en quelques mots ce qui ne va pas.", champ="commentaire")
    locked = _lock(message)
    if not locked.visible:
        raise ActionRefusee("Ce message a déjà été retiré. Merci de votre vigilance.")
    standing = list(Signalement.objects.filter(message=locked, etat=Signalement.Etat.OUVERT).order_by("pk"))
    if any(row.auteur_id == auteur.pk for row in standing):
        raise ActionRefusee("Vous avez déjà signalé ce message : l’animation va le regarder.")
    first = standing[0] if standing else None
    report: Signalement = Signalement.objects.create(
        communaute=locked.sujet.communaute,
        message=locked,
        auteur=auteur,
        motif=motif,
        commentaire=commentaire.strip()[:1000],
        # It goes to whoever has the others in hand.
        pris_par=first.pris_par if first else None,
        pris_le=first.pris_le if first else None,
    )
    record(auteur, "signalement.create", report)
    if first is None:
        notify(
            handlers_of(locked),
            Annonce(
                genre=Notification.Genre.MODERATION,
                cle=f"signalement.{report.pk}",
                titre=f"Un message est signalé dans « {locked.sujet.communaute.nom} »",
                url=reverse("forum:signalement", args=[locked.sujet.communaute.slug, locked.pk]),
                extrait=Signalement.Motif(motif).label,
            ),
        )
    return report


@transaction.atomic
def claim_reports(auteur: Agent, message: Message) -> None:
    """Take charge of the open reports of a message, for `CLAIM`. Of two at once exactly one wins; the other is
    told who has them (`ActionRefusee`). Again by the same person: the time starts anew."""
    locked = _lock(message)
    if not can_handle(auteur, locked):
        raise PermissionDenied("Ce signalement revient à une autre personne.")
    _check_hold(auteur, _open_reports(locked))
    Signalement.objects.filter(message=locked, etat=Signalement.Etat.OUVERT).update(
        pris_par=auteur, pris_le=timezone.now()
    )
    record_moderation(auteur, locked.sujet.communaute, "claim", message=locked.pk, sujet=locked.sujet_id)


@transaction.atomic
def release_reports(auteur: Agent, message: Message) -> None:
    """Leave to somebody else what one had taken charge of. Harmless when one had not."""
    locked = _lock(message)
    Signalement.objects.filter(message=locked, etat=Signalement.Etat.OUVERT, pris_par=auteur).update(
        pris_par=None, pris_le=None
    )


@transaction.atomic
def decide_reports(auteur: Agent, message: Message, decision: Decision) -> None:
    """Settle all open reports of a message: no action, or hide it, warn or suspend its author, in any mix.

    Those who may handle it; not what somebody else has in hand, nor what was settled meanwhile: `ActionRefusee`.
    The author is told of what was done, never of who reported.
    """
    check_limit("moderation", auteur.pk)
    motif = checked_reason(decision.motif, required=decision.suites)
    reponse = checked_answer(decision.reponse)
    if decision.suspendu_jusqu_au is not None:
        Communaute.objects.select_for_update(no_key=True).get(pk=message.sujet.communaute_id)
    locked = lock_message(message)
    if not can_handle(auteur, locked):
        raise PermissionDenied("Ce signalement revient à une autre personne.")
    _check_hold(auteur, _open_reports(locked))
    hidden = decision.masquer and apply_hiding(auteur, locked, motif)
    if decision.avertir:
        explain_warning(auteur, locked, add_warning(auteur, locked, motif), hidden=hidden)
    elif hidden:
        explain_hiding(auteur, locked, motif)
    if decision.suspendu_jusqu_au is not None:
        suspend(
            auteur,
            locked.sujet.communaute,
            locked.auteur,
            jusqu_au=decision.suspendu_jusqu_au,
            motif=motif,
        )
    settle_reports(auteur, locked, reponse, retenu=decision.suites)


def settle_reports(auteur: Agent, locked: Message, reponse: str, *, retenu: bool = True) -> None:
    """Close the open reports of a message and tell who made them; in the caller's transaction, which holds the
    message's row. Nothing when there is none."""
    rows = _open_reports(locked)
    if not rows:
        return
    etat = Signalement.Etat.RETENU if retenu else Signalement.Etat.ECARTE
    Signalement.objects.filter(pk__in=[row.pk for row in rows]).update(
        etat=etat, traite_par=auteur, traite_le=timezone.now(), reponse=reponse, pris_par=None, pris_le=None
    )
    record_moderation(
        auteur,
        locked.sujet.communaute,
        "settle_reports" if retenu else "dismiss_reports",
        message=locked.pk,
        sujet=locked.sujet_id,
        nombre=len(rows),
    )
    outcome = "a été suivi d’effet" if retenu else "est classé sans suite"
    communaute = locked.sujet.communaute
    for row in rows:
        notify(
            # They have read it, though nobody may any more when the whole sujet is hidden.
            [row.auteur] if can_read(row.auteur, communaute) else [],
            Annonce(
                genre=Notification.Genre.MODERATION,
                cle=f"signalement.{row.pk}.suite",
                titre=f"Votre signalement dans « {locked.sujet.titre} » {outcome}. Merci",
                extrait=reponse,
                url=locked.get_absolute_url()
                if locked.sujet.masque_le is None
                else communaute.get_absolute_url(),
                fil=f"sujet.{locked.sujet_id}",
            ),
        )


def checked_answer(reponse: str) -> str:
    reponse = " ".join(reponse.split())
    if len(reponse) > 500:
        raise ActionRefusee("Répondez en 500 caractères au plus.", champ="reponse")
    return reponse


def held_by(rows: list[Signalement]) -> Agent | None:
    """Who has the reports in hand now."""
    first = next((row for row in rows if row.pris_par_id is not None), None)
    if first is None or first.pris_le is None or first.pris_le < timezone.now() - CLAIM:
        return None
    holder: Agent | None = first.pris_par
    return holder


def _lock(message: Message) -> Message:
    # No join: one with the sujet would find no row while somebody merges it into another.
    locked: Message = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    return locked


def _open_reports(locked: Message) -> list[Signalement]:
    return list(
        Signalement.objects.filter(message=locked, etat=Signalement.Etat.OUVERT)
        .select_related("auteur", "pris_par")
        .order_by("pk")
    )


def _check_hold(auteur: Agent, rows: list[Signalement]) -> None:
    if not rows:
        raise ActionRefusee("Ce signalement a déjà été traité.")
    holder = held_by(rows)
    if holder is not None and holder != auteur:
        raise ActionRefusee(f"{holder.nom_complet} s’en occupe déjà.")
