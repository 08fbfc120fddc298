"""Answering: the state machine, at once by several; words are never lost."""

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.urls import reverse

from annuaire.models import Agent, Expertise
from annuaire.notifications.models import Notification
from annuaire.sollicitations import actions
from annuaire.sollicitations.actions import Bilan
from annuaire.sollicitations.etats import REPONSES, Reponse, may_become
from annuaire.sollicitations.models import Destinataire, MessageFil, PersonneAjoutee, Sollicitation
from plateforme.socle.erreurs import ActionRefusee
from tests.factories import browser, declare, make_agent
from tests.sollicitations.conftest import ask, call, thread

pytestmark = pytest.mark.django_db


def test_the_table_of_transitions() -> None:
    assert set(REPONSES) == set(Reponse)
    assert not any(may_become(etat, etat) for etat in Reponse)
    assert not any(may_become(avant, Reponse.ENVOYEE) for avant in Reponse)


def test_accepted_then_answered(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    actions.accept(gaelle, thread(asked, gaelle))
    actions.accept(gaelle, thread(asked, gaelle))
    told = Notification.objects.get(destinataire=nadia)
    assert "accepte d’aider" in told.titre
    actions.write(gaelle, thread(asked, gaelle), "Oui, **déclaration** au-delà de 10 m.", reponse=True)
    assert thread(asked, gaelle).etat == "repondue"
    # Later words are messages.
    actions.write(gaelle, thread(asked, gaelle), "Et voici l’arrêté.", reponse=True)
    assert [row.evenement for row in MessageFil.objects.order_by("numero")] == [
        "envoi",
        "accepte",
        "repond",
        "",
    ]
    page = browser(nadia).get(thread(asked, gaelle).get_absolute_url()).content.decode()
    assert "<strong>déclaration</strong>" in page


def test_declined_with_a_reason_and_mind_changed(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    with pytest.raises(ActionRefusee):
        actions.decline(gaelle, thread(asked, gaelle), "compte")
    with pytest.raises(ActionRefusee):
        actions.decline(gaelle, thread(asked, gaelle), "autre")
    actions.decline(gaelle, thread(asked, gaelle), "charge", "Pas avant mars.")
    assert "Je n’ai pas le temps" in browser(nadia).get(asked.get_absolute_url()).content.decode()
    actions.accept(gaelle, thread(asked, gaelle))
    found = thread(asked, gaelle)
    assert (found.etat, found.motif) == ("acceptee", "")


def test_a_form_that_would_be_refused_is_not_offered(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked = ask(nadia, gaelle, yvon)
    actions.write(gaelle, thread(asked, gaelle), "Voici.", reponse=True)
    actions.decline(yvon, thread(asked, yvon), "charge")
    for agent, name, said in (
        (gaelle, "rediriger", "Vous avez déjà répondu à cette sollicitation."),
        (gaelle, "decliner", "Vous avez déjà répondu à cette sollicitation."),
        (yvon, "decliner", "Vous avez déjà décliné cette sollicitation."),
    ):
        fil = thread(asked, agent)
        page = browser(agent).get(reverse(f"sollicitations:{name}", args=[fil.pk]), follow=True)
        assert page.redirect_chain[0][0] == fil.get_absolute_url()
        assert said in page.content.decode()


def test_redirected_without_loops(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked = ask(nadia, gaelle)
    for bad in (gaelle, nadia):
        with pytest.raises(ActionRefusee):
            actions.redirect_to(gaelle, thread(asked, gaelle), bad, "Mot")
    new = actions.redirect_to(gaelle, thread(asked, gaelle), yvon, "Tu connais ce cours d’eau.")
    assert actions.redirect_to(gaelle, thread(asked, gaelle), yvon, "Encore") == new
    assert "transmet" in Notification.objects.get(destinataire=yvon).titre
    assert "Yvon Le Bihan" in Notification.objects.get(destinataire=nadia).titre
    page = browser(yvon).get(new.get_absolute_url()).content.decode()
    assert "Tu connais ce cours" in page and "fossé" in page
    with pytest.raises(ActionRefusee, match="déjà reçu"):
        actions.redirect_to(yvon, new, gaelle)
    with pytest.raises(ActionRefusee, match="déjà redirigé"):
        actions.accept(gaelle, thread(asked, gaelle))
    full = make_agent("Pleine")
    actions.set_capacity(full, ouvertes=1, par_mois=None, appels=True)
    ask(make_agent(), full)
    with pytest.raises(ActionRefusee, match="en cours"):
        actions.redirect_to(yvon, new, full)


def test_a_call_stops_when_it_has_found(
    nadia: Agent, gaelle: Agent, yvon: Agent, eau: Expertise, run_jobs: Callable[[], int]
) -> None:
    asked = call(nadia, eau)
    run_jobs()
    assert Notification.objects.filter(destinataire=yvon).exists()
    actions.accept(gaelle, thread(asked, gaelle))
    # Yvon is no longer asked for anything; what he wrote meanwhile comes back, and may leave as a message.
    assert not Notification.objects.filter(destinataire=yvon).exists()
    fil = thread(asked, yvon)
    assert not fil.attend and fil.prochain_rappel is None
    page = browser(yvon).post(
        f"{fil.get_absolute_url()}ecrire/", {"geste": "accepter", "texte": "Je connais ce fossé."}
    )
    assert page.status_code == 422
    assert "Gaëlle Estaque vient d’accepter" in page.content.decode()
    assert "Je connais ce fossé." in page.content.decode()
    browser(yvon).post(
        f"{fil.get_absolute_url()}ecrire/", {"geste": "message", "texte": "Je connais ce fossé."}
    )
    assert MessageFil.objects.filter(auteur=yvon, texte="Je connais ce fossé.").count() == 1
    # She cannot after all: he is asked again.
    actions.decline(gaelle, thread(asked, gaelle), "charge")
    fil = thread(asked, yvon)
    assert fil.attend and fil.prochain_rappel is not None
    actions.accept(yvon, fil)


def test_closed_while_the_answer_is_written(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked = ask(nadia, gaelle, yvon)
    actions.accept(gaelle, thread(asked, gaelle))
    actions.close(nadia, asked, {thread(asked, gaelle).pk: Bilan("oui", "Merci !")})
    with pytest.raises(ActionRefusee, match="a clos"):
        actions.accept(yvon, thread(asked, yvon))
    with pytest.raises(ActionRefusee, match="a clos"):
        actions.redirect_to(yvon, thread(asked, yvon), make_agent())
    actions.write(gaelle, thread(asked, gaelle), "Ma réponse, longue à écrire.", reponse=True)
    fil = thread(asked, gaelle)
    assert (fil.etat, fil.utile) == ("acceptee", "oui")
    assert fil.messages.filter(texte="Ma réponse, longue à écrire.").exists()
    assert "Merci !" in browser(gaelle).get(fil.get_absolute_url()).content.decode()
    with pytest.raises(ActionRefusee, match="terminée"):
        actions.give_up(nadia, asked)
    # Who said nothing is not disturbed to be told that nothing is asked any more.
    assert not Notification.objects.filter(destinataire=yvon).exists()


def test_closing_from_its_page(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    actions.accept(gaelle, thread(asked, gaelle))
    fil = thread(asked, gaelle)
    where = f"{asked.get_absolute_url()}clore/"
    assert browser(gaelle).get(where).status_code == 404
    too_long = browser(nadia).post(where, {f"mot_{fil.pk}": "x" * 601})
    assert too_long.status_code == 422 and "x" * 601 in too_long.content.decode()
    browser(nadia).post(where, {f"utile_{fil.pk}": "non", f"mot_{fil.pk}": "Trop tard pour nous."})
    assert thread(asked, gaelle).utile == "non"
    assert browser(nadia).get(where)["Location"] == asked.get_absolute_url()


def test_a_third_person_reads_from_then_on(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    asked = ask(nadia, gaelle)
    actions.write(gaelle, thread(asked, gaelle), "Avant.")
    fil = thread(asked, gaelle)
    with pytest.raises(PermissionDenied):
        actions.add_person(yvon, fil, make_agent())
    actions.add_person(nadia, fil, yvon)
    with pytest.raises(ActionRefusee, match="déjà"):
        actions.add_person(gaelle, fil, yvon)
    assert {row.destinataire_id for row in Notification.objects.filter(titre__contains="ajouté Yvon")} == {
        gaelle.pk,
        yvon.pk,
    }
    actions.write(gaelle, thread(asked, gaelle), "Après.")
    page = browser(yvon).get(fil.get_absolute_url()).content.decode()
    assert "Après." in page and "Avant." not in page and "fossé" in page
    with pytest.raises(PermissionDenied):
        actions.add_person(yvon, fil, make_agent())
    actions.remove_person(gaelle, fil, yvon)
    assert browser(yvon).get(fil.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.write(yvon, fil, "Encore là.")


def test_a_form_sent_twice_writes_once(nadia: Agent, gaelle: Agent) -> None:
    from uuid import uuid4

    asked, key = ask(nadia, gaelle), uuid4()
    one = actions.write(gaelle, thread(asked, gaelle), "Une question.", client_id=key)
    assert actions.write(gaelle, thread(asked, gaelle), "Une question.", client_id=key) == one
    # From two tabs opened before: other words are another message.
    assert actions.write(gaelle, thread(asked, gaelle), "Une autre.", client_id=key) != one
    for bad in ("", "x" * 6001):
        with pytest.raises(ActionRefusee):
            actions.write(gaelle, thread(asked, gaelle), bad)


def test_the_database_holds(nadia: Agent, gaelle: Agent) -> None:
    asked = ask(nadia, gaelle)
    for change in (
        lambda: Sollicitation.objects.filter(pk=asked.pk).update(etat="close"),
        lambda: Sollicitation.objects.filter(pk=asked.pk).update(objet=""),
        lambda: Destinataire.objects.filter(sollicitation=asked).update(etat="perdue"),
        lambda: Destinataire.objects.filter(sollicitation=asked).update(etat="acceptee"),
        lambda: Destinataire.objects.create(
            sollicitation=asked, agent=gaelle, etat_le=asked.envoyee_le, cree_le=asked.envoyee_le
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- At once -----------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all of them, each on a connection of its own; gives what each came to."""
    outcomes: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
            outcomes.append("fait")
        except ActionRefusee:
            outcomes.append("refus")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_several_accept_a_call_at_once(nadia: Agent) -> None:
    people = [make_agent() for _ in range(6)]
    for agent in people:
        eau = declare(agent, "Loi sur l’eau")
    asked = call(nadia, eau, places=2)
    outcomes = at_once(*(lambda agent=agent: actions.accept(agent, thread(asked, agent)) for agent in people))
    assert outcomes == ["fait"] * 2 + ["refus"] * 4
    assert Destinataire.objects.filter(sollicitation=asked, etat="acceptee").count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_somebody_is_given_once(gaelle: Agent) -> None:
    actions.set_capacity(gaelle, ouvertes=1, par_mois=None, appels=True)
    askers = [make_agent() for _ in range(5)]
    outcomes = at_once(*(lambda agent=agent: ask(agent, gaelle) for agent in askers))
    assert outcomes == ["fait"] + ["refus"] * 4
    assert Destinataire.objects.filter(agent=gaelle).count() == 1
    assert Sollicitation.objects.filter(etat="brouillon").count() == 4


@pytest.mark.django_db(transaction=True)
def test_closed_answered_and_redirected_at_once(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    """Whatever comes first, no word is lost and the rows agree."""
    lena = make_agent("Léna")
    asked = ask(nadia, gaelle, yvon)
    outcomes = at_once(
        lambda: actions.close(nadia, asked, {}),
        lambda: actions.write(gaelle, thread(asked, gaelle), "La réponse.", reponse=True),
        lambda: actions.redirect_to(yvon, thread(asked, yvon), lena, "Pour toi"),
        lambda: actions.write(nadia, thread(asked, gaelle), "Avez-vous pu regarder ?"),
    )
    assert set(outcomes) <= {"fait", "refus"} and outcomes.count("fait") >= 3
    asked.refresh_from_db()
    assert asked.etat == "close"
    words = {row.texte for row in MessageFil.objects.all()}
    assert {"La réponse.", "Avez-vous pu regarder ?"} <= words
    for fil in asked.destinataires.all():
        numbers = list(fil.messages.order_by("numero").values_list("numero", flat=True))
        assert numbers == list(range(1, fil.dernier_numero + 1))


@pytest.mark.django_db(transaction=True)
def test_two_redirect_to_the_same_person_at_once(nadia: Agent, gaelle: Agent, yvon: Agent) -> None:
    lena = make_agent("Léna")
    asked = ask(nadia, gaelle, yvon)
    outcomes = at_once(
        *(
            lambda agent=agent: actions.redirect_to(agent, thread(asked, agent), lena)
            for agent in (gaelle, yvon)
        )
    )
    assert outcomes == ["fait", "refus"]
    assert PersonneAjoutee.objects.count() == 0
    assert asked.destinataires.filter(agent=lena).count() == 1
