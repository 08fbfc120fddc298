"""Every write on a line of a salon once it is said: changed, deleted, put back, reacted to, pinned.

Whoever changes a line holds its salon's row first, then its own, until the commit: the order in which messages are
numbered too. Each change takes the salon's next revision, so that a page that was away knows what to ask for, and
publishes the line whole.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from annuaire.mentions import resolve_mentions
from annuaire.models import Agent
from annuaire.notifications.retraits import silence, speak_again
from communautes.explications import Explication, explain
from forum.models import Reaction
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION, extract_mentions
from realtime.access import may_pin, may_remove, may_restore, may_retouch, require_say
from realtime.actions import check_words, rate_of, render_line
from realtime.etats import states_of
from realtime.fichiers.actions import check_joints, keep_files
from realtime.fichiers.joints import Joint
from realtime.fichiers.presentation import extract_of
from realtime.frames import line_frame
from realtime.models import MOTIF_MAX, FichierSalon, MessageSalon, ReactionSalon, Salon, VersionMessageSalon
from realtime.reponses import count_again

# Texts erased in one transaction.
ERASED = 1000
TOO_LATE = (
    "Ce message date : il ne se modifie et ne se supprime plus que par l’animation. Votre texte n’est pas perdu : "
    "copiez-le pour en faire un nouveau message."
)


class LigneDepassee(ActionRefusee):
    """The line has changed since the version one started from."""

    def __init__(self) -> None:
        super().__init__(
            "Ce message a été modifié entre-temps depuis une autre page. Votre texte est conservé : comparez-le au "
            "message, puis enregistrez de nouveau.",
            champ="texte",
        )


class LigneDisparue(ActionRefusee):
    """The line was removed, as the salon keeps its lines for a time only."""

    def __init__(self) -> None:
        super().__init__("Ce message n’existe plus.")


@transaction.atomic
def edit_line(
    auteur: Agent,
    line: MessageSalon,
    texte: str,
    *,
    version: int | None = None,
    fichiers: Sequence[Joint] | None = None,
) -> MessageSalon:
    """Say it otherwise; what was said is kept among the versions. Its author, for as long as the settings allow.

    `line` comes from `access.get_line`. `version`: what one started from; None takes the text as it is. `fichiers`:
    those it keeps, as they are now described; None keeps all. The others are gone for good. The same again changes
    nothing. Raises `LigneDepassee`, `ActionRefusee`, `PermissionDenied`. Returns it as it is now.
    """
    from realtime.tasks import distribute_salon_message

    require_say(auteur, line.salon)
    texte = texte.strip()
    if fichiers is not None:
        check_joints(fichiers)
    html = render_line(texte, resolve_mentions(extract_mentions(texte)), line.client_id)
    locked = _lock(line)
    _require_own(auteur, locked)
    if fichiers is None:
        check_words(texte, carrying=locked.nb_fichiers > 0)
    else:
        kept = FichierSalon.objects.filter(message=locked, pk__in=[joint.id for joint in fichiers])
        check_words(texte, carrying=kept.exists())
    removed, described = keep_files(locked, fichiers) if fichiers is not None else (False, False)
    if locked.texte == texte and not (removed or described):
        return locked
    if version is not None and locked.version != version:
        raise LigneDepassee
    check_limit("message", auteur.pk, rate_of(auteur, line.salon))
    if locked.texte == texte:
        if removed:
            locked.modifie_le = timezone.now()
        _publish_changed(locked, "nb_fichiers", "modifie_le")
        record(auteur, "line.edit_files", locked, fichiers=locked.nb_fichiers)
        return locked
    VersionMessageSalon.objects.create(
        message=locked,
        numero=locked.version,
        texte=locked.texte,
        cree_le=locked.modifie_le or locked.cree_le,
    )
    called_before = set(extract_mentions(locked.texte))
    locked.texte, locked.html, locked.version_rendu = texte, html, RENDERER_VERSION
    locked.version += 1
    locked.modifie_le = timezone.now()
    _publish_changed(locked, "texte", "html", "version_rendu", "version", "modifie_le", "nb_fichiers")
    record(auteur, "line.edit", locked, version=locked.version)
    if set(extract_mentions(texte)) - called_before:
        # Those who were told already are not told again.
        distribute_salon_message.defer(message_id=locked.pk)
    return locked


@transaction.atomic
def delete_line(auteur: Agent, line: MessageSalon, *, motif: str = "") -> MessageSalon:
    """Withdraw a line: its author for as long as the settings allow, or the animation, which says why (`motif`).

    It keeps its number; its text is no longer shown nor told, and is kept for a time. Harmless when repeated. Raises
    `ActionRefusee`, `PermissionDenied`.
    """
    locked = _lock(line)
    if not locked.visible:
        if locked.auteur_id != auteur.pk and not may_pin(auteur, locked.salon):
            raise PermissionDenied("Seules la personne qui l’a écrit et l’animation suppriment un message.")
        return locked
    mine = locked.auteur_id == auteur.pk
    reason = " ".join(motif.split())
    if mine:
        require_say(auteur, line.salon)
        _require_own(auteur, locked)
        reason = ""
    elif not may_remove(auteur, locked):
        raise PermissionDenied("Seules la personne qui l’a écrit et l’animation suppriment un message.")
    elif not reason:
        raise ActionRefusee("Dites pourquoi : la personne lira ce motif.", champ="motif")
    elif len(reason) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    check_limit("message" if mine else "moderation", auteur.pk)
    locked.supprime_le, locked.supprime_par, locked.motif = timezone.now(), auteur, reason
    locked.epingle_le = locked.epingle_par = None
    _publish_changed(locked, "supprime_le", "supprime_par", "motif", "epingle_le", "epingle_par")
    silence(f"salon.{locked.pk}", locked.supprime_le)
    record(auteur, "line.delete", locked)
    if not mine:
        _record_moderation(auteur, "delete_line", locked)
        explain(
            Explication(
                auteur=auteur,
                agent=locked.auteur,
                communaute=locked.salon.communaute,
                cle=f"retrait_ligne.{locked.pk}.{locked.revision}",
                titre=f"L’animation a supprimé votre message dans le salon « {locked.salon.communaute.nom} »",
                motif=reason,
                consigne="Vous pouvez répondre à l’animation si cette décision vous paraît injuste : elle la reverra.",
                extrait=extract_of(locked, 280),
                url=locked.salon.get_absolute_url(),
            )
        )
    return locked


@transaction.atomic
def restore_line(auteur: Agent, line: MessageSalon) -> MessageSalon:
    """Put a deleted line back: its author, for a moment; the animation, what it removed. Harmless when repeated."""
    locked = _lock(line)
    if locked.visible:
        return locked
    if not may_restore(auteur, locked):
        raise PermissionDenied("Ce message ne peut plus être rétabli par vous.")
    removed = locked.motif != ""
    if not removed:
        require_say(auteur, line.salon)
    check_limit("message", auteur.pk)
    told_of = locked.supprime_le
    locked.supprime_le, locked.supprime_par, locked.motif = None, None, ""
    _publish_changed(locked, "supprime_le", "supprime_par", "motif")
    if told_of is not None:
        speak_again(f"salon.{locked.pk}", told_of, extract_of(locked, 280))
    record(auteur, "line.undelete", locked)
    if removed:
        _record_moderation(auteur, "restore_line", locked)
    return locked


@transaction.atomic
def set_line_reaction(agent: Agent, line: MessageSalon, genre: str, present: bool) -> MessageSalon:
    """Add one's reaction to a line, or take it back. Those who may write; never to one's own words.

    Says what is wanted, not "the other way round": harmless when repeated. Raises `ActionRefusee`, `PermissionDenied`.
    """
    require_say(agent, line.salon)
    if genre not in Reaction.Genre.values:
        raise ActionRefusee("Choisissez « Merci », « Utile » ou « D’accord ».")
    if line.auteur_id == agent.pk:
        raise ActionRefusee("On ne réagit pas à son propre message : laissez vos collègues le faire.")
    check_limit("reaction", agent.pk)
    locked = _lock(line)
    if not locked.visible:
        raise ActionRefusee("Ce message a été supprimé : il ne reçoit plus de réactions.")
    if present:
        _, changed = ReactionSalon.objects.get_or_create(message=locked, agent=agent, genre=genre)
    else:
        changed = bool(ReactionSalon.objects.filter(message=locked, agent=agent, genre=genre).delete()[0])
    if changed:
        _publish_changed(locked, reaction={"agent": agent.pk, "genre": genre, "present": present})
        record(agent, "line.react" if present else "line.unreact", locked, genre=genre)
    return locked


@transaction.atomic
def pin_line(agent: Agent, line: MessageSalon, present: bool) -> MessageSalon:
    """Keep a line in sight of all, or no longer: see `access.may_pin`. A salon keeps a bounded number of them.

    Harmless when repeated. Raises `ActionRefusee`, `PermissionDenied`.
    """
    if not may_pin(agent, line.salon):
        raise PermissionDenied("Seules les personnes qui tiennent ce salon y épinglent un message.")
    check_limit("reaction", agent.pk)
    locked = _lock(line)
    if (locked.epingle_le is not None) == present:
        return locked
    if present and not locked.visible:
        raise ActionRefusee("Ce message a été supprimé : il ne s’épingle plus.")
    most = settings.SALONS["epingles"]
    if present and MessageSalon.objects.filter(salon=locked.salon, epingle_le__isnull=False).count() >= most:
        raise ActionRefusee(f"Un salon garde {most} messages épinglés au plus : retirez-en un d’abord.")
    locked.epingle_le, locked.epingle_par = (timezone.now(), agent) if present else (None, None)
    _publish_changed(locked, "epingle_le", "epingle_par")
    record(agent, "line.pin" if present else "line.unpin", locked)
    return locked


@transaction.atomic
def erase_deleted_lines() -> int:
    """Forget the texts and the files of lines deleted long ago, with their versions and reactions; returns how many."""
    limit = timezone.now() - timedelta(days=settings.SALONS["suppression_j"])
    kept = ~Q(texte="") | Q(nb_fichiers__gt=0)
    old = MessageSalon.objects.filter(kept, supprime_le__lt=limit).order_by("supprime_le")
    # One that is being put back is left for another night.
    pks = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:ERASED])
    VersionMessageSalon.objects.filter(message__in=pks).delete()
    ReactionSalon.objects.filter(message__in=pks).delete()
    FichierSalon.objects.filter(message__in=pks).delete()
    # Pages show nothing of them already: no revision.
    return MessageSalon.objects.filter(pk__in=pks).update(texte="", html="", nb_fichiers=0)


@transaction.atomic
def show_again(line: MessageSalon) -> None:
    """Show a line anew to all who look: what was made of it has changed, in the caller's transaction, which holds
    neither the line nor its salon, or both. One that is gone is passed over."""
    try:
        _publish_changed(_lock(line))
    except LigneDisparue:
        return


def hold_line(line: MessageSalon) -> MessageSalon:
    """The line as it is now, its salon's row then its own held until the caller's transaction ends. Raises
    `ActionRefusee` when it is gone."""
    return _lock(line)


def _lock(line: MessageSalon) -> MessageSalon:
    """The line as it is now, its salon's row then its own held. In the caller's transaction."""
    salon = Salon.objects.select_for_update(no_key=True).get(pk=line.salon_id)
    salon.communaute = line.salon.communaute
    locked: MessageSalon | None = (
        MessageSalon.objects.select_for_update(no_key=True, of=("self",))
        .select_related("auteur__service", "auteur__territoire", "racine")
        .filter(pk=line.pk)
        .first()
    )
    if locked is None:
        raise LigneDisparue
    locked.salon = salon
    return locked


def _publish_changed(line: MessageSalon, *fields: str, reaction: dict[str, Any] | None = None) -> None:
    """Keep `fields` of a line that is held, under the salon's next revision, and show it to all who look.

    `reaction`: whose reaction it was that changed, which their own pages show.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_salon SET revision = revision + 1 WHERE id = %s RETURNING revision",
            [line.salon_id],
        )
        (line.revision,) = cursor.fetchone()
    line.salon.revision = line.revision
    line.save(update_fields=[*fields, "revision"])
    if "supprime_le" in fields:
        count_again(line)
    etat = states_of([line]).get(line.pk)
    apart = etat is not None and etat.reserve
    if apart or (line.salon.nominatif and not line.salon.historique_entier):
        # Some of those who listen may not read what was said before them, or know of all that was made of it: each asks
        # for what is theirs.
        publish_on_commit(
            f"salon.{line.salon_id}",
            {"type": "salon.revision", "salon": line.salon_id, "revision": line.revision},
        )
        return
    frame = line_frame(line, etat)
    if reaction is not None:
        frame["reaction"] = reaction
    publish_on_commit(f"salon.{line.salon_id}", frame)


def _require_own(auteur: Agent, line: MessageSalon) -> None:
    if may_retouch(auteur, line):
        return
    if not line.visible:
        raise ActionRefusee("Ce message a été supprimé entre-temps.")
    if line.auteur_id == auteur.pk:
        raise ActionRefusee(TOO_LATE, champ="texte")
    raise PermissionDenied("Seule la personne qui a écrit ce message peut le modifier.")


def _record_moderation(auteur: Agent, action: str, line: MessageSalon) -> None:
    record(
        auteur,
        f"moderation.{action}",
        line.salon.communaute,
        salon=line.salon_id,
        ligne=line.numero,
        agent=line.auteur_id,
    )
