"""The one decision, and when one may be disturbed: pure, so asked of every combination."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annuaire.notifications.decision import (
    DEFAUTS,
    MALGRE_SOURDINE,
    SUIVI,
    Decision,
    Preferences,
    Rythme,
    decide,
)
from annuaire.notifications.forms import GROUPES
from annuaire.notifications.genres import Frequence, Genre, Niveau, Voie
from annuaire.notifications.horaires import FUSEAU_DU_TERRITOIRE, FUSEAUX, Calendrier, allowed, next_allowed

TUESDAY = datetime(2026, 5, 12, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
RYTHME = Rythme()
NIGHT = Calendrier(calme_debut=time(20), calme_fin=time(7, 30))


def told(
    genre: Genre, preferences: Preferences | None = None, niveau: Niveau | None = None, **more
) -> Decision:
    given = {"deja_lu": False, "maintenant": TUESDAY, "rythme": RYTHME} | more
    return decide(genre, preferences or Preferences(), niveau, **given)


def test_every_kind_of_event_has_a_default_and_a_line_on_the_settings_page() -> None:
    assert set(DEFAUTS) == set(Genre)
    assert {genre for _, rows in GROUPES for genre, _ in rows} == set(Genre)


@pytest.mark.parametrize(("genre", "niveau"), list(product(Genre, [None, *Niveau])))
def test_what_was_read_is_told_nobody(genre: Genre, niveau: Niveau | None) -> None:
    assert told(genre, niveau=niveau, deja_lu=True) == Decision(Voie.RIEN)


@pytest.mark.parametrize(
    ("genre", "niveau", "voie"),
    [
        (Genre.REPONSE, Niveau.SUIVRE, Voie.COURRIEL),
        (Genre.REPONSE, Niveau.NORMAL, Voie.RIEN),
        (Genre.REPONSE, Niveau.SOURDINE, Voie.RIEN),
        (Genre.MENTION, Niveau.NORMAL, Voie.COURRIEL),
        (Genre.MENTION, Niveau.SOURDINE, Voie.SITE),
        (Genre.SUJET, Niveau.SUIVRE, Voie.RESUME),
        (Genre.SUJET, Niveau.NORMAL, Voie.RIEN),
        (Genre.ANNONCE, Niveau.NORMAL, Voie.COURRIEL),
        (Genre.ANNONCE, Niveau.SOURDINE, Voie.RIEN),
        (Genre.ACCEPTATION, Niveau.NORMAL, Voie.COURRIEL),
        (Genre.REACTION, None, Voie.SITE),
        (Genre.RESOLU, Niveau.SUIVRE, Voie.SITE),
        (Genre.INVITATION, None, Voie.COURRIEL),
        (Genre.REUNION, None, Voie.RESUME),
        (Genre.DECISION, Niveau.NORMAL, Voie.RESUME),
        (Genre.DECISION, Niveau.SUIVRE, Voie.COURRIEL),
        (Genre.DECISION, Niveau.SOURDINE, Voie.RIEN),
        (Genre.TACHE, None, Voie.COURRIEL),
    ],
)
def test_without_a_choice(genre: Genre, niveau: Niveau | None, voie: Voie) -> None:
    assert told(genre, niveau=niveau).voie is voie


@given(
    genre=st.sampled_from(list(Genre)),
    niveau=st.sampled_from([None, *Niveau]),
    voies=st.dictionaries(st.sampled_from(list(Genre)), st.sampled_from(list(Voie))),
    courriels=st.booleans(),
    resume=st.sampled_from(list(Frequence)),
    minutes=st.integers(0, 7 * 24 * 60),
    last=st.none() | st.integers(0, 30),
)
def test_whatever_one_chose(genre, niveau, voies, courriels, resume, minutes, last) -> None:
    preferences = Preferences(voies, courriels, resume, NIGHT)
    now = TUESDAY + timedelta(minutes=minutes)
    before = None if last is None else now - timedelta(minutes=last)
    found = told(genre, preferences, niveau, maintenant=now, dernier_courriel=before)
    if voies.get(genre) is Voie.RIEN:
        assert found.voie is Voie.RIEN
    if not courriels:
        assert found.voie is not Voie.COURRIEL
    if resume is Frequence.JAMAIS:
        assert found.voie is not Voie.RESUME
    if niveau is Niveau.SOURDINE:
        assert found.voie in (Voie.RIEN, Voie.SITE)
        assert not found.pousser
        assert found.voie is Voie.RIEN or genre in MALGRE_SOURDINE
    if niveau is Niveau.NORMAL and genre in SUIVI:
        assert found.voie is Voie.RIEN
    assert (found.courriel_le is not None) == (found.voie is Voie.COURRIEL)
    if found.courriel_le is not None:
        # Never at once, never in quiet time.
        assert found.courriel_le >= now + RYTHME.delai
        assert allowed(NIGHT, found.courriel_le)
    if found.pousser:
        assert allowed(NIGHT, now)


def test_a_conversation_that_talks_much_writes_every_quarter_of_an_hour_but_for_who_is_named() -> None:
    last = TUESDAY - timedelta(minutes=1)
    held = told(Genre.REPONSE, niveau=Niveau.SUIVRE, dernier_courriel=last)
    assert held.courriel_le == last + timedelta(minutes=15)
    assert told(Genre.MENTION, dernier_courriel=last).courriel_le == TUESDAY + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("zone", "at", "then"),
    [
        # Tuesday evening: Wednesday morning. Friday evening: Monday morning.
        ("Europe/Paris", "2026-05-12T21:00", "2026-05-13T07:30"),
        ("Europe/Paris", "2026-05-15T21:00", "2026-05-18T07:30"),
        ("Europe/Paris", "2026-05-13T03:00", "2026-05-13T07:30"),
        ("Europe/Paris", "2026-05-13T07:30", "2026-05-13T07:30"),
        # The clocks change in the night of 28 to 29 March 2026, and of 24 to 25 October.
        ("Europe/Paris", "2026-03-27T20:00", "2026-03-30T07:30"),
        ("Europe/Paris", "2026-10-23T20:00", "2026-10-26T07:30"),
        ("America/Miquelon", "2026-03-06T20:00", "2026-03-09T07:30"),
        ("Indian/Reunion", "2026-05-12T20:00", "2026-05-13T07:30"),
        ("Pacific/Tahiti", "2026-05-12T20:00", "2026-05-13T07:30"),
    ],
)
def test_quiet_time_ends_when_the_clock_there_says(zone: str, at: str, then: str) -> None:
    place = ZoneInfo(zone)
    found = next_allowed(
        replace(NIGHT, fuseau=zone), datetime.fromisoformat(at).replace(tzinfo=place).astimezone(UTC)
    )
    assert found.astimezone(place).replace(tzinfo=None) == datetime.fromisoformat(then)


HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(list(FUSEAUX)),
    days=st.frozensets(st.integers(0, 6)),
    start=HOURS,
    end=HOURS,
    # Both changes of clocks of Paris and of Saint-Pierre are within these days.
    base=st.sampled_from(
        [datetime(2026, m, d, tzinfo=UTC) for m, d in ((3, 5), (3, 26), (10, 22), (10, 30))]
    ),
    minutes=st.integers(0, 5 * 24 * 60),
)
def test_the_next_allowed_moment_is_allowed_and_the_first(zone, days, start, end, base, minutes) -> None:
    calendrier = Calendrier(zone, days, start, end)
    moment = base + timedelta(minutes=minutes)
    found = next_allowed(calendrier, moment)
    assert allowed(calendrier, found)
    assert found >= moment
    step = moment
    while step < found:
        assert not allowed(calendrier, step)
        step += timedelta(minutes=15)


def test_the_territories_have_the_zones_of_the_page() -> None:
    assert set(FUSEAU_DU_TERRITOIRE.values()) | {"Europe/Paris"} == set(FUSEAUX)
