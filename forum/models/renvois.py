"""What a text of the forum names by its title, and whether the title may still be shown.

A title is part of the HTML that is stored once for all. What it depends on may change: a community that closes, a sujet
hidden, moved or renamed, a document taken away. So each is noted here, and looked at again, by the database, each time
the text is read: a change shows at once, whoever made it and whatever is being rendered meanwhile.
"""

from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5

from annuaire.models import Agent
from communautes.fichiers.models import Document
from communautes.models import Communaute
from plateforme.socle.requetes import fetch


class Renvoi(models.Model):
    """One address of ours that a message cites, and what its title hangs on.

    Kept while the text cites it, also when the title may not be shown: it may come back. `titre`: the title as it was,
    when another one must not be taken for it. `nom_seul`: nothing but the name of `communaute`, which more may know of.
    """

    message = models.ForeignKey(
        "forum.Message", on_delete=models.CASCADE, related_name="renvois", db_index=False
    )
    url = models.TextField()
    titre = models.CharField(max_length=250, blank=True)
    # Whose it is; null for a person.
    communaute = models.ForeignKey(Communaute, null=True, on_delete=models.CASCADE, related_name="+")
    nom_seul = models.BooleanField(default=False)
    sujet = models.ForeignKey("forum.Sujet", null=True, on_delete=models.CASCADE, related_name="+")
    vise = models.ForeignKey("forum.Message", null=True, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, null=True, on_delete=models.CASCADE, related_name="+")
    personne = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    # Of a floor above (`reunion.12`): whoever reads its community may know its title, whatever it becomes.
    externe = models.CharField(max_length=40, blank=True, db_index=True)

    class Meta:
        verbose_name = "renvoi"
        verbose_name_plural = "renvois"
        constraints = [
            # By a digest: an address may be longer than an index takes.
            models.UniqueConstraint(models.F("message"), MD5("url"), name="renvoi_unique"),
            models.CheckConstraint(
                condition=Q(communaute__isnull=False) | Q(personne__isnull=False), name="renvoi_appui"
            ),
        ]


# Those of `{message}`, a message of the community `{lieu}` (a lab: `{labo}`), that every reader may know: its address and
# its title, one text each. The reverse of what `forum.liens` finds when the text is written. Each condition is asked of
# one row by its number: joins would have the planner read whole tables for a page that cites nothing.
TITLES = (
    "ARRAY(SELECT r.url || E'\\n' || r.titre FROM forum_renvoi r WHERE r.message_id = {message}"
    " AND (r.communaute_id IS NULL OR (SELECT (rc.id = {lieu} OR (NOT {labo} AND (rc.visibilite = 'ouverte'"
    "  OR (r.nom_seul AND rc.visibilite <> 'privee')))) AND (NOT r.nom_seul OR rc.nom = r.titre)"
    "  FROM communautes_communaute rc WHERE rc.id = r.communaute_id))"
    " AND (r.sujet_id IS NULL OR (SELECT rs.communaute_id = r.communaute_id AND rs.masque_le IS NULL"
    "  AND rs.fusionne_dans_id IS NULL AND r.titre IN ('', rs.titre) FROM forum_sujet rs WHERE rs.id = r.sujet_id))"
    " AND (r.vise_id IS NULL OR (SELECT rm.sujet_id = r.sujet_id AND rm.supprime_le IS NULL AND rm.masque_le IS NULL"
    "  FROM forum_message rm WHERE rm.id = r.vise_id))"
    " AND (r.document_id IS NULL OR (SELECT rd.communaute_id = r.communaute_id AND rd.retire_le IS NULL"
    "  AND rd.nom = r.titre FROM fichiers_document rd WHERE rd.id = r.document_id))"
    " AND (r.personne_id IS NULL OR (SELECT ra.is_active FROM annuaire_agent ra WHERE ra.id = r.personne_id))"
    " ORDER BY r.url)"
)
_OF_MESSAGES = (
    "SELECT m.id, "  # noqa: S608  (constants)
    + TITLES.format(message="m.id", lieu="ms.communaute_id", labo="(mc.genre = 'laboratoire')")
    + " FROM forum_message m JOIN forum_sujet ms ON ms.id = m.sujet_id"
    " JOIN communautes_communaute mc ON mc.id = ms.communaute_id WHERE m.id = ANY(%s)"
)


def titles_of(messages: Collection[int]) -> dict[int, frozenset[str]]:
    """For each message, the addresses whose titles may be shown in it now. One query."""
    return {pk: addresses(found) for pk, found in fetch(_OF_MESSAGES, [list(messages)])}


def addresses(found: Collection[str]) -> frozenset[str]:
    """The addresses alone, of what `TITLES` gives."""
    return frozenset(line.split("\n", 1)[0] for line in found)
