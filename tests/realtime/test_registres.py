"""What a few agents decide in their salon is numbered there, and read by those who may read the salon."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.suites.access import get_decision, visible_decisions
from communautes.suites.actions import (
    cancel_decision,
    confirm_decision,
    edit_decision,
    propose_decision,
    tell_of_decision,
)
from communautes.suites.models import CompteurDecisions, Decision, Registre
from communautes.suites.origines import origins_of_decisions
from plateforme.socle.erreurs import ActionRefusee
from realtime import lieux
from realtime.conservation import remove_expired
from realtime.devenirs.actions import DejaDevenu, make_decision
from realtime.devenirs.models import DevenirLigne, RegistreSalon
from realtime.etats import states_of
from realtime.lignes import delete_line
from realtime.models import MessageSalon, Salon
from tests.communautes.test_adhesions import together
from tests.factories import browser
from tests.realtime.conftest import Monde, make_agent, say
from tests.realtime.test_devenirs import line, marks, words

MOTS = "On retient le deuxième mardi pour la visite"


@pytest.fixture
def group(monde: Monde) -> Salon:
    """Camille and Noé, of no community."""
    return lieux.open_group(monde.camille, [monde.noe], "Astreinte")


@pytest.fixture
def two(monde: Monde) -> Salon:
    return lieux.open_direct(monde.camille, monde.noe)


def decide(agent: Agent, salon: Salon, texte: str = MOTS, numero: int = 1) -> Decision:
    made = make_decision(agent, line(agent, salon, numero), texte)
    assert isinstance(made, Decision)
    return made


@pytest.mark.parametrize("place", ["group", "two"])
def test_each_of_a_few_decides_and_each_way_leads_to_the_other(
    monde: Monde, place: str, request: pytest.FixtureRequest
):
    salon = request.getfixturevalue(place)
    say(salon, monde.noe, MOTS)
    decision = decide(monde.camille, salon)
    assert (decision.etat, decision.reference[4:], decision.communaute) == ("confirmee", "-001", None)
    (mark,) = marks(monde.noe, salon)
    assert (mark.texte, mark.url) == (f"décision n°\u00a0{decision.reference}", f"/decisions/{decision.pk}/")
    lien = origins_of_decisions(monde.noe, [decision.pk])[decision.pk]
    assert (lien.libelle[:19], lien.url) == ("D’après un message ", line(monde.noe, salon).get_absolute_url())
    for agent, status in ((monde.camille, 200), (monde.noe, 200), (monde.zoe, 404)):
        client = browser(agent)
        assert client.get(f"/decisions/{decision.pk}/").status_code == status
        assert client.get(f"/decisions/{decision.pk}/modifier/").status_code == status
        assert client.get(f"/decisions/{decision.pk}/annuler/").status_code == status
        assert client.get(f"{salon.get_absolute_url()}decisions/").status_code == status
    assert not visible_decisions(monde.zoe).exists()


def test_one_not_in_the_salon_any_more_reads_none_of_it(monde: Monde, group: Salon):
    say(group, monde.noe, MOTS)
    decision = decide(monde.noe, group)
    lieux.remove_member(monde.camille, group, monde.noe)
    with pytest.raises(Http404):
        get_decision(monde.noe, decision.pk)
    with pytest.raises(PermissionDenied):
        edit_decision(monde.noe, decision, f"{MOTS}, matin")
    with pytest.raises(PermissionDenied):
        cancel_decision(monde.noe, decision, motif="Erreur")
    monde.camille.is_active = False
    monde.camille.save(update_fields=["is_active"])
    assert not visible_decisions(monde.camille).exists()


def test_who_comes_later_reads_as_the_salon_was_opened(monde: Monde):
    agent = make_agent("Yann")
    for whole in (True, False):
        salon = lieux.open_group(monde.camille, [monde.noe], "Astreinte", historique_entier=whole)
        say(salon, monde.noe, MOTS)
        before = decide(monde.noe, salon)
        lieux.add_members(monde.camille, salon, [agent])
        say(salon, monde.noe, "Et le matin")
        after = decide(monde.noe, salon, "La visite commence à neuf heures", 2)
        assert after.numero == 2
        assert set(visible_decisions(agent).filter(registre=after.registre)) == (
            {before, after} if whole else {after}
        )
        shown = browser(agent).get(f"{salon.get_absolute_url()}decisions/").content.decode()
        assert (MOTS in shown) is whole
        # The live frame says it to all only where all may know of it.
        row = line(monde.noe, salon)
        assert states_of([row])[row.pk].reserve is not whole


def test_numbers_have_no_hole_and_are_each_salon_s_own(monde: Monde, group: Salon, two: Salon):
    for salon in (group, two):
        for number in range(1, 4):
            say(salon, monde.noe, f"{MOTS} {number}")
    agents = [monde.camille, monde.noe, monde.camille]
    together(
        [
            lambda agent=agent, number=number: decide(agent, group, f"{MOTS} {number}", number)
            for number, agent in enumerate(agents, 1)
        ]
    )
    assert RegistreSalon.objects.count() == 1
    assert sorted(Decision.objects.values_list("numero", flat=True)) == [1, 2, 3]
    # Refused once it was numbered: the number is given again.
    with pytest.raises(DejaDevenu):
        make_decision(monde.noe, line(monde.noe, group), "Autre chose est décidé", vus=0)
    assert decide(monde.noe, group, "Autre chose est décidé").numero == 4
    assert decide(monde.noe, two).numero == 1
    # Sent twice.
    assert decide(monde.noe, two).numero == 1
    propose_decision(monde.camille, monde.communaute, MOTS, confirmer=True)
    assert CompteurDecisions.objects.count() == 3


def test_it_is_worded_otherwise_and_cancelled_by_any_of_them(monde: Monde, group: Salon):
    say(group, monde.noe, MOTS)
    decision = decide(monde.noe, group)
    client = browser(monde.camille)
    page = client.get(f"/decisions/{decision.pk}/").content.decode()
    assert "Annuler la décision" in page
    assert "Confirmer" not in page
    posted = {"texte": f"{MOTS}, matin", "prise_le": decision.prise_le.isoformat(), "version": 1}
    assert client.post(f"/decisions/{decision.pk}/modifier/", posted).status_code == 302
    assert client.post(f"/decisions/{decision.pk}/confirmer/").status_code == 403
    assert (
        client.post(f"/decisions/{decision.pk}/annuler/", {"motif": "La salle est prise"}).status_code == 302
    )
    decision.refresh_from_db()
    assert (decision.texte, decision.etat) == (f"{MOTS}, matin", "annulee")
    assert words(monde.noe, group) == [f"décision n°\u00a0{decision.reference} (annulée)"]
    listed = client.get(f"{group.get_absolute_url()}decisions/").content.decode()
    assert "La salle est prise" in listed
    with pytest.raises(PermissionDenied):
        confirm_decision(monde.camille, decision)


def test_an_archived_salon_s_decisions_are_read_and_change_no_more(monde: Monde, group: Salon):
    say(group, monde.noe, MOTS)
    decision = decide(monde.noe, group)
    lieux.archive_salon(monde.camille, group)
    client = browser(monde.noe)
    page = client.get(f"/decisions/{decision.pk}/")
    assert page.status_code == 200
    assert "Annuler la décision" not in page.content.decode()
    assert client.get(f"/decisions/{decision.pk}/annuler/").status_code == 403
    with pytest.raises(PermissionDenied, match="n’écrit plus"):
        cancel_decision(monde.noe, decision, motif="Erreur")
    with pytest.raises(ActionRefusee, match="archivé"):
        decide(monde.noe, group, "Encore une décision")


def test_the_line_goes_and_the_decision_stays(monde: Monde, group: Salon):
    say(group, monde.noe, MOTS)
    decision = decide(monde.noe, group)
    delete_line(monde.noe, line(monde.noe, group))
    assert "supprimé depuis" in origins_of_decisions(monde.camille, [decision.pk])[decision.pk].libelle
    MessageSalon.objects.filter(salon=group).delete()
    assert get_decision(monde.camille, decision.pk) == decision
    assert "plus conservé" in origins_of_decisions(monde.camille, [decision.pk])[decision.pk].libelle
    remove_expired()
    # The salon gone, nothing is left of its register.
    group.delete()
    assert not Decision.objects.exists()
    assert not Registre.objects.exists()
    assert not CompteurDecisions.objects.exists()


def test_the_others_are_told_but_those_who_want_no_news(
    monde: Monde, group: Salon, django_capture_on_commit_callbacks: Callable[..., list[object]]
):
    yann = make_agent("Yann")
    lieux.add_members(monde.camille, group, [yann])
    lieux.set_silence(yann, group, silence=True)
    say(group, monde.noe, MOTS)
    decision = decide(monde.noe, group)
    tell_of_decision(Decision.objects.all().with_people().get(pk=decision.pk))
    told = Notification.objects.filter(cle=f"decision.{decision.pk}")
    assert {row.destinataire for row in told} == {monde.camille}
    assert told.get().intitule == "Astreinte"


def test_the_database_keeps_registers_apart(monde: Monde, group: Salon, two: Salon):
    say(group, monde.noe, MOTS)
    say(two, monde.noe, MOTS)
    decision = decide(monde.noe, group)
    community = Salon.objects.filter(communaute=monde.communaute).first()
    wrong: list[Callable[[], object]] = [
        # A salon of a community has none of its own.
        lambda: RegistreSalon.objects.create(salon=community),
        # What another salon decided cannot be shown in this one.
        lambda: DevenirLigne.objects.filter(decision=decision).update(salon=two),
        # Neither of two registers, nor of none; nothing waits there.
        lambda: Decision.objects.filter(pk=decision.pk).update(communaute=monde.communaute),
        lambda: Decision.objects.filter(pk=decision.pk).update(registre=None),
        lambda: Decision.objects.filter(pk=decision.pk).update(
            etat="proposee", numero=None, annee=None, confirmee_le=None
        ),
        lambda: CompteurDecisions.objects.update(registre=None),
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_pages_cost_the_same_however_many_decisions(
    monde: Monde, group: Salon, django_assert_max_num_queries: Callable[..., object]
):
    for number in range(1, 4):
        say(group, monde.noe, f"{MOTS} {number}")
        decide(monde.noe, group, f"{MOTS} {number}", number)
    client = browser(monde.camille)
    address = f"{group.get_absolute_url()}decisions/"
    client.get(address)
    with django_assert_max_num_queries(14):
        page = client.get(address).content.decode()
    assert page.count("deuxième mardi") >= 3
    found = client.get(f"{address}?q=2026-002" if "2026-002" in page else f"{address}?q=mardi+2")
    assert found.content.decode().count('class="decision"') == 1
    assert "Aucune décision ne correspond" in client.get(f"{address}?q=hippopotame").content.decode()
    assert browser(monde.camille).get(f"{monde.salon.get_absolute_url()}decisions/").status_code == 404
    with django_assert_max_num_queries(16):
        client.get(f"/decisions/{Decision.objects.first().pk}/")
