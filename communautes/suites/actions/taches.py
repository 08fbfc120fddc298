"""Tasks: writing one down, giving it to somebody, changing it, saying that it is done."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.fils import forget_thread
from annuaire.notifications.genres import Genre
from communautes.access import require_write
from communautes.models import Communaute
from communautes.suites.access import assignable, can_change_tache, can_take_tache, visible_taches
from communautes.suites.actions.tours import REDITE, take_turns
from communautes.suites.models import Tache
from communautes.suites.origines import tell_origins
from communautes.suites.redaction import check_libelle
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

# How long before its date a task is recalled to who has it to do.
RAPPEL_AVANT = timedelta(days=2)
ECHEANCE_MAX = timedelta(days=3660)
# Given for what one does not change: None is a value.
INCHANGE: Any = object()


class TacheDepassee(ActionRefusee):
    """The task has changed since the version one started from."""

    def __init__(self, actuelle: Tache) -> None:
        super().__init__(
            "Cette tâche vient d’être modifiée par quelqu’un d’autre. Votre saisie est conservée ci-dessous : "
            "vérifiez-la, puis enregistrez de nouveau."
        )
        self.actuelle = actuelle


@transaction.atomic
def create_task(
    auteur: Agent,
    libelle: str,
    *,
    communaute: Communaute | None = None,
    responsable: Agent | None = None,
    echeance: date | None = None,
    quand: datetime | None = None,
) -> Tache:
    """Write a task down; whoever has it to do is told. Members who may write, where there is a community.

    Without one, the caller has checked that `auteur` may speak to `responsable` (a conversation between a few).
    The same task sent again by the same person within a minute (a double click, a resend after a cut) is the first.
    `quand`: content of the past, which nobody is told of. Raises `ActionRefusee` (words, date, person, too fast)
    and `PermissionDenied`.
    """
    if communaute is not None:
        require_write(auteur, communaute, "Rejoignez la communauté pour y noter une tâche.")
    libelle = check_libelle(libelle)
    _check_person(communaute, responsable)
    if quand is None:
        _check_day(echeance)
        twin = _twin(auteur, libelle, communaute, responsable)
        if twin is not None:
            return twin
        check_limit("tache", auteur.pk)
    tache = Tache(
        communaute=communaute,
        libelle=libelle,
        responsable=responsable,
        echeance=echeance,
        auteur=auteur,
        cree_le=quand or timezone.now(),
    )
    tache.prochain_rappel = next_reminder(tache, timezone.localdate())
    tache.save()
    record(auteur, "tache.create", tache, responsable=tache.responsable_id)
    if quand is None:
        _tell_assigned(auteur, tache)
    _publish(tache, "tache.nouvelle")
    return tache


@transaction.atomic
def change_task(
    auteur: Agent,
    tache: Tache,
    *,
    libelle: str = INCHANGE,
    responsable: Agent | None = INCHANGE,
    echeance: date | None = INCHANGE,
    version: int | None = None,
) -> Tache:
    """Change what a task says, who has it to do, or its date; the person it is given to is told.

    Its author, who has it to do, animateurs. `version`: what one started from; None for a caller that holds the
    task. Returns it as it is now; raises `TacheDepassee`, `ActionRefusee`, `PermissionDenied`.
    """
    locked = _locked(tache)
    _require_change(auteur, locked)
    before = (locked.libelle, locked.responsable_id, locked.echeance)
    if libelle is not INCHANGE:
        locked.libelle = check_libelle(libelle)
    if responsable is not INCHANGE:
        if responsable is not None and responsable.pk != locked.responsable_id:
            _check_person(locked.communaute, responsable)
        locked.responsable = responsable
    if echeance is not INCHANGE:
        if echeance != locked.echeance:
            _check_day(echeance)
        locked.echeance = echeance
    if (locked.libelle, locked.responsable_id, locked.echeance) == before:
        return locked
    if version is not None and locked.version != version:
        raise TacheDepassee(_locked(tache))
    check_limit("tache", auteur.pk)
    if (locked.responsable_id, locked.echeance) != before[1:]:
        locked.prochain_rappel = next_reminder(locked, timezone.localdate())
    _save(locked, "libelle", "responsable", "echeance")
    record(auteur, "tache.change", locked, responsable=locked.responsable_id)
    if locked.responsable_id != before[1]:
        _pass_on(auteur, locked, before[1])
    tell_origins(locked)
    _publish(locked, "tache.modifiee")
    return locked


@transaction.atomic
def take_task(agent: Agent, tache: Tache) -> Tache:
    """Take a task that nobody has. Members who may write; of two at once, the first has it."""
    locked = _locked(tache)
    if locked.responsable_id == agent.pk:
        return locked
    if locked.responsable is not None:
        raise ActionRefusee(f"{locked.responsable.nom_complet} s’en charge déjà.")
    if not can_take_tache(agent, locked):
        raise PermissionDenied("Cette tâche ne peut pas être prise en charge.")
    check_limit("tache", agent.pk)
    locked.responsable = agent
    locked.prochain_rappel = next_reminder(locked, timezone.localdate())
    _save(locked, "responsable")
    record(agent, "tache.take", locked)
    tell_origins(locked)
    _publish(locked, "tache.modifiee")
    return locked


@transaction.atomic
def set_task_state(auteur: Agent, tache: Tache, etat: str) -> Tache:
    """Say where a task is. Its author, who has it to do, animateurs; harmless when it is so already.

    Done or given up by somebody else, its author is told; what waited to be recalled no longer is.
    """
    wanted = Tache.Etat(etat)
    locked = _locked(tache)
    _require_change(auteur, locked)
    if locked.etat == wanted:
        return locked
    check_limit("tache", auteur.pk)
    was_open = locked.ouverte
    locked.etat = wanted
    locked.faite_le = timezone.now() if wanted == Tache.Etat.FAITE else None
    if locked.ouverte != was_open:
        locked.prochain_rappel = next_reminder(locked, timezone.localdate())
    _save(locked, "etat", "faite_le")
    record(auteur, "tache.set_state", locked, etat=str(wanted))
    if not locked.ouverte:
        if locked.responsable_id is not None:
            forget_thread(locked.fil, [locked.responsable_id])
        _tell_author(auteur, locked)
    tell_origins(locked)
    _publish(locked, "tache.modifiee")
    return locked


def next_reminder(tache: Tache, today: date) -> date | None:
    """The day when a task is next to be recalled: two days before its date, then the day after it.

    Whoever is given a task for tomorrow has just been told: only the day after is left then.
    """
    if tache.echeance is None or tache.responsable_id is None or not tache.ouverte:
        return None
    before = tache.echeance - RAPPEL_AVANT
    if before > today:
        return before
    return max(tache.echeance + timedelta(days=1), today + timedelta(days=1))


def _twin(
    auteur: Agent, libelle: str, communaute: Communaute | None, responsable: Agent | None
) -> Tache | None:
    take_turns(auteur)
    found: Tache | None = (
        Tache.objects.filter(
            auteur=auteur,
            libelle=libelle,
            communaute=communaute,
            responsable=responsable,
            cree_le__gt=timezone.now() - REDITE,
        )
        .open()
        .order_by("pk")
        .first()
    )
    return found


def _require_change(auteur: Agent, tache: Tache) -> None:
    if not can_change_tache(auteur, tache):
        raise PermissionDenied(
            "Une tâche se modifie par qui l’a notée, par qui en est responsable, ou par l’animation."
        )


def _check_person(communaute: Communaute | None, responsable: Agent | None) -> None:
    if responsable is None:
        return
    if not responsable.is_active:
        raise ActionRefusee("Ce compte est fermé : choisissez quelqu’un d’autre.", champ="responsable")
    if communaute is not None and not assignable(communaute).filter(pk=responsable.pk).exists():
        raise ActionRefusee(
            f"{responsable.nom_complet} n’est pas membre de la communauté : choisissez un membre.",
            champ="responsable",
        )


def _check_day(echeance: date | None) -> None:
    if echeance is None:
        return
    today = timezone.localdate()
    if echeance < today:
        raise ActionRefusee("Cette date est passée : choisissez une date à venir.", champ="echeance")
    if echeance > today + ECHEANCE_MAX:
        raise ActionRefusee("Choisissez une date dans les dix ans.", champ="echeance")


def _locked(tache: Tache) -> Tache:
    """The task's row, held until the transaction ends, with its community and people."""
    found: Tache = (
        Tache.objects.select_for_update(of=("self",))
        .select_related("communaute", "auteur", "responsable")
        .get(pk=tache.pk)
    )
    return found


