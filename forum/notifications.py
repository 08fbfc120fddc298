"""What notifications of the forum lead to: who may still see it, and what an e-mail shows of it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Arret, Contenu, Ligne, Niveaux, Source, by_number
from communautes.access import readable_communautes
from communautes.models import Adhesion
from forum.access import reports_to_handle, visible_sujets
from forum.actions import set_level
from forum.models import Abonnement, Message, Signalement, Sujet, show_titles

WHOLE = {Genre.MENTION, Genre.REPONSE, Genre.SUJET, Genre.ANNONCE}
# A question is proposed to those who may know for as long; what is useful is news for as long.
STILL_OPEN = timedelta(days=60)
STILL_NEW = timedelta(days=14)
MOST_LEVELS = 200


def number(name: str, kind: str) -> int | None:
    """12 from `message.12` or `message.12.reaction`; None when it is not of that kind."""
    parts = name.split(".")
    return int(parts[1]) if len(parts) > 1 and parts[0] == kind and parts[1].isdigit() else None


class SourceForum(Source):
    """Answers for keys that begin with `message` and conversations that begin with `sujet`."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """A message is looked for where it is now. What moderators did to it is told to its author all the
        same, if they may still read the community."""
        messages = self._messages(notifications)
        sujets = Sujet.objects.in_bulk(
            {row.sujet_id for row in messages.values()}
            | {pk for pk in (number(row.fil, "sujet") for row in notifications) if pk is not None}
        )
        readable = set(
            readable_communautes(agent)
            .filter(pk__in={sujet.communaute_id for sujet in sujets.values()})
            .values_list("pk", flat=True)
        )
        kept = set()
        for row in notifications:
            message = messages.get(number(row.cle, "message") or 0)
            sujet = sujets.get(message.sujet_id if message is not None else number(row.fil, "sujet") or 0)
            if sujet is None or sujet.communaute_id not in readable:
                continue
            told_anyway = row.genre == Genre.MODERATION
            gone = sujet.masque_le is not None or (message is not None and not message.visible)
            if told_anyway or not gone:
                kept.add(row.pk)
        return kept

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """Whole texts of messages; for the rest what was told, in the sujet's thread all the same."""
        messages = self._messages(notifications)
        show_titles(messages.values())
        sujets = Sujet.objects.select_related("communaute").in_bulk(
            {row.sujet_id for row in messages.values()}
            | {pk for pk in (number(row.fil, "sujet") for row in notifications) if pk is not None}
        )
        roots = dict(Message.objects.filter(sujet__in=sujets, numero=1).values_list("sujet_id", "pk"))
        found = {}
        for row in notifications:
            message = messages.get(number(row.cle, "message") or 0)
            sujet = sujets.get(message.sujet_id if message is not None else number(row.fil, "sujet") or 0)
            if sujet is not None:
                found[row.pk] = self._content(row, sujet, message, roots.get(sujet.pk))
        return found

    def _content(self, row: Notification, sujet: Sujet, message: Message | None, root: int | None) -> Contenu:
        communaute = sujet.communaute
        opening = message is not None and message.pk == root
        about_community = row.genre in (Genre.SUJET, Genre.ANNONCE)
        whole = message is not None and row.genre in WHOLE
        reasons = {
            Genre.MENTION: "Vous recevez ce courriel parce que ce message vous cite.",
            Genre.REPONSE: "Vous recevez ce courriel parce que vous suivez ce sujet.",
            Genre.SUJET: f"Vous recevez ce courriel parce que vous suivez « {communaute.nom} ».",
            Genre.ANNONCE: f"Vous recevez ce courriel parce que vous êtes membre de « {communaute.nom} ».",
        }
        return Contenu(
            objet=sujet.titre if opening and whole else f"Re: {sujet.titre}",
            lieu=communaute.nom,
            liste=f"sujet-{sujet.pk}.{communaute.slug}",
            texte=message.texte if whole and message is not None else "",
            html=message.html if whole and message is not None else "",
            racine="" if opening and whole else f"message.{root}" if root else "",
            parent=f"message.{message.repond_a_id}" if whole and message and message.repond_a_id else "",
            raison=reasons.get(Genre(row.genre), ""),
            portee=f"communaute.{communaute.pk}" if about_community else f"sujet.{sujet.pk}",
        )

    @staticmethod
    def _messages(notifications: Sequence[Notification]) -> dict[int, Message]:
        found: dict[int, Message] = Message.objects.defer("recherche").in_bulk(
            {pk for pk in (number(row.cle, "message") for row in notifications) if pk is not None}
        )
        return found


