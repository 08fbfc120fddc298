"""Writing to the journal."""

from typing import Any

from django.conf import settings
from django.db import models

from plateforme.socle.models import EntreeJournal


def record(acteur: models.Model | None, action: str, objet: models.Model, **details: Any) -> None:
    """Write that `acteur` did `action` on `objet`, in the caller's transaction.

    `action` is an English verb phrase such as `message.publish`; `details` must be JSON-able and hold no
    text that a person wrote: the journal outlives what it speaks of.
    """
    assert acteur is None or acteur._meta.label == settings.AUTH_USER_MODEL
    EntreeJournal.objects.create(
        acteur_id=acteur.pk if acteur is not None else None,
        action=action,
        objet_type=objet._meta.label_lower,
        objet_id=objet.pk,
        details=details,
    )
