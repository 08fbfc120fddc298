"""Notes of a point: taking the pen, writing, passing it on. Always in this order: notes, then the meeting's row."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from annuaire.mentions import render_naming
from annuaire.models import Agent
from forum.actions.edition import REPERE_NOTRES
from plateforme.socle.differences import unix_lines
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION, validate_source
from realtime.reunions.models import PointOrdreDuJour
from realtime.seances.access import require_lead, require_part
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import BrouillonNote, NotePoint, Passage, Seance, VersionNote
from realtime.seances.models.notes import NOTE_MAX

# A page that writes says so more often; one that died gives the pen back by itself.
PLUME = timedelta(seconds=60)
BATCH = 200


class PlumePrise(ActionRefusee):
    """Somebody else has the pen."""

    def __init__(self, par: Agent | None, *, garde: bool) -> None:
        name = par.nom_complet if par is not None else "Quelqu’un d’autre"
        kept = " Votre texte est gardé : vous le reprendrez quand la plume sera libre." if garde else ""
        super().__init__(f"{name} a la plume.{kept}", champ="texte")


class NoteDepassee(ActionRefusee):
    """The notes changed since the version one started from; one's text is kept as a draft."""

    def __init__(self) -> None:
        super().__init__(
            "Les notes ont changé pendant que vous écriviez. Votre texte est gardé : comparez-le, puis enregistrez.",
            champ="texte",
        )


@transaction.atomic
def take_pen(agent: Agent, seance: Seance, point: PointOrdreDuJour, *, forcer: bool = False) -> NotePoint:
    """Take the pen of a point, if nobody writes; `forcer`: even so, for who runs the meeting. Whoever takes part.

    Whoever had it is told by their page, and what they typed is kept. Raises `PlumePrise`.
    """
    require_part(agent, seance.reunion)
    if not Passage.objects.filter(seance=seance, point=point).exists():
        raise ActionRefusee("Ce point n’a pas encore été abordé.")
    NotePoint.objects.get_or_create(point=point, defaults={"seance": seance})
    note = _locked(point)
    now = timezone.now()
    if is_held(note) and note.plume_id != agent.pk:
        if not forcer:
            raise PlumePrise(note.plume, garde=False)
        require_lead(agent, seance.reunion)
    if note.plume_id != agent.pk or not is_held(note):
        record(agent, "note.take", note, avant=note.plume_id)
    note.plume, note.plume_jusqu_au = agent, now + PLUME
    note.save(update_fields=["plume", "plume_jusqu_au"])
    tell(locked(seance), "plume")
    return note


@transaction.atomic
def give_pen(agent: Agent, seance: Seance, point: PointOrdreDuJour) -> None:
    """Put the pen down; harmless for who does not have it. What is typed and not saved stays a draft."""
    note = _locked(point)
    if note.plume_id == agent.pk:
        note.plume = note.plume_jusqu_au = None
        note.save(update_fields=["plume", "plume_jusqu_au"])
        record(agent, "note.give", note)
        tell(locked(seance), "plume")


@transaction.atomic
def keep_draft(agent: Agent, seance: Seance, point: PointOrdreDuJour, texte: str, depuis: int) -> bool:
    """Keep what `agent` has typed so far, whoever has the pen; say whether it is still theirs, for another minute.

    What an older page brings back is kept below what was typed from a later version.
    """
    require_part(agent, seance.reunion)
    check_limit("brouillon", agent.pk)
    note = _locked(point)
    _keep(note, agent, _bounded(texte), depuis)
    if note.plume_id != agent.pk:
        return False
    note.plume_jusqu_au = timezone.now() + PLUME
    note.save(update_fields=["plume_jusqu_au"])
    return True


@transaction.atomic
def drop_draft(agent: Agent, point: PointOrdreDuJour) -> None:
    """Give up what one had typed. One's own only."""
    BrouillonNote.objects.filter(note__point=point, agent=agent).delete()