class SourceSignalements(Source):
    """A report is for those who may decide about it, while it waits; what became of it, for who made it."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Two queries."""
        rows = by_number(notifications)
        waiting = reports_to_handle(agent).filter(pk__in=rows, etat=Signalement.Etat.OUVERT)
        mine = Signalement.objects.filter(
            pk__in=rows, auteur=agent, communaute__in=readable_communautes(agent)
        )
        kept = {(pk, False) for pk in waiting.values_list("pk", flat=True)}
        kept |= {(pk, True) for pk in mine.values_list("pk", flat=True)}
        return {
            row.pk for pk, told in rows.items() for row in told if (pk, row.cle.endswith(".suite")) in kept
        }


def _name_stop(pk: int) -> str:
    titre = Sujet.objects.filter(pk=pk).values_list("titre", flat=True).first()
    return f"Mettre en sourdine « {titre} »" if titre else "Mettre ce sujet en sourdine"


def _stop(agent: Agent, pk: int) -> None:
    sujet = visible_sujets(agent).select_related("communaute").filter(pk=pk).first()
    if sujet is not None:
        set_level(agent, sujet, Abonnement.Niveau.SOURDINE)


# From an e-mail. The token names a person who could read the sujet; whoever no longer can hears nothing anyway.
ARRET = Arret(nommer=_name_stop, arreter=_stop)


def digest_lines(agent: Agent) -> Iterable[Ligne]:
    """Questions that wait for somebody who knows what `agent` knows, then what was found useful where they are.

    Unread ones only. Two queries.
    """
    now = timezone.now()
    # By subqueries: a join on memberships would give each sujet as often as its community has members.
    here = Adhesion.objects.filter(agent=agent).exclude(niveau=Adhesion.Niveau.SOURDINE)
    followed = here.filter(niveau=Adhesion.Niveau.SUIVRE)
    mine = (
        visible_sujets(agent)
        .filter(communaute__in=here.values("communaute"))
        .exclude(Exists(Abonnement.objects.filter(sujet=OuterRef("pk"), agent=agent, niveau="sourdine")))
        .exclude(auteur=agent)
        .unread_by(agent)
        .select_related("communaute", "auteur")
    )
    known = Sujet.expertises.through.objects.filter(
        sujet=OuterRef("pk"), expertise__in=agent.declarations.values("expertise")
    )
    questions = mine.filter(
        Exists(known),
        genre=Sujet.Genre.QUESTION,
        message_accepte__isnull=True,
        resolu_le__isnull=True,
        ferme_le__isnull=True,
        archive_le__isnull=True,
        cree_le__gt=now - STILL_OPEN,
    ).order_by("-cree_le")[:4]
    asked = set()
    for sujet in questions:
        asked.add(sujet.pk)
        yield Ligne(
            rang=0,
            cle=f"sujet.{sujet.pk}",
            rubrique="On cherche une réponse que vous avez peut-être",
            titre=sujet.titre,
            url=sujet.get_absolute_url(),
            detail=f"{sujet.auteur.nom_complet} · {sujet.communaute.nom}",
        )
    # Useful: an answer was chosen, others share the need, people went on talking.
    useful = (
        mine.filter(dernier_message_le__gt=now - STILL_NEW)
        .annotate(interet=F("nb_memes_besoins") * 2 + F("nb_messages"))
        .filter(Q(interet__gt=1) | Q(communaute__in=followed.values("communaute")))
        .order_by("-interet", "-dernier_message_le")[:12]
    )
    for sujet in useful:
        if sujet.pk not in asked:
            answers = f"{sujet.nb_reponses} réponse{'s' if sujet.nb_reponses > 1 else ''}"
            yield Ligne(
                rang=50,
                cle=f"sujet.{sujet.pk}",
                rubrique="Dans vos communautés",
                titre=sujet.titre,
                url=sujet.get_absolute_url(),
                detail=f"{sujet.communaute.nom} · {answers}{' · réponse retenue' if sujet.message_accepte_id else ''}",
            )


def levels(agent: Agent) -> Iterable[Niveaux]:
    """Sujets that `agent` follows or has put to sleep, latest first."""
    rows = (
        Abonnement.objects.filter(agent=agent, sujet__in=visible_sujets(agent))
        .exclude(niveau=Abonnement.Niveau.NORMAL)
        .select_related("sujet")
        .order_by("-sujet__dernier_message_le", "-pk")[:MOST_LEVELS]
    )
    yield Niveaux(
        titre="Sujets",
        rangs=[
            (row.sujet.titre, row.sujet.get_absolute_url(), row.niveau, f"/sujets/{row.sujet_id}/niveau/")
            for row in rows
        ],
    )
