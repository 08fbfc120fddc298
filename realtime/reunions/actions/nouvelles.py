"""Telling those invited. For the worker; each is harmless when repeated: a notification's key is unique per person."""

from collections.abc import Collection, Iterable

from django.db import transaction

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from realtime.reunions.horaires import say_moment
from realtime.reunions.models import Changement, Convive, Habitue, PointOrdreDuJour, Reunion, Serie
from realtime.reunions.rythme import say_rhythm


@transaction.atomic
def tell_of_reunion(reunion: Reunion) -> None:
    """Tell those invited who were not told yet; of a series, those who are invited to this meeting alone."""
    if reunion.en_preparation or reunion.annulee:
        return
    _tell(
        reunion,
        _invited(reunion, habitues=False),
        cle=f"reunion.{reunion.pk}",
        titre=f"Réunion {_when(reunion)} : {reunion.titre}",
        acteur=reunion.organisateur,
    )


@transaction.atomic
def tell_of_serie(serie: Serie, habitues: Collection[int] | None = None) -> None:
    """Tell those invited to a series that it begins, or that it stops; once each, whatever the number of meetings.

    `habitues`: these invitations alone.
    """
    stopped = serie.arretee_le is not None
    _tell_serie(
        serie,
        _invited_to(serie, habitues),
        cle=f"serie.{serie.pk}.{'arret' if stopped else 'nouvelle'}",
        titre=f"La série « {serie.titre} » s’arrête"
        if stopped
        else f"Réunions {say_rhythm(serie)} : {serie.titre}",
        acteur=None if stopped else serie.organisateur,
    )


@transaction.atomic
def tell_of_serie_change(serie: Serie, sequence: int, dit: str, auteur: Agent | None) -> None:
    """Tell those invited to a series what changed in all its meetings to come, in the words of `textes.say_changes`."""
    if serie.arretee_le is not None:
        return
    rows = Habitue.objects.present().filter(serie=serie).exclude(reponse=Convive.Reponse.REFUSE)
    _tell_serie(
        serie,
        Agent.objects.active().filter(pk__in=rows.values("agent")),
        cle=f"serie.{serie.pk}.changee.{sequence}",
        titre=f"Réunions « {serie.titre} » : {dit}",
        acteur=auteur,
    )


@transaction.atomic
def tell_of_change(reunion: Reunion, changement: Changement) -> None:
    """Tell those invited what changed, in the words of `textes.say_changes`."""
    if reunion.en_preparation or reunion.annulee:
        return
    _tell(
        reunion,
        _invited(reunion),
        cle=f"reunion.{reunion.pk}.changee.{changement.sequence}",
        titre=f"« {reunion.titre} » : {changement.dit}",
        acteur=changement.auteur,
    )


@transaction.atomic
def tell_of_cancellation(reunion: Reunion, auteur: Agent | None) -> None:
    """Tell those invited that a meeting is off, and why."""
    _tell(
        reunion,
        _invited(reunion),
        cle=f"reunion.{reunion.pk}.annulee",
        titre=f"Réunion annulée : « {reunion.titre} », {_when(reunion)}",
        extrait=reunion.motif_annulation,
        acteur=auteur,
    )


@transaction.atomic
def tell_of_proposal(point: PointOrdreDuJour) -> None:
    """Tell those who prepare a meeting that somebody proposes a point."""
    reunion = point.reunion
    people = list(
        Agent.objects.active().filter(
            pk__in=reunion.participants.present().filter(role=Convive.Role.ANIMATEUR).values("agent")
        )
    )
    auteur = point.propose_par
    _tell(
        reunion,
        [*people, reunion.organisateur],
        cle=f"reunion.{reunion.pk}.point.{point.pk}",
        titre=f"{auteur.nom_complet if auteur else 'Une personne invitée'} propose un point pour "
        f"« {reunion.titre} » : {point.titre}",
        acteur=auteur,
    )


def _tell(
    reunion: Reunion,
    people: Iterable[Agent],
    *,
    cle: str,
    titre: str,
    acteur: Agent | None,
    extrait: str = "",
) -> None:
    notify(
        people,
        Annonce(
            genre=Notification.Genre.REUNION,
            cle=cle,
            titre=titre,
            extrait=extrait,
            url=reunion.get_absolute_url(),
            acteur=acteur,
            fil=f"reunion.{reunion.pk}",
            intitule=reunion.titre,
            # The calendar's item has an e-mail of its own: actions.expeditions.
            sans_courriel=True,
        ),
    )


def _tell_serie(serie: Serie, people: Iterable[Agent], *, cle: str, titre: str, acteur: Agent | None) -> None:
    notify(
        people,
        Annonce(
            genre=Notification.Genre.REUNION,
            cle=cle,
            titre=titre,
            url=serie.get_absolute_url(),
            acteur=acteur,
            fil=f"serie.{serie.pk}",
            intitule=serie.titre,
            # As for one meeting.
            sans_courriel=True,
        ),
    )


def _invited_to(serie: Serie, habitues: Collection[int] | None) -> Iterable[Agent]:
    rows = Habitue.objects.present().filter(serie=serie)
    if habitues is not None:
        rows = rows.filter(pk__in=habitues)
    return Agent.objects.active().filter(pk__in=rows.values("agent"))


def _invited(reunion: Reunion, *, habitues: bool = True) -> Iterable[Agent]:
    rows = reunion.participants.present().exclude(reponse=Convive.Reponse.REFUSE)
    if not habitues:
        rows = rows.filter(habitue=False)
    return Agent.objects.active().filter(pk__in=rows.values("agent"))


def _when(reunion: Reunion) -> str:
    return say_moment(reunion.debut, reunion.fuseau)