def save_note(
    agent: Agent,
    seance: Seance,
    point: PointOrdreDuJour,
    texte: str,
    depuis: int,
    *,
    garder_plume: bool = False,
) -> NotePoint:
    """Save the notes of a point, from the version `depuis`; the pen is put down unless `garder_plume`.

    When somebody else has the pen, or the notes changed meanwhile, nothing is replaced: the text is kept as a draft,
    in a transaction of its own, and `PlumePrise` or `NoteDepassee` is raised. Not to be called within a transaction.
    """
    refused: ActionRefusee
    with transaction.atomic():
        require_part(agent, seance.reunion)
        texte = _checked(texte)
        check_limit("message", agent.pk)
        note = _locked(point)
        held_by_another = is_held(note) and note.plume_id != agent.pk
        if not held_by_another and note.version == depuis:
            return _write(agent, seance, note, texte, garder_plume=garder_plume)
        _keep(note, agent, texte, depuis)
        refused = PlumePrise(note.plume, garde=True) if held_by_another else NoteDepassee()
    raise refused


def is_held(note: NotePoint) -> bool:
    """Whether somebody has the pen and their page lives."""
    return (
        note.plume_id is not None and note.plume_jusqu_au is not None and note.plume_jusqu_au > timezone.now()
    )


@transaction.atomic
def rerender_notes(after: int = 0) -> int | None:
    """Render again the next `BATCH` notes beyond id `after` that an older renderer made: see
    `plateforme.socle.rendus.Batch`. One that is being changed keeps what its change rendered."""
    rows = list(
        NotePoint.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[:BATCH]
    )
    for row in rows:
        NotePoint.objects.filter(pk=row.pk, version=row.version).update(
            html=render_naming(row.texte), version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None


def _write(agent: Agent, seance: Seance, note: NotePoint, texte: str, *, garder_plume: bool) -> NotePoint:
    now = timezone.now()
    BrouillonNote.objects.filter(note=note, agent=agent).delete()
    if garder_plume:
        note.plume, note.plume_jusqu_au = agent, now + PLUME
    else:
        note.plume = note.plume_jusqu_au = None
    if texte != note.texte:
        note.version += 1
        note.texte, note.html, note.version_rendu = texte, render_naming(texte), RENDERER_VERSION
        note.modifiee_par, note.modifiee_le = agent, now
        VersionNote.objects.create(note=note, numero=note.version, texte=texte, auteur=agent, cree_le=now)
        record(agent, "note.save", note, version=note.version)
    note.save()
    tell(locked(seance), "note")
    return note


def _keep(note: NotePoint, agent: Agent, texte: str, depuis: int) -> None:
    draft = BrouillonNote.objects.filter(note=note, agent=agent).first()
    if draft is not None and draft.depuis > depuis:
        # An older page of theirs comes back: both are kept, one under the other.
        if texte.strip() in draft.texte:
            return
        texte, depuis = f"{draft.texte}\n\n{texte}"[:NOTE_MAX], draft.depuis
    BrouillonNote.objects.update_or_create(
        note=note,
        agent=agent,
        defaults={"texte": texte, "depuis": min(depuis, note.version), "maj_le": timezone.now()},
    )


def _locked(point: PointOrdreDuJour) -> NotePoint:
    found = (
        NotePoint.objects.select_for_update(of=("self",)).select_related("plume").filter(point=point).first()
    )
    if found is None:
        raise ActionRefusee("Prenez d’abord la plume.")
    return found


def _bounded(texte: str) -> str:
    texte = unix_lines(texte.replace("\x00", ""))
    if len(texte) > NOTE_MAX:
        raise ActionRefusee(f"Les notes d’un point comptent {NOTE_MAX} caractères au plus.", champ="texte")
    return texte


def _checked(texte: str) -> str:
    texte = _bounded(texte).strip()
    if REPERE_NOTRES in texte:
        raise ActionRefusee(
            "Il reste un passage à choisir : gardez ce qui convient, puis effacez les repères ⟦ et ⟧.",
            champ="texte",
        )
    if texte:
        try:
            validate_source(texte)
        except ValidationError as error:
            raise ActionRefusee(error.messages[0], champ="texte") from None
    return texte
