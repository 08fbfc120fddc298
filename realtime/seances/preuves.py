"""The evidence that meetings give of what people know (`annuaire.preuves`): who led one, on what."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.urls import reverse

from annuaire.preuves.actions import settle_evidence

PREFIX = "reunion."

# Who prepares and runs a meeting of a community, came, and was not alone, once it is over. Its agenda as it was gone
# through says what it was about; notes do not, others wrote them too.
_WANTED = """
WITH venue AS (
    SELECT a.seance_id, a.agent_id FROM seances_assistance a
    WHERE a.seance_id = ANY(%s)
        AND (a.correction = 'present' OR a.correction = '' AND a.vu_le IS NOT NULL)
)
SELECT p.agent_id, 'reunion' AS genre, 'reunion.' || r.id AS source, 'communaute.' || r.communaute_id AS lieu,
    r.titre, %s || r.id || %s AS url,
    concat_ws(' ', r.titre, (SELECT string_agg(o.titre, ' ' ORDER BY o.rang) FROM reunions_pointordredujour o
        WHERE o.reunion_id = r.id AND EXISTS (SELECT 1 FROM seances_passage g
            WHERE g.seance_id = s.reunion_id AND g.point_id = o.id))) AS texte,
    ARRAY[]::bigint[] AS expertises, 1 AS poids, s.levee_le AS quand, 'reunion.' || r.id AS fil,
    NULL::text AS question
FROM seances_seance s JOIN reunions_reunion r ON r.id = s.reunion_id
JOIN reunions_participant p ON p.reunion_id = r.id AND p.role = 'animateur' AND p.retire_le IS NULL
WHERE s.reunion_id = ANY(%s) AND s.levee_le IS NOT NULL AND r.communaute_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM venue v WHERE v.seance_id = s.reunion_id AND v.agent_id = p.agent_id)
    AND EXISTS (SELECT 1 FROM venue v WHERE v.seance_id = s.reunion_id AND v.agent_id IS DISTINCT FROM p.agent_id)
"""


@transaction.atomic
def refresh_evidence(seances: Iterable[int]) -> None:
    """Make the evidence of these meetings (ids) what follows from them now, in the caller's transaction.

    Takes their row locks, in order of id, as whatever changes a meeting that is held does.
    """
    ids = sorted(set(seances))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM seances_seance WHERE reunion_id = ANY(%s) ORDER BY reunion_id FOR NO KEY UPDATE",
            [ids],
        )
    before, _, after = reverse("reunions:reunion", args=[0]).partition("0")
    settle_evidence([f"{PREFIX}{pk}" for pk in ids], _WANTED, [ids, before, after, ids])
