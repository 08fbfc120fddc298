"""The evidence that the forum gives of what people know (`annuaire.preuves`).

What a message proves follows from the rows as they are (the query below) and from nothing else: whatever changes
one of them calls `refresh_evidence` in the same transaction, as often as it likes. A message deleted, hidden, moved
or put back, a reaction, an acceptance, an entry of the FAQ or their undoing are all the same call.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from django.urls import reverse

from annuaire.preuves.actions import forget_sources, settle_evidence
from annuaire.preuves.models import Preuve
from forum.models import Message, Sujet

PREFIX = "message."
# The words of a longer message that count for the search: its first ones. The same for the question it answers.
TEXTE_MAX = 4_000  # characters
BATCH = 2_000

# An answer proves something when it answers somebody else. What one accepts of oneself proves nothing. A sujet that two
# people made of a sollicitation holds the answer of who was asked: it proves theirs, when they agreed to be named; what
# they found useful in it themselves is left out, as it would be of one's own message.
_WANTED = """
SELECT coalesce(d.agent_id, m.auteur_id) AS agent_id, preuve.genre, 'message.' || m.id AS source,
    'communaute.' || s.communaute_id AS lieu, s.titre, %s || m.id || %s AS url,
    left(m.texte, %s) AS texte,
    ARRAY(SELECT e.expertise_id FROM forum_sujet_expertises e WHERE e.sujet_id = s.id ORDER BY 1) AS expertises,
    preuve.poids, m.cree_le AS quand, 'sujet.' || s.id AS fil, left(o.texte, %s) AS question
FROM forum_message m
JOIN forum_sujet s ON s.id = m.sujet_id
LEFT JOIN forum_message o ON o.sujet_id = s.id AND o.numero = 1 AND m.numero > 1
    AND o.supprime_le IS NULL AND o.masque_le IS NULL
LEFT JOIN publications_publication pub ON pub.sujet_id = s.id AND m.numero = 1 AND pub.sollicite_nomme
LEFT JOIN sollicitations_destinataire d ON d.id = pub.fil_id
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE r.genre = 'utile') AS utile, count(*) FILTER (WHERE r.genre = 'merci') AS merci
    FROM forum_reaction r WHERE r.message_id = m.id AND r.agent_id = d.agent_id) AS soi ON true
LEFT JOIN forum_entreefaq f
    ON f.message_id = m.id AND f.etat = 'publiee' AND f.communaute_id = s.communaute_id,
LATERAL (VALUES
    ('reponse', 1, d.agent_id IS NOT NULL
        OR s.genre = 'question' AND m.numero > 1 AND m.auteur_id <> s.auteur_id),
    ('retenue', 1, s.message_accepte_id = m.id AND m.auteur_id <> s.auteur_id),
    ('utile', m.nb_utile - soi.utile, m.nb_utile > soi.utile),
    ('merci', m.nb_merci - soi.merci, m.nb_merci > soi.merci),
    ('retour', 1, s.genre = 'retour' AND m.numero = 1),
    ('faq', 1, f.id IS NOT NULL)
) AS preuve (genre, poids, vraie)
WHERE m.id = ANY(%s) AND preuve.vraie AND m.supprime_le IS NULL AND m.masque_le IS NULL
    AND s.masque_le IS NULL AND s.fusionne_dans_id IS NULL
"""


@transaction.atomic
def refresh_evidence(messages: Iterable[int]) -> None:
    """Make the evidence of these messages (ids) what follows from them now. In the caller's transaction.

    Takes the row locks of the messages, in order of id, after the sujet's when the caller holds it: two changes of
    one message follow one another, so the last sees both. A message that is no more leaves no evidence.
    """
    ids = sorted(set(messages))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM forum_message WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])
    before, _, after = reverse("forum:message", args=[0]).partition("0")
    settle_evidence([f"{PREFIX}{pk}" for pk in ids], _WANTED, [before, after, TEXTE_MAX, TEXTE_MAX, ids])


def refresh_evidence_of_sujet(sujet: Sujet) -> None:
    """The same for all the messages of a sujet: its title, opening, kind, tags, community or visibility changed."""
    refresh_evidence(Message.objects.filter(sujet=sujet).values_list("pk", flat=True))


def complete_evidence() -> None:
    """Settle again, in batches, the evidence written before it bore its `fil`. For the nightly task.

    Ends for good once all bear one: then it is one look at the table.
    """
    while True:
        sources = Preuve.objects.filter(fil="", source__startswith=PREFIX).values_list("source", flat=True)[
            :BATCH
        ]
        ids = [int(source.removeprefix(PREFIX)) for source in sources]
        if not ids:
            return
        refresh_evidence(ids)


@transaction.atomic
def forget_lost_evidence(after: int = 0) -> int | None:
    """Take back evidence whose message is no more, among the next `BATCH` pieces beyond `after`; as above."""
    rows = list(
        Preuve.objects.filter(pk__gt=after, source__startswith=PREFIX)
        .order_by("pk")
        .values_list("pk", "source")[:BATCH]
    )
    if not rows:
        return None
    numbers = {int(source.removeprefix(PREFIX)) for _, source in rows}
    lost = numbers - set(Message.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    if lost:
        forget_sources([f"{PREFIX}{pk}" for pk in lost])
    return rows[-1][0]
