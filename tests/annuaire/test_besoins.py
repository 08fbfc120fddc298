"""Searches without answer are kept as needs, without anybody’s name, for thirteen months."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annuaire.actions import NEEDS_KEPT, forget_unanswered, note_unanswered
from annuaire.besoins import need_of
from annuaire.models import RechercheSansReponse
from tests.factories import declare, make_agent, make_territoire

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("question", "need"),
    [
        ("Qui connaît la géothermie profonde ?", "connait geothermie profonde"),
        ("GÉOTHERMIE  profonde", "geothermie profonde"),
        ("géothermie 06 12 34 56 78", "geothermie"),
        ("géothermie camille.essai@demo.gouv.fr", "geothermie"),
        ("géothermie pour monsieur Estaque", "geothermie monsieur"),
        ("Gaëlle Estaque", ""),
        ("Gaëlle, géothermie", ""),
        ("de la", ""),
        ("  \x00 ", ""),
        ("géothermie " * 20, ""),
        ("2026", ""),
        ("ouvrage sous un pont", "ouvrage pont"),
        ("%s ' | & !", ""),
    ],
)
def test_a_need_names_nobody(question: str, need: str) -> None:
    pont = make_agent("Gaëlle", "Estaque")
    make_agent("Paul", "Pont")
    declare(pont, "Ouvrages d’art", ["pont"])
    assert need_of(question) == need


def test_the_same_need_is_counted_and_who_asked_is_not_kept() -> None:
    lozere = make_territoire()
    for question in ("Géothermie profonde", "la geothermie profonde ?"):
        note_unanswered(question, lozere)
    note_unanswered("géothermie profonde", None)
    note_unanswered("géothermie profonde", None)
    rows = RechercheSansReponse.objects.values_list("question", "territoire", "nombre")
    assert set(rows) == {("geothermie profonde", "48", 2), ("geothermie profonde", None, 2)}
    assert {field.name for field in RechercheSansReponse._meta.fields} == {
        "id", "question", "territoire", "jour", "nombre",
    }  # fmt: skip


def test_needs_are_forgotten_after_thirteen_months() -> None:
    today = timezone.localdate()
    for age in (NEEDS_KEPT + timedelta(days=1), NEEDS_KEPT, timedelta()):
        RechercheSansReponse.objects.create(question=f"q{age.days}", jour=today - age)
    assert forget_unanswered() == 1
    assert RechercheSansReponse.objects.count() == 2
