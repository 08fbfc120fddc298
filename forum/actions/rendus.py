"""Rendering stored texts again, when the renderer has changed."""

from django.db import transaction
from django.db.models import Q

from forum.models import Message, Sujet
from forum.rendu import render_text
from plateforme.socle.texte import RENDERER_VERSION

BATCH = 200


def rerender_moved(sujet: Sujet) -> None:
    """Render again what a sujet says of other places and people, in the caller's transaction: it has changed community.

    A text shows the titles and the names that every reader of its community may know; here they are others. At
    once and not in a job: between the two, the new readers would read titles of the old community.
    """
    rows = sujet.messages.filter(Q(texte__contains="/") | Q(texte__contains="@")).only(
        "pk", "numero", "texte"
    )
    for row in rows.iterator():
        html = render_text(row.texte, sujet.communaute, prefixe=f"s{sujet.pk}m{row.numero}-").html
        Message.objects.filter(pk=row.pk).update(html=html, version_rendu=RENDERER_VERSION)


@transaction.atomic
def rerender_messages(after: int = 0) -> int | None:
    """Render again the next `BATCH` messages beyond id `after` that an older renderer made; returns the last id done.

    None at the end. For the command, one transaction a batch, the site open meanwhile: a message edited at the
    same moment keeps what its edit rendered. What is done is not done again, so a run cut short is taken up by
    running it again.
    """
    rows = list(
        Message.objects.filter(pk__gt=after, version_rendu__lt=RENDERER_VERSION)
        .select_related("sujet__communaute")
        .order_by("pk")[:BATCH]
    )
    for row in rows:
        Message.objects.filter(pk=row.pk, version=row.version).update(
            html=render_text(row.texte, row.sujet.communaute, prefixe=f"s{row.sujet_id}m{row.numero}-").html,
            version_rendu=RENDERER_VERSION,
        )
    return rows[-1].pk if rows else None
