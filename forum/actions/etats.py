"""States of a sujet: pinned, resolved, closed, archived.

Each is a date on the sujet's row, set under its lock: asked for twice, or by two people at once, it changes once
and is told once. A state never touches messages nor what anybody has read.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.models import Communaute
from forum.access import can_moderate, can_resolve, readers_among
from forum.actions.moderation import record_moderation
from forum.models import Sujet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record

# Beyond, the list of a community would begin with a wall of old sujets.
MAX_EPINGLES = 5
MOTIF_MAX = 300
# What only animateurs do: in the community's log of moderation too.
LOGGED = {"sujet.pin", "sujet.unpin", "sujet.close", "sujet.reopen", "sujet.archive", "sujet.unarchive"}
# How many sujets a run of `archive_dormant` archives at most: the next run goes on.
ARCHIVE_BATCH = 500
MOIS = timedelta(days=30.44)


@transaction.atomic
def pin_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Keep a sujet at the head of its community's list. Animateurs; `MAX_EPINGLES` a community at most.

    Returns whether something changed; raises `PermissionDenied`, `ActionRefusee`.
    """
    # Two animateurs who pin at once count one after the other.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM communautes_communaute WHERE id = %s FOR NO KEY UPDATE", [sujet.communaute_id]
        )
    locked = _locked(auteur, sujet)
    pinned = Sujet.objects.listed().filter(communaute=locked.communaute_id, epingle_le__isnull=False)
    if locked.epingle_le is None and pinned.count() >= MAX_EPINGLES:
        raise ActionRefusee(
            f"{MAX_EPINGLES} sujets sont déjà épinglés dans cette communauté : désépinglez-en un d’abord."
        )
    return _set(auteur, sujet, locked, "epingle_le", timezone.now(), "sujet.pin")


@transaction.atomic
def unpin_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Give a sujet its ordinary place back. Animateurs."""
    return _set(auteur, sujet, _locked(auteur, sujet), "epingle_le", None, "sujet.unpin")


@transaction.atomic
def close_sujet(auteur: Agent, sujet: Sujet, *, motif: str = "") -> bool:
    """Stop a sujet's answers; everybody goes on reading it. Animateurs; its author is told why (`motif`)."""
    motif = _checked(motif)
    changed = _set(auteur, sujet, _locked(auteur, sujet), "ferme_le", timezone.now(), "sujet.close")
    if changed:
        _tell_author(auteur, sujet, "ferme", "a fermé votre sujet", motif)
    return changed


@transaction.atomic
def reopen_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Take answers again in a sujet that was closed. Animateurs; its author is told."""
    changed = _set(auteur, sujet, _locked(auteur, sujet), "ferme_le", None, "sujet.reopen")
    if changed:
        _tell_author(auteur, sujet, "rouvert", "a rouvert votre sujet")
    return changed


@transaction.atomic
def resolve_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Say that a question or a discussion is settled, without choosing an answer. Its author, or an animateur."""
    locked = _locked(auteur, sujet, allowed=can_resolve)
    return _set(auteur, sujet, locked, "resolu_le", timezone.now(), "sujet.resolve")


@transaction.atomic
def unresolve_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Say that it is not settled after all. Same people; an accepted answer is to be withdrawn by itself."""
    locked = _locked(auteur, sujet, allowed=can_resolve)
    if locked.message_accepte_id is not None:
        raise ActionRefusee(
            "Une réponse est retenue : ce sujet reste résolu tant que vous ne retirez pas ce choix."
        )
    return _set(auteur, sujet, locked, "resolu_le", None, "sujet.unresolve")


@transaction.atomic
def archive_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Put a sujet away: read and found as before, no longer answered. Animateurs; its author is told."""
    changed = _set(auteur, sujet, _locked(auteur, sujet), "archive_le", timezone.now(), "sujet.archive")
    if changed:
        _tell_author(auteur, sujet, "archive", "a archivé votre sujet")
    return changed


@transaction.atomic
def unarchive_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Take a sujet out of the archives. Animateurs."""
    return _set(auteur, sujet, _locked(auteur, sujet), "archive_le", None, "sujet.unarchive")


@transaction.atomic
def archive_dormant(communaute: Communaute, *, limit: int = ARCHIVE_BATCH) -> int:
    """Archive the sujets without a message since `communaute.archivage_mois` months, pinned ones excepted.

    For the worker: at most `limit` at a time, rows that somebody is changing left for the next run; nobody is
    told. Returns how many. 0 months means never.
    """
    if communaute.archivage_mois < 1:
        return 0
    now = timezone.now()
    rows = list(
        Sujet.objects.select_for_update(skip_locked=True)
        .filter(
            communaute=communaute,
            archive_le__isnull=True,
            epingle_le__isnull=True,
            dernier_message_le__lt=now - MOIS * communaute.archivage_mois,
        )
        .order_by("-dernier_message_le", "-pk")[:limit]
    )
    Sujet.objects.filter(pk__in=[row.pk for row in rows]).update(archive_le=now)
    for row in rows:
        record(None, "sujet.archive", row)
        _publish(row.pk, "archive_le", True)
    return len(rows)


def _locked(auteur: Agent, sujet: Sujet, *, allowed: Callable[[Agent, Sujet], bool] = can_moderate) -> Sujet:
    """The sujet's row, held until the transaction ends, once `auteur` may do what they ask."""
    locked: Sujet = Sujet.objects.select_for_update().get(pk=sujet.pk)
    if not allowed(auteur, locked):
        raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
    if locked.fusionne_dans_id is not None:
        raise ActionRefusee("Ce sujet a été fusionné dans un autre : c’est l’autre qu’il faut modifier.")
    return locked


def _set(
    auteur: Agent, sujet: Sujet, locked: Sujet, champ: str, valeur: datetime | None, action: str
) -> bool:
    """Set one state on the locked row and on the caller's object; False when it was so already."""
    if (getattr(locked, champ) is None) == (valeur is None):
        setattr(sujet, champ, getattr(locked, champ))
        return False
    setattr(locked, champ, valeur)
    setattr(sujet, champ, valeur)
    locked.save(update_fields=[champ])
    record(auteur, action, locked)
    if action in LOGGED:
        record_moderation(
            auteur, locked.communaute, action.removeprefix("sujet."), sujet=locked.pk, agent=locked.auteur_id
        )
    _publish(locked.pk, champ, valeur is not None)
    return True


def _publish(pk: int, champ: str, actif: bool) -> None:
    publish_on_commit(
        f"sujet.{pk}",
        {"type": "sujet.etat", "sujet": pk, "etat": champ.removesuffix("_le"), "actif": actif},
    )


def _checked(motif: str) -> str:
    motif = " ".join(motif.split())
    if len(motif) > MOTIF_MAX:
        raise ActionRefusee(f"Expliquez en {MOTIF_MAX} caractères au plus.", champ="motif")
    return motif


def _tell_author(auteur: Agent, sujet: Sujet, etat: str, verbe: str, motif: str = "") -> None:
    """Tell the author what was done to their sujet, if they may still read it. Each change is an event."""
    notify(
        readers_among(sujet, [sujet.auteur]),
        Annonce(
            genre=Notification.Genre.MODERATION,
            cle=f"sujet.{sujet.pk}.{etat}.{int(timezone.now().timestamp())}",
            titre=f"{auteur.nom_complet} {verbe} : « {sujet.titre} »",
            url=sujet.get_absolute_url(),
            extrait=motif,
            acteur=auteur,
            fil=f"sujet.{sujet.pk}",
            intitule=sujet.titre,
        ),
    )
