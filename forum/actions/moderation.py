"""What a moderator does to a message or to its author: hide, put back, warn; and what is explained.

Every decision is written twice: in the journal, on the community (`moderation.*`: its readable log), and to the
person concerned, with the reason, who decided, and how to answer.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from annuaire.models import Agent
from communautes.access import can_animate, can_read
from communautes.explications import MOTIF_MAX, Explication, explain
from communautes.models import Communaute
from forum.access import can_moderate
from forum.actions.retraits import lock_message, restore_message, retire_message
from forum.models import Avertissement, Message, Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

SEE_AGAIN = "Vous pouvez répondre à l’animation si cette décision vous paraît injuste : elle la reverra."


def record_moderation(auteur: Agent, communaute: Communaute, action: str, **details: Any) -> None:
    """Write in the community's log that `auteur` did `action`; `details`: identifiers, no words of anybody."""
    record(auteur, f"moderation.{action}", communaute, **details)


def record_moderation_of(auteur: Agent, action: str, message: Message) -> None:
    """As `record_moderation`, for what is done to a message and its author."""
    record_moderation(
        auteur,
        message.sujet.communaute,
        action,
        message=message.pk,
        sujet=message.sujet_id,
        agent=message.auteur_id,
    )


def checked_reason(motif: str, *, required: bool = True) -> str:
    """A reason on one line; raises `ActionRefusee` when it is missing or too long."""
    motif = " ".join(motif.split())
    if required and not motif:
        raise ActionRefusee("Dites pourquoi : la personne lira ce motif.", champ="motif")
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    return motif


@transaction.atomic
def hide_message(auteur: Agent, message: Message, *, motif: str) -> bool:
    """Hide a message, with a reason that its author reads. Animateurs. Open reports of it are settled with it.

    The opening hides its whole sujet. Returns whether something changed.
    """
    from forum.actions.signalements import settle_reports

    check_limit("moderation", auteur.pk)
    motif = checked_reason(motif)
    locked = lock_message(message)
    if not can_moderate(auteur, locked.sujet):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
    if locked.auteur_id == auteur.pk:
        raise ActionRefusee("C’est votre message : vous pouvez le supprimer, il sera signalé comme tel.")
    if not apply_hiding(auteur, locked, motif):
        return False
    settle_reports(auteur, locked, "Le message a été masqué.")
    explain_hiding(auteur, locked, motif)
    return True


@transaction.atomic
def unhide_message(auteur: Agent, message: Message) -> bool:
    """Show a hidden message again. Animateurs; its author is told. Returns whether something changed."""
    locked = lock_message(message)
    if not can_moderate(auteur, locked.sujet):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
    if not restore_message(locked, masque=True):
        return False
    record_moderation_of(auteur, "unhide_message", locked)
    explain_about(
        auteur,
        locked,
        "message.retabli",
        f"Votre message dans « {locked.sujet.titre} » est de nouveau visible",
        url=locked.get_absolute_url(),
    )
    return True


@transaction.atomic
def warn_author(auteur: Agent, message: Message, *, motif: str) -> Avertissement:
    """Send the author of a message a word about it, kept for the next moderator. Animateurs; never to oneself."""
    check_limit("moderation", auteur.pk)
    motif = checked_reason(motif)
    locked = lock_message(message)
    if not can_moderate(auteur, locked.sujet):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
    if locked.auteur_id == auteur.pk:
        raise ActionRefusee("C’est votre message : on ne s’avertit pas soi-même.")
    warning = add_warning(auteur, locked, motif)
    explain_warning(auteur, locked, warning)
    return warning


def apply_hiding(auteur: Agent, locked: Message, motif: str) -> bool:
    """Hide `locked` (from `lock_message`) in the caller's transaction, which has checked who may. The opening goes
    with its whole sujet."""
    from forum.actions.structure import apply_sujet_hiding

    if locked.numero == 1:
        return apply_sujet_hiding(auteur, locked.sujet, motif)
    if not retire_message(locked, auteur, masque=True, motif=motif):
        return False
    record_moderation_of(auteur, "hide_message", locked)
    return True


def add_warning(auteur: Agent, locked: Message, motif: str) -> Avertissement:
    """Keep a warning in the caller's transaction, which has checked who may and explains it."""
    warning: Avertissement = Avertissement.objects.create(
        communaute=locked.sujet.communaute, agent=locked.auteur, message=locked, par=auteur, motif=motif
    )
    record_moderation_of(auteur, "warn", locked)
    return warning


def explain_hiding(auteur: Agent, locked: Message, motif: str) -> None:
    explain_about(
        auteur,
        locked,
        "message.masque",
        f"L’animation a masqué votre message dans « {locked.sujet.titre} »",
        motif=motif,
        consigne="Votre texte n’est pas perdu : corrigez-le, publiez-le de nouveau s’il a sa place ici. "
        + SEE_AGAIN,
    )


def explain_warning(auteur: Agent, locked: Message, warning: Avertissement, *, hidden: bool = False) -> None:
    what = "a masqué votre message et vous avertit" if hidden else "vous adresse un avertissement"
    explain_about(
        auteur,
        locked,
        f"avertissement.{warning.pk}",
        f"L’animation de « {locked.sujet.communaute.nom} » {what}",
        motif=warning.motif,
        consigne="Relisez la charte et tenez-en compte dans vos prochains messages. " + SEE_AGAIN,
    )


def explain_about(
    auteur: Agent,
    message: Message,
    evenement: str,
    titre: str,
    *,
    motif: str = "",
    consigne: str = "",
    url: str = "",
) -> None:
    """Explain a decision about a message to its author, unless they decided it or left a closed community."""
    sujet = message.sujet
    if message.auteur_id == auteur.pk or not can_read(message.auteur, sujet.communaute):
        return
    explain(
        Explication(
            auteur=auteur,
            agent=message.auteur,
            communaute=sujet.communaute,
            cle=f"{evenement}.{uuid.uuid4().hex[:12]}",
            titre=titre,
            motif=motif,
            consigne=consigne,
            extrait=message.texte[:2000],
            url=url,
            fil=f"sujet.{sujet.pk}",
        )
    )


def explain_sujet(
    auteur: Agent,
    sujet: Sujet,
    evenement: str,
    titre: str,
    *,
    motif: str = "",
    consigne: str = "",
    url: str = "",
) -> None:
    """Explain a decision about a sujet to who opened it, under the same conditions."""
    if sujet.auteur_id == auteur.pk or not can_read(sujet.auteur, sujet.communaute):
        return
    explain(
        Explication(
            auteur=auteur,
            agent=sujet.auteur,
            communaute=sujet.communaute,
            cle=f"{evenement}.{uuid.uuid4().hex[:12]}",
            titre=titre,
            motif=motif,
            consigne=consigne,
            url=url or sujet.get_absolute_url(),
            fil=f"sujet.{sujet.pk}",
        )
    )


def require_animation(auteur: Agent, communaute: Communaute) -> None:
    if not can_animate(auteur, communaute):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
