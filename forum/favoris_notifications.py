"""What reminders lead to: whether it may still be seen, and what their e-mail shows."""

from collections.abc import Sequence

from django.utils.html import format_html_join

from annuaire.models import Agent
from annuaire.notifications.actions import hear_on_site
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Arret, Contenu, Source, by_number
from forum.access import visible_sujets
from forum.models import Favori, FavoriQuerySet
from plateforme.socle.typographie import of


class SourceFavoris(Source):
    """Answers for keys that begin with `favori`."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """What one still keeps, of a message that is shown and that one may read. One query."""
        found = by_number(notifications)
        shown = self._shown(agent, list(found)).values_list("pk", flat=True)
        return {row.pk for pk in shown for row in found[pk]}

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """One's note, then the message and whose it is. One query."""
        found = by_number(notifications)
        kept = self._shown(agent, list(found)).select_related("message__sujet__communaute", "message__auteur")
        return {
            row.pk: Contenu(
                objet=f"Rappel : {favori.message.sujet.titre}",
                lieu=favori.message.sujet.communaute.nom,
                liste="rappels",
                texte="\n\n".join([*_head(favori), favori.message.texte]),
                html=format_html_join("", "<p>{}</p>", ((line,) for line in _head(favori)))
                + favori.message.html,
                raison="Vous recevez ce courriel parce que vous avez demandé ce rappel.",
                portee="rappels.0",
            )
            for favori in kept
            for row in found[favori.pk]
        }

    @staticmethod
    def _shown(agent: Agent, numbers: list[int]) -> FavoriQuerySet:
        return Favori.objects.kept().filter(
            pk__in=numbers,
            agent=agent,
            message__supprime_le__isnull=True,
            message__masque_le__isnull=True,
            message__sujet__in=visible_sujets(agent),
        )


def _head(favori: Favori) -> list[str]:
    """The lines above the message: one's note, if any, and who wrote it."""
    auteur = favori.message.auteur
    whose = "Votre message" if auteur.pk == favori.agent_id else f"Message {of(auteur.nom_complet)}"
    return [*([f"Votre note : {favori.note}"] if favori.note else []), f"{whose} :"]


# From an e-mail, with one click. The number names nothing: it is about all of one's reminders.
ARRET_RAPPELS = Arret(
    nommer=lambda _: "Ne plus recevoir mes rappels par courriel (ils restent sur le site)",
    arreter=lambda agent, _: hear_on_site(agent, Genre.RAPPEL),
)
