"""The only way from an address or a frame to a meeting that is held, and what each may do there."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from annuaire.mentions import find_named
from annuaire.models import Agent, AgentQuerySet
from communautes.access import can_write, is_member, require_write
from communautes.models import Adhesion, Suspension
from plateforme.socle.erreurs import ActionRefusee
from realtime.access import member_salons
from realtime.reunions.access import get_reunion, participant_of, prepares, visible_reunions
from realtime.reunions.models import Convive, Participant, PointOrdreDuJour, Reunion
from realtime.seances.models import (
    ActionReportee,
    Aide,
    CompteRendu,
    EditionCompteRendu,
    Scrutin,
    Seance,
    SuiteReunion,
)


def get_held(agent: Agent, pk: int) -> Reunion:
    """A meeting that `agent` may see and that may be held: 404, or 403 for one in preparation or cancelled."""
    reunion = get_reunion(agent, pk)
    if reunion.en_preparation or reunion.annulee:
        raise PermissionDenied("Cette réunion n’est pas ouverte.")
    return reunion


def seance_of(reunion: Reunion) -> Seance | None:
    """What happens in `reunion`, once it was opened."""
    return Seance.objects.select_related("point", "salon").filter(pk=reunion.pk).first()


def get_seance(agent: Agent, pk: int) -> Seance:
    """A meeting that was opened and that `agent` may see; or 404, 403."""
    reunion = get_held(agent, pk)
    seance = seance_of(reunion)
    if seance is None:
        raise Http404("Cette réunion n’est pas encore ouverte.")
    seance.reunion = reunion
    return seance


def reads_chat(agent: Agent, seance: Seance) -> bool:
    """Whether `agent`, who may see the meeting, is in its salon: members of its community; between a few, those who take
    part."""
    return seance.salon_id is not None and member_salons(agent).filter(pk=seance.salon_id).exists()


def get_scrutin(agent: Agent, pk: int) -> Scrutin:
    """A vote of a meeting that `agent` may see, with the meeting; or 404. One in preparation is for who runs it."""
    found = Scrutin.objects.select_related("seance__reunion__communaute", "point").filter(pk=pk).first()
    if found is None or not visible_reunions(agent).filter(pk=found.seance_id).exists():
        raise Http404("Ce vote n’existe pas.")
    if found.etat == Scrutin.Etat.PREPARE and not can_lead(agent, found.seance.reunion):
        raise Http404("Ce vote n’existe pas.")
    return found


def get_suite(agent: Agent, pk: int) -> SuiteReunion:
    """A decision or an action noted in a meeting that `agent` may see, with the meeting; or 404."""
    found = (
        SuiteReunion.objects.select_related("seance__reunion__communaute", "decision").filter(pk=pk).first()
    )
    if found is None or not visible_reunions(agent).filter(pk=found.seance_id).exists():
        raise Http404("Cette ligne n’existe pas.")
    return found


def get_report(agent: Agent, pk: int) -> ActionReportee:
    """An action followed in a meeting that `agent` may see, with the meeting; or 404."""
    found = (
        ActionReportee.objects.select_related("seance__reunion__communaute", "tache").filter(pk=pk).first()
    )
    if found is None or not visible_reunions(agent).filter(pk=found.seance_id).exists():
        raise Http404("Cette action n’existe pas.")
    return found


def followable(agent: Agent, reunion: Reunion) -> QuerySet[Seance]:
    """The meetings whose actions `reunion` may take up, that `agent` may see, latest first: of the same community, or
    between a few as it is."""
    return (
        Seance.objects.filter(
            reunion__in=visible_reunions(agent).filter(communaute=reunion.communaute),
            etat=Seance.Etat.LEVEE,
        )
        .exclude(pk=reunion.pk)
        .select_related("reunion")
        .order_by("-ouverte_le", "-pk")
    )


def can_follow(reunion: Reunion, precedente: Seance) -> bool:
    """Whether `reunion` may take up the actions of `precedente`: see `followable`."""
    return (
        precedente.levee
        and precedente.pk != reunion.pk
        and precedente.reunion.communaute_id == reunion.communaute_id
    )


def get_noted_point(agent: Agent, pk: int) -> tuple[PointOrdreDuJour, Seance]:
    """A point kept on the agenda of a meeting that was opened, for who takes part in it; 404, or 403."""
    point = PointOrdreDuJour.objects.filter(pk=pk, etat=PointOrdreDuJour.Etat.RETENU).first()
    if point is None or not visible_reunions(agent).filter(pk=point.reunion_id).exists():
        raise Http404("Ce point n’existe pas.")
    seance = get_seance(agent, point.reunion_id)
    require_part(agent, seance.reunion)
    return point, seance


def get_kept_point(reunion: Reunion, pk: int) -> PointOrdreDuJour:
    """A point of a meeting that the caller was given by `get_seance`; or 404."""
    point = PointOrdreDuJour.objects.filter(reunion=reunion, pk=pk).first()
    if point is None:
        raise Http404("Ce point n’est plus à l’ordre du jour.")
    return point


def guests_of(reunion: Reunion) -> list[Participant]:
    """Those invited without an account, by name; the caller was given the meeting. One query."""
    return list(reunion.participants.present().filter(agent__isnull=True).order_by("nom", "courriel"))


def get_help_call(seance: Seance, pk: int) -> Aide:
    """A call for help of a meeting that the caller was given by `get_seance`; or 404."""
    found = Aide.objects.filter(seance=seance, pk=pk).first()
    if found is None:
        raise Http404("Cet appel n’existe pas.")
    return found


def get_guest(reunion: Reunion, pk: int) -> Participant:
    """Somebody without account invited to a meeting that the caller was given by `get_seance`; or 404."""
    found: Participant | None = Participant.objects.filter(reunion=reunion, agent__isnull=True, pk=pk).first()
    if found is None:
        raise Http404("Cette personne n’est pas invitée.")
    return found


def last_version(agent: Agent, pk: int) -> int:
    """For the channel `seance.N`: the version of what is seen there; 0 before the meeting is opened."""
    if not agent.is_active or not visible_reunions(agent).filter(pk=pk).exists():
        raise Http404("Cette réunion n’existe pas.")
    return last_versions([pk]).get(pk, 0)


def last_versions(pks: Collection[int]) -> dict[int, int]:
    """For the heartbeat: versions of many, one query."""
    return dict(Seance.objects.filter(pk__in=pks).values_list("pk", "version"))


def is_secretary(agent: Agent, reunion: Reunion) -> bool:
    participant = participant_of(agent, reunion)
    return participant is not None and participant.role == Convive.Role.SECRETAIRE


def can_lead(agent: Agent, reunion: Reunion) -> bool:
    """Whether `agent` runs the meeting: who prepares it, and its secretaries, as long as they write in its community."""
    return _runs(agent, reunion) and (reunion.communaute is None or can_write(agent, reunion.communaute))


def can_take_part(agent: Agent, reunion: Reunion) -> bool:
    """Whether `agent` speaks in the meeting: members of its community who may write, and those invited from outside
    of it; without a community, those invited and who organises."""
    if not agent.is_active:
        return False
    participant = participant_of(agent, reunion)
    if reunion.communaute is None:
        return participant is not None or reunion.organisateur_id == agent.pk
    if is_member(agent, reunion.communaute):
        return can_write(agent, reunion.communaute)
    # An invitation as a member ends with the membership, even if nobody has withdrawn it yet.
    return participant is not None and participant.origine == Convive.Origine.EXTERIEUR


def taking_part(reunion: Reunion) -> AgentQuerySet:
    """All those of whom `can_take_part` says yes, in one query."""
    invited = reunion.participants.present().filter(agent__isnull=False)
    active = Agent.objects.active()
    if reunion.communaute is None:
        return active.filter(Q(pk__in=invited.values("agent")) | Q(pk=reunion.organisateur_id))
    members = Adhesion.objects.filter(communaute=reunion.communaute)
    suspended = Suspension.objects.current().filter(communaute=reunion.communaute)
    outside = invited.filter(origine=Convive.Origine.EXTERIEUR).exclude(agent__in=members.values("agent"))
    return active.filter(
        Q(pk__in=members.exclude(agent__in=suspended.values("agent")).values("agent"))
        | Q(pk__in=outside.values("agent"))
    )


def find_invited(reunion: Reunion, typed: str) -> Agent:
    """The person invited whom a form names, by handle or by first name and name. Raises `ActionRefusee`."""
    found = find_named(taking_part(reunion), typed)
    if len(found) == 1:
        return found[0]
    raise ActionRefusee(
        "Plusieurs personnes portent ce nom : écrivez l’identifiant."
        if found
        else "Personne de ce nom n’est invité à la réunion : vérifiez-le.",
        champ="responsable",
    )


def require_lead(agent: Agent, reunion: Reunion) -> None:
    """Raise unless `can_lead`: with the reason, for a suspended member."""
    if not _runs(agent, reunion):
        raise PermissionDenied(
            "La réunion est conduite par les personnes qui l’animent et par le secrétariat."
        )
    if reunion.communaute is not None:
        require_write(agent, reunion.communaute, "Vous n’êtes plus membre de cette communauté.")


def _runs(agent: Agent, reunion: Reunion) -> bool:
    return agent.is_active and (prepares(agent, reunion) or is_secretary(agent, reunion))


def can_validate_minutes(agent: Agent, reunion: Reunion) -> bool:
    """Whether `agent` says that minutes are right: who animates the meeting or organises it, not its secretaries."""
    return can_lead(agent, reunion) and prepares(agent, reunion)


def require_validate_minutes(agent: Agent, reunion: Reunion) -> None:
    """Raise unless `can_validate_minutes`."""
    require_lead(agent, reunion)
    if not prepares(agent, reunion):
        raise PermissionDenied("Le compte rendu est validé par les personnes qui animent la réunion.")


def get_minutes(agent: Agent, pk: int) -> CompteRendu:
    """The minutes of a meeting that `agent` may see, with the meeting; or 404, 403."""
    seance = get_seance(agent, pk)
    found = CompteRendu.objects.select_related("modifie_par", "communaute").filter(seance=seance).first()
    if found is None:
        raise Http404("Cette réunion n’a pas encore de compte rendu.")
    found.seance = seance
    return found


def get_edition(minutes: CompteRendu, rang: int) -> EditionCompteRendu:
    """Validated minutes, of those that the caller was given by `get_minutes`; or 404."""
    found = minutes.editions.select_related("validee_par").filter(rang=rang).first()
    if found is None:
        raise Http404("Cette édition n’existe pas.")
    return found


def require_part(agent: Agent, reunion: Reunion) -> None:
    """Raise unless `can_take_part`: with the reason, for a suspended member."""
    if can_take_part(agent, reunion):
        return
    if reunion.communaute is not None and is_member(agent, reunion.communaute):
        require_write(agent, reunion.communaute, "Vous n’êtes plus membre de cette communauté.")
    raise PermissionDenied("Cette réunion est réservée aux personnes qui y sont invitées.")
