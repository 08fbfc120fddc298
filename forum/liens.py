"""What the addresses of this site lead to, for a text that names them.

The HTML of a text is stored once for all its readers, so a title is shown only when every reader of the
community where it is written may read what it is the title of: something of the same community, or of an open
one when no partner from outside can be among the readers. Anything else stays the plain address it is. What a
title hangs on (`Appui`) is kept with the message, and looked at again whenever it is read: `forum.models.renvois`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve

from annuaire.models import Agent
from communautes.fichiers.models import Document
from communautes.models import Communaute
from communautes.suites.models import Decision
from forum.models import Message, PieceJointe, Sujet
from plateforme.socle.templatetags.socle import taille_fichier
from plateforme.socle.texte import Lien, plain_text, safe_link

BIGGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Appui:
    """What the title of something hangs on, as the columns of `Renvoi` that say it; numbers in the database.

    `titre`: as it is now, when another one must not be shown in its place.
    """

    communaute: int | None
    titre: str = ""
    nom_seul: bool = False
    sujet: int | None = None
    vise: int | None = None
    document: int | None = None
    personne: int | None = None
    externe: str = ""


class Cible(NamedTuple):
    """What an address leads to: its title, what it is in a word or two, and what the title hangs on."""

    titre: str
    genre: str
    appui: Appui


class Resolution(NamedTuple):
    """What was found of the addresses of a text."""

    liens: dict[str, Lien]
    """By address, for `render_markdown`."""
    appuis: dict[str, Appui]
    """By address as the HTML has it."""
    citees: set[str]
    """All those that may lead to something of ours, found or not, as the HTML would have them."""


# From the community where it is written and the values found in addresses, to what may be told of each.
Finder = Callable[[Communaute, Collection[Any]], Mapping[Any, Cible]]
_finders: dict[str, tuple[str | tuple[str, ...], Finder]] = {}


def register_finder(view_name: str, parameter: str | tuple[str, ...], finder: Finder) -> None:
    """Say what the addresses of `view_name` lead to, by the value of `parameter`, or by those of several as one tuple.
    Called when an app is ready.

    `finder` makes one query and leaves out what some reader of the community may not read.
    """
    _finders[view_name] = (parameter, finder)


def resolve_links(addresses: Iterable[str], communaute: Communaute) -> Resolution:
    """Which of `addresses` lead to something of ours that every reader of `communaute` may read.

    One query for each kind of thing named, none when no address is ours.
    """
    wanted: dict[str, dict[str, Any]] = {}
    for address in addresses:
        found = _parse(address)
        if found is not None:
            view_name, value = found
            wanted.setdefault(view_name, {})[address] = value
    found = Resolution({}, {}, set())
    for view_name, values in wanted.items():
        targets = _finders[view_name][1](communaute, set(values.values()))
        for address, value in values.items():
            url = safe_link(address.removeprefix(settings.SITE_URL))
            if url is None:
                continue
            found.citees.add(url)
            if value in targets:
                titre, genre, appui = targets[value]
                found.liens[address] = Lien(url, titre, genre)
                found.appuis[url] = appui
    return found


def within_reach(communaute: Communaute, path: str = "communaute") -> Q:
    """The condition for something to be readable by every reader of `communaute`; `path` leads to its own."""
    same = Q(**{path: communaute})
    if communaute.est_laboratoire:
        # Partners from outside may be among its members, now or later: they read no open community.
        return same
    return same | Q(**{f"{path}__visibilite": Communaute.Visibilite.OUVERTE})


def _parse(address: str) -> tuple[str, Any] | None:
    if not address.startswith(f"{settings.SITE_URL}/"):
        return None
    try:
        match = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None
    if match.view_name not in _finders:
        return None
    parameter = _finders[match.view_name][0]
    names = (parameter,) if isinstance(parameter, str) else parameter
    values = tuple(match.kwargs.get(name) for name in names)
    if any(value is None or (isinstance(value, int) and value > BIGGEST_ID) for value in values):
        return None
    return match.view_name, values[0] if isinstance(parameter, str) else values


def _find_sujets(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    rows = Sujet.objects.all().listed().filter(within_reach(communaute), pk__in=pks)
    return {
        sujet.pk: Cible(
            sujet.titre,
            sujet.get_genre_display(),
            Appui(sujet.communaute_id, titre=sujet.titre, sujet=sujet.pk),
        )
        for sujet in rows
    }


def _find_messages(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    rows = (
        Message.objects.all()
        .visible()
        .filter(
            within_reach(communaute, "sujet__communaute"),
            pk__in=pks,
            sujet__masque_le__isnull=True,
            sujet__fusionne_dans__isnull=True,
        )
        .select_related("sujet", "auteur")
    )
    return {
        row.pk: Cible(
            row.sujet.titre,
            f"message {row.numero}, {row.auteur.nom_complet}",
            Appui(row.sujet.communaute_id, titre=row.sujet.titre, sujet=row.sujet_id, vise=row.pk),
        )
        for row in rows
    }


def _find_communautes(communaute: Communaute, slugs: Collection[str]) -> dict[str, Cible]:
    known = Q(pk=communaute.pk)
    if not communaute.est_laboratoire:
        known |= ~Q(visibilite=Communaute.Visibilite.PRIVEE)
    rows = Communaute.objects.filter(known, slug__in=slugs)
    return {
        row.slug: Cible(row.nom, row.get_genre_display(), Appui(row.pk, titre=row.nom, nom_seul=True))
        for row in rows
    }


def _find_agents(communaute: Communaute, handles: Collection[str]) -> dict[str, Cible]:
    known = Q(adhesions__communaute=communaute)
    if not communaute.est_laboratoire:
        known |= Q(partenaire=False)
    rows = Agent.objects.active().filter(known, identifiant__in=handles).distinct()
    return {
        row.identifiant: Cible(row.nom_complet, row.fonction, Appui(None, personne=row.pk)) for row in rows
    }


def _find_documents(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    rows = Document.objects.filter(
        within_reach(communaute), pk__in=pks, retire_le__isnull=True, version_courante__isnull=False
    ).select_related("version_courante")
    return {
        row.pk: Cible(
            row.nom,
            f"document, {taille_fichier(row.version_courante.taille)}",
            Appui(row.communaute_id, titre=row.nom, document=row.pk),
        )
        for row in rows
    }


def _find_decisions(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    rows = Decision.objects.filter(within_reach(communaute), pk__in=pks)
    return {
        row.pk: Cible(
            plain_text(row.texte, 120), row.nom, Appui(row.communaute_id, externe=f"decision.{row.pk}")
        )
        for row in rows
    }


def _find_pieces(communaute: Communaute, pks: Collection[Any]) -> dict[Any, Cible]:
    rows = PieceJointe.objects.filter(
        within_reach(communaute, "message__sujet__communaute"),
        pk__in=pks,
        message__supprime_le__isnull=True,
        message__masque_le__isnull=True,
        message__sujet__masque_le__isnull=True,
    ).select_related("message__sujet")
    return {
        row.pk: Cible(
            row.nom,
            f"pièce jointe, {taille_fichier(row.taille)}",
            Appui(row.message.sujet.communaute_id, sujet=row.message.sujet_id, vise=row.message_id),
        )
        for row in rows
    }


def register_own_finders() -> None:
    """The kinds of things that the forum and the apps below it know."""
    register_finder("forum:sujet", "pk", _find_sujets)
    register_finder("forum:message", "pk", _find_messages)
    register_finder("forum:piece", "pk", _find_pieces)
    register_finder("communautes:communaute", "slug", _find_communautes)
    register_finder("annuaire:profil", "identifiant", _find_agents)
    register_finder("fichiers:telecharger", "pk", _find_documents)
    register_finder("suites:decision", "pk", _find_decisions)
