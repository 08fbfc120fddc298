"""Polls: opening one with its sujet, voting, changing one's vote, closing.

Every write takes the poll's row lock first, so votes of one poll take turns and the counts kept on its options are
exact. Whether it is still open is asked of the clock once the lock is held: no job decides it.

A secret poll that forbids changing keeps who has voted and how many each option got, never who chose what. One that
allows changing needs that link while it is open, and loses it when it closes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.access import can_write
from forum.access import can_close_poll, readers_among
from forum.models import OptionSondage, Participation, Sondage, Sujet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import tidy_title

MIN_OPTIONS, MAX_OPTIONS = 2, 20
OPTION_MAX = 160


@dataclass(frozen=True)
class ProjetSondage:
    """A poll as its author asks for it, to be opened with its sujet."""

    options: tuple[str, ...]
    multiple: bool = False
    secret: bool = True
    changement_permis: bool = True
    cloture_le: datetime | None = None


def add_sondage(sujet: Sujet, projet: ProjetSondage) -> Sondage:
    """Give a new sujet its poll, in the caller's transaction. Raises `ActionRefusee`."""
    options = [tidy_title(option) for option in projet.options if option.strip()]
    if len({option.casefold() for option in options}) != len(options):
        raise ActionRefusee("Deux choix sont identiques : modifiez ou retirez l’un d’eux.", champ="options")
    if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        raise ActionRefusee(
            f"Un sondage propose de {MIN_OPTIONS} à {MAX_OPTIONS} choix, un par ligne.", champ="options"
        )
    if any(len(option) > OPTION_MAX for option in options):
        raise ActionRefusee(f"Un choix compte {OPTION_MAX} caractères au plus.", champ="options")
    if projet.cloture_le is not None and projet.cloture_le <= sujet.cree_le:
        raise ActionRefusee("Choisissez une date de clôture à venir.", champ="cloture_le")
    sondage: Sondage = Sondage.objects.create(
        sujet=sujet,
        multiple=projet.multiple,
        secret=projet.secret,
        changement_permis=projet.changement_permis,
        cloture_le=projet.cloture_le,
    )
    OptionSondage.objects.bulk_create(
        OptionSondage(sondage=sondage, texte=text, position=position)
        for position, text in enumerate(options, 1)
    )
    return sondage


@transaction.atomic
def vote(agent: Agent, sondage: Sondage, choix: Iterable[int]) -> Participation:
    """Vote, or change one's vote where that is allowed; `choix`: ids of options. Members who may write.

    Raises `PermissionDenied`, and `ActionRefusee` when it is closed, the choice is wrong, or the vote is final.
    """
    check_limit("vote", agent.pk)
    locked = _locked(sondage)
    if not can_write(agent, locked.sujet.communaute):
        raise PermissionDenied("Le vote est réservé aux membres de la communauté.")
    _check_open(locked)
    chosen = set(choix)
    if not chosen:
        raise ActionRefusee("Choisissez une réponse avant de voter.", champ="choix")
    if len(chosen) > 1 and not locked.multiple:
        raise ActionRefusee("Ce sondage n’accepte qu’un seul choix.", champ="choix")
    if locked.options.filter(pk__in=chosen).count() != len(chosen):
        raise ActionRefusee("Ce choix ne fait pas partie du sondage : actualisez la page.", champ="choix")
    mine, created = Participation.objects.get_or_create(sondage=locked, agent=agent)
    if created:
        before: set[int] = set()
        Sondage.objects.filter(pk=locked.pk).update(nb_votants=F("nb_votants") + 1)
    elif locked.changement_permis:
        before = set(mine.choix.values_list("pk", flat=True))
    else:
        raise ActionRefusee("Votre vote est déjà enregistré, et ce sondage ne permet pas d’en changer.")
    _count(before, chosen)
    if locked.changement_permis or not locked.secret:
        mine.choix.set(chosen)
    # Not what was chosen: the journal outlives the poll's secrecy.
    record(agent, "sondage.vote" if created else "sondage.change_vote", locked)
    _publish(locked)
    return mine


