"""Rendering stored decisions again, when the renderer has changed."""

from django.db import transaction

from communautes.suites.models import Decision
from communautes.suites.redaction import render_decision
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import RENDERER_VERSION, render_markdown

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
        try:
            html = render_decision(row.texte)
        except ActionRefusee:
            # A paragraph for the renderer of its day, something else for this one: as it is now.
            html = render_markdown(row.texte)
        Decision.objects.filter(pk=row.pk, version=row.version).update(
            html=html, version_rendu=RENDERER_VERSION
        )
    return rows[-1].pk if rows else None
