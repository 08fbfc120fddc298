"""What people write about themselves."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from annuaire.besoins import need_of
from annuaire.models import (
    Agent,
    DeclarationExpertise,
    Expertise,
    RechercheSansReponse,
    Territoire,
    TypeService,
)
from annuaire.services import get_service
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

FIELDS = (
    "prenom",
    "nom",
    "fonction",
    "telephone",
    "biographie",
    "disponibilite",
    "disponibilite_jusqu_au",
    "montre_ecriture",
)
MAX_DECLARATIONS = 40
# Thirteen months: a year, and the same month of the year before.
NEEDS_KEPT = timedelta(days=396)


@transaction.atomic
def update_profile(
    agent: Agent,
    fields: Mapping[str, Any],
    *,
    type_service: TypeService | None = None,
    territoire: Territoire | None = None,
) -> Agent:
    """Change what a person says of themselves. `fields`: some of `FIELDS`, and `organisme` for a partner.

    A service is named by its kind and its territory, and made when nobody had named it before. The handle
    never changes: mentions and links point to it. Raises `ActionRefusee`.
    """
    check_limit("profil", agent.pk)
    changed = [name for name in (*FIELDS, "organisme") if name in fields]
    for name in changed:
        setattr(agent, name, fields[name])
    if territoire is not None and type_service is not None and not agent.partenaire:
        agent.service = get_service(type_service, territoire)
        changed.append("service")
    if territoire is not None:
        agent.territoire = territoire
        changed.append("territoire")
    agent.save(update_fields=changed)
    record(agent, "agent.update_profile", agent, champs=sorted(changed))
    publish_on_commit(f"agent.{agent.pk}", {"type": "profil.change"})
    return agent


@transaction.atomic
def set_account_open(auteur: Agent, agent: Agent, is_open: bool) -> None:
    """Close an account, or open it again. Operators only, and never one's own.

    A closed account can no longer sign in; its sessions end and its live connections close within seconds.
    """
    if not auteur.is_staff:
        raise PermissionDenied("La fermeture d’un compte est réservée à l’exploitation.")
    if auteur == agent:
        raise PermissionDenied("Demandez à une autre personne de l’exploitation de fermer votre compte.")
    agent.is_active = is_open
    agent.save(update_fields=["is_active"])
    if not is_open:
        for session in UserSession.objects.filter(user=agent):
            session.end()
    record(auteur, "agent.open" if is_open else "agent.close", agent)


@transaction.atomic
def set_export_right(auteur: Agent, agent: Agent, allowed: bool) -> None:
    """Give somebody the right to take people found in the directory away in a file, or take it back. Operators only."""
    if not auteur.is_staff:
        raise PermissionDenied("Le droit d’exporter l’annuaire se donne depuis l’exploitation.")
    right = Permission.objects.get(
        codename="exporter_annuaire", content_type__app_label="annuaire", content_type__model="agent"
    )
    if allowed:
        agent.user_permissions.add(right)
    else:
        agent.user_permissions.remove(right)
    record(auteur, "agent.allow_export" if allowed else "agent.refuse_export", agent)


@transaction.atomic
def end_session(agent: Agent, session: UserSession) -> None:
    """Close an open session: the next page asked for with it leads to the sign-in page, and its live
    connections close within seconds (`realtime.signals`). The caller got it through `access.get_session`."""
    session.end()
    record(agent, "agent.end_session", agent)


@transaction.atomic
def set_declarations(agent: Agent, declared: Sequence[tuple[Expertise, int, int | None]]) -> None:
    """Replace what a person declares: (expertise, level 1–4, year since or None). Raises `ActionRefusee`.

    An expertise named twice is refused rather than silently merged.
    """
    if len({expertise.pk for expertise, _, _ in declared}) != len(declared):
        raise ActionRefusee("Une expertise est citée deux fois : gardez une seule ligne.")
    if len(declared) > MAX_DECLARATIONS:
        raise ActionRefusee(
            f"Déclarez {MAX_DECLARATIONS} expertises au plus : celles pour lesquelles on peut vous solliciter."
        )
    # One save at a time: two tabs must not leave a mixture of both.
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM annuaire_agent WHERE id = %s FOR UPDATE", [agent.pk])
    agent.declarations.exclude(expertise__in=[expertise for expertise, _, _ in declared]).delete()
    DeclarationExpertise.objects.bulk_create(
        [
            DeclarationExpertise(agent=agent, expertise=expertise, niveau=level, depuis=since)
            for expertise, level, since in declared
        ],
        update_conflicts=True,
        unique_fields=["agent", "expertise"],
        update_fields=["niveau", "depuis"],
    )
    record(agent, "agent.declare_expertises", agent, nombre=len(declared))


@transaction.atomic
def note_unanswered(question: str, territoire: Territoire | None) -> None:
    """Keep that the directory answered nothing to `question` in `territoire` today. Nobody's name, not even the
    searcher's: that is why there is no entry in the journal. What is no need (`need_of`) is not kept.

    The caller has checked that nobody answers, whatever else was asked for, and that it is not the same person
    asking again. Three queries.
    """
    need = need_of(question)
    if not need:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annuaire_recherchesansreponse AS r (question, territoire_id, jour, nombre)"
            " VALUES (%s, %s, %s, 1) ON CONFLICT (jour, territoire_id, question) DO UPDATE SET nombre = r.nombre + 1",
            [need[:200], territoire.pk if territoire else None, timezone.localdate()],
        )


def forget_unanswered() -> int:
    """Forget the needs older than `NEEDS_KEPT`; returns how many. For the worker."""
    return RechercheSansReponse.objects.filter(jour__lt=timezone.localdate() - NEEDS_KEPT).delete()[0]
