"""Titles shown in place of our addresses: gone at once for readers when they may no longer be known, back after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions.envois import send_due_mails
from communautes.actions import edit_communaute
from communautes.fichiers.actions import remove_document, share_document
from communautes.models import Communaute
from forum import actions
from forum.actions.faq import nominate
from forum.actions.structure import hide_sujet, move_sujet, unhide_sujet
from forum.flux import Flux
from forum.models import Message, Sujet
from forum.models.renvois import Renvoi
from realtime.reunions.actions import edit_reunion
from realtime.reunions.models import Reunion
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db

TITRE, POINT, NOTE, NOM = "Le projet de fusion", "Point sur la fusion", "fusion.txt", "Fusion des services"


class Citations:
    """A community open to all, another whose message cites what is in it, and somebody of that other only."""

    def __init__(self) -> None:
        self.ana, self.bob, self.lise = make_agent("Ana"), make_agent("Bob"), make_agent("Lise")
        self.citee, self.autre = make_communaute(self.ana), make_communaute(self.bob)
        edit_communaute(self.ana, self.citee, nom=NOM)
        for agent in (self.lise, self.ana):
            add_member(self.autre, agent)
        add_member(self.citee, self.bob)
        self.sujet = make_sujet(self.citee, self.ana, TITRE)
        self.reponse = actions.publish_message(self.bob, self.sujet, "Une réponse")
        self.document = share_document(self.ana, self.citee, ContentFile(b"bonjour"), nom=NOTE)
        self.reunion = Reunion.objects.create(
            communaute=self.citee, organisateur=self.ana, titre=POINT, debut=timezone.now()
        )
        self.fil = make_sujet(self.autre, self.bob, "Qui en parle ailleurs ?")
        self.message = self.cite(self.sujet, self.reponse, self.document, self.reunion, self.citee, self.bob)

    def cite(self, *targets: Any) -> Message:
        lines = [f"{site.SITE_URL}{target.get_absolute_url()}" for target in targets]
        return actions.publish_message(self.bob, self.fil, "Voyez :\n\n" + "\n\n".join(lines))

    def page(self, agent: Agent | None = None) -> str:
        return browser(agent or self.lise).get(self.fil.get_absolute_url()).content.decode()

    def stored(self) -> str:
        return Message.objects.values_list("html_stocke", flat=True).get(pk=self.message.pk)


@pytest.fixture
def monde(run_jobs: Callable[[], int]) -> Citations:
    found = Citations()
    run_jobs()
    mail.outbox.clear()
    return found


def titles(page: str) -> list[str]:
    """Those of the cited things that a page shows."""
    page = page.replace("\xa0", " ")
    return [words for words in (TITRE, POINT, NOTE, NOM) if words in page]


def change(monde: Citations, what: str) -> None:
    visibilite = {"privee": "privee", "sur_demande": "sur_demande"}.get(what)
    if visibilite:
        edit_communaute(monde.ana, monde.citee, visibilite=visibilite)
    elif what == "masque":
        hide_sujet(monde.ana, monde.sujet, motif="Confidentiel")
    elif what == "deplace":
        secret = make_communaute(monde.ana, "privee")
        move_sujet(monde.ana, monde.sujet, secret)
    elif what == "renomme":
        actions.rename_sujet(monde.ana, monde.sujet, "Un tout autre titre")
    elif what == "retire":
        remove_document(monde.ana, monde.document)


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        ("privee", []),
        ("sur_demande", [NOM]),
        ("masque", [POINT, NOTE, NOM]),
        ("deplace", [POINT, NOTE, NOM]),
        ("renomme", [POINT, NOTE, NOM]),
        ("retire", [TITRE, POINT, NOM]),
    ],
)
def test_a_title_that_may_no_longer_be_known_is_gone_before_anything_is_rendered_again(
    monde: Citations, run_jobs: Any, what: str, kept: list[str]
) -> None:
    assert titles(monde.page()) == [TITRE, POINT, NOTE, NOM]
    change(monde, what)
    page = monde.page()
    assert titles(page) == kept
    # Their addresses are what was typed, and still links.
    assert f">{site.SITE_URL}{monde.sujet.get_absolute_url()}</a>" in page or TITRE in kept
    # And after the worker, in what is stored too.
    run_jobs()
    assert titles(monde.page()) == kept
    assert titles(monde.stored()) == kept
    if what == "renomme":
        assert "Un tout autre titre" in monde.page()


def test_a_title_comes_back_with_what_it_is_the_title_of(monde: Citations, run_jobs: Any) -> None:
    for visibilite in ("privee", "ouverte"):
        edit_communaute(monde.ana, monde.citee, visibilite=visibilite)
        run_jobs()
    assert titles(monde.page()) == [TITRE, POINT, NOTE, NOM]
    hide_sujet(monde.ana, monde.sujet, motif="Confidentiel")
    run_jobs()
    unhide_sujet(monde.ana, monde.sujet)
    run_jobs()
    assert titles(monde.page()) == [TITRE, POINT, NOTE, NOM]


def test_a_deleted_message_is_not_named_and_put_back_it_is(monde: Citations, run_jobs: Any) -> None:
    named = f"message 2, {monde.bob.nom_complet}"
    assert named in monde.page().replace("\xa0", " ")
    actions.delete_message(monde.bob, monde.reponse)
    assert named not in monde.page().replace("\xa0", " ")
    run_jobs()
    assert named not in monde.stored().replace("\xa0", " ")
    actions.undelete_message(monde.bob, monde.reponse)
    run_jobs()
    assert named in monde.page().replace("\xa0", " ")


def test_a_renamed_community_and_an_agent_who_left(monde: Citations, run_jobs: Any) -> None:
    edit_communaute(monde.ana, monde.citee, nom="Un nom plus juste")
    assert NOM not in monde.page()
    run_jobs()
    assert "Un nom plus juste" in monde.page()
    shown = f">{monde.bob.nom_complet}<span"
    assert shown in monde.stored()
    Agent.objects.filter(pk=monde.bob.pk).update(is_active=False)
    monde.message.refresh_from_db()
    assert shown not in Message.objects.get(pk=monde.message.pk).html


def test_a_renamed_meeting_is_called_by_its_new_name(monde: Citations, run_jobs: Any) -> None:
    Reunion.objects.update(debut=timezone.now() + timedelta(days=2))
    monde.reunion.refresh_from_db()
    edit_reunion(monde.ana, monde.reunion, titre="Un point plus juste")
    run_jobs()
    assert "Un point plus juste" in monde.page() and POINT not in monde.page()


def test_no_other_way_to_the_text_tells_more_than_the_page(monde: Citations, run_jobs: Any) -> None:
    cited = [monde.sujet, monde.document]
    addresses = "\n\n".join(f"{site.SITE_URL}{target.get_absolute_url()}" for target in cited)
    opened = actions.open_sujet(
        monde.bob, monde.autre, titre="Un sujet qui en cite un autre", texte=addresses, genre="discussion"
    )
    told = actions.publish_message(monde.bob, opened, f"@{monde.lise.identifiant} voyez aussi\n\n{addresses}")
    entree = nominate(monde.bob, told, "Où en est la fusion ?")
    assert entree.etat == "publiee"
    edit_communaute(monde.ana, monde.citee, visibilite="privee")
    feed = Flux("Titre", "/", "x", Sujet.objects.filter(communaute=monde.autre))
    assert titles(feed.write()) == []
    actions.tell_of_message(told)
    send_due_mails()
    (sent,) = [sent for sent in mail.outbox if sent.to == [monde.lise.email]]
    assert titles(sent.body + str(sent.alternatives[0][0])) == []
    base = monde.autre.get_absolute_url()
    lise, bob = browser(monde.lise), browser(monde.bob)
    for client, where in (
        (lise, f"{base}faq/"),
        (bob, f"/messages/{told.pk}/supprimer/"),
        (lise, f"{opened.get_absolute_url()}resume/"),
        (lise, f"{opened.get_absolute_url()}"),
    ):
        page = client.get(where)
        assert page.status_code == 200, where
        assert titles(page.content.decode()) == [], where


def test_the_tag_of_a_feed_changes_with_the_titles_it_shows(monde: Citations) -> None:
    actions.open_sujet(
        monde.bob,
        monde.autre,
        titre="Un sujet qui en cite un autre",
        texte=f"{site.SITE_URL}{monde.sujet.get_absolute_url()}",
        genre="discussion",
    )

    def tag() -> str:
        return Flux("Titre", "/", "x", Sujet.objects.filter(communaute=monde.autre)).etag

    before = tag()
    edit_communaute(monde.ana, monde.citee, visibilite="privee")
    assert tag() != before


def test_a_message_that_was_being_published_meanwhile_tells_nothing(monde: Citations, run_jobs: Any) -> None:
    """It read the titles before, and was there after the worker had passed."""
    edit_communaute(monde.ana, monde.citee, visibilite="privee")
    run_jobs()
    late = monde.cite(monde.sujet)
    Message.objects.filter(pk=late.pk).update(
        html_stocke=f'<p><a href="{monde.sujet.get_absolute_url()}" class="texte-lien">{TITRE}</a></p>'
    )
    Renvoi.objects.create(
        message=late,
        url=monde.sujet.get_absolute_url(),
        communaute=monde.citee,
        sujet=monde.sujet,
        titre=TITRE,
    )
    assert titles(monde.page()) == []


def test_an_edit_keeps_no_title_that_the_text_no_longer_cites(monde: Citations) -> None:
    assert Renvoi.objects.filter(message=monde.message).count() == 6
    actions.edit_message(
        monde.bob, monde.message, f"{site.SITE_URL}{monde.sujet.get_absolute_url()}", version=1
    )
    assert [row.sujet for row in Renvoi.objects.filter(message=monde.message)] == [monde.sujet]
    assert titles(monde.page()) == [TITRE]


def test_many_are_rendered_again_a_batch_at_a_time(
    monde: Citations, run_jobs: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.LIMITES_PAR_MINUTE = dict.fromkeys(settings.LIMITES_PAR_MINUTE, 1_000)
    for number in range(5):
        actions.publish_message(
            monde.bob, monde.fil, f"{number} {site.SITE_URL}{monde.sujet.get_absolute_url()}"
        )
    run_jobs()
    monkeypatch.setattr("forum.actions.rendus.BATCH", 2)
    actions.rename_sujet(monde.ana, monde.sujet, "Un tout autre titre")
    # The job itself, then one for each batch that follows: 6 messages, by two, and the one that finds nothing.
    assert run_jobs() >= 4
    assert Message.objects.filter(html_stocke__contains="Un tout autre titre").count() == 6
    assert not Message.objects.filter(html_stocke__contains=TITRE).exists()


def test_a_change_that_nobody_cites_costs_nothing(
    monde: Citations, django_assert_max_num_queries: Any
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    before = ProcrastinateJob.objects.filter(task_name="forum.rerender_citing").count()
    actions.rename_sujet(monde.bob, monde.fil, "Un titre que personne ne cite")
    assert ProcrastinateJob.objects.filter(task_name="forum.rerender_citing").count() == before


def test_texts_of_before_show_addresses_until_they_are_rendered_again(monde: Citations) -> None:
    """What was rendered before titles were kept track of: nobody can say whether they may still be shown."""
    Renvoi.objects.all().delete()
    assert titles(monde.page()) == []
    call_command("rendre_messages", verbosity=0)
    assert titles(monde.page()) == [TITRE, POINT, NOTE, NOM]
    # Done once.
    stored = Message.objects.filter(pk=monde.message.pk)
    stored.update(html_stocke=monde.stored() + "<!-- -->")
    call_command("rendre_messages", verbosity=0)
    assert monde.stored().endswith("<!-- -->")


def test_a_partner_of_a_lab_reads_no_title_of_elsewhere(monde: Citations) -> None:
    lab = make_communaute(monde.bob, "privee", genre=Communaute.Genre.LABORATOIRE)
    fil = make_sujet(lab, monde.bob, "Un essai de terrain")
    actions.publish_message(monde.bob, fil, f"{site.SITE_URL}{monde.sujet.get_absolute_url()}")
    assert titles(browser(monde.bob).get(fil.get_absolute_url()).content.decode()) == []
    # Even where the text came with its title from an open community.
    add_member(lab, monde.ana)
    move_sujet(monde.bob, monde.fil, lab)
    assert titles(monde.page(monde.ana)) == []
