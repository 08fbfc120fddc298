"""What the pages of moderation show: the queue, what is known of a member, the log."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute, Suspension
from forum.access import reports_for
from forum.actions.signalements import CLAIM, held_by
from forum.models import Avertissement, Message, Signalement
from plateforme.socle.models import EntreeJournal
from plateforme.socle.pagination import Page, paginate
from plateforme.socle.texte import plain_text

SHOWN = 20

# What each entry of the log says. Identifiers become links; nobody's words are in it.
PHRASES = {
    "hide_message": "a masqué un message de {agent}",
    "unhide_message": "a rétabli un message de {agent}",
    "edit_message": "a modifié un message de {agent}",
    "purge_version": "a effacé une version d’un message de {agent}",
    "delete_line": "a supprimé un message de salon de {agent}",
    "restore_line": "a rétabli un message de salon de {agent}",
    "warn": "a averti {agent}",
    "suspend": "a suspendu la participation de {agent}",
    "lift_suspension": "a levé la suspension de {agent}",
    "hide_sujet": "a masqué un sujet de {agent}",
    "unhide_sujet": "a rétabli un sujet de {agent}",
    "move_out": "a déplacé un sujet de {agent} vers une autre communauté",
    "move_in": "a déplacé ici un sujet de {agent}",
    "merge": "a fusionné un sujet de {agent} dans un autre",
    "split": "a fait un sujet à part de messages de {agent}",
    "claim": "s’est chargé d’un signalement",
    "settle_reports": "a donné suite à un signalement",
    "dismiss_reports": "a classé un signalement sans suite",
    "pin": "a épinglé un sujet",
    "unpin": "a désépinglé un sujet",
    "close": "a fermé un sujet",
    "reopen": "a rouvert un sujet",
    "archive": "a archivé un sujet",
    "unarchive": "a sorti un sujet des archives",
    "rename": "a renommé un sujet de {agent}",
    "save_canned": "a enregistré une réponse type",
    "delete_canned": "a supprimé une réponse type",
}


@dataclass(slots=True)
class Dossier:
    """The reports of one message."""

    message: Message
    signalements: list[Signalement] = field(default_factory=list)

    @property
    def extrait(self) -> str:
        return plain_text(self.message.texte, 180)

    @property
    def pris_par(self) -> Agent | None:
        return held_by(self.ouverts)

    @property
    def pris_jusqu_a(self) -> datetime | None:
        first = next((row for row in self.ouverts if row.pris_le is not None), None)
        return first.pris_le + CLAIM if first is not None and first.pris_le is not None else None

    @property
    def ouverts(self) -> list[Signalement]:
        return [row for row in self.signalements if row.etat == Signalement.Etat.OUVERT]


@dataclass(frozen=True, slots=True)
class LigneJournal:
    """One entry of the log, in words."""

    quand: datetime
    acteur: Agent | None
    phrase: str
    url: str = ""
    lien: str = ""


def queue(
    agent: Agent, communaute: Communaute, *, ouverts: bool, apres: str, avant: str
) -> tuple[Page[Signalement], list[Dossier]]:
    """One page of the reported messages: those that wait, first come first; or those settled, latest first.

    Each message stands once, at its first (or latest) report: the page costs the same however long the queue is.
    """
    rows = reports_for(agent, communaute)
    if ouverts:
        rows = rows.filter(etat=Signalement.Etat.OUVERT)
        same = Signalement.objects.filter(
            message=OuterRef("message"), etat=Signalement.Etat.OUVERT, pk__lt=OuterRef("pk")
        )
    else:
        rows = rows.exclude(etat=Signalement.Etat.OUVERT)
        same = Signalement.objects.filter(message=OuterRef("message"), pk__gt=OuterRef("pk")).exclude(
            etat=Signalement.Etat.OUVERT
        )
    page = paginate(
        rows.filter(~Exists(same)).select_related(
            "message__auteur__service", "message__auteur__territoire", "message__sujet__communaute"
        ),
        ("pk",) if ouverts else ("-pk",),
        apres=apres,
        avant=avant,
        size=SHOWN,
    )
    folders = {row.message_id: Dossier(row.message) for row in page.items}
    for report in _reports(list(folders)):
        if (report.etat == Signalement.Etat.OUVERT) == ouverts:
            folders[report.message_id].signalements.append(report)
    return page, list(folders.values())


def folder(message: Message) -> Dossier:
    """All the reports of a message, whatever became of them."""
    return Dossier(message, _reports([message.pk]))


def _reports(messages: list[int]) -> list[Signalement]:
    return list(
        Signalement.objects.filter(message__in=messages)
        .select_related("auteur__service", "auteur__territoire", "pris_par", "traite_par")
        .order_by("pk")
    )


def history_of(communaute: Communaute, agent: Agent) -> dict[str, Any]:
    """Warnings, suspensions and reports of a member in one community: four queries."""
    return {
        "avertissements": list(
            Avertissement.objects.filter(communaute=communaute, agent=agent)
            .select_related("par", "message__sujet")
            .order_by("-pk")[:SHOWN]
        ),
        "suspensions": list(
            Suspension.objects.filter(communaute=communaute, agent=agent)
            .select_related("par", "levee_par")
            .order_by("-pk")[:SHOWN]
        ),
        "signalements": list(
            Signalement.objects.filter(communaute=communaute, message__auteur=agent)
            .select_related("message__sujet", "traite_par")
            .order_by("-pk")[:SHOWN]
        ),
    }


def told_to(communaute: Communaute, agent: Agent) -> dict[str, Any]:
    """What the animation of a community decided about `agent`, for `agent`: never who reported."""
    hidden = Message.objects.filter(auteur=agent, sujet__communaute=communaute, masque_le__isnull=False)
    sujets = communaute.sujets.filter(auteur=agent, masque_le__isnull=False)
    return {
        "masques": list(hidden.select_related("sujet", "masque_par").order_by("-pk")[:SHOWN]),
        "sujets_masques": list(
            sujets.filter(messages__numero=1, messages__supprime_le__isnull=True)
            .extra(select={"motif": "forum_message.motif_moderation"})
            .order_by("-pk")[:SHOWN]
        ),
        **{name: rows for name, rows in history_of(communaute, agent).items() if name != "signalements"},
    }


def log(communaute: Communaute, *, apres: str, avant: str) -> tuple[Page[EntreeJournal], list[LigneJournal]]:
    """One page of what moderators did in the community, latest first."""
    page = paginate(
        EntreeJournal.objects.filter(
            objet_type="communautes.communaute", objet_id=communaute.pk, action__startswith="moderation."
        ).select_related("acteur"),
        ("-quand", "-pk"),
        apres=apres,
        avant=avant,
        size=40,
    )
    named = {entry.details.get("agent") for entry in page.items} - {None}
    names = {agent.pk: agent.nom_complet for agent in Agent.objects.filter(pk__in=named)}
    return page, [_line(entry, names) for entry in page.items]


def _line(entry: EntreeJournal, names: dict[int, str]) -> LigneJournal:
    kind = entry.action.removeprefix("moderation.")
    who = names.get(entry.details.get("agent", 0), "une personne dont le compte n’existe plus")
    phrase = PHRASES.get(kind, kind).format(agent=who)
    url = lien = ""
    if "message" in entry.details:
        url, lien = reverse("forum:message", args=[entry.details["message"]]), "le message"
    elif "sujet" in entry.details:
        url, lien = reverse("forum:sujet", args=[entry.details["sujet"]]), "le sujet"
    return LigneJournal(entry.quand, entry.acteur, phrase, url, lien)
