"""Lists of those invited, of a meeting or of a series: people by name, groups, and for labs people outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.access import may_be_invited
from realtime.reunions.models import Convive, Habitue, Participant, Reunion, Serie, SondageDates, Sonde

Porteur = Reunion | Serie | SondageDates

NOMMES_MAX = 200  # people invited by name
EXTERIEURS_MAX = 30


@dataclass(frozen=True)
class Exterieur:
    """Somebody without an account, for a lab."""

    courriel: str
    nom: str = ""


@dataclass(frozen=True)
class Invites:
    """Who is asked to come: people by name, groups, and for a lab people outside."""

    agents: tuple[Agent, ...] = ()
    animateurs: tuple[Agent, ...] = ()
    secretaires: tuple[Agent, ...] = ()
    facultatifs: tuple[Agent, ...] = ()
    exterieurs: tuple[Exterieur, ...] = ()
    toute_la_communaute: bool = False
    toute_l_animation: bool = False

    def by_role(self) -> dict[int, tuple[Agent, str]]:
        """Each agent once, with the role that carries most."""
        found: dict[int, tuple[Agent, str]] = {}
        for role, people in (
            (Convive.Role.INVITE, self.facultatifs),
            (Convive.Role.PARTICIPANT, self.agents),
            (Convive.Role.SECRETAIRE, self.secretaires),
            (Convive.Role.ANIMATEUR, self.animateurs),
        ):
            found |= {agent.pk: (agent, role) for agent in people}
        return found


def add_people(porteur: Porteur, invites: Invites) -> None:
    """Write the rows of those named, in the caller's transaction; who had been withdrawn is asked again.

    Raises `ActionRefusee` for somebody who may not be invited.
    """
    wanted = invites.by_role()
    wanted.pop(porteur.organisateur_id, None)
    refused = [
        agent.nom_complet for agent, _ in wanted.values() if not may_be_invited(agent, porteur.communaute)
    ]
    if refused:
        raise ActionRefusee(
            f"{', '.join(refused)} : ce compte est fermé, ou c’est celui d’un partenaire, que seuls les "
            "laboratoires invitent.",
            champ="agents",
        )
    existing = {row.agent_id: row for row in rows_of(porteur).filter(agent__isnull=False)}
    named = rows_of(porteur).present().filter(origine__in=("personne", "exterieur")).count()
    if named + len(set(wanted) - set(existing)) > NOMMES_MAX:
        raise ActionRefusee(f"On invite {NOMMES_MAX} personnes au plus par leur nom.", champ="agents")
    members = _members_among(porteur.communaute, wanted)
    rows = []
    for pk, (agent, role) in wanted.items():
        outside = porteur.communaute is not None and pk not in members
        origine = Convive.Origine.EXTERIEUR if outside else Convive.Origine.PERSONNE
        row = existing.get(pk)
        if row is None:
            rows.append(_new(porteur, agent=agent, role=role, origine=origine))
        elif row.retire_le is not None:
            _ask_back(row, role, origine)
        elif role != row.role:
            row.role = role
            row.save(update_fields=["role"])
    rows_of(porteur).model.objects.bulk_create(rows)
    _add_outsiders(porteur, invites.exterieurs)


def resolve_groups(porteur: Porteur, agent: Agent | None = None) -> None:
    """Write the rows of the groups that are invited, as their members are now; `agent`: the row of this one alone.
    Harmless when repeated."""
    if porteur.communaute_id is None:
        return
    members = Adhesion.objects.filter(communaute=porteur.communaute_id, agent__is_active=True)
    if agent is not None:
        members = members.filter(agent=agent)
    if porteur.toute_la_communaute:
        _add_group(porteur, members, Convive.Origine.COMMUNAUTE)
    elif porteur.toute_l_animation:
        animation = members.filter(role=Adhesion.Role.ANIMATEUR)
        _add_group(porteur, animation, Convive.Origine.ANIMATION)


def _add_group(porteur: Porteur, members: "Iterable[Adhesion]", origine: str) -> None:
    pks = list(members.values_list("agent", flat=True))  # type: ignore[attr-defined]
    present = dict(rows_of(porteur).filter(agent__in=pks).values_list("agent", "retire_le"))
    rows_of(porteur).model.objects.bulk_create(
        [_new(porteur, agent_id=pk, origine=origine) for pk in pks if pk not in present],
        ignore_conflicts=True,
        batch_size=1000,
    )
    # Back in the community: asked again. Somebody whom the organiser took off the list stays off it.
    back = [pk for pk in pks if present.get(pk) is not None]
    rows_of(porteur).filter(agent__in=back, origine=origine, retire_le__isnull=False).update(
        retire_le=None, reponse=Convive.Reponse.SANS, commentaire="", repondu_le=None, envoyee=None
    )


def _add_outsiders(porteur: Porteur, exterieurs: Iterable[Exterieur]) -> None:
    people = {person.courriel.strip().lower(): person for person in exterieurs}
    if not people:
        return
    if porteur.communaute is None or not porteur.communaute.est_laboratoire:
        raise ActionRefusee("Seuls les laboratoires invitent des personnes sans compte.", champ="exterieurs")
    for courriel in people:
        try:
            validate_email(courriel)
        except ValidationError:
            raise ActionRefusee(
                f"« {courriel} » n’est pas une adresse électronique.", champ="exterieurs"
            ) from None
    known = Agent.objects.filter(email__in=people).values_list("email", flat=True)
    if known:
        raise ActionRefusee(
            f"{', '.join(known)} a un compte : invitez cette personne par son nom.", champ="exterieurs"
        )
    existing = {row.courriel.lower(): row for row in rows_of(porteur).filter(agent__isnull=True)}
    if sum(row.retire_le is None for row in existing.values()) + len(people) > EXTERIEURS_MAX:
        raise ActionRefusee(f"On invite {EXTERIEURS_MAX} personnes sans compte au plus.", champ="exterieurs")
    for courriel, person in people.items():
        row = existing.get(courriel)
        if row is None:
            _new(
                porteur,
                courriel=courriel,
                nom=" ".join(person.nom.split())[:120],
                origine=Convive.Origine.EXTERIEUR,
            ).save()
        elif row.retire_le is not None:
            _ask_back(row, Convive.Role.PARTICIPANT, Convive.Origine.EXTERIEUR)


def _ask_back(row: Convive, role: str, origine: str) -> None:
    """Somebody asked no more is asked again, as if for the first time."""
    row.role, row.origine, row.retire_le, row.envoyee = role, origine, None, None
    row.reponse, row.commentaire, row.repondu_le = Convive.Reponse.SANS, "", None
    row.save()


def _members_among(communaute: Communaute | None, pks: Iterable[int]) -> set[int]:
    if communaute is None:
        return set()
    rows = Adhesion.objects.filter(communaute=communaute, agent__in=list(pks))
    return set(rows.values_list("agent", flat=True))


def rows_of(porteur: Porteur) -> Any:
    """The invitations to a meeting, to all those of a series, or to say when one can."""
    if isinstance(porteur, SondageDates):
        return porteur.sondes
    return porteur.participants if isinstance(porteur, Reunion) else porteur.habitues


def _new(porteur: Porteur, **fields: Any) -> Convive:
    if isinstance(porteur, SondageDates):
        return Sonde(sondage=porteur, **fields)
    return (
        Participant(reunion=porteur, **fields)
        if isinstance(porteur, Reunion)
        else Habitue(serie=porteur, **fields)
    )
