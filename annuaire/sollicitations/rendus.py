"""Needs and messages of sollicitations, rendered again when the renderer has changed."""

from django.db import transaction

from annuaire.sollicitations.models import MessageFil, Sollicitation
from plateforme.socle.texte import render_markdown

BATCH = 100


@transaction.atomic
def rerender_sollicitations(after: int = 0) -> int | None:
    """The next `BATCH` sollicitations beyond id `after`, and all that was said in them: see
    `plateforme.socle.rendus.Batch`. Their rows are held meanwhile."""
    rows = list(
        Sollicitation.objects.select_for_update(no_key=True)
        .filter(pk__gt=after, effacee_le__isnull=True)
        .order_by("pk")[:BATCH]
    )
    for row in rows:
        html = (str(render_markdown(row.besoin)), str(render_markdown(row.contexte)))
        if html != (row.besoin_html, row.contexte_html):
            row.besoin_html, row.contexte_html = html
            row.save(update_fields=["besoin_html", "contexte_html"])
    said = MessageFil.objects.filter(fil__sollicitation__in=rows).exclude(texte="")
    for message in said.iterator(chunk_size=BATCH):
        rendered = str(render_markdown(message.texte))
        if rendered != message.html:
            MessageFil.objects.filter(pk=message.pk).update(html=rendered)
    return rows[-1].pk if rows else None
