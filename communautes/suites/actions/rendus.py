"""Rendering stored decisions again, when the renderer has changed."""

from django.db import transaction

from communautes.suites.models import Decision
from communautes.suites.redaction import render_again
from plateforme.socle.texte import RENDERER_VERSION

BATCH = 200


@transaction.atomic
def rerender_decisions(after: int = 0) -> int | None:
    """Render again the next `BATCH` decisions beyond id `after` that an older renderer made; returns the last id done.

    None at the end. For the command, one transaction a batch, the site open meanwhile: one that is being changed
    keeps what its change rendered, and a run cut short is taken up by running it again.
    """
    rows = list(
        Decision.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION).order_by("pk")[:BATCH]
    )
    for row in rows:
        Decision.objects.filter(pk=row.pk, version=row.version).update(
            html=render_again(row.texte), version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None
