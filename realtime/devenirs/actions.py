"""Making something of a line of a salon: a sujet, a decision, a task.

What is made is written first, with the locks of its own app (person, decision, counter of the register, meeting, sujet);
then the salon's row and the line's are held, until the commit: the order in which a decision confirmed later, or a sujet
renamed, comes back to the line. Two people at once: the second is told of what the first has made.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from annuaire.models import Agent
from communautes.access import can_animate
from communautes.models import Communaute
from communautes.suites.actions import create_task, note_in_register, propose_decision
from communautes.suites.models import Decision, Tache
from forum.actions import open_sujet
from forum.models import Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.access import get_line, members_of
from realtime.devenirs.access import (
    AUTOUR,
    PARTI,
    PAS_LES_VOTRES,
    get_source,
    may_quote,
    places_for_sujet,
    quoted_lines,
    running_meeting,
)
from realtime.devenirs.citations import with_quotes
from realtime.devenirs.models import DevenirLigne, RegistreSalon
from realtime.devenirs.origines import ORIGINE
from realtime.lignes import hold_line, show_again
from realtime.models import MessageSalon
from realtime.seances.actions import note_action, note_decision
from realtime.seances.models import SuiteReunion

# Of one line: beyond, it is no line but minutes.
DEVENIRS_MAX = 20


class DejaDevenu(ActionRefusee):
    """Somebody has just made the same kind of thing of the line."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un vient de le faire : ce que ce message est devenu s’affiche ci-dessus. Si ce que vous avez écrit est "
            "autre chose, enregistrez-le de nouveau : rien n’est perdu."
        )


@transaction.atomic
def make_sujet(
    auteur: Agent,
    line: MessageSalon,
    communaute: Communaute,
    *,
    titre: str,
    texte: str,
    genre: str = Sujet.Genre.DISCUSSION,
    cites: Collection[int] = (),
    vus: int | None = None,
) -> Sujet:
    """Open a sujet with `texte`, then the words of the lines `cites`, by number, each under its author and time.

    Those who may write in the salon and in `communaute`: that of the salon, or of those that they write in for a salon
    without one. Of a salon of named people, only one's own words. `vus`: the last thing made of the line that the person
    has seen, by number; None when it does not matter. Raises `DejaDevenu`, `ActionRefusee`, `PermissionDenied`, `Http404`.
    """
    current = get_source(auteur, line.salon_id, line.numero)
    if not may_quote(auteur, current):
        raise PermissionDenied(PAS_LES_VOTRES)
    if not places_for_sujet(auteur, current.salon).filter(pk=communaute.pk).exists():
        raise ActionRefusee("Choisissez une communauté où vous écrivez.", champ="communaute")
    if genre not in (Sujet.Genre.QUESTION, Sujet.Genre.DISCUSSION):
        raise ActionRefusee("Choisissez une question ou une discussion.", champ="genre")
    if len(cites) > 2 * AUTOUR + 1:
        raise ActionRefusee(f"Reprenez {2 * AUTOUR + 1} messages au plus.", champ="cites")
    quoted = quoted_lines(auteur, current, cites)
    sujet = open_sujet(
        auteur, communaute, titre=titre, texte=with_quotes(texte, quoted), genre=genre, origine=ORIGINE
    )
    _bind(auteur, current, vus, sujet=sujet)
    return sujet


@transaction.atomic
def make_decision(
    auteur: Agent,
    line: MessageSalon,
    texte: str,
    *,
    prise_le: date | None = None,
    confirmer: bool = False,
    vus: int | None = None,
    quand: datetime | None = None,
) -> Decision | SuiteReunion:
    """Note a decision: in the meeting whose chat this is, while it is on; else in the register of the salon's community,
    confirmed at once if who animates it says so; else in that of the salon, numbered at once. Those who may write in the
    salon.

    `vus`: as `make_sujet`; `quand`: as `propose_decision`. Raises `DejaDevenu`, and what `propose_decision` or
    `note_decision` does.
    """
    current = get_source(auteur, line.salon_id, line.numero)
    salon = current.salon
    seance = running_meeting(salon)
    if seance is not None:
        suite = note_decision(auteur, seance, texte)
        if suite.decision is None:
            _bind(auteur, current, vus, genre=DevenirLigne.Genre.DECISION, suite=suite)
            return suite
        decision = suite.decision
    elif salon.communaute is None:
        register, _ = RegistreSalon.objects.get_or_create(salon=salon)
        decision = note_in_register(auteur, register, texte, prise_le=prise_le, quand=quand)
    else:
        decision = propose_decision(
            auteur,
            salon.communaute,
            texte,
            prise_le=prise_le,
            confirmer=confirmer and can_animate(auteur, salon.communaute),
            quand=quand,
        )
    _bind(auteur, current, vus, decision=decision)
    return decision


