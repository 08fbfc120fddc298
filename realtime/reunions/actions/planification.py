"""Planning a meeting, changing it, cancelling it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.horaires import FUSEAUX
from annuaire.notifications.preferences import clock_of
from communautes.access import can_write, require_write
from communautes.models import Communaute
from forum.actions.rendus import titles_changed
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import tidy_title
from realtime.access import get_salon
from realtime.models import Salon
from realtime.reunions.access import can_plan, require_prepare
from realtime.reunions.access_suites import check_earlier
from realtime.reunions.actions.commun import announce, locked, require_open
from realtime.reunions.actions.listes import Invites, add_people, resolve_groups
from realtime.reunions.actions.points import ProjetPoint, write_points
from realtime.reunions.liens import link_key
from realtime.reunions.models import Convive, Participant, PointOrdreDuJour, Reunion
from realtime.reunions.models.commun import DUREE_MAX, DUREE_MIN, Visio
from realtime.reunions.textes import photograph, say_changes
from realtime.reunions.visio import is_safe, new_address, offered

# Far enough for any calendar, near enough to catch a typing error in the year.
HORIZON = timedelta(days=3 * 365)
FOLLOWED = (Reunion.Etat.PLANIFIEE, Reunion.Etat.EN_COURS, Reunion.Etat.TERMINEE)
EDITABLE = ("titre", "debut", "fuseau", "duree_minutes", "lieu", "visio", "lien_visio")


@transaction.atomic
def plan_reunion(
    auteur: Agent,
    communaute: Communaute | None,
    *,
    titre: str,
    debut: datetime,
    fuseau: str = "",
    duree_minutes: int = 60,
    lieu: str = "",
    visio: str = Visio.AUCUNE,
    lien_visio: str = "",
    salon: Salon | None = None,
    points: Iterable[ProjetPoint] = (),
    invites: Invites | None = None,
    suite_de: Reunion | None = None,
    brouillon: bool = False,
) -> Reunion:
    """Plan a meeting, which its author organises. Those invited are told by the worker, unless it is a draft.

    Of a community: whoever animates it; from one of its salons, any of its members who may write, who then invite
    people by name only. Without a community: agents of the State among themselves. `invites` absent: the whole
    community. `fuseau` empty: the author's clock. `suite_de`: the earlier meeting that it follows. Raises `ActionRefusee` and `PermissionDenied`.
    """
    from realtime.reunions.tasks import distribute_reunion

    invites = invites or Invites(toute_la_communaute=communaute is not None)
    require_plan(auteur, communaute, salon, invites)
    check_limit("reunion", auteur.pk)
    fields = {
        "titre": titre,
        "debut": debut,
        "fuseau": fuseau or clock_of(auteur),
        "duree_minutes": duree_minutes,
        "lieu": lieu,
        "visio": visio,
        "lien_visio": lien_visio,
    }
    if suite_de is not None:
        check_earlier(auteur, suite_de, communaute, debut)
    reunion = Reunion.objects.create(
        communaute=communaute,
        salon=salon,
        organisateur=auteur,
        suite_de=suite_de,
        etat=Reunion.Etat.BROUILLON if brouillon else Reunion.Etat.PLANIFIEE,
        toute_la_communaute=invites.toute_la_communaute,
        toute_l_animation=invites.toute_l_animation,
        **clean_fields(fields, avant=None),
    )
    write_points(reunion, points)
    Participant.objects.create(
        reunion=reunion,
        agent=auteur,
        role=Convive.Role.ANIMATEUR,
        reponse=Convive.Reponse.ACCEPTE,
        repondu_le=timezone.now(),
    )
    add_people(reunion, invites)
    resolve_groups(reunion)
    record(auteur, "reunion.plan", reunion, brouillon=brouillon)
    if not brouillon:
        distribute_reunion.defer(reunion_id=reunion.pk)
        announce(reunion, "reunion.nouvelle")
    return reunion


@transaction.atomic
def publish_reunion(auteur: Agent, reunion: Reunion) -> Reunion:
    """Have a draft be a planned meeting: those invited are told. Those who prepare it; harmless when it is so."""
    from realtime.reunions.tasks import distribute_reunion

    current = locked(reunion)
    require_prepare(auteur, current)
    if current.etat != Reunion.Etat.BROUILLON:
        require_open(current)
        return current
    if current.debut < timezone.now():
        raise ActionRefusee("Cette date est passée : choisissez un moment à venir.", champ="debut")
    current.etat = Reunion.Etat.PLANIFIEE
    current.save(update_fields=["etat"])
    resolve_groups(current)
    record(auteur, "reunion.publish", current)
    distribute_reunion.defer(reunion_id=current.pk)
    announce(current, "reunion.nouvelle")
    return current


@transaction.atomic
def edit_reunion(auteur: Agent, reunion: Reunion, *, sur: int | None = None, **champs: Any) -> list[str]:
    """Change some of `EDITABLE`; returns what changed, in words, which those invited are told by the worker.

    Those who prepare it, until it is ended or cancelled. `sur`: the `sequence` that was on the author's screen; when
    somebody changed the meeting meanwhile, raises `ActionRefusee` rather than undo their change. A meeting moved asks
    everybody again. In a series, this one alone changes. `suite_de`, if it is given, is the earlier meeting that it
    follows, or None: nobody is told of that.
    """
    from realtime.reunions.tasks import distribute_change

    current = locked(reunion)
    require_prepare(auteur, current)
    require_open(current)
    if sur is not None and sur != current.sequence:
        raise ActionRefusee(
            "Cette réunion a été modifiée pendant que vous écriviez : voyez ce qu’elle est devenue, puis "
            "enregistrez de nouveau si besoin. Ce que vous avez écrit est conservé."
        )
    if "suite_de" in champs:
        _follow_earlier(auteur, current, champs["suite_de"], champs.get("debut", current.debut))
    before = photograph(current)
    wanted = {name: champs.get(name, getattr(current, name)) for name in EDITABLE}
    for name, value in clean_fields(wanted, avant=current).items():
        setattr(current, name, value)
    said = say_changes(before, current)
    if not said:
        return []
    moved = before.debut != current.debut or before.duree_minutes != current.duree_minutes
    current.sequence = next_sequence(current)
    current.modifiee = current.serie_id is not None
    if moved:
        current.sequence_horaire = current.sequence
        _ask_again(current)
    current.save(update_fields=[*EDITABLE, "sequence", "sequence_horaire", "modifiee"])
    titles_changed(externe=link_key(current.pk))
    record(auteur, "reunion.edit", current, champs=[n for n in EDITABLE if wanted[n] != getattr(before, n)])
    if not current.en_preparation:
        dit = " ; ".join(said)
        current.changements.create(sequence=current.sequence, dit=dit[:600], auteur=auteur)
        distribute_change.defer(reunion_id=current.pk, sequence=current.sequence)
    announce(current, "reunion.changee", sequence=current.sequence)
    return said


@transaction.atomic
def cancel_reunion(auteur: Agent, reunion: Reunion, *, motif: str = "") -> None:
    """Call a meeting off; those invited are told why by the worker. Harmless when it is already.

    Those who prepare it, while it has not begun. Of two at once, the first one's reason stands.
    """
    from realtime.reunions.tasks import distribute_cancellation

    current = locked(reunion)
    require_prepare(auteur, current)
    if current.etat == Reunion.Etat.ANNULEE:
        return
    if current.etat == Reunion.Etat.EN_COURS:
        raise ActionRefusee("Cette réunion est en cours : terminez-la plutôt que de l’annuler.")
    require_open(current)
    told = current.etat != Reunion.Etat.BROUILLON
    current.etat, current.annulee_le = Reunion.Etat.ANNULEE, timezone.now()
    current.motif_annulation = " ".join(motif.split())[:300]
    current.sequence = next_sequence(current)
    current.modifiee = current.serie_id is not None
    current.save(update_fields=["etat", "annulee_le", "motif_annulation", "sequence", "modifiee"])
    record(auteur, "reunion.cancel", current)
    announce(current, "reunion.annulee")
    if told:
        distribute_cancellation.defer(reunion_id=current.pk, auteur_id=auteur.pk)


@transaction.atomic
def duplicate_reunion(auteur: Agent, reunion: Reunion, *, debut: datetime) -> Reunion:
    """A draft with the same object, people, agenda and documents, at another time; later, it follows the first. Those who
    may prepare the first."""
    require_prepare(auteur, reunion)
    require_plan(auteur, reunion.communaute, reunion.salon, Invites())
    check_limit("reunion", auteur.pk)
    fields = {name: getattr(reunion, name) for name in EDITABLE} | {"debut": debut}
    copy = Reunion.objects.create(
        communaute=reunion.communaute,
        salon=reunion.salon,
        organisateur=auteur,
        suite_de=reunion if reunion.debut < debut and reunion.etat in FOLLOWED else None,
        etat=Reunion.Etat.BROUILLON,
        toute_la_communaute=reunion.toute_la_communaute,
        toute_l_animation=reunion.toute_l_animation,
        **clean_fields(fields, avant=None),
    )
    for point in reunion.points.filter(etat=PointOrdreDuJour.Etat.RETENU).order_by("rang"):
        copy_point(point, copy)
    for row in reunion.documents.filter(point__isnull=True):
        copy.documents.create(document_id=row.document_id, ajoute_par=auteur)
    for piece in reunion.pieces.filter(point__isnull=True):
        copy.pieces.create(document_id=piece.document_id)
    people = [
        Participant(
            reunion=copy,
            agent_id=row.agent_id,
            courriel=row.courriel,
            nom=row.nom,
            role=row.role,
            origine=row.origine,
        )
        for row in reunion.participants.present()
        .exclude(agent=auteur)
        .exclude(origine__in=(Convive.Origine.COMMUNAUTE, Convive.Origine.ANIMATION))
    ]
    people.append(
        Participant(
            reunion=copy,
            agent=auteur,
            role=Convive.Role.ANIMATEUR,
            reponse=Convive.Reponse.ACCEPTE,
            repondu_le=timezone.now(),
        )
    )
    Participant.objects.bulk_create(people)
    resolve_groups(copy)
    record(auteur, "reunion.duplicate", copy, depuis=reunion.pk)
    return copy


def require_plan(auteur: Agent, communaute: Communaute | None, salon: Salon | None, invites: Invites) -> None:
    """Raise unless `auteur` may plan a meeting there, with those people."""
    if salon is not None:
        # Their salon, or 404: nobody plans from where they cannot be.
        get_salon(auteur, salon.pk)
    if communaute is None:
        if not can_plan(auteur, None):
            raise PermissionDenied("Les réunions entre agents sont réservées aux agents de l’État.")
        return
    if can_plan(auteur, communaute):
        if not can_write(auteur, communaute):
            require_write(auteur, communaute, "Vous n’êtes plus membre de cette communauté.")
        return
    if salon is None or salon.communaute_id != communaute.pk:
        raise PermissionDenied("Les réunions sont planifiées par les personnes qui animent la communauté.")
    require_write(auteur, communaute, "Vous n’êtes plus membre de cette communauté.")
    if invites.toute_la_communaute or invites.toute_l_animation:
        raise PermissionDenied("Toute la communauté est invitée par les personnes qui l’animent.")


def clean_fields(wanted: dict[str, Any], *, avant: Reunion | None) -> dict[str, Any]:
    """What a meeting is to be, checked; raises `ActionRefusee` naming the field. `avant`: what it is, if it exists."""
    fields = dict(wanted)
    fields["titre"] = tidy_title(fields["titre"])[:160]
    fields["lieu"] = tidy_title(fields["lieu"])[:160]
    if not fields["titre"]:
        raise ActionRefusee("Dites en quelques mots à quoi sert cette réunion.", champ="titre")
    now = timezone.now()
    if (avant is None or avant.debut != fields["debut"]) and fields["debut"] < now:
        raise ActionRefusee("Cette date est passée : choisissez un moment à venir.", champ="debut")
    if fields["debut"] > now + HORIZON:
        raise ActionRefusee("Cette date est bien lointaine : vérifiez l’année.", champ="debut")
    if fields["fuseau"] not in FUSEAUX:
        raise ActionRefusee("Cette heure de référence n’est pas connue.", champ="fuseau")
    if not DUREE_MIN <= fields["duree_minutes"] <= DUREE_MAX:
        raise ActionRefusee("Une réunion dure de 5 minutes à 12 heures.", champ="duree_minutes")
    return fields | _video(fields, avant)


def next_sequence(reunion: Reunion) -> int:
    """The number of a change: past the series' own, so that no calendar takes it for older than the rule."""
    return max(reunion.sequence, reunion.serie.sequence if reunion.serie is not None else 0) + 1


