"""Finding sujets again."""

from django.db.models import F

from annuaire.models import Agent
from communautes.models import Communaute
from forum.access import visible_sujets
from forum.models import EntreeFaq, Sujet, show_titles
from plateforme.socle.recherche import tsquery_of


def search_sujets(agent: Agent, question: str, *, limit: int = 20) -> list[Sujet]:
    """Sujets that `agent` may read whose title or messages hold all the words, the title first. Two queries."""
    query = tsquery_of(question)
    if not query:
        return []
    return list(
        visible_sujets(agent)
        .with_author()
        .extra(  # the vector columns are the house's own: Django's search functions would rebuild them
            where=[
                "(forum_sujet.recherche @@ %s::tsquery OR forum_sujet.id IN"
                " (SELECT sujet_id FROM forum_message WHERE recherche @@ %s::tsquery"
                " AND supprime_le IS NULL AND masque_le IS NULL))"
            ],
            params=[query, query],
            select={"dans_titre": "forum_sujet.recherche @@ %s::tsquery"},
            select_params=[query],
        )
        .order_by("-dans_titre", "-dernier_message_le")[:limit]
    )


def faq_entries(communaute: Communaute, etat: str, question: str = "") -> list[EntreeFaq]:
    """Entries of a community's FAQ in their order, with their messages and authors; of those that hold all the words
    of `question` when there is one. An entry whose message is deleted, hidden, or gone elsewhere is not there."""
    rows = (
        EntreeFaq.objects.filter(
            communaute=communaute,
            etat=etat,
            message__supprime_le__isnull=True,
            message__masque_le__isnull=True,
            message__sujet__communaute=F("communaute"),
            message__sujet__masque_le__isnull=True,
        )
        .select_related(
            "communaute",
            "propose_par",
            "message__sujet",
            "message__auteur__service",
            "message__auteur__territoire",
        )
        .order_by("position", "pk")
    )
    query = tsquery_of(question) if question else ""
    if question and not query:
        return []
    if query:
        rows = rows.extra(
            where=[
                "(forum_message.recherche @@ %s::tsquery OR fr_vecteur(forum_entreefaq.question) @@ %s::tsquery)"
            ],
            params=[query, query],
        )
    entries = list(rows)
    show_titles(entree.message for entree in entries)
    return entries
