"""Withdrawing a message and putting it back: by its author (deletion), or by the animation (hiding).

A withdrawn message keeps its row, its number and its text. Everything that counts or tells of messages follows in
the same transaction, under the sujet's row lock: unread marks, number of answers, place in the lists, accepted
answer, evidence, notifications, open pages. The search leaves withdrawn messages out by itself.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from annuaire.notifications.retraits import silence, speak_again
from forum.access import can_delete, can_undelete, readers_among
from forum.actions.preuves import refresh_evidence, refresh_evidence_of_sujet
from forum.actions.rendus import titles_changed
from forum.actions.reponses import drop_acceptance, restore_acceptance
from forum.models import Message, Sujet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import plain_text

# A message put back later than that is no news: nobody who was not told is told then.
STILL_NEWS = timedelta(days=2)


@transaction.atomic
def delete_message(auteur: Agent, message: Message) -> bool:
    """Withdraw one's own message; it leaves a trace, and can be put back. Returns whether something changed.

    The opening goes with its whole sujet, as long as nobody has answered. Raises `PermissionDenied` for anybody
    but the author, `ActionRefusee` when others would lose what they wrote.
    """
    locked = lock_message(message)
    if not can_delete(auteur, locked):
        raise PermissionDenied("Seule la personne qui a écrit ce message peut le supprimer.")
    if locked.supprime_le is not None:
        return False
    if locked.numero == 1 and locked.sujet.nb_messages > 1:
        raise ActionRefusee(
            "Des collègues ont répondu : supprimer ce sujet effacerait leurs réponses. Modifiez votre message, ou "
            "demandez à l’animation de masquer le sujet."
        )
    if locked.versions.exclude(auteur=auteur).exists() or locked.modifie_par_id not in (None, auteur.pk):
        raise ActionRefusee(
            "D’autres personnes ont écrit dans ce message : demandez à l’animation de le masquer."
        )
    check_limit("message", auteur.pk)
    retire_message(locked, auteur)
    record(auteur, "message.delete", locked)
    _copy_state(locked, message)
    return True


@transaction.atomic
def undelete_message(auteur: Agent, message: Message) -> bool:
    """Put back a message that its author deleted: the author for a day, an animateur at any time."""
    locked = lock_message(message)
    if locked.supprime_le is None:
        _copy_state(locked, message)
        return False
    if not can_undelete(auteur, locked):
        raise PermissionDenied(
            "Ce message ne peut plus être rétabli par vous : l’animation de la communauté le peut."
        )
    changed = restore_message(locked)
    if changed:
        record(auteur, "message.undelete", locked)
        if auteur != locked.auteur:
            notify(
                readers_among(locked.sujet, [locked.auteur]),
                Annonce(
                    genre=Notification.Genre.MODERATION,
                    cle=f"message.{locked.pk}.retabli.{int(timezone.now().timestamp())}",
                    titre=f"{auteur.nom_complet} a rétabli votre message dans « {locked.sujet.titre} »",
                    url=locked.get_absolute_url(),
                    acteur=auteur,
                    fil=f"sujet.{locked.sujet_id}",
                ),
            )
    _copy_state(locked, message)
    return changed


def lock_message(message: Message) -> Message:
    """The message as it is now, its sujet's row then its own locked. In the caller's transaction."""
    # No join: one with the community would find no row while somebody moves the sujet to another.
    sujet = Sujet.objects.select_for_update().get(pk=message.sujet_id)
    locked: Message | None = (
        Message.objects.select_for_update(of=("self",))
        .select_related("auteur")
        .filter(pk=message.pk, sujet=sujet)
        .first()
    )
    if locked is None:
        raise ActionRefusee(
            "Ce message vient d’être déplacé dans un autre sujet : rouvrez-le, puis recommencez."
        )
    locked.sujet = sujet
    return locked


def retire_message(message: Message, par: Agent, *, masque: bool = False, motif: str = "") -> bool:
    """Withdraw `message` in the caller's transaction: deleted by its author, or hidden (`masque`) with a reason.

    `message` comes from `lock_message`; the caller has checked who may, and journals and tells its own doing.
    Deleting the opening withdraws its sujet too; hiding it leaves the sujet in its place. False when it was so.
    """
    champ = "masque" if masque else "supprime"
    if getattr(message, f"{champ}_le") is not None:
        return False
    was_visible = message.visible
    now = timezone.now()
    setattr(message, f"{champ}_le", now)
    setattr(message, f"{champ}_par", par)
    fields = [f"{champ}_le", f"{champ}_par"]
    if masque:
        message.motif_moderation = motif
        fields.append("motif_moderation")
    if was_visible:
        message.etait_retenue = message.sujet.message_accepte_id == message.pk
        fields.append("etait_retenue")
    message.save(update_fields=fields)
    if was_visible:
        drop_acceptance(message)
        _recount(message, -1)
        silence(_key(message), now)
    _settle_sujet(message, now if message.numero == 1 and not masque else None)
    _publish("message.retire", message)
    return True


def restore_message(message: Message, *, masque: bool = False) -> bool:
    """Undo `retire_message`, under the same conditions. Deleted and hidden, it shows again once both are undone.

    It is the accepted answer again if it was, unless another has been chosen meanwhile.
    """
    from forum.tasks import distribute_message

    champ = "masque" if masque else "supprime"
    since = getattr(message, f"{champ}_le")
    if since is None:
        return False
    setattr(message, f"{champ}_le", None)
    setattr(message, f"{champ}_par", None)
    fields = [f"{champ}_le", f"{champ}_par"]
    if masque:
        message.motif_moderation = ""
        fields.append("motif_moderation")
    chosen = message.visible and message.etait_retenue
    if message.visible:
        message.etait_retenue = False
        fields.append("etait_retenue")
    message.save(update_fields=fields)
    if message.visible:
        _recount(message, 1)
        if chosen:
            restore_acceptance(message)
        speak_again(_key(message), since, plain_text(message.texte, 280))
        if message.cree_le > timezone.now() - STILL_NEWS:
            # For whoever had not been told yet when it was withdrawn.
            distribute_message.defer(message_id=message.pk)
    if message.numero == 1 and not masque and message.sujet.masque_le == since:
        message.sujet.masque_le = None
        message.sujet.save(update_fields=["masque_le"])
    _settle_sujet(message, None)
    _publish("message.retabli", message)
    return True


def _settle_sujet(message: Message, retire_le: datetime | None) -> None:
    """The evidence of what changed, and the texts that cite it; `retire_le`: the sujet is withdrawn with its opening, and at the same instant
    (which is how putting the opening back knows that the sujet was not hidden by somebody else)."""
    sujet = message.sujet
    if retire_le is not None and sujet.masque_le is None:
        sujet.masque_le = retire_le
        sujet.save(update_fields=["masque_le"])
    if message.numero == 1:
        refresh_evidence_of_sujet(sujet)
        titles_changed(sujet=sujet.pk)
    else:
        refresh_evidence([message.pk])
        titles_changed(vise=message.pk)


def _recount(message: Message, change: int) -> None:
    sujet = message.sujet
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_sujet SET nb_messages = nb_messages + %s,"
            " dernier_visible = coalesce(dernier.numero, 0),"
            " dernier_message_le = coalesce(dernier.cree_le, forum_sujet.cree_le)"
            " FROM (SELECT 1) AS toujours LEFT JOIN LATERAL (SELECT numero, cree_le FROM forum_message"
            "  WHERE sujet_id = %s AND supprime_le IS NULL AND masque_le IS NULL"
            "  ORDER BY numero DESC LIMIT 1) AS dernier ON true"
            " WHERE id = %s RETURNING nb_messages, dernier_visible, dernier_message_le",
            [change, sujet.pk, sujet.pk],
        )
        sujet.nb_messages, sujet.dernier_visible, sujet.dernier_message_le = cursor.fetchone()


def _copy_state(locked: Message, message: Message) -> None:
    """The caller's own object says what became of the message."""
    for field in ("supprime_le", "supprime_par", "masque_le", "etait_retenue"):
        setattr(message, field, getattr(locked, field))


def _publish(genre: str, message: Message) -> None:
    publish_on_commit(
        f"sujet.{message.sujet_id}",
        {"type": genre, "sujet": message.sujet_id, "message": message.pk, "numero": message.numero},
    )


def _key(message: Message) -> str:
    return f"message.{message.pk}"
