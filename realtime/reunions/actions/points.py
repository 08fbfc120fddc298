"""The agenda: points kept by those who prepare the meeting, proposed by those who take part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from annuaire.mentions import render_naming
from annuaire.models import Agent
from communautes.access import can_read, is_member, require_write
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION, validate_source
from plateforme.socle.typographie import tidy_title
from realtime.reunions.access import can_prepare, may_be_invited, participant_of, require_prepare
from realtime.reunions.actions.commun import announce, locked, require_open
from realtime.reunions.models import PointOrdreDuJour, Reunion
from realtime.reunions.models.reunions import POINT_MINUTES_MAX

POINTS_MAX = 40
DESCRIPTION_MAX = 4000
# Descriptions rendered again at once.
BATCH = 200


@dataclass(frozen=True)
class ProjetPoint:
    """A point as it is asked for."""

    titre: str
    responsable: Agent | None = None
    minutes: int | None = None
    description: str = ""
    recurrent: bool = False


@transaction.atomic
def add_point(auteur: Agent, reunion: Reunion, projet: ProjetPoint) -> PointOrdreDuJour:
    """Put a point at the end of the agenda. Those who prepare the meeting, until it is ended or cancelled."""
    current = locked(reunion)
    require_prepare(auteur, current)
    require_open(current)
    (point,) = write_points(current, [projet])
    record(auteur, "point.add", point, reunion=current.pk)
    announce(current, "reunion.ordre_du_jour")
    return point


@transaction.atomic
def propose_point(agent: Agent, reunion: Reunion, projet: ProjetPoint) -> PointOrdreDuJour:
    """Propose a point, which waits for those who prepare the meeting: they are told. Whoever takes part."""
    from realtime.reunions.tasks import distribute_proposal

    current = locked(reunion)
    if participant_of(agent, current) is None and not (
        current.communaute is not None and is_member(agent, current.communaute)
    ):
        raise PermissionDenied("Les personnes invitées proposent des points.")
    if (
        current.communaute is not None
        and can_read(agent, current.communaute)
        and is_member(agent, current.communaute)
    ):
        require_write(agent, current.communaute, "Vous n’êtes plus membre de cette communauté.")
    require_open(current)
    check_limit("reunion", agent.pk)
    if can_prepare(agent, current):
        (point,) = write_points(current, [projet])
    else:
        (point,) = write_points(current, [projet], propose_par=agent)
        distribute_proposal.defer(point_id=point.pk)
    record(agent, "point.propose", point, reunion=current.pk)
    announce(current, "reunion.ordre_du_jour")
    return point


@transaction.atomic
def keep_point(auteur: Agent, point: PointOrdreDuJour) -> None:
    """Keep a proposed point. Those who prepare the meeting; harmless when it is kept already."""
    current = locked(point.reunion)
    require_prepare(auteur, current)
    require_open(current)
    changed = PointOrdreDuJour.objects.filter(pk=point.pk, etat=PointOrdreDuJour.Etat.PROPOSE).update(
        etat=PointOrdreDuJour.Etat.RETENU
    )
    if changed:
        record(auteur, "point.keep", point, reunion=current.pk)
        announce(current, "reunion.ordre_du_jour")


@transaction.atomic
def edit_point(auteur: Agent, point: PointOrdreDuJour, projet: ProjetPoint) -> None:
    """Change a point: those who prepare the meeting; its owner and who proposed it, its words and length."""
    current = locked(point.reunion)
    point = _fresh(point)
    _require_edit(auteur, current, point)
    require_open(current)
    prepared = _prepare(current, projet)
    point.titre, point.minutes, point.description = prepared.titre, prepared.minutes, prepared.description
    point.description_html, point.version_rendu = render_naming(point.description), RENDERER_VERSION
    if can_prepare(auteur, current):
        point.responsable, point.recurrent = prepared.responsable, prepared.recurrent
    point.save()
    record(auteur, "point.edit", point, reunion=current.pk)
    announce(current, "reunion.ordre_du_jour")


@transaction.atomic
def remove_point(auteur: Agent, point: PointOrdreDuJour) -> None:
    """Take a point off the agenda: those who prepare the meeting; what is only proposed, its author too."""
    current = locked(point.reunion)
    found = PointOrdreDuJour.objects.filter(pk=point.pk).first()
    if found is None:
        return
    if found.retenu or found.propose_par_id != auteur.pk:
        require_prepare(auteur, current)
    require_open(current)
    record(auteur, "point.remove", found, reunion=current.pk)
    found.delete()
    announce(current, "reunion.ordre_du_jour")


@transaction.atomic
def order_points(auteur: Agent, reunion: Reunion, ordre: Sequence[int]) -> None:
    """Put the agenda in the order of the points' numbers; those that `ordre` leaves out follow, in their order.

    Those who prepare the meeting. A point removed meanwhile is passed over.
    """
    current = locked(reunion)
    require_prepare(auteur, current)
    require_open(current)
    points = {point.pk: point for point in current.points.order_by("rang")}
    wanted = [pk for pk in dict.fromkeys(ordre) if pk in points]
    wanted += [pk for pk in points if pk not in set(wanted)]
    for rang, pk in enumerate(wanted, 1):
        points[pk].rang = rang
    PointOrdreDuJour.objects.bulk_update(points.values(), ["rang"])
    record(auteur, "point.order", current)
    announce(current, "reunion.ordre_du_jour")


def write_points(
    reunion: Reunion, projets: Iterable[ProjetPoint], *, propose_par: Agent | None = None
) -> list[PointOrdreDuJour]:
    """Write points at the end of an agenda, in the caller's transaction, which holds the meeting's row."""
    prepared = [_prepare(reunion, projet) for projet in projets]
    if not prepared:
        return []
    last = reunion.points.aggregate(rang=Max("rang"))["rang"] or 0
    if reunion.points.count() + len(prepared) > POINTS_MAX:
        raise ActionRefusee(f"Un ordre du jour compte {POINTS_MAX} points au plus.", champ="points")
    return list(
        PointOrdreDuJour.objects.bulk_create(
            [
                PointOrdreDuJour(
                    reunion=reunion,
                    rang=rang,
                    titre=projet.titre,
                    responsable=projet.responsable,
                    minutes=projet.minutes,
                    description=projet.description,
                    description_html=render_naming(projet.description),
                    version_rendu=RENDERER_VERSION,
                    recurrent=projet.recurrent,
                    etat=PointOrdreDuJour.Etat.PROPOSE if propose_par else PointOrdreDuJour.Etat.RETENU,
                    propose_par=propose_par,
                )
                for rang, projet in enumerate(prepared, last + 1)
            ]
        )
    )


def may_edit(auteur: Agent, point: PointOrdreDuJour, *, prepares: bool) -> bool:
    """Whether `auteur` changes the words of `point`; `prepares`: they prepare the meeting."""
    mine = point.responsable_id == auteur.pk or (not point.retenu and point.propose_par_id == auteur.pk)
    return prepares or mine


def _require_edit(auteur: Agent, reunion: Reunion, point: PointOrdreDuJour) -> None:
    if may_edit(auteur, point, prepares=False) and participant_of(auteur, reunion) is not None:
        if reunion.communaute is not None and is_member(auteur, reunion.communaute):
            require_write(auteur, reunion.communaute, "Vous n’êtes plus membre de cette communauté.")
        return
    require_prepare(auteur, reunion)


def _fresh(point: PointOrdreDuJour) -> PointOrdreDuJour:
    found = PointOrdreDuJour.objects.filter(pk=point.pk).first()
    if found is None:
        raise ActionRefusee("Ce point a été retiré de l’ordre du jour.")
    return found


def _prepare(reunion: Reunion, projet: ProjetPoint) -> ProjetPoint:
    titre = tidy_title(projet.titre)
    if not titre:
        raise ActionRefusee("Dites en quelques mots de quoi il s’agit.", champ="titre")
    if len(titre) > 200:
        raise ActionRefusee("L’intitulé d’un point compte 200 caractères au plus.", champ="titre")
    if projet.minutes is not None and not 1 <= projet.minutes <= POINT_MINUTES_MAX:
        raise ActionRefusee(f"Un point dure de 1 à {POINT_MINUTES_MAX} minutes.", champ="minutes")
    if len(projet.description) > DESCRIPTION_MAX:
        raise ActionRefusee(
            f"Les précisions comptent {DESCRIPTION_MAX} caractères au plus : joignez plutôt un document.",
            champ="description",
        )
    if projet.description:
        try:
            validate_source(projet.description)
        except ValidationError as error:
            raise ActionRefusee(error.messages[0], champ="description") from None
    if projet.responsable is not None and not may_be_invited(projet.responsable, reunion.communaute):
        raise ActionRefusee("Cette personne ne peut pas porter un point.", champ="responsable")
    return ProjetPoint(
        titre, projet.responsable, projet.minutes, projet.description.strip(), projet.recurrent
    )


@transaction.atomic
def rerender_points(after: int = 0) -> int | None:
    """Render again the next `BATCH` descriptions beyond id `after` that an older renderer made: see
    `plateforme.socle.rendus.Batch`. One that is being changed keeps what its change rendered."""
    rows = list(
        PointOrdreDuJour.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[
            :BATCH
        ]
    )
    for row in rows:
        PointOrdreDuJour.objects.filter(pk=row.pk, description=row.description).update(
            description_html=render_naming(row.description), version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None