def _save(tache: Tache, *fields: str) -> None:
    tache.version += 1
    tache.save(update_fields=[*fields, "version", "prochain_rappel"])


def _pass_on(auteur: Agent, tache: Tache, ancien: int | None) -> None:
    """What the former person had not read of it is no longer theirs; the new one is told."""
    if ancien is not None:
        forget_thread(tache.fil, [ancien])
    _tell_assigned(auteur, tache)


def _tell_assigned(auteur: Agent, tache: Tache) -> None:
    if tache.responsable is None:
        return
    until = f", pour le {date_format(tache.echeance, 'j F Y')}" if tache.echeance is not None else ""
    short = Truncator(tache.libelle).chars(130)
    notify(
        [tache.responsable],
        Annonce(
            genre=Genre.TACHE,
            # Given back to the same person later, it is another event.
            cle=f"tache.{tache.pk}.confiee.{tache.version}",
            titre=f"{auteur.nom_complet} vous confie une tâche{until} : « {short} »",
            url=tache.get_absolute_url(),
            extrait=tache.libelle if len(tache.libelle) > 130 else "",
            acteur=auteur,
            fil=tache.fil,
            intitule=tache.libelle,
        ),
    )


def _tell_author(auteur: Agent, tache: Tache) -> None:
    # Whoever left the community since is told nothing of it.
    if not visible_taches(tache.auteur).filter(pk=tache.pk).exists():
        return
    verb = "a terminé" if tache.etat == Tache.Etat.FAITE else "a abandonné"
    notify(
        [tache.auteur],
        Annonce(
            genre=Genre.TACHE,
            cle=f"tache.{tache.pk}.{tache.etat}.{tache.version}",
            titre=f"{auteur.nom_complet} {verb} la tâche « {Truncator(tache.libelle).chars(150)} »",
            url=tache.get_absolute_url(),
            acteur=auteur,
            fil=tache.fil,
            intitule=tache.libelle,
        ),
    )


def _publish(tache: Tache, what: str) -> None:
    if tache.communaute_id is not None:
        publish_on_commit(f"communaute.{tache.communaute_id}", {"type": what, "tache": tache.pk})
