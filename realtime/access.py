"""The only way from an address or a frame to a salon."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from annuaire.models import Agent, AgentQuerySet
from communautes.access import can_animate, can_read, is_member, require_write, writers_among
from plateforme.socle.erreurs import ActionRefusee
from realtime.models import MembreSalon, MessageSalon, Salon, SalonQuerySet

NOT_THERE = "Ce salon n’existe pas."
NOT_MEMBER = "Vous n’êtes plus membre de cette communauté."
NO_THREAD = "Ce fil n’existe pas, ou n’est plus conservé."
ARCHIVED = "Ce salon est archivé : on le lit encore, on n’y écrit plus."


def member_salons(agent: Agent) -> SalonQuerySet:
    return Salon.objects.all().of_member(agent)


def get_salon(agent: Agent, pk: int) -> Salon:
    """A salon that `agent` is in, or 404, or 403 for that of an open community that they have not joined.

    A suspended member goes on reading it, and everybody an archived one: `require_say` is what refuses their words.
    A salon of some members does not exist for the others, whatever they are to its community.
    """
    salon = Salon.objects.select_related("communaute").filter(pk=pk).first()
    if salon is None or not agent.is_active:
        raise Http404(NOT_THERE)
    communaute = salon.communaute
    if salon.nominatif or communaute is None:
        if not member_salons(agent).filter(pk=pk).exists():
            raise Http404(NOT_THERE)
    elif not is_member(agent, communaute):
        if can_read(agent, communaute):
            raise PermissionDenied("Rejoignez la communauté pour entrer dans son salon.")
        raise Http404(NOT_THERE)
    return salon


def get_managed_salon(agent: Agent, pk: int) -> Salon:
    """A salon that `agent` may rename, archive and whose members they choose; else what `get_salon` raises, or 403."""
    salon = get_salon(agent, pk)
    if not can_manage(agent, salon):
        raise PermissionDenied("Ce salon est tenu par d’autres personnes.")
    return salon


def can_manage(agent: Agent, salon: Salon) -> bool:
    """Whoever animates its community; in a salon of named people, also who has been there longest, at first who opened
    it: there is always somebody. `agent` is in the salon."""
    if salon.nominatif and first_member(salon) == agent.pk:
        return True
    return salon.communaute is not None and can_animate(agent, salon.communaute)


def first_member(salon: Salon) -> int | None:
    """The number of the person who has been longest in a salon of named people."""
    rows = MembreSalon.objects.filter(salon=salon, agent__is_active=True).order_by("pk")
    return rows.values_list("agent", flat=True).first()


def read_after(agent: Agent, salon: Salon) -> int:
    """The number beyond which `agent`, who is in the salon, reads it: 0 for all of it."""
    if not salon.nominatif:
        return 0
    return read_after_in(agent, salon.pk)


def read_after_in(agent: Agent, pk: int) -> int:
    """`read_after`, when only the salon's number is at hand."""
    rows = MembreSalon.objects.filter(salon=pk, agent=agent)
    return rows.values_list("apres", flat=True).first() or 0


def members_of(salon: Salon) -> AgentQuerySet:
    """The open accounts of those who are in the salon."""
    people = Agent.objects.active()
    if salon.communaute is not None:
        people = people.filter(adhesions__communaute=salon.communaute)
    else:
        people = people.filter(partenaire=False)
    if salon.nominatif:
        people = people.filter(pk__in=MembreSalon.objects.filter(salon=salon).values("agent"))
    return people


def require_say(agent: Agent, salon: Salon) -> None:
    """Raise unless `agent` may say something there: `Http404` or `PermissionDenied` for who is not in it,
    `ActionRefusee` in an archived one, `EcritureSuspendue` for a suspended member."""
    if salon.nominatif and not members_of(salon).filter(pk=agent.pk).exists():
        raise Http404(NOT_THERE)
    if salon.communaute is not None:
        require_write(agent, salon.communaute, NOT_MEMBER)
    if salon.archive_le is not None:
        raise ActionRefusee(ARCHIVED)


def speakers_among(salon: Salon, agents: Iterable[Agent]) -> set[int]:
    """Which of these people may say something there, by number. Two queries at most."""
    if salon.archive_le is not None:
        return set()
    numbers = {agent.pk for agent in agents if agent.is_active}
    if salon.nominatif:
        numbers = set(members_of(salon).filter(pk__in=numbers).values_list("pk", flat=True))
    if salon.communaute is None or not numbers:
        return numbers
    return writers_among(salon.communaute, [agent for agent in agents if agent.pk in numbers])


