"""What each may make of a line of a salon, and for whom.

A salon is read by those who are in it. What is made of a line goes where others may read: nobody's words leave a salon
of named people but by the person who wrote them (docs/decisions/0025).
"""

from collections.abc import Collection, Iterable

from django.http import Http404

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute, CommunauteQuerySet, Suspension
from plateforme.socle.erreurs import ActionRefusee
from realtime.access import get_line, get_salon, read_after, require_say
from realtime.models import MessageSalon, Salon
from realtime.seances.models import Seance

# Lines shown before and after the one that a sujet is made of, to be quoted with it.
AUTOUR = 10
PARTI = (
    "Ce message vient d’être supprimé : rien ne peut plus en être fait. Ce que vous avez écrit est conservé."
)
PAS_LES_VOTRES = (
    "Ce salon est réservé à quelques personnes : seule celle qui a écrit un message peut en faire un sujet, que d’autres "
    "liront. Demandez-le-lui, ou ouvrez un sujet avec vos propres mots."
)


def get_source(agent: Agent, pk: int, numero: int) -> MessageSalon:
    """A line that something may be made of by `agent`, who may write in its salon; or what `get_line` and `require_say`
    raise. One deleted does not exist for this."""
    line = get_line(agent, pk, numero)
    if not line.visible:
        raise Http404("Ce message a été supprimé.")
    require_say(agent, line.salon)
    return line


def may_quote(agent: Agent, line: MessageSalon) -> bool:
    """Whether `agent` may have the words of a line read outside of its salon. Of one that a whole community is in: those
    who are there. Of one of named people: who wrote them, alone."""
    return not line.salon.nominatif or line.auteur_id == agent.pk


def places_for_sujet(agent: Agent, salon: Salon) -> CommunauteQuerySet:
    """Where a sujet made of a line may be opened: in the community of its salon; of a salon without one, where `agent`
    may write."""
    if salon.communaute_id is not None:
        found: CommunauteQuerySet = Communaute.objects.filter(pk=salon.communaute_id)
        return found
    member = Adhesion.objects.filter(agent=agent).values("communaute")
    suspended = Suspension.objects.current().filter(agent=agent).values("communaute")
    written: CommunauteQuerySet = Communaute.objects.filter(pk__in=member).exclude(pk__in=suspended)
    return written.order_by("nom")


def running_meeting(salon: Salon) -> Seance | None:
    """The meeting whose chat this is, while what is decided in it goes to its register: as long as it is on; between a
    few agents, who have no other, after it too."""
    seance = Seance.objects.select_related("reunion__communaute").filter(salon=salon).first()
    if seance is None or (seance.levee and seance.reunion.communaute is not None):
        return None
    return seance


def get_with_register(agent: Agent, pk: int) -> Salon:
    """A salon that `agent` is in and that keeps its own decisions: of a few agents, or of two. Else what `get_salon`
    raises, or 404."""
    salon = get_salon(agent, pk)
    if not salon.prive:
        raise Http404("Les décisions prises dans ce salon sont ailleurs.")
    return salon


def lines_around(agent: Agent, line: MessageSalon) -> list[MessageSalon]:
    """The lines about `line`, oldest first and itself not, whose words `agent` may have read with it. Two queries."""
    rows = MessageSalon.objects.filter(
        salon=line.salon, supprime_le=None, numero__gt=read_after(agent, line.salon)
    ).select_related("auteur")
    before = rows.filter(numero__lt=line.numero).order_by("-numero")[:AUTOUR]
    after = rows.filter(numero__gt=line.numero).order_by("numero")[:AUTOUR]
    return _quotable(agent, line.salon, [*reversed(before), *after])


def quoted_lines(agent: Agent, line: MessageSalon, numeros: Collection[int]) -> list[MessageSalon]:
    """Those that a person ticked, in the order of the salon, as `lines_around`. Raises `ActionRefusee` when one of them
    is gone, or is not theirs to quote. One query."""
    wanted = set(numeros)
    known = MessageSalon.objects.filter(
        salon=line.salon, supprime_le=None, numero__in=wanted, numero__gt=read_after(agent, line.salon)
    )
    found = _quotable(agent, line.salon, known.select_related("auteur").order_by("numero"))
    if len(found) < len(wanted):
        raise ActionRefusee(
            "Un des messages cochés vient d’être supprimé : vérifiez ceux qui restent, puis recommencez.",
            champ="cites",
        )
    return found


def _quotable(agent: Agent, salon: Salon, lines: Iterable[MessageSalon]) -> list[MessageSalon]:
    kept = []
    for line in lines:
        line.salon = salon
        if may_quote(agent, line):
            kept.append(line)
    return kept
