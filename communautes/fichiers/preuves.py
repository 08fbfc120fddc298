"""The evidence that shared documents give of what people know (`annuaire.preuves`): who wrote a version of one."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.urls import reverse

from annuaire.preuves.actions import settle_evidence

PREFIX = "document."

# A file's name is one word for the search: « guide_busage-2025.pdf » is spelled out.
_WANTED = r"""
SELECT v.auteur_id AS agent_id, 'document' AS genre, 'document.' || d.id AS source,
    'communaute.' || d.communaute_id AS lieu, d.nom AS titre, %s || d.id || %s AS url,
    regexp_replace(regexp_replace(d.nom, '\.[[:alnum:]]+$', ''), '[^[:alnum:]]+', ' ', 'g') || ' ' || d.description
        AS texte,
    ARRAY[]::bigint[] AS expertises, 1 AS poids, max(v.cree_le) AS quand, 'document.' || d.id AS fil,
    NULL::text AS question
FROM fichiers_document d JOIN fichiers_version v ON v.document_id = d.id
WHERE d.id = ANY(%s) AND d.retire_le IS NULL
GROUP BY d.id, v.auteur_id
"""


@transaction.atomic
def refresh_evidence(documents: Iterable[int]) -> None:
    """Make the evidence of these documents (ids) what follows from them now, in the caller's transaction.

    Takes the row locks of the documents, in order of id: two changes of one document follow one another.
    """
    ids = sorted(set(documents))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM fichiers_document WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids]
        )
    before, _, after = reverse("fichiers:telecharger", args=[0]).partition("0")
    settle_evidence([f"{PREFIX}{pk}" for pk in ids], _WANTED, [before, after, ids])
