"""A meeting that one led shows what one knows, as long as it was held, and not alone."""

import pytest
from django.core.management import call_command

from annuaire.models import Agent
from annuaire.preuves.models import Preuve
from annuaire.recherche import search_agents
from realtime.reunions.models import Reunion
from realtime.seances import actions
from realtime.seances.models import Seance
from tests.factories import make_agent
from tests.seances.conftest import now_is

pytestmark = pytest.mark.django_db


def facts() -> list[tuple[object, ...]]:
    return sorted(
        Preuve.objects.filter(genre="reunion").values_list("agent", "source", "texte", "quand", "url")
    )


def test_who_led_is_found_by_what_was_discussed(
    camille: Agent, noe: Agent, lea: Agent, reunion: Reunion, seance: Seance
) -> None:
    actions.note_presence(camille, seance)
    actions.end(camille, seance, etape=seance.etape)
    # Nobody else came.
    assert facts() == []
    actions.correct_attendance(camille, now_is(seance), "present", agent=noe)
    found = search_agents(lea, "bilan")
    assert [row.agent for row in found] == [camille]
    said = " ".join(found[0].raisons)
    assert "1\u00a0réunion animée" in said and reunion.get_absolute_url() in said
    # A point that was not reached says nothing of who would have led it.
    assert search_agents(lea, "seuils") == []
    before = facts()
    call_command("refaire_preuves", verbosity=0)
    assert facts() == before
    actions.correct_attendance(camille, now_is(seance), "absent", agent=camille)
    assert facts() == []
    actions.correct_attendance(camille, now_is(seance), "", agent=camille)
    assert facts() == before
    actions.resume(camille, now_is(seance), etape=now_is(seance).etape)
    assert facts() == []


def test_strangers_to_the_community_find_nothing(
    camille: Agent, noe: Agent, reunion: Reunion, seance: Seance
) -> None:
    actions.note_presence(camille, seance)
    actions.note_presence(noe, seance)
    actions.end(camille, seance, etape=seance.etape)
    assert reunion.communaute is not None
    reunion.communaute.visibilite = "privee"
    reunion.communaute.save()
    assert search_agents(noe, "bilan") != []
    assert search_agents(make_agent(), "bilan") == []
