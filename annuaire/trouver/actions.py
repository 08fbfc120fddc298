"""Searches that people keep, and what they are told of them."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.access import require_directory
from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification
from annuaire.trouver.access import require_export
from annuaire.trouver.criteres import Criteres
from annuaire.trouver.export import ENTETE, rows_of
from annuaire.trouver.models import NOM_MAX, RechercheEnregistree
from annuaire.trouver.moteur import MAX, Trouvailles, find
from annuaire.trouver.personnes import Personne
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

MAX_KEPT = 20
# Told of are those worth at least this part of the best: who holds one common word of a question does not answer it.
WORTH = 0.25
NAMED = 3


@transaction.atomic
def save_search(agent: Agent, nom: str, criteres: Criteres) -> RechercheEnregistree:
    """Keep a search under a name, and tell `agent` of who answers it later. Agents of the State only.

    The order asked for and the people ticked are not kept. Raises `ActionRefusee`: no question, too wide, kept already, or too many kept.
    """
    require_directory(agent)
    check_limit("profil", agent.pk)
    nom = _named(nom)
    criteres = replace(criteres, tri="", choix=())
    if not criteres.q:
        raise ActionRefusee("Faites d’abord une recherche : c’est elle que vous garderez.")
    found = find(agent, criteres)
    if found.trop:
        raise ActionRefusee(
            f"Plus de {MAX} personnes répondent : ajoutez un mot ou un filtre, pour que les notifications aient un sens."
        )
    # One at a time, so that two tabs do not pass the limit together.
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM annuaire_agent WHERE id = %s FOR UPDATE", [agent.pk])
    if RechercheEnregistree.objects.filter(agent=agent).count() >= MAX_KEPT:
        raise ActionRefusee(
            f"Vous gardez déjà {MAX_KEPT} recherches : supprimez-en une dont vous n’avez plus besoin."
        )
    try:
        with transaction.atomic():
            row = RechercheEnregistree.objects.create(
                agent=agent,
                nom=nom,
                criteres=criteres.address(),
                empreinte=sha256(criteres.address().encode()).hexdigest(),
                connus=[person.pk for person in worth_telling(found)],
                verifiee_le=timezone.now(),
            )
    except IntegrityError:
        raise ActionRefusee("Vous gardez déjà cette recherche.") from None
    record(agent, "recherche.save", row)
    return row


@transaction.atomic
def rename_search(agent: Agent, row: RechercheEnregistree, nom: str) -> None:
    """The caller got `row` through `access.get_own_search`. Raises `ActionRefusee`."""
    row.nom = _named(nom)
    row.save(update_fields=["nom"])
    record(agent, "recherche.rename", row)


@transaction.atomic
def set_told(agent: Agent, row: RechercheEnregistree, prevenir: bool) -> None:
    """Stop telling of new people, or begin again: who came meanwhile is known, nobody is told of them late.

    The caller got `row` through `access.get_own_search`.
    """
    if row.prevenir == prevenir:
        return
    row.prevenir = prevenir
    if prevenir:
        row.connus = [person.pk for person in worth_telling(find(agent, row.parsed))]
        row.verifiee_le = timezone.now()
    row.save(update_fields=["prevenir", "connus", "verifiee_le"])
    record(agent, "recherche.tell" if prevenir else "recherche.stop", row)


@transaction.atomic
def delete_search(agent: Agent, row: RechercheEnregistree) -> None:
    """Keep it no longer; what was told of it and not read is taken back. The caller got `row` through `access`."""
    record(agent, "recherche.delete", row)
    unread = Notification.objects.filter(
        destinataire=agent, cle__startswith=f"recherche-annuaire.{row.pk}.", lue_le__isnull=True
    )
    for cle in list(unread.values_list("cle", flat=True)):
        take_back(cle)
    row.delete()


@transaction.atomic
def export_people(agent: Agent, criteres: Criteres) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """The people found as a table, header first, in their order; for those who have the right to take them away.

    The journal keeps who did so and how many, never what was asked. Raises `PermissionDenied`, `TropDeDemandes`.
    """
    require_export(agent)
    check_limit("export", agent.pk)
    found = find(agent, criteres)
    rows = rows_of(agent, found)
    record(agent, "annuaire.export", agent, nombre=len(rows))
    return ENTETE, rows


@transaction.atomic
def check_search(pk: int) -> int:
    """Tell of the people who newly answer a kept search, each once and only once, as far as its owner may find them
    now; returns how many. For the worker; done again, tells nobody again."""
    row = (
        RechercheEnregistree.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("agent__territoire")
        .filter(pk=pk, prevenir=True, agent__is_active=True, agent__partenaire=False)
        .first()
    )
    if row is None:
        return 0
    known = set(row.connus)
    answering = worth_telling(find(row.agent, row.parsed))
    fresh = [person.pk for person in answering if person.pk not in known]
    row.connus = [*row.connus, *fresh][-2 * MAX :]
    row.verifiee_le = timezone.now()
    row.save(update_fields=["connus", "verifiee_le"])
    if fresh:
        notify([row.agent], _told(row, fresh))
    return len(fresh)


def worth_telling(found: Trouvailles) -> list[Personne]:
    """Those found who are worth something beside the best of them."""
    best = max((person.note for person in found.retenues), default=0.0)
    return [person for person in found.retenues if person.note >= WORTH * best]


def _told(row: RechercheEnregistree, fresh: list[int]) -> Annonce:
    people = Agent.objects.with_place().in_bulk(fresh[:NAMED])
    names = [
        f"{people[pk].nom_complet} ({people[pk].rattachement})"
        if people[pk].rattachement
        else people[pk].nom_complet
        for pk in fresh[:NAMED]
        if pk in people
    ]
    more = len(fresh) - len(names)
    said = ", ".join(names) + (f" et {more} autre{'s' if more > 1 else ''}" if more else "")
    how_many = (
        "Une personne de plus répond" if len(fresh) == 1 else f"{len(fresh)} personnes de plus répondent"
    )
    return Annonce(
        genre=Genre.RECHERCHE,
        cle=f"recherche-annuaire.{row.pk}.{row.verifiee_le:%Y%m%d%H%M%S%f}",
        titre=f"{how_many} à « {row.nom} »",
        url=reverse("trouver:ouvrir", args=[row.pk]),
        extrait=said,
    )


def _named(nom: str) -> str:
    nom = " ".join(nom.replace("\x00", "").split())
    if not nom:
        raise ActionRefusee(
            "Donnez-lui un nom : c’est lui que vous lirez dans vos notifications.", champ="nom"
        )
    if len(nom) > NOM_MAX:
        raise ActionRefusee(f"{NOM_MAX} caractères au plus pour le nom.", champ="nom")
    return nom
