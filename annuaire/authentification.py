"""Who is behind a session: read with one planned query on every page."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from annuaire.models import Agent
from annuaire.notifications.horaires import zone_of
from annuaire.presence.models import EtatPresence
from plateforme.socle.requetes import fetch

# The search columns are heavy and no page reads them from here.
_FIELDS = [field for field in Agent._meta.concrete_fields if field.attname not in {"recherche", "mots"}]
_NAMES = [field.attname for field in _FIELDS]
_PRESENCE = [field.attname for field in EtatPresence._meta.concrete_fields]
_SQL = (
    f"SELECT {', '.join(f'annuaire_agent.{field.column}' for field in _FIELDS)},"  # noqa: S608  (our own columns)
    f" {', '.join(f'presence.{name}' for name in _PRESENCE)},"
    " (SELECT fuseau FROM notifications_reglage WHERE agent_id = annuaire_agent.id)"
    " FROM annuaire_agent LEFT JOIN presence_etatpresence presence ON presence.agent_id = annuaire_agent.id"
    " WHERE annuaire_agent.id = %s AND is_active"
)


class Backend(AuthenticationBackend):
    """allauth's sign-in by e-mail; the same people, found faster."""

    def get_user(self, user_id: Any) -> Agent | None:
        """The open account of number `user_id`, without its search columns (read if asked for), with its clock and the
        state that it shows; or None."""
        rows = fetch(_SQL, [user_id])
        if not rows:
            return None
        *values, fuseau = rows[0]
        values, presence = values[: len(_NAMES)], values[len(_NAMES) :]
        agent: Agent = Agent.from_db(connection.alias, _NAMES, values)
        # Read, be there none: what Django looks for before it asks the database.
        agent._state.fields_cache["etat_presence"] = (
            EtatPresence.from_db(connection.alias, _PRESENCE, presence) if presence[0] is not None else None
        )
        agent.horloge = fuseau or zone_of(agent.territoire_id)
        return agent