def salon_last_number(agent: Agent, pk: int) -> int:
    """For the channel `salon.N`: the number of its last message, or what `get_salon` raises."""
    return get_salon(agent, pk).dernier_numero


def can_write_in_salon(agent: Agent, pk: int) -> bool:
    """For the channel `salon.N`: members who are not suspended, in one that is open; raises what `get_salon` does."""
    return agent.pk in speakers_among(get_salon(agent, pk), [agent])


def salon_last_revisions(pks: Collection[int]) -> dict[int, int]:
    """For the heartbeat: last revisions of many salons, one query."""
    return dict(Salon.objects.filter(pk__in=pks).values_list("pk", "revision"))


def salon_last_numbers(pks: Collection[int]) -> dict[int, int]:
    """For the heartbeat of channels `salon.N`: last numbers of many salons, one query."""
    return dict(Salon.objects.filter(pk__in=pks).values_list("pk", "dernier_numero"))


# --- One line ----------------------------------------------------------------------------------------


def get_line(agent: Agent, pk: int, numero: int) -> MessageSalon:
    """A line of a salon by its number, with its author; what `get_salon` raises, or 404. Deleted ones too, not those
    said before `agent` may read."""
    salon = get_salon(agent, pk)
    line = (
        MessageSalon.objects.filter(salon=salon, numero=numero, numero__gt=read_after(agent, salon))
        .select_related("auteur__service", "auteur__territoire", "racine")
        .first()
    )
    if line is None:
        raise Http404("Ce message n’existe pas.")
    line.salon = salon
    return line


def roots_of(salon: Salon, numeros: Collection[int]) -> dict[int, MessageSalon]:
    """Where an answer to each of these lines goes, by its number: the line, or what it answers itself. One query."""
    if not numeros:
        return {}
    rows = MessageSalon.objects.filter(salon=salon, numero__in=numeros).select_related(
        "auteur__service", "auteur__territoire", "racine__auteur__service", "racine__auteur__territoire"
    )
    found = {}
    for row in rows:
        found[row.numero] = row.racine or row
        found[row.numero].salon = salon
    return found


def may_read_thread(agent: Agent, racine: MessageSalon) -> bool:
    """Whether `agent`, who is in the salon, may read something of the thread of `racine`: in a salon that hides what was
    said before one came, a thread that began before is read from its replies on."""
    if racine.salon.historique_entier:
        return True
    apres = read_after(agent, racine.salon)
    return racine.numero > apres or racine.reponses.filter(numero__gt=apres).exists()


def get_root(agent: Agent, pk: int, numero: int) -> MessageSalon:
    """The root of the thread in which an answer to line `numero` goes, with its author; what `get_salon` raises, or 404.
    A deleted one too; one that `agent` may not read themselves when some replies are theirs to read."""
    salon = get_salon(agent, pk)
    racine = roots_of(salon, [numero]).get(numero)
    if racine is None or not may_read_thread(agent, racine):
        raise Http404(NO_THREAD)
    return racine


def may_retouch(agent: Agent, line: MessageSalon) -> bool:
    """Whether `agent` may still change what they said, or delete it: their own, for as long as the settings say."""
    allowed = settings.SALONS["retouche_s"]
    recent = not allowed or timezone.now() - line.cree_le < timedelta(seconds=allowed)
    return line.visible and line.auteur_id == agent.pk and recent


def may_remove(agent: Agent, line: MessageSalon) -> bool:
    """Whether `agent` may remove what somebody else said, with a reason: those who animate the community. What is said
    between a few agents is nobody's to remove but its author's."""
    return line.visible and line.auteur_id != agent.pk and animates(agent, line.salon)


def may_restore(agent: Agent, line: MessageSalon) -> bool:
    """Whether `agent` may put a deleted line back: its author for a moment, those who animate what the animation
    removed, as long as its text or its files are kept."""
    if line.supprime_le is None or not (line.texte or line.nb_fichiers):
        return False
    if line.motif:
        return animates(agent, line.salon)
    regret = timedelta(seconds=settings.SALONS["repentir_s"])
    return line.auteur_id == agent.pk and timezone.now() - line.supprime_le < regret


def may_pin(agent: Agent, salon: Salon) -> bool:
    """Whether `agent`, who is in the salon, may pin lines there: those who hold it; anybody, between a few agents."""
    return salon.prive or can_manage(agent, salon)


def animates(agent: Agent, salon: Salon) -> bool:
    """Whether `agent`, who is in the salon, animates its community: they remove what others said there."""
    return salon.communaute is not None and can_animate(agent, salon.communaute)
