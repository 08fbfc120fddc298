"""What ends a session or an account closes the sockets opened with it, in whatever process they are."""

from typing import Any

from annuaire.models import Agent
from plateforme.socle.diffusion import publish_on_commit
from realtime.hub import session_mark


def close_on_logout(sender: object, request: Any, user: Agent | None, **kwargs: Any) -> None:
    """Listens to `user_logged_out`, sent while the session still has its key."""
    session_key = getattr(getattr(request, "session", None), "session_key", None)
    if user is not None and session_key:
        _end_session(user.pk, session_key)


def close_on_revocation(sender: object, instance: Any, **kwargs: Any) -> None:
    """Listens to the removal of a row of the list of open sessions: revoked there, or found dead."""
    _end_session(instance.user_id, instance.session_key)


def close_on_deactivation(sender: object, instance: Agent, **kwargs: Any) -> None:
    """Listens to each saving of an account; a bulk update is seen by the heartbeat."""
    if not instance.is_active:
        publish_on_commit(f"agent.{instance.pk}", {"type": "compte.ferme"})


def _end_session(agent_id: int, session_key: str) -> None:
    publish_on_commit(f"agent.{agent_id}", {"type": "session.fin", "session": session_mark(session_key)})
