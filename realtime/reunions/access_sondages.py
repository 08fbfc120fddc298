"""The only way from an address to a search for a date, and what each may do there."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import can_animate, can_write, require_write
from communautes.models import Communaute
from realtime.reunions.adresses import read_dates_token
from realtime.reunions.models import Convive, SondageDates, Sonde

# A guest's link shows what came of it so long after.
GUEST_AFTER = timedelta(days=7)
# Searches for a date that a list shows.
MOST_SHOWN = 20


def visible_sondages(agent: Agent) -> "QuerySet[SondageDates]":
    """Searches that `agent` may open: theirs, those they are asked in, those of communities they animate.

    Who is asked as a member is no more when they cannot read the community; none when their account is closed.
    """
    if not agent.is_active:
        return SondageDates.objects.none()
    asked = Sonde.objects.present().filter(agent=agent)
    from_outside = asked.filter(origine=Convive.Origine.EXTERIEUR)
    animated = Communaute.objects.filter(adhesions__agent=agent, adhesions__role="animateur")
    mine = Q(organisateur=agent) | Q(pk__in=asked.values("sondage"))
    return SondageDates.objects.filter(
        Q(communaute__isnull=True) & mine
        | Q(communaute__in=Communaute.objects.readable_by(agent).values("pk")) & mine
        | Q(communaute__in=animated.values("pk"))
        | Q(pk__in=from_outside.values("sondage"))
    )


def get_sondage(agent: Agent, pk: int) -> SondageDates:
    """A search for a date that `agent` may open, or 404."""
    found = (
        visible_sondages(agent)
        .select_related("communaute", "salon", "reunion", "organisateur__service", "organisateur__territoire")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404("Ce sondage de dates n’existe pas.")
    return found


def may_listen(agent: Agent, pk: int) -> None:
    """For the channel `dates.N`: raises as the page of it does."""
    get_sondage(agent, pk)


def open_sondages(agent: Agent, communaute: Communaute | None = None) -> "QuerySet[SondageDates]":
    """Those that go on and that `agent` may open, of one community or of all; the newest first."""
    found = visible_sondages(agent).filter(etat=SondageDates.Etat.OUVERT)
    if communaute is not None:
        found = found.filter(communaute=communaute)
    return found.select_related("communaute").order_by("-pk")[:MOST_SHOWN]


def sonde_of(agent: Agent, sondage: SondageDates) -> Sonde | None:
    """The row of `agent` among those asked, unless it was withdrawn."""
    found: Sonde | None = Sonde.objects.present().filter(sondage=sondage, agent=agent).first()
    return found


def _decides(agent: Agent, sondage: SondageDates) -> bool:
    return agent.is_active and (
        sondage.organisateur_id == agent.pk
        or (sondage.communaute is not None and can_animate(agent, sondage.communaute))
    )


def can_decide(agent: Agent, sondage: SondageDates) -> bool:
    """Whether it is for `agent` to choose a date, add some or give up: who asks, and the community's animateurs."""
    return _decides(agent, sondage) and (sondage.communaute is None or can_write(agent, sondage.communaute))


def require_decide(agent: Agent, sondage: SondageDates) -> None:
    """Raise unless `can_decide`: with the reason, for a suspended member."""
    if not _decides(agent, sondage):
        raise PermissionDenied("La date est choisie par la personne qui la cherche et par l’animation.")
    if sondage.communaute is not None:
        require_write(agent, sondage.communaute, "Vous n’êtes plus membre de cette communauté.")


def get_decided(agent: Agent, pk: int) -> SondageDates:
    """A search for a date that goes on and that it is for `agent` to decide of; 404, or 403."""
    found = get_sondage(agent, pk)
    if not can_decide(agent, found):
        raise PermissionDenied("La date est choisie par la personne qui la cherche et par l’animation.")
    if not found.ouvert:
        raise PermissionDenied("On ne cherche plus de date : ces réglages n’ont plus d’objet.")
    return found


def get_sonde(agent: Agent, pk: int) -> Sonde:
    """Somebody asked, in a search that it is for `agent` to decide of; 404, or 403."""
    found: Sonde | None = Sonde.objects.select_related("agent", "sondage").filter(pk=pk).first()
    if found is None:
        raise Http404("Cette personne n’est pas sur la liste.")
    found.sondage = get_decided(agent, found.sondage_id)
    return found


def get_guest_sonde(token: str) -> Sonde:
    """The row that a guest's link was made for, or 404: withdrawn, forged, or a week after a date was chosen."""
    pk = read_dates_token(token)
    found: Sonde | None = (
        Sonde.objects.present()
        .select_related(
            "sondage__communaute", "sondage__organisateur__service", "sondage__organisateur__territoire"
        )
        .select_related("sondage__reunion")
        .filter(pk=pk, agent__isnull=True)
        .first()
    )
    if found is None or (
        found.sondage.fini_le is not None and found.sondage.fini_le < timezone.now() - GUEST_AFTER
    ):
        raise Http404("Ce lien n’est plus valable : demandez-en un autre à la personne qui cherche une date.")
    return found
