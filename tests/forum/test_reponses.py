"""The accepted answer: chosen, changed, withdrawn; who hears of it; two moderators at once."""

from typing import Any

import pytest
from django.db import transaction

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.preuves.models import Preuve
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import Abonnement, MemeBesoin, Message, Sujet
from plateforme.socle.erreurs import ActionRefusee
from tests.communautes.test_adhesions import together
from tests.factories import add_member, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"), "sur_demande")


def member(communaute: Communaute, prenom: str) -> Agent:
    return add_member(communaute, make_agent(prenom)).agent


def retained() -> list[str]:
    return sorted(Preuve.objects.filter(genre="retenue").values_list("source", flat=True))


def told(message: Message) -> set[Agent]:
    return {
        row.destinataire
        for row in Notification.objects.filter(cle=f"message.{message.pk}.acceptation").select_related(
            "destinataire"
        )
    }


def test_those_who_waited_hear_of_it_once_if_they_may_still_read(
    communaute: Communaute, run_jobs: Any
) -> None:
    nadia, gaelle, lila, gone = (member(communaute, name) for name in ("Nadia", "Gaëlle", "Lila", "Zoé"))
    sujet = make_sujet(communaute, nadia)
    answer = actions.publish_message(gaelle, sujet, "Oui, à Foix.")
    for agent in (lila, gone):
        MemeBesoin.objects.create(sujet=sujet, agent=agent)
        Abonnement.objects.create(sujet=sujet, agent=agent)
    run_jobs()
    actions.accept_message(nadia, answer)
    Adhesion.objects.filter(agent=gone).delete()
    run_jobs()
    run_jobs()
    # Not who chose it, not who left meanwhile; and who waits for an answer hears of theirs, not of a sujet.
    assert told(answer) == {gaelle, lila}
    row = Notification.objects.get(destinataire=lila, genre="besoin")
    assert row.titre.startswith("Une réponse à votre besoin a été retenue")


def test_the_choice_changes_and_takes_back_what_it_gave(communaute: Communaute, run_jobs: Any) -> None:
    nadia, gaelle, lila = (member(communaute, name) for name in ("Nadia", "Gaëlle", "Lila"))
    sujet = make_sujet(communaute, nadia)
    first = actions.publish_message(gaelle, sujet, "Oui, à Foix.")
    second = actions.publish_message(lila, sujet, "Non, à Mende.")
    actions.accept_message(nadia, first)
    run_jobs()
    assert retained() == [f"message.{first.pk}"]
    actions.accept_message(nadia, second)
    run_jobs()
    assert retained() == [f"message.{second.pk}"]
    assert (told(first), told(second)) == (set(), {lila, gaelle})
    # Withdrawn before the worker had its turn: nobody is told of what is no longer so.
    actions.accept_message(nadia, first)
    actions.withdraw_acceptance(nadia, sujet)
    run_jobs()
    assert retained() == []
    assert (told(first), told(second)) == (set(), set())


def test_what_cannot_be_chosen(communaute: Communaute) -> None:
    nadia = member(communaute, "Nadia")
    sujet = make_sujet(communaute, nadia)
    own = actions.publish_message(nadia, sujet, "J’ai trouvé.")
    with pytest.raises(ActionRefusee, match="sa propre réponse"):
        actions.accept_message(nadia, sujet.messages.get(numero=1))
    # One may settle one's question oneself; it proves nothing.
    actions.accept_message(nadia, own)
    assert not Preuve.objects.exists()
    Message.objects.filter(pk=own.pk).update(masque_le=own.cree_le)
    with transaction.atomic():
        actions.drop_acceptance(own)
    sujet.refresh_from_db()
    assert sujet.message_accepte is None
    with pytest.raises(ActionRefusee, match="n’est plus là"):
        actions.accept_message(nadia, own)


@pytest.mark.django_db(transaction=True)
def test_two_moderators_choose_at_once_and_one_choice_stands(run_jobs: Any) -> None:
    ana, paul = make_agent("Ana"), make_agent("Paul")
    communaute = make_communaute(ana)
    add_member(communaute, paul)
    Adhesion.objects.filter(agent=paul).update(role="animateur")
    asker, *answering = (member(communaute, name) for name in ("Nadia", "Gaëlle", "Lila"))
    sujet = make_sujet(communaute, asker)
    answers = [actions.publish_message(agent, sujet, "Réponse") for agent in answering]
    for _ in range(3):
        together(
            [
                lambda: actions.accept_message(ana, answers[0]),
                lambda: actions.accept_message(paul, answers[1]),
            ]
        )
        run_jobs()
        stands = Sujet.objects.get(pk=sujet.pk).message_accepte
        other = next(answer for answer in answers if answer != stands)
        assert retained() == [f"message.{stands.pk}"]
        assert stands.auteur in told(stands)
        assert told(other) == set()
        actions.withdraw_acceptance(ana, sujet)
        assert retained() == []