@transaction.atomic
def make_task(
    auteur: Agent,
    line: MessageSalon,
    libelle: str,
    *,
    responsable: Agent | None = None,
    echeance: date | None = None,
    vus: int | None = None,
    quand: datetime | None = None,
) -> Tache | SuiteReunion:
    """Note what is to be done: in the meeting whose chat this is, while it is on; else as a task of the salon's
    community, or of nobody but `auteur` and `responsable`, who is in the salon, when it has none. Those who may write in
    the salon.

    `vus`: as `make_sujet`; `quand`: as `create_task`. Raises `DejaDevenu`, and what `create_task` or `note_action` does.
    """
    current = get_source(auteur, line.salon_id, line.numero)
    salon = current.salon
    seance = running_meeting(salon)
    if seance is not None:
        suite = note_action(auteur, seance, libelle, responsable=responsable, echeance=echeance)
        _bind(auteur, current, vus, genre=DevenirLigne.Genre.TACHE, suite=suite)
        return suite
    if (
        salon.communaute is None
        and responsable is not None
        and not members_of(salon).filter(pk=responsable.pk).exists()
    ):
        raise ActionRefusee(
            f"{responsable.nom_complet} n’est plus dans ce salon : choisissez quelqu’un d’autre.",
            champ="responsable",
        )
    tache = create_task(
        auteur,
        libelle,
        communaute=salon.communaute,
        responsable=responsable,
        echeance=echeance,
        quand=quand,
    )
    _bind(auteur, current, vus, tache=tache)
    return tache


def show_sujet_again(sender: object, sujet: int, **kwargs: Any) -> None:
    """Listens to `sujet_changed`, in its transaction: the line shows the sujet's title, to those who may read it."""
    show_lines_again(Q(sujet=sujet) | Q(sujet__fusionne_dans=sujet))


def show_suite_again(sender: object, suite: SuiteReunion, **kwargs: Any) -> None:
    """Listens to `suite_changed`, in its transaction."""
    show_lines_again(Q(suite=suite))


def show_lines_again(which: Q) -> None:
    """Show anew the lines of which `which` was made, in the caller's transaction; by salon then number, as whoever holds
    several does."""
    rows = DevenirLigne.objects.filter(which, message__isnull=False).select_related(
        "message__salon__communaute"
    )
    lines = {
        row.message_id: row.message for row in rows.order_by("salon", "numero") if row.message is not None
    }
    for line in lines.values():
        show_again(line)


def _bind(auteur: Agent, line: MessageSalon, vus: int | None, *, genre: str = "", **made: Any) -> None:
    """Tie what was just written to its line, which is looked at again once it is held."""
    ((kind, thing),) = made.items()
    locked = hold_line(line)
    if DevenirLigne.objects.filter(**made).exists():
        # Sent twice: it is the first that was given back.
        return
    # Left, or put out, since: what they may no longer read, they make nothing of.
    get_line(auteur, locked.salon_id, locked.numero)
    if not locked.visible:
        raise ActionRefusee(PARTI)
    genre = genre or kind
    rows = DevenirLigne.objects.filter(message=locked)
    if vus is not None and rows.filter(genre=genre, pk__gt=vus).exists():
        raise DejaDevenu
    if rows.count() >= DEVENIRS_MAX:
        raise ActionRefusee(
            f"{DEVENIRS_MAX} sujets, décisions et tâches viennent déjà de ce message : partez d’un autre."
        )
    DevenirLigne.objects.create(
        salon=locked.salon, message=locked, numero=locked.numero, genre=genre, auteur=auteur, **made
    )
    record(auteur, "line.lead_to", locked, **{kind: thing.pk})
    show_again(locked)
