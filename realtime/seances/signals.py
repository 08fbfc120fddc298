"""What the app hears from the others."""

from typing import Any

from django.db.models import QuerySet

from plateforme.socle.erreurs import ActionRefusee
from realtime.discussions import follow_people
from realtime.reunions.models import PointOrdreDuJour, Reunion
from realtime.seances.access import taking_part
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import Passage, Seance


def keep_opened_points(instance: PointOrdreDuJour, origin: Any = None, **kwargs: Any) -> None:
    """Refuse to take off the agenda a point that was opened: its time, its notes and its decisions hang on it.

    Only when the point itself is removed: with its whole meeting, it goes.
    """
    alone = origin is instance or (isinstance(origin, QuerySet) and origin.model is PointOrdreDuJour)
    if alone and Passage.objects.filter(point=instance).exists():
        raise ActionRefusee("Ce point a été abordé en réunion : il reste à l’ordre du jour.")


def show_changes(reunion: Reunion, **kwargs: Any) -> None:
    """A point, a role, a place or the people changed while the meeting is held: its salon follows, open pages ask for
    its state again."""
    seance = Seance.objects.filter(pk=reunion.pk).first()
    if seance is None:
        return
    current = locked(seance)
    if current.salon is not None and current.salon.de_reunion:
        follow_people(current.salon, taking_part(reunion))
    tell(current, "reunion")
