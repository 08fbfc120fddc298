"""Evidence as people read it: one line a contribution, whatever the kinds it gives."""

from dataclasses import dataclass, field
from datetime import datetime

from annuaire.models import Agent
from annuaire.preuves.access import visible_evidence
from annuaire.preuves.models import Masquage, Preuve
from plateforme.socle.recherche import tsquery_of

# Pieces of evidence looked at, the latest: some fifty contributions.
SHOWN = 150


@dataclass(slots=True)
class Contribution:
    """One message and what it gives. `pk`: one of its pieces, for the button that hides it."""

    pk: int
    titre: str
    url: str
    quand: datetime
    masquee: bool
    faits: list[str] = field(default_factory=list)


def contributions_of(reader: Agent, agent: Agent, question: str = "") -> list[Contribution]:
    """The latest contributions of `agent` that `reader` may see, those that hold the words of `question` if there is
    one. One's own are all there, hidden ones marked. At most three queries."""
    mine = reader == agent
    rows = Preuve.objects.filter(agent=agent) if mine else visible_evidence(reader).filter(agent=agent)
    query = tsquery_of(question) if question else ""
    if query:
        said = Preuve.objects.filter(agent=agent).extra(
            where=["preuves_preuve.vecteur @@ %s::tsquery"], params=[query]
        )
        rows = rows.filter(source__in=said.values("source"))
    hidden = set(Masquage.objects.filter(agent=agent).values_list("source", flat=True)) if mine else set()
    found: dict[str, Contribution] = {}
    for row in rows.defer("texte", "vecteur").order_by("-quand", "-id")[:SHOWN]:
        line = found.setdefault(
            row.source, Contribution(row.pk, row.titre, row.url, row.quand, row.source in hidden)
        )
        line.faits.append(_said(row))
    return list(found.values())


def _said(preuve: Preuve) -> str:
    if preuve.genre in (Preuve.Genre.UTILE, Preuve.Genre.MERCI):
        return f"{preuve.get_genre_display()} {preuve.poids}\u00a0fois"
    return str(preuve.get_genre_display())
