"""What keeps something sent twice from being written twice."""

from datetime import timedelta

from django.db import connection

from annuaire.models import Agent

# The same again so soon was sent twice.
REDITE = timedelta(minutes=1)


def take_turns(auteur: Agent) -> None:
    """Have what one person writes at once be written one after the other, until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM annuaire_agent WHERE id = %s FOR NO KEY UPDATE", [auteur.pk])
