"""Withdrawing messages and putting them back: what counts, tells and proves follows, exactly."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.models import Communaute
from forum import actions
from forum.models import LectureSujet, Message, Sujet
from forum.recherche import search_sujets
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana)


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


@pytest.fixture
def gaelle(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Gaëlle")).agent


def test_a_deleted_message_leaves_the_counts_the_search_and_the_choice_then_comes_back(
    ana: Agent, communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any
) -> None:
    sujet = make_sujet(communaute, nadia)
    first = actions.publish_message(gaelle, sujet, "Une réponse sur le dalot")
    answer = actions.publish_message(gaelle, sujet, "Le mot rare : chanfrein")
    actions.accept_message(nadia, answer)
    run_jobs()
    told = Notification.objects.get(destinataire=nadia, cle=f"message.{answer.pk}")
    assert search_sujets(nadia, "chanfrein") == [sujet]
    before = Sujet.objects.get(pk=sujet.pk)

    assert actions.delete_message(gaelle, answer)
    assert not actions.delete_message(gaelle, answer)
    sujet.refresh_from_db()
    assert (sujet.nb_messages, sujet.dernier_visible, sujet.dernier_numero) == (2, 2, 3)
    assert sujet.dernier_message_le == first.cree_le
    assert sujet.message_accepte is None
    assert search_sujets(nadia, "chanfrein") == []
    told.refresh_from_db()
    assert (told.extrait, told.lue_le is None) == ("", False)

    assert actions.undelete_message(gaelle, answer)
    run_jobs()
    sujet.refresh_from_db()
    told.refresh_from_db()
    assert (sujet.nb_messages, sujet.dernier_visible, sujet.dernier_message_le, sujet.message_accepte) == (
        before.nb_messages, before.dernier_visible, before.dernier_message_le, answer,
    )  # fmt: skip
    assert told.lue_le is None
    assert "chanfrein" in told.extrait
    assert Notification.objects.filter(destinataire=nadia, cle=f"message.{answer.pk}").count() == 1
    assert list(
        EntreeJournal.objects.filter(objet_id=answer.pk, objet_type="forum.message").values_list(
            "action", flat=True
        )
    ) == ["message.publish", "message.accept", "message.delete", "message.undelete"]


def test_nobody_is_told_of_a_message_deleted_before_the_worker_came(
    communaute: Communaute, nadia: Agent, gaelle: Agent, run_jobs: Any
) -> None:
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(gaelle, sujet, "Envoyé trop vite")
    actions.delete_message(gaelle, message)
    run_jobs()
    assert not Notification.objects.filter(destinataire=nadia).exists()
    # Put back at once, it is told as it would have been.
    actions.undelete_message(gaelle, message)
    run_jobs()
    assert Notification.objects.filter(destinataire=nadia).count() == 1


def test_the_opening_goes_with_its_sujet_unless_somebody_answered(
    ana: Agent, communaute: Communaute, nadia: Agent, gaelle: Agent
) -> None:
    sujet = make_sujet(communaute, nadia)
    opening = sujet.messages.get()
    answer = actions.publish_message(gaelle, sujet, "Réponse")
    with pytest.raises(ActionRefusee, match="ont répondu"):
        actions.delete_message(nadia, opening)
    actions.delete_message(gaelle, answer)
    actions.delete_message(nadia, opening)
    sujet.refresh_from_db()
    assert (sujet.nb_messages, sujet.dernier_visible) == (0, 0)
    assert sujet not in Sujet.objects.all().visible_to(gaelle)
    # An answer that was being written is kept, not published where nobody would see it.
    stale = Sujet.objects.get(pk=sujet.pk)
    stale.masque_le = None
    with pytest.raises(ActionRefusee, match="ne reçoit plus"):
        actions.publish_message(gaelle, stale, "Trop tard")
    actions.undelete_message(nadia, opening)
    assert sujet in Sujet.objects.all().visible_to(gaelle)
    # Hidden by the animation as well, it stays hidden.
    actions.delete_message(nadia, opening)
    Sujet.objects.filter(pk=sujet.pk).update(masque_le=timezone.now())
    actions.undelete_message(nadia, opening)
    assert sujet not in Sujet.objects.all().visible_to(gaelle)


def test_who_may_delete_and_put_back(ana: Agent, communaute: Communaute, nadia: Agent, gaelle: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(gaelle, sujet, "Réponse")
    for other in (nadia, ana, make_agent()):
        with pytest.raises(PermissionDenied):
            actions.delete_message(other, message)
    actions.delete_message(gaelle, message)
    with pytest.raises(PermissionDenied):
        actions.undelete_message(nadia, message)
    Message.objects.filter(pk=message.pk).update(supprime_le=timezone.now() - timedelta(hours=25))
    with pytest.raises(PermissionDenied):
        actions.undelete_message(gaelle, message)
    actions.undelete_message(ana, message)
    assert Notification.objects.get(destinataire=gaelle).genre == "moderation"
    # Hidden by the animation: its author neither deletes it nor puts it back.
    with transaction.atomic():
        actions.retire_message(actions.lock_message(message), ana, masque=True, motif="Données d’un usager")
    message.refresh_from_db()
    assert message.motif_moderation == "Données d’un usager"
    with pytest.raises(PermissionDenied):
        actions.delete_message(gaelle, message)
    assert not actions.undelete_message(gaelle, message)
    message.refresh_from_db()
    assert message.masque_le is not None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["publish", "delete", "undelete", "hide", "show", "read"]), st.integers(0, 6)
        ),
        max_size=25,
    )
)
def test_counts_are_exact_after_any_sequence(steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        _check_sequence(steps)
        transaction.set_rollback(True)


def _check_sequence(steps: list[tuple[str, int]]) -> None:
    ana, reader = make_agent("Ana"), make_agent("Lise")
    communaute = make_communaute(ana)
    add_member(communaute, reader)
    sujet = make_sujet(communaute, ana)
    for step, which in steps:
        messages = list(sujet.messages.order_by("numero"))
        message = messages[which % len(messages)]
        try:
            match step:
                case "publish":
                    sujet.refresh_from_db()
                    actions.publish_message(
                        ana,
                        sujet,
                        f"Réponse {len(messages)}",
                        quand=timezone.now() + timedelta(seconds=len(messages)),
                    )
                case "delete":
                    actions.delete_message(ana, message)
                case "undelete":
                    actions.undelete_message(ana, message)
                case "hide":
                    actions.retire_message(actions.lock_message(message), ana, masque=True)
                case "show":
                    actions.restore_message(actions.lock_message(message), masque=True)
                case "read":
                    actions.mark_read(reader, sujet, message.numero)
        except (ActionRefusee, PermissionDenied):
            pass
        sujet.refresh_from_db()
        shown = list(sujet.messages.visible().order_by("numero"))
        assert sujet.nb_messages == len(shown)
        assert sujet.dernier_visible == (shown[-1].numero if shown else 0)
        assert sujet.dernier_message_le == (shown[-1].cree_le if shown else sujet.cree_le)
        mark = LectureSujet.objects.filter(agent=reader, sujet=sujet).first()
        unread = [row for row in shown if mark is None or row.numero > mark.dernier_numero]
        found = Sujet.objects.filter(pk=sujet.pk).unread_by(reader).exists()
        if shown:
            assert found == bool(unread)


@pytest.mark.django_db(transaction=True)
def test_twice_at_once_counts_once() -> None:
    ana = make_agent("Ana")
    sujet = make_sujet(make_communaute(ana), ana)
    messages = [actions.publish_message(ana, sujet, f"Réponse {n}") for n in range(2)]
    together([lambda m=message: actions.delete_message(ana, m) for message in messages for _ in range(2)])
    sujet.refresh_from_db()
    assert (sujet.nb_messages, sujet.dernier_visible) == (1, 1)
    together([lambda m=message: actions.undelete_message(ana, m) for message in messages for _ in range(2)])
    sujet.refresh_from_db()
    assert (sujet.nb_messages, sujet.dernier_visible) == (3, 3)
