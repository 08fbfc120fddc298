"""How a sollicitation ends: closed by who asked, with what they say of the help; or without a follow-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import take_back
from annuaire.sollicitations.actions.commun import add_message, check_text, locked, take_back_calls
from annuaire.sollicitations.etats import PRISES, Etat, may_end
from annuaire.sollicitations.models import Destinataire, MessageFil, Sollicitation
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

FINIE = "Cette sollicitation est déjà terminée."


@dataclass(frozen=True)
class Bilan:
    """What who asked says to one of those who helped. `utile` is empty when they say nothing of it."""

    utile: str = ""
    mot: str = ""


@transaction.atomic
def close(demandeur: Agent, sollicitation: Sollicitation, bilans: Mapping[int, Bilan]) -> None:
    """End a sollicitation of one's own; `bilans`: what is said to those who took it on, by the number of their thread.

    What others say at the same moment is kept: an answer that comes after is a message. Raises `ActionRefusee`.
    """
    row = _own(demandeur, sollicitation)
    _end(row, Etat.CLOSE, timezone.now(), bilans)
    record(demandeur, "sollicitation.close", row)


@transaction.atomic
def give_up(demandeur: Agent, sollicitation: Sollicitation) -> None:
    """End a sollicitation of one's own from which nothing came. Raises `ActionRefusee`."""
    row = _own(demandeur, sollicitation)
    _end(row, Etat.SANS_SUITE, timezone.now(), {})
    record(demandeur, "sollicitation.give_up", row)


def end_without_follow_up(row: Sollicitation, now: datetime) -> None:
    """The same by the worker, which holds the row: nobody said anything for long, or who asked has left."""
    _end(row, Etat.SANS_SUITE, now, {})
    record(None, "sollicitation.give_up", row)


def _own(demandeur: Agent, sollicitation: Sollicitation) -> Sollicitation:
    if sollicitation.demandeur_id != demandeur.pk or not demandeur.is_active:
        raise PermissionDenied("Cette sollicitation est celle d’une autre personne.")
    check_limit("sollicitation", demandeur.pk)
    return locked(sollicitation)


def _end(row: Sollicitation, etat: Etat, now: datetime, bilans: Mapping[int, Bilan]) -> None:
    if not may_end(row.etat, etat):
        raise ActionRefusee(FINIE)
    proposed = row.relance_le
    row.etat, row.finie_le = etat, now
    row.save(update_fields=["etat", "finie_le"])
    event = MessageFil.Evenement.CLOT if etat == Etat.CLOSE else MessageFil.Evenement.ABANDON
    threads = Destinataire.objects.filter(sollicitation=row).select_related("agent").order_by("pk")
    for fil in threads:
        fil.sollicitation = row
        bilan = bilans.get(fil.pk, Bilan()) if fil.etat in PRISES else Bilan()
        if bilan.utile in Destinataire.Utile.values:
            fil.utile = bilan.utile
        fil.prochain_rappel = None
        # Who said nothing has nothing more to do: they are not disturbed to be told so.
        concerned = fil.etat in PRISES or fil.dernier_numero > 1
        word = check_text(bilan.mot, champ=f"mot_{fil.pk}", requis=False)
        add_message(fil, row.demandeur, word, evenement=event, dire=concerned, now=now)
        take_back_calls(fil)
    if proposed is not None:
        take_back(f"sollicitation-suite.{row.pk}.proposee.{proposed.date()}")