def _video(fields: dict[str, Any], avant: Reunion | None) -> dict[str, str]:
    kind = fields["visio"]
    if kind == Visio.AUCUNE and not fields["lien_visio"]:
        return {"visio": Visio.AUCUNE, "lien_visio": ""}
    if kind == Visio.AUCUNE and avant is not None and avant.visio != Visio.AUCUNE:
        # Taken away on purpose: the address goes with it.
        return {"visio": Visio.AUCUNE, "lien_visio": ""}
    if kind in (Visio.WEBCONF, Visio.VISIO):
        if avant is not None and avant.visio == kind:
            return {"visio": kind, "lien_visio": avant.lien_visio}
        if kind not in offered():
            raise ActionRefusee("Ce service de visioconférence n’est pas proposé ici.", champ="visio")
        return {"visio": kind, "lien_visio": new_address(Visio(kind))}
    address = fields["lien_visio"].strip()
    if not is_safe(address):
        raise ActionRefusee("Donnez une adresse complète, qui commence par https://", champ="lien_visio")
    return {"visio": Visio.AUTRE, "lien_visio": address}


def _follow_earlier(auteur: Agent, reunion: Reunion, precedente: Reunion | None, debut: datetime) -> None:
    """The caller holds the meeting's row, and has checked that `auteur` prepares it."""
    if reunion.suite_de_id == (precedente.pk if precedente is not None else None):
        return
    if precedente is not None:
        check_earlier(auteur, precedente, reunion.communaute, debut)
    reunion.suite_de = precedente
    reunion.save(update_fields=["suite_de"])
    record(auteur, "reunion.follow", reunion, precedente=reunion.suite_de_id)


def _ask_again(reunion: Reunion) -> None:
    """A meeting at another time asks everybody again, but for who organises it."""
    reunion.participants.exclude(agent=reunion.organisateur).exclude(reponse=Convive.Reponse.SANS).update(
        reponse=Convive.Reponse.SANS, commentaire="", repondu_le=None
    )


def copy_point(point: PointOrdreDuJour, reunion: Reunion) -> None:
    """The same point, with its documents, at the end of another meeting's agenda."""
    documents = list(point.documents.values_list("document", "ajoute_par"))
    pieces = list(point.pieces_jointes.values_list("document", flat=True))
    copy = PointOrdreDuJour.objects.create(
        reunion=reunion,
        rang=point.rang,
        titre=point.titre,
        responsable_id=point.responsable_id,
        minutes=point.minutes,
        description=point.description,
        description_html=point.description_html,
        version_rendu=point.version_rendu,
        recurrent=point.recurrent and reunion.serie_id is not None,
    )
    for document_id, agent_id in documents:
        reunion.documents.create(point=copy, document_id=document_id, ajoute_par_id=agent_id)
    for file_id in pieces:
        reunion.pieces.create(point=copy, document_id=file_id)
