"""The only way from a community's address to a community, and what each may do there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404

from annuaire.anciennete import seniority_factor
from annuaire.models import Agent, AgentQuerySet
from communautes.models import (
    Adhesion,
    Communaute,
    CommunauteQuerySet,
    DemandeAdhesion,
    Invitation,
    Suspension,
)
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.requetes import fetch

ANIMATION_FACTOR = 2.0


class EcritureSuspendue(ActionRefusee):
    """A suspended member tried to write: the sentence says until when, why, and whom to ask."""

    code = "suspendu"


def visible_communautes(agent: Agent) -> CommunauteQuerySet:
    return Communaute.objects.all().visible_to(agent)


def readable_communautes(agent: Agent) -> CommunauteQuerySet:
    return Communaute.objects.all().readable_by(agent)


def readable_places(agent: Agent) -> "QuerySet[Communaute, str]":
    """The places of evidence (`communaute.3`) that `agent` may read, as one column: `annuaire.preuves`."""
    return _places(readable_communautes(agent))


def public_places() -> "QuerySet[Communaute, str]":
    """The same of those that every agent of the State may read."""
    return _places(Communaute.objects.filter(visibilite=Communaute.Visibilite.OUVERTE))


def _places(communautes: "QuerySet[Communaute]") -> "QuerySet[Communaute, str]":
    place = Concat(Value("communaute."), Cast("pk", CharField()), output_field=CharField())
    return communautes.annotate(lieu=place).order_by().values_list("lieu", flat=True)


def get_visible(agent: Agent, slug: str) -> Communaute:
    """A community whose presentation `agent` may see, or 404 (a private one does not even exist for others)."""
    communaute = visible_communautes(agent).filter(slug=slug).first()
    if communaute is None:
        raise Http404("Cette communauté n’existe pas, ou ne vous est pas ouverte.")
    return communaute


def get_readable(agent: Agent, slug: str) -> Communaute:
    """A community whose content `agent` may read: 404 if it may not be known of, else 403 until they join."""
    communaute = get_visible(agent, slug)
    if not can_read(agent, communaute):
        raise PermissionDenied("Le contenu de cette communauté est réservé à ses membres.")
    return communaute


def require_channel(agent: Agent, pk: int) -> None:
    """For the channel `communaute.N`: 404 unless `agent` may read the content of the community."""
    if not agent.is_active or not readable_communautes(agent).filter(pk=pk).exists():
        raise Http404("Cette communauté n’existe pas, ou ne vous est pas ouverte.")


def get_animated(agent: Agent, slug: str) -> Communaute:
    """A community that `agent` animates, or 404, or 403."""
    communaute = get_visible(agent, slug)
    if not can_animate(agent, communaute):
        raise PermissionDenied("Cette page est réservée aux personnes qui animent la communauté.")
    return communaute


def adhesion_of(agent: Agent, communaute: Communaute) -> Adhesion | None:
    return Adhesion.objects.filter(communaute=communaute, agent=agent).first()


def can_read(agent: Agent, communaute: Communaute) -> bool:
    return agent.is_active and readable_communautes(agent).filter(pk=communaute.pk).exists()


def readers_of(communaute: Communaute) -> AgentQuerySet:
    """The people who may read the content of `communaute`: the other side of `readable_communautes`."""
    members = Q(pk__in=Adhesion.objects.filter(communaute=communaute).values("agent"))
    if communaute.visibilite == Communaute.Visibilite.OUVERTE:
        return Agent.objects.active().filter(members | Q(partenaire=False))
    return Agent.objects.active().filter(members)


def can_write(agent: Agent, communaute: Communaute) -> bool:
    """Members write, unless they are suspended; others read at most."""
    return (
        agent.is_active
        and Adhesion.objects.filter(communaute=communaute, agent=agent)
        .exclude(Exists(Suspension.objects.current().filter(communaute=communaute, agent=OuterRef("agent"))))
        .exists()
    )


def writers_among(communaute: Communaute, agents: Iterable[Agent]) -> set[int]:
    """Which of these people `can_write` in `communaute`, by number. One query."""
    open_accounts = [agent.pk for agent in agents if agent.is_active]
    suspended = Suspension.objects.current().filter(communaute=communaute, agent=OuterRef("agent"))
    return set(
        Adhesion.objects.filter(communaute=communaute, agent__in=open_accounts)
        .exclude(Exists(suspended))
        .values_list("agent", flat=True)
    )


@dataclass(frozen=True, slots=True)
class Situation:
    """What one person is to one community: numbers of the rows that say so, None where there is none."""

    adhesion: int | None
    role: str | None
    niveau: str | None
    depuis: datetime | None
    rappels_charte: int | None
    suspension: int | None
    demande: int | None
    invitation: int | None
    # For animateurs: messages reported, which wait for one of them; one's own left out; counted up to a hundred.
    signalements: int

    @property
    def membre(self) -> bool:
        return self.adhesion is not None

    @property
    def peut_ecrire(self) -> bool:
        return self.adhesion is not None and self.suspension is None

    @property
    def peut_animer(self) -> bool:
        return self.role == Adhesion.Role.ANIMATEUR

    def peut_lire(self, agent: Agent, communaute: Communaute) -> bool:
        """The rule of `CommunauteQuerySet.readable_by`, for one community."""
        is_open = communaute.visibilite == Communaute.Visibilite.OUVERTE and not agent.partenaire
        return agent.is_active and (self.membre or is_open)


# For a query that has the community as `c` and the person as `%(agent)s`: a `Situation`'s fields, and where they are.
SITUATION_COLUMNS = (
    "ad.id, ad.role, ad.niveau, ad.cree_le, ad.rappels_charte, su.id, de.id, iv.id,"
    " CASE WHEN ad.role = 'animateur' THEN (SELECT count(*) FROM (SELECT DISTINCT si.message_id"
    " FROM forum_signalement si JOIN forum_message sm ON sm.id = si.message_id"
    " WHERE si.communaute_id = c.id AND si.etat = 'ouvert' AND sm.auteur_id <> %(agent)s LIMIT 100) signales)"
    " ELSE 0 END"
)
SITUATION_JOINS = (
    " LEFT JOIN communautes_adhesion ad ON ad.communaute_id = c.id AND ad.agent_id = %(agent)s"
    " LEFT JOIN communautes_suspension su ON su.communaute_id = c.id AND su.agent_id = %(agent)s"
    " AND su.levee_le IS NULL AND su.jusqu_au > now()"
    " LEFT JOIN communautes_demandeadhesion de ON de.communaute_id = c.id AND de.agent_id = %(agent)s"
    " AND de.etat = 'en_attente'"
    " LEFT JOIN communautes_invitation iv ON iv.communaute_id = c.id AND iv.agent_id = %(agent)s"
    " AND iv.etat = 'en_attente'"
)
_SITUATION = (
    f"SELECT {SITUATION_COLUMNS} FROM communautes_communaute c{SITUATION_JOINS}"  # noqa: S608  (constants)
    " WHERE c.id = %(communaute)s"
)


def situation_of(agent: Agent, communaute: Communaute) -> Situation:
    """What `agent` is to `communaute`, in one query."""
    return Situation(*fetch(_SITUATION, {"agent": agent.pk, "communaute": communaute.pk})[0])


# Long texts are left out: few pages show them.
COMMUNITY_FIELDS = [
    field.attname
    for field in Communaute._meta.concrete_fields
    if field.attname not in {"presentation", "presentation_html", "charte", "charte_html"}
]
_TO_READ = (
    f"SELECT {', '.join(f'c.{name}' for name in COMMUNITY_FIELDS)}, {SITUATION_COLUMNS}"  # noqa: S608  (names of our own columns)
    f" FROM communautes_communaute c{SITUATION_JOINS} WHERE c.slug = %(slug)s"
)


def get_community_to_read(agent: Agent, slug: str) -> tuple[Communaute, Situation]:
    """As `get_readable`, with what `agent` is to the community: one planned query for both."""
    rows = fetch(_TO_READ, {"agent": agent.pk, "slug": slug})
    if not rows:
        raise Http404("Cette communauté n’existe pas, ou ne vous est pas ouverte.")
    row, columns = rows[0], len(COMMUNITY_FIELDS)
    communaute: Communaute = Communaute.from_db(connection.alias, COMMUNITY_FIELDS, row[:columns])
    situation = Situation(*row[columns:])
    if not situation.peut_lire(agent, communaute):
        # The door that says which of 404 and 403 it is.
        get_readable(agent, slug)
        raise PermissionDenied("Le contenu de cette communauté est réservé à ses membres.")
    return communaute, situation


def suspension_of(agent: Agent, communaute: Communaute) -> Suspension | None:
    """Why `agent` may not write in `communaute` for now, if so."""
    found: Suspension | None = Suspension.objects.current().filter(communaute=communaute, agent=agent).first()
    return found


def require_write(agent: Agent, communaute: Communaute, otherwise: str) -> None:
    """Raise unless `agent` may write in `communaute`: `EcritureSuspendue` for a suspended member, else
    `PermissionDenied` with the sentence `otherwise`."""
    if can_write(agent, communaute):
        return
    suspension = suspension_of(agent, communaute)
    if suspension is not None and is_member(agent, communaute):
        raise EcritureSuspendue(suspension.phrase)
    raise PermissionDenied(otherwise)


def is_member(agent: Agent, communaute: Communaute) -> bool:
    return agent.is_active and Adhesion.objects.filter(communaute=communaute, agent=agent).exists()


def rate_factor(agent: Agent, communaute: Communaute) -> Callable[[], float]:
    """For `check_limit`: how much faster or slower than the ordinary `agent` may write in `communaute`.

    Looks in the database only when called, which is when somebody comes near their limit.
    """
    return lambda: ANIMATION_FACTOR if can_animate(agent, communaute) else seniority_factor(agent)


def can_animate(agent: Agent, communaute: Communaute) -> bool:
    return (
        agent.is_active
        and Adhesion.objects.filter(communaute=communaute, agent=agent, role=Adhesion.Role.ANIMATEUR).exists()
    )


def get_suspension(agent: Agent, communaute: Communaute, pk: int) -> Suspension:
    """A suspension of a community that `agent` animates, or 404."""
    found = (
        Suspension.objects.filter(pk=pk, communaute=communaute).select_related("communaute", "agent").first()
    )
    if found is None or not can_animate(agent, communaute):
        raise Http404("Cette suspension n’existe pas.")
    return found


def get_demande(agent: Agent, pk: int) -> DemandeAdhesion:
    """A pending request to a community that `agent` animates, or 404."""
    demande = (
        DemandeAdhesion.objects.filter(
            pk=pk, communaute__adhesions__agent=agent, communaute__adhesions__role=Adhesion.Role.ANIMATEUR
        )
        .select_related("communaute", "agent")
        .first()
    )
    if demande is None:
        raise Http404("Cette demande n’existe pas.")
    return demande


def get_invitation(agent: Agent, pk: int) -> Invitation:
    """An invitation addressed to `agent`, or 404."""
    invitation = Invitation.objects.filter(pk=pk, agent=agent).select_related("communaute").first()
    if invitation is None:
        raise Http404("Cette invitation n’existe pas.")
    return invitation
