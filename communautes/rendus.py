"""Presentations and charters, rendered again when the renderer has changed."""

from django.db import transaction

from communautes.models import Communaute
from plateforme.socle.texte import render_markdown

BATCH = 100


@transaction.atomic
def rerender_presentations(after: int = 0) -> int | None:
    """The next `BATCH` communities beyond id `after`: see `plateforme.socle.rendus.Batch`. They are few: each is looked at.

    Their rows are held meanwhile: whoever edits one comes before or after.
    """
    rows = list(Communaute.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:BATCH])
    for row in rows:
        html = (render_markdown(row.presentation), render_markdown(row.charte))
        if html != (row.presentation_html, row.charte_html):
            row.presentation_html, row.charte_html = html
            row.save(update_fields=["presentation_html", "charte_html"])
    return rows[-1].pk if rows else None
