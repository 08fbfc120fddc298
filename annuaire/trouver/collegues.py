"""What colleagues say of the people found, for what the question names: their recommendations, and help that was useful."""

from collections.abc import Collection, Sequence

from django.db.models import Count
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annuaire.models import Agent, Expertise
from annuaire.profils.access import standing_recommandations
from annuaire.sollicitations.comptes import useful_to


def said_by_colleagues(
    people: Sequence[Agent], expertises: Collection[Expertise]
) -> dict[int, list[SafeString]]:
    """Sentences by the person's id, each leading to where their page says the same to every agent of the State. At most
    three queries; none when the question names no expertise."""
    if not expertises:
        return {}
    found: dict[int, list[SafeString]] = {}
    addresses = {person.pk: person.get_absolute_url() for person in people}
    for pk, (number, expertise) in _recommended(addresses, {row.pk: row for row in expertises}).items():
        found.setdefault(pk, []).append(
            format_html(
                '<a href="{}#recommandations">{}\u00a0{}</a> pour <strong>{}</strong>',
                addresses[pk],
                number,
                "recommandation" if number == 1 else "recommandations",
                expertise.libelle,
            )
        )
    for pk, useful in useful_to(addresses, [row.pk for row in expertises]).items():
        number = useful[0].collegues
        found.setdefault(pk, []).append(
            format_html(
                'Sollicitations\u00a0: <a href="{}#aides">aide utile à {}\u00a0{}</a> sur <strong>{}</strong>',
                addresses[pk],
                number,
                "collègue" if number == 1 else "collègues",
                useful[0].expertise.libelle,
            )
        )
    return found


def _recommended(
    people: Collection[int], expertises: dict[int, Expertise]
) -> dict[int, tuple[int, Expertise]]:
    """Of each, for which of the expertises most colleagues recommend them, and how many do. One query."""
    rows = (
        standing_recommandations()
        .filter(agent__in=people, expertise__in=expertises)
        .values("agent", "expertise")
        .annotate(nombre=Count("pk"))
        .order_by("nombre", "expertise")
    )
    return {row["agent"]: (row["nombre"], expertises[row["expertise"]]) for row in rows}
