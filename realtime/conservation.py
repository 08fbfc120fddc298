"""How long the lines of a salon are kept, and their removal."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.access import can_manage, get_salon
from realtime.models import MessageSalon, Salon

# Days, and how they are said; 0 keeps everything.
DUREES = ((0, "Toujours"), (30, "30 jours"), (90, "90 jours"), (365, "Un an"), (1095, "Trois ans"))
# Lines removed in one transaction.
BATCH = 500


@transaction.atomic
def set_retention(auteur: Agent, salon: Salon, jours: int) -> Salon:
    """Keep the lines of a salon for so many days, one of `DUREES`. Those who manage it; in a conversation of two, who
    began it. Nothing goes before the next night: everybody is warned in the salon meanwhile. Raises `ActionRefusee`."""
    get_salon(auteur, salon.pk)
    current: Salon = (
        Salon.objects.select_for_update(of=("self",)).select_related("communaute").get(pk=salon.pk)
    )
    if not can_manage(auteur, current):
        raise PermissionDenied("Ce salon est tenu par d’autres personnes.")
    if jours not in dict(DUREES):
        raise ActionRefusee("Choisissez une durée de la liste.", champ="jours")
    if current.conservation_jours == jours:
        return current
    before, current.conservation_jours = current.conservation_jours, jours
    current.save(update_fields=["conservation_jours"])
    record(auteur, "salon.set_retention", current, avant=before, apres=jours)
    publish_on_commit(
        f"salon.{current.pk}",
        {
            "type": "salon.change",
            "quoi": "conservation",
            "nom": current.nom,
            "archive": current.archive_le is not None,
            "conservation": say_retention(current),
        },
    )
    return current


def say_retention(salon: Salon) -> str:
    """What those who are in the salon are told of it; empty when everything is kept."""
    if not salon.conservation_jours:
        return ""
    duree = dict(DUREES).get(salon.conservation_jours, f"{salon.conservation_jours} jours")
    return (
        f"Dans ce salon, chaque message est effacé {duree[0].lower()}{duree[1:]} après avoir été écrit"
        "\u00a0; un fil, après sa dernière réponse."
    )


def remove_expired() -> bool:
    """Remove the next lines that are kept no longer, `BATCH` at most in each salon; returns whether there may be more.
    For the worker; two at once take turns."""
    more = False
    for salon in Salon.objects.filter(conservation_jours__gt=0).order_by("pk"):
        more |= _remove_of(salon.pk)
    return more


@transaction.atomic
def _remove_of(pk: int) -> bool:
    salon = Salon.objects.select_for_update().filter(pk=pk, conservation_jours__gt=0).first()
    if salon is None:
        return False
    limit = timezone.now() - timedelta(days=salon.conservation_jours)
    # By number: what goes is the beginning, save for the threads in which somebody answered since; one number says all
    # of it to those who count what they have not read.
    last = (
        MessageSalon.objects.filter(salon=salon, cree_le__lt=limit)
        .order_by("-cree_le", "-numero")
        .values_list("numero", flat=True)
        .first()
    )
    if last is None:
        return False
    rows = list(_expired(salon, last, limit)[:BATCH])
    if not rows:
        return False
    # What was told of a line holds some of its words.
    gone = [pk for pk, _ in rows]
    gone += MessageSalon.objects.filter(racine__in=gone).values_list("pk", flat=True)
    Notification.objects.filter(cle__in=[f"salon.{pk}" for pk in gone]).delete()
    MessageSalon.objects.filter(pk__in=gone).delete()
    salon.efface_jusqu_a = max(salon.efface_jusqu_a, rows[-1][1])
    salon.save(update_fields=["efface_jusqu_a"])
    record(None, "salon.remove_expired", salon, lignes=len(gone))
    return len(rows) == BATCH


def _expired(salon: Salon, last: int, limit: datetime) -> QuerySet[MessageSalon, tuple[int, int]]:
    """The lines up to number `last` that are kept no longer, replies apart, by number in the database and in the salon. A
    thread is kept as long as its last line, and goes whole."""
    return (
        MessageSalon.objects.filter(salon=salon, numero__lte=last, racine=None)
        .alias(fin=Coalesce("derniere_reponse_le", "cree_le"))
        .filter(fin__lt=limit)
        .order_by("numero")
        .values_list("pk", "numero")
    )
