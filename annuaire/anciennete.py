"""How long somebody has been here, and how fast they may write for that."""

from django.conf import settings
from django.utils import timezone

from annuaire.models import Agent


def seniority_factor(agent: Agent) -> float:
    """What multiplies the limits per minute of `agent`: less than 1 for an account opened lately. No query.

    `settings.ANCIENNETE`: (age up to which it holds, factor), youngest first.
    """
    age = timezone.now() - agent.date_joined
    return next((factor for until, factor in settings.ANCIENNETE if age < until), 1.0)
