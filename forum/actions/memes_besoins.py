"""« Même besoin »: people with the same question, counted, and told of the answer."""

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F

from annuaire.models import Agent
from communautes.access import can_read
from forum.models import MemeBesoin, Sujet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit


@transaction.atomic
def set_meme_besoin(agent: Agent, sujet: Sujet, present: bool) -> int:
    """Say that one has the same question, or no longer; returns how many have it.

    For all who may read it: needing an answer is not taking part. Not for who asked. Harmless when repeated; the
    counter moves only with the row, so it is exact when many click at once.
    """
    if not can_read(agent, sujet.communaute):
        raise PermissionDenied("Ce sujet ne vous est pas ouvert.")
    if sujet.genre != Sujet.Genre.QUESTION:
        raise ActionRefusee("Seule une question peut être aussi la vôtre.")
    if sujet.auteur_id == agent.pk:
        raise ActionRefusee("Vous avez posé cette question : vous serez prévenu de chaque réponse.")
    check_limit("reaction", agent.pk)
    if present:
        changed = _insert(agent, sujet)
    else:
        changed = bool(MemeBesoin.objects.filter(sujet=sujet, agent=agent).delete()[0])
    if changed:
        Sujet.objects.filter(pk=sujet.pk).update(
            nb_memes_besoins=F("nb_memes_besoins") + (1 if present else -1)
        )
        record(agent, "sujet.same_need" if present else "sujet.no_same_need", sujet)
    count = int(Sujet.objects.values_list("nb_memes_besoins", flat=True).get(pk=sujet.pk))
    if changed:
        publish_on_commit(
            f"sujet.{sujet.pk}", {"type": "sujet.memes_besoins", "sujet": sujet.pk, "nombre": count}
        )
    return count


def _insert(agent: Agent, sujet: Sujet) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forum_memebesoin (sujet_id, agent_id, cree_le) VALUES (%s, %s, now())"
            " ON CONFLICT (sujet_id, agent_id) DO NOTHING RETURNING id",
            [sujet.pk, agent.pk],
        )
        return cursor.fetchone() is not None
