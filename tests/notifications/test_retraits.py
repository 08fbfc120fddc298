"""Taking back what was told: exact, and cheap whatever the table holds."""

import pytest
from django.db import connection
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import take_back
from annuaire.notifications.retraits import blank, silence, speak_again

pytestmark = pytest.mark.django_db

# Enough for PostgreSQL to look for an index: a small table is read whole whatever it has.
MANY, PEOPLE = 30_000, 1_000


@pytest.fixture
def crowd() -> None:
    """Many people's notifications of many events."""
    people = [
        agent.pk
        for agent in Agent.objects.bulk_create(
            Agent(email=f"a{n}@demo.gouv.fr", identifiant=f"a{n}", prenom="A", nom=f"B{n}")
            for n in range(PEOPLE)
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_notification (destinataire_id, genre, cle, titre, extrait, url, cree_le, lue_le)"
            " SELECT (%s::bigint[])[1 + n %% %s], 'reponse', 'message.' || n / 3, 'Titre', 'Extrait', '/', now(),"
            " CASE WHEN n %% 5 = 0 THEN now() END FROM generate_series(1, %s) AS n",
            [people, PEOPLE, MANY],
        )
        cursor.execute("ANALYZE notifications_notification")


def plans_of(statements: list[str]) -> list[str]:
    """What PostgreSQL does for each of those that read or write notifications."""
    found = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute("EXPLAIN " + sql)
            found.append("\n".join(row[0] for row in cursor.fetchall()))
    return found


def test_an_event_is_taken_back_through_an_index_however_many_were_told(
    crowd: None, django_assert_max_num_queries
) -> None:
    now = timezone.now()
    with django_assert_max_num_queries(30) as captured:
        silence("message.1234", now)
        blank("message.1234")
        speak_again("message.1234", now, "Extrait")
        assert take_back("message.1234") in (2, 3)
    touching = [query["sql"] for query in captured if '"notifications_notification"' in query["sql"]]
    assert len(touching) > 6
    for sql, plan in zip(touching, plans_of(touching), strict=True):
        assert "Seq Scan" not in plan, f"{sql}\n{plan}"
