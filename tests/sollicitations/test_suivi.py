"""What the worker does: reminds in people's hours, proposes to end, ends, sees to those who left, erases."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import set_working_days
from annuaire.notifications.horaires import Calendrier
from annuaire.notifications.models import Notification
from annuaire.presence.actions import choose_state
from annuaire.sollicitations import actions
from annuaire.sollicitations.models import Destinataire, FichierSollicitation, MessageFil, Sollicitation
from annuaire.sollicitations.rappels import after_working_days, next_reminder
from tests.factories import browser, make_agent
from tests.sollicitations.conftest import ask, thread

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
# A Thursday morning, within everybody's hours.
JEUDI = datetime(2026, 11, 26, 10, tzinfo=PARIS)
OFFICE = Calendrier(calme_debut=time(19), calme_fin=time(8))


def reminders_of(agent: Agent) -> int:
    return Notification.objects.filter(destinataire=agent, genre="rappel").count()


def test_days_that_are_not_worked_do_not_count() -> None:
    assert after_working_days(OFFICE, JEUDI, 2) == JEUDI + timedelta(days=4)
    asked = Sollicitation(urgence="jour")
    assert next_reminder(asked, OFFICE, JEUDI.replace(hour=17), None) == JEUDI.replace(hour=8) + timedelta(
        days=1
    )
    asked.urgence = "trois"
    back = JEUDI + timedelta(days=10)
    assert next_reminder(asked, OFFICE, JEUDI, back) > back


def test_reminded_twice_at_most(nadia: Agent, gaelle: Agent) -> None:
    set_working_days(gaelle, list(range(7)))
    asked = ask(nadia, gaelle, urgence="trois")
    now = timezone.now()
    assert not actions.remind(now) and reminders_of(gaelle) == 0
    for day in range(2, 20):
        moment = (now + timedelta(days=day)).astimezone(PARIS).replace(hour=11)
        actions.remind(moment)
        actions.remind(moment)
    assert reminders_of(gaelle) == 2
    actions.accept(gaelle, thread(asked, gaelle))
    assert reminders_of(gaelle) == 0


def test_not_at_night_nor_on_a_day_of_rest(nadia: Agent, gaelle: Agent) -> None:
    set_working_days(gaelle, list(range(5)))
    asked = ask(nadia, gaelle)
    saturday = JEUDI + timedelta(days=2)
    Destinataire.objects.filter(sollicitation=asked).update(prochain_rappel=saturday)
    actions.remind(saturday)
    fil = thread(asked, gaelle)
    assert reminders_of(gaelle) == 0 and fil.prochain_rappel is not None
    assert fil.prochain_rappel.astimezone(PARIS).weekday() == 0


def test_who_is_away_is_reminded_once_back(nadia: Agent, gaelle: Agent) -> None:
    now = timezone.now()
    choose_state(gaelle, "absent", jusqu_a=now + timedelta(days=20))
    asked = ask(nadia, gaelle, urgence="trois")
    first = thread(asked, gaelle).prochain_rappel
    assert first is not None and first > now + timedelta(days=20)
    lena = make_agent(
        "Léna", disponibilite="limitee", disponibilite_jusqu_au=timezone.localdate() + timedelta(days=9)
    )
    second = thread(ask(nadia, lena, urgence="jour"), lena).prochain_rappel
    assert second is not None and second > now + timedelta(days=9)
    # Gone after being asked.
    Destinataire.objects.filter(agent=gaelle).update(prochain_rappel=now)
    actions.remind(now)
    assert reminders_of(gaelle) == 0


def test_who_says_not_until_when_is_left_in_peace(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked = ask(nadia, gaelle, yvon)
    Agent.objects.filter(pk=gaelle.pk).update(disponibilite="non")
    choose_state(yvon, "absent")
    for day in (JEUDI, JEUDI + timedelta(days=1)):
        Destinataire.objects.filter(sollicitation=asked).update(prochain_rappel=day)
        actions.remind(day)
    for person in (gaelle, yvon):
        fil = thread(asked, person)
        assert (reminders_of(person), fil.rappels) == (0, 0)
        assert fil.prochain_rappel is not None and fil.prochain_rappel > JEUDI + timedelta(days=1)
    assert (
        "cette personne n’est pas relancée" in browser(nadia).get(asked.get_absolute_url()).content.decode()
    )
    Agent.objects.filter(pk=gaelle.pk).update(disponibilite="oui")
    actions.remind(JEUDI + timedelta(days=6))
    assert (reminders_of(gaelle), reminders_of(yvon)) == (1, 0)


def test_silent_for_long(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    now = timezone.now() + timedelta(days=31)
    assert not actions.propose_end(now) and not actions.propose_end(now)
    told = Notification.objects.get(destinataire=nadia)
    assert "Attendez-vous encore" in told.titre
    assert "eu votre réponse" in browser(nadia).get(asked.get_absolute_url()).content.decode()
    # One word, and the count begins again.
    actions.write(nadia, thread(asked, gaelle), "Toujours preneuse !")
    actions.end_silent(now + timedelta(days=31))
    asked.refresh_from_db()
    assert asked.etat == "envoyee"
    Sollicitation.objects.update(activite_le=now - timedelta(days=70), relance_le=now - timedelta(days=31))
    actions.end_silent(now)
    asked.refresh_from_db()
    assert asked.etat == "sans_suite"
    assert Notification.objects.filter(destinataire=nadia, titre__startswith="Classée sans suite").exists()
    assert not Notification.objects.filter(
        destinataire=gaelle, lue_le=None, titre__contains="sollicite"
    ).exists()


def test_those_who_leave(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked, other = ask(nadia, gaelle), ask(yvon, nadia)
    Agent.objects.filter(pk__in=[gaelle.pk, yvon.pk]).update(is_active=False)
    actions.see_to_those_who_left()
    actions.see_to_those_who_left()
    fil = thread(asked, gaelle)
    assert (fil.etat, fil.motif) == ("refusee", "compte")
    told = Notification.objects.filter(destinataire=nadia, titre__contains="n’a plus de compte ici")
    assert told.count() == 1
    page = browser(nadia).get(fil.get_absolute_url()).content.decode()
    assert "n’a plus de compte ici" in page and "a décliné" not in page
    actions.end_silent(timezone.now())
    other.refresh_from_db()
    assert other.etat == "sans_suite"
    page = browser(nadia).get(thread(other, nadia).get_absolute_url()).content.decode()
    assert "est fermé" in page


def test_erased_long_after_the_end(nadia: Agent, gaelle: Agent) -> None:
    draft = actions.save_draft(nadia, actions.Projet("Busage d’un fossé", "Faut-il déclarer ?" * 3), [gaelle])
    actions.add_file(nadia, draft, ContentFile(b"plan"), nom="plan.txt")
    asked = actions.send(nadia, draft)
    actions.write(gaelle, thread(asked, gaelle), "Une réponse.", reponse=True)
    actions.close(nadia, asked, {})
    now = timezone.now()
    actions.erase(now + timedelta(days=700))
    assert MessageFil.objects.exists()
    actions.erase(now + timedelta(days=800))
    asked.refresh_from_db()
    assert asked.effacee_le is not None and (asked.objet, asked.besoin) == ("", "")
    assert not MessageFil.objects.exists() and not FichierSollicitation.objects.exists()
    assert not Notification.objects.filter(fil__startswith="sollicitation").exists()
    assert thread(asked, gaelle).etat == "repondue"
    for reader, where in (
        (nadia, asked.get_absolute_url()),
        (gaelle, thread(asked, gaelle).get_absolute_url()),
    ):
        assert "n’est plus conservé" in browser(reader).get(where).content.decode()


def test_a_file_whose_message_was_never_written(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    FichierSollicitation.objects.create(
        agent=gaelle, sollicitation=asked, fil=thread(asked, gaelle), nom="a.txt", taille=1, fichier="a"
    )
    actions.remove_orphans(timezone.now())
    assert FichierSollicitation.objects.count() == 1
    actions.remove_orphans(timezone.now() + timedelta(days=2))
    assert not FichierSollicitation.objects.exists()


def test_states_are_counted_in_words(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked = ask(nadia, gaelle, yvon)
    assert "2 envoyées" in browser(nadia).get(asked.get_absolute_url()).content.decode()
    actions.accept(gaelle, thread(asked, gaelle))
    page = browser(nadia).get(asked.get_absolute_url()).content.decode()
    assert "1 envoyée · 1 acceptée" in " ".join(page.split())
