"""Presentations of people, rendered again when the renderer has changed."""

from django.db import transaction

from annuaire.models import Agent
from annuaire.profils.models import Profil
from plateforme.socle.texte import render_markdown

BATCH = 100


@transaction.atomic
def rerender_biographies(after: int = 0) -> int | None:
    """The next `BATCH` presentations beyond id `after`: see `plateforme.socle.rendus.Batch`.

    Their people's rows are held meanwhile: whoever changes theirs comes before or after.
    """
    rows = list(
        Agent.objects.select_for_update(no_key=True)
        .filter(pk__gt=after)
        .exclude(biographie="")
        .only("pk", "biographie")
        .order_by("pk")[:BATCH]
    )
    stored = dict(Profil.objects.filter(agent__in=rows).values_list("pk", "biographie_html"))
    for row in rows:
        html = render_markdown(row.biographie)
        if stored.get(row.pk) != html:
            Profil.objects.update_or_create(agent=row, defaults={"biographie_html": html})
    return rows[-1].pk if rows else None