@transaction.atomic
def withdraw_vote(agent: Agent, sondage: Sondage) -> None:
    """Take one's vote back, where changing is allowed and while the poll is open. Harmless without a vote."""
    locked = _locked(sondage)
    if not can_write(agent, locked.sujet.communaute):
        raise PermissionDenied("Le vote est réservé aux membres de la communauté.")
    _check_open(locked)
    if not locked.changement_permis:
        raise ActionRefusee("Ce sondage ne permet pas de retirer son vote.")
    mine = Participation.objects.filter(sondage=locked, agent=agent).first()
    if mine is None:
        return
    _count(set(mine.choix.values_list("pk", flat=True)), set())
    Sondage.objects.filter(pk=locked.pk).update(nb_votants=F("nb_votants") - 1)
    mine.delete()
    record(agent, "sondage.withdraw_vote", locked)
    _publish(locked)


@transaction.atomic
def close_sondage(auteur: Agent, sondage: Sondage) -> None:
    """End a poll before its date: its author, or an animateur. Harmless when it is closed."""
    locked = _locked(sondage)
    if not can_close_poll(auteur, locked.sujet):
        raise PermissionDenied("Seules la personne qui a lancé le sondage et l’animation peuvent le clore.")
    if locked.clos:
        return
    record(auteur, "sondage.close", locked)
    _finish(locked, timezone.now())


@transaction.atomic
def finish_due_sondage(sondage: Sondage) -> bool:
    """Settle a poll whose date is past: forget who chose what if it is secret, have people told. For the worker.

    Returns False when that is done already, or not due.
    """
    locked = _locked(sondage)
    if locked.clos_le is not None or not locked.clos:
        return False
    _finish(locked, locked.cloture_le or timezone.now())
    return True


@transaction.atomic
def tell_of_closing(sondage: Sondage) -> None:
    """Tell the author and those who voted, if they may still read it. For the worker; harmless when repeated."""
    sujet = sondage.sujet
    people = list(
        Agent.objects.active().filter(
            pk__in=[
                sujet.auteur_id,
                *Participation.objects.filter(sondage=sondage).values_list("agent", flat=True),
            ]
        )
    )
    notify(
        readers_among(sujet, people),
        Annonce(
            genre=Notification.Genre.SONDAGE,
            cle=f"sondage.{sondage.pk}.clos",
            titre=f"Le sondage « {sujet.titre} » est clos : voyez les résultats",
            url=sujet.get_absolute_url(),
            fil=f"sujet.{sujet.pk}",
        ),
    )


def _locked(sondage: Sondage) -> Sondage:
    """The poll's row, held until the transaction ends, with its sujet and community."""
    found: Sondage = (
        Sondage.objects.select_for_update(of=("self",)).select_related("sujet__communaute").get(pk=sondage.pk)
    )
    return found


def _check_open(sondage: Sondage) -> None:
    if sondage.clos or not sondage.sujet.ouvert:
        raise ActionRefusee("Ce sondage est clos : les votes ne changent plus.")


def _count(before: set[int], after: set[int]) -> None:
    OptionSondage.objects.filter(pk__in=before - after).update(nb_voix=F("nb_voix") - 1)
    OptionSondage.objects.filter(pk__in=after - before).update(nb_voix=F("nb_voix") + 1)


def _finish(sondage: Sondage, quand: datetime) -> None:
    from forum.tasks import tell_of_closed_sondage

    sondage.clos_le = quand
    sondage.save(update_fields=["clos_le"])
    if sondage.secret:
        Participation.choix.through.objects.filter(participation__sondage=sondage).delete()
    _publish(sondage)
    tell_of_closed_sondage.defer(sondage_id=sondage.pk)


def _publish(sondage: Sondage) -> None:
    publish_on_commit(f"sujet.{sondage.pk}", {"type": "sondage.vote", "sujet": sondage.pk})
