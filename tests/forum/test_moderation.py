"""Reports and decisions: who may, who wins when two act at once, what each person is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import lift_suspension, set_role, suspend
from communautes.models import Adhesion, Suspension
from forum import actions
from forum.access import handlers_of
from forum.models import Avertissement, Message, ReponseType, Signalement
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.models import EntreeJournal
from realtime.actions import send_message
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


class Monde:
    """A community with two animateurs, an author, a reader, and an answer of the author's."""

    def __init__(self, visibilite: str = "ouverte") -> None:
        self.ana, self.bea = make_agent("Ana"), make_agent("Béa")
        self.communaute = make_communaute(self.ana, visibilite)
        add_member(self.communaute, self.bea)
        set_role(self.ana, self.communaute, self.bea, Adhesion.Role.ANIMATEUR)
        self.auteur = add_member(self.communaute, make_agent("Omar")).agent
        self.lectrice = add_member(self.communaute, make_agent("Lise")).agent
        self.sujet = make_sujet(self.communaute, self.lectrice)
        self.message = actions.publish_message(self.auteur, self.sujet, "Propos **déplacés**.")
        self.base = f"{self.communaute.get_absolute_url()}moderation/"

    def report(self, motif: str = "propos") -> Signalement:
        return actions.report_message(self.lectrice, self.message, motif=motif, commentaire="Voyez vous-même")


@pytest.fixture
def monde() -> Monde:
    return Monde()


def text(client: Client, where: str) -> str:
    return client.get(where).content.decode()


def test_report_claim_decide_and_everybody_is_told(monde: Monde, run_jobs: Any) -> None:
    run_jobs()
    mail.outbox.clear()
    where = f"/messages/{monde.message.pk}/signaler/"
    refused = browser(monde.lectrice).post(where, {"motif": "autre"})
    assert refused.status_code == 422
    assert "Dites en quelques mots" in refused.content.decode()
    thanks = browser(monde.lectrice).post(where, {"motif": "propos", "commentaire": "Blessant"}, follow=True)
    assert "Merci. L’animation" in thanks.content.decode()
    twice = browser(monde.lectrice).post(where, {"motif": "propos"})
    assert "déjà signalé" in twice.content.decode()
    assert {told.destinataire for told in Notification.objects.filter(titre__startswith="Un message")} == {
        monde.ana,
        monde.bea,
    }
    ana, bea = browser(monde.ana), browser(monde.bea)
    assert "Blessant" not in text(ana, monde.base)
    assert monde.sujet.titre in text(ana, monde.base)
    page = f"{monde.base}messages/{monde.message.pk}/"
    ana.post(f"{page}prendre/")
    assert f"{monde.ana.nom_complet} s’en occupe" in text(bea, page)
    late = bea.post(page, {"masquer": "on", "motif": "Non"})
    assert (late.status_code, "s’en occupe déjà" in late.content.decode()) == (422, True)
    done = ana.post(
        page, {"masquer": "on", "avertir": "on", "motif": "Restez courtois", "reponse": "C’est fait"}
    )
    assert done.status_code == 302
    monde.message.refresh_from_db()
    assert (monde.message.visible, monde.message.motif_moderation) == (False, "Restez courtois")
    assert Avertissement.objects.get().agent == monde.auteur
    run_jobs()
    # The author, by e-mail whatever they chose: what, why, their own text, whom to answer; never who reported.
    (warning,) = [message for message in mail.outbox if message.to == [monde.auteur.email]]
    for words in ("avertit", "Restez courtois", "Propos **déplacés**.", "/charte/", "Répondre à l’animation"):
        assert words in warning.subject + warning.body
    assert monde.lectrice.nom not in warning.body
    assert set(warning.extra_headers["Reply-To"].split(", ")) == {monde.ana.email, monde.bea.email}
    outcome = Notification.objects.get(destinataire=monde.lectrice, titre__contains="suivi d’effet")
    assert outcome.extrait == "C’est fait"
    received = text(browser(monde.auteur), f"{monde.base}me-concernant/")
    assert "Restez courtois" in received
    assert monde.lectrice.nom_complet not in received
    # Put back: visible again, said, and all of it in the log without a word of anybody.
    ana.post(f"/messages/{monde.message.pk}/demasquer/")
    assert "Propos <strong>déplacés" in text(browser(monde.lectrice), monde.sujet.get_absolute_url())
    log = text(ana, f"{monde.base}journal/")
    for words in ("a masqué un message", "a averti", "a donné suite", "a rétabli un message"):
        assert words in log
    assert "Restez courtois" not in log
    assert "Restez" not in str(list(EntreeJournal.objects.values_list("details", flat=True)))


def test_nobody_handles_what_is_said_of_their_own_message(monde: Monde) -> None:
    own = actions.publish_message(monde.ana, monde.sujet, "De l’animatrice")
    actions.report_message(monde.lectrice, own, motif="erreur")
    page = f"{monde.base}messages/{own.pk}/"
    assert browser(monde.ana).get(page).status_code == 404
    assert "Aucun message signalé" in text(browser(monde.ana), monde.base)
    with pytest.raises(PermissionDenied):
        actions.decide_reports(monde.ana, own, actions.Decision())
    assert browser(monde.bea).get(page).status_code == 200
    # Alone to animate: the site's staff decides, and sees nothing else.
    staff = make_agent("Sam", is_staff=True)
    monde.report()
    assert "Aucun message signalé" in text(browser(staff), monde.base)
    set_role(monde.ana, monde.communaute, monde.bea, Adhesion.Role.MEMBRE)
    assert handlers_of(own) == [staff]
    queue = text(browser(staff), monde.base)
    assert "De l’animatrice" in queue
    assert "Propos" not in queue
    assert browser(staff).get(f"{monde.base}messages/{monde.message.pk}/").status_code == 404
    browser(staff).post(page, {"masquer": "on", "motif": "Erreur grave"})
    own.refresh_from_db()
    assert not own.visible


@pytest.mark.parametrize("visibilite", ["sur_demande", "privee"])
def test_outside_nothing_is_reported_nor_seen(visibilite: str) -> None:
    monde = Monde(visibilite)
    monde.report()
    partner = make_agent(partenaire=True, organisme="Université")
    for outside in (make_agent(), partner):
        hidden = 404 if visibilite == "privee" or outside.partenaire else 403
        for where in (
            f"/messages/{monde.message.pk}/signaler/",
            monde.base,
            f"{monde.base}messages/{monde.message.pk}/",
            f"{monde.base}journal/",
            f"{monde.base}me-concernant/",
            f"{monde.base}membres/{monde.auteur.identifiant}/",
            f"/sujets/{monde.sujet.pk}/fusionner/",
        ):
            assert browser(outside).get(where).status_code == hidden, where
            assert browser(outside).post(where, {"motif": "propos"}).status_code in (hidden, 405), where
    for where in ("", "reponses-types/", f"messages/{monde.message.pk}/"):
        assert browser(monde.lectrice).get(monde.base + where).status_code == 403


def test_a_member_may_do_nothing_of_it(monde: Monde) -> None:
    client = browser(monde.lectrice)
    for where in ("masquer", "avertir", "demasquer"):
        assert client.post(f"/messages/{monde.message.pk}/{where}/", {"motif": "x"}).status_code == 403
    for where in ("masquer", "demasquer", "deplacer", "fusionner", "scinder"):
        assert client.post(f"/sujets/{monde.sujet.pk}/{where}/", {"motif": "x"}).status_code == 403
    with pytest.raises(PermissionDenied):
        suspend(
            monde.lectrice,
            monde.communaute,
            monde.auteur,
            jusqu_au=timezone.now() + timedelta(days=1),
            motif="x",
        )


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once() -> None:
    monde = Monde()
    monde.report()
    said = at_once(
        [
            lambda: actions.claim_reports(monde.ana, monde.message),
            lambda: actions.claim_reports(monde.bea, monde.message),
        ]
    )
    holder = Signalement.objects.get().pris_par
    assert sorted(said, key=str) == sorted([None, f"{holder.nom_complet} s’en occupe déjà."], key=str)
    # After half an hour somebody else may.
    Signalement.objects.update(pris_le=timezone.now() - timedelta(minutes=31))
    other = monde.bea if holder == monde.ana else monde.ana
    actions.claim_reports(other, monde.message)
    actions.release_reports(other, monde.message)
    outcomes = at_once(
        [
            lambda: actions.decide_reports(monde.ana, monde.message, HIDE),
            lambda: actions.decide_reports(monde.bea, monde.message, actions.Decision()),
            lambda: actions.hide_message(monde.bea, monde.message, motif="Aussi"),
        ]
    )
    assert None in outcomes
    report = Signalement.objects.get()
    assert report.etat != Signalement.Etat.OUVERT
    assert Notification.objects.filter(cle=f"signalement.{report.pk}.suite").count() == 1


HIDE = actions.Decision(masquer=True, motif="Déplacé")


def at_once(actions: list[Any]) -> list[str | None]:
    """What each of the actions, all let go together, was refused with; None for those that were done."""
    outcomes: list[str | None] = []
    together([lambda action=action: outcomes.append(_said(action)) for action in actions])
    return outcomes


def _said(action: Any) -> str | None:
    try:
        action()
    except ActionRefusee as error:
        return error.message
    return None


def test_hiding_directly_settles_the_reports(monde: Monde) -> None:
    monde.report()
    browser(monde.ana).post(f"/messages/{monde.message.pk}/masquer/", {"motif": "Hors charte"})
    assert Signalement.objects.get().etat == Signalement.Etat.RETENU
    page = text(browser(monde.auteur), monde.sujet.get_absolute_url())
    assert "Hors charte" in page
    assert "Hors charte" not in text(browser(monde.lectrice), monde.sujet.get_absolute_url())
    # A reason is asked for, and what is asked twice is done once.
    assert browser(monde.ana).post(f"/messages/{monde.message.pk}/avertir/", {"motif": ""}).status_code == 422
    assert actions.hide_message(monde.bea, monde.message, motif="Encore") is False


def test_a_hidden_sujet_is_gone_but_for_the_animation(monde: Monde) -> None:
    where = monde.sujet.get_absolute_url()
    browser(monde.ana).post(f"{where}masquer/", {"motif": "Nomme un usager"})
    assert browser(monde.lectrice).get(where).status_code == 404
    assert browser(monde.lectrice).get(f"/messages/{monde.message.pk}/").status_code == 404
    for listing in (f"{monde.communaute.get_absolute_url()}forum/", monde.communaute.get_absolute_url()):
        assert monde.sujet.titre not in text(browser(monde.lectrice), listing)
    assert "Nomme un usager" in text(browser(monde.ana), where)
    assert "Nomme un usager" in text(browser(monde.lectrice), f"{monde.base}me-concernant/")
    assert Notification.objects.filter(destinataire=monde.lectrice, extrait="Nomme un usager").exists()
    browser(monde.ana).post(f"{where}demasquer/")
    assert browser(monde.lectrice).get(where).status_code == 200


def test_a_suspended_member_reads_and_writes_nowhere(monde: Monde, run_jobs: Any) -> None:
    where = f"{monde.base}membres/{monde.auteur.identifiant}/"
    answer = browser(monde.ana).post(where, {"duree": "3", "motif": "Trois rappels"})
    assert answer.status_code == 302
    suspension = Suspension.objects.get()
    client = browser(monde.auteur)
    page = text(client, monde.sujet.get_absolute_url())
    assert "Votre participation est suspendue jusqu’au" in page
    assert "Trois rappels" in page
    kept = client.post(f"{monde.sujet.get_absolute_url()}repondre/", {"texte": "Longue réponse typée"})
    assert kept.status_code == 422
    assert "Longue réponse typée" in kept.content.decode()
    for write in (
        lambda: actions.publish_message(monde.auteur, monde.sujet, "Non"),
        lambda: actions.open_sujet(monde.auteur, monde.communaute, titre="Une question ?", texte="Oui"),
        lambda: send_message(
            monde.auteur, monde.communaute.salons.get(), "Non", "0b7f6c1e-8f57-4e6b-9d3a-0f6f3f1f2a11"
        ),
    ):
        with pytest.raises(ActionRefusee, match="suspendue jusqu’au"):
            write()
    salon = monde.communaute.salons.get().get_absolute_url()
    assert "suspendue" in text(client, salon)
    said = client.post(f"{salon}dire/", {"texte": "Non", "client_id": "0b7f6c1e-8f57-4e6b-9d3a-0f6f3f1f2a11"})
    assert "suspendue" in said.content.decode()
    run_jobs()
    assert any(
        "suspendue" in message.subject for message in mail.outbox if message.to == [monde.auteur.email]
    )
    # Nobody is made an animateur to escape it; leaving and coming back changes nothing.
    with pytest.raises(ActionRefusee, match="levez d’abord"):
        set_role(monde.ana, monde.communaute, monde.auteur, Adhesion.Role.ANIMATEUR)
    client.post(f"{monde.communaute.get_absolute_url()}quitter/")
    client.post(f"{monde.communaute.get_absolute_url()}rejoindre/")
    with pytest.raises(ActionRefusee):
        actions.publish_message(monde.auteur, monde.sujet, "Non plus")
    browser(monde.bea).post(f"{monde.base}suspensions/{suspension.pk}/lever/")
    actions.publish_message(monde.auteur, monde.sujet, "Merci de votre confiance")
    lift_suspension(monde.bea, suspension)
    # One that ended by itself does not stand in the way of another.
    Suspension.objects.update(levee_le=None, jusqu_au=timezone.now() - timedelta(days=1))
    suspend(
        monde.ana, monde.communaute, monde.auteur, jusqu_au=timezone.now() + timedelta(days=1), motif="Encore"
    )


@pytest.mark.parametrize(
    ("champs", "said"),
    [
        ({"duree": "date", "motif": "x"}, "Indiquez la date"),
        ({"duree": "date", "jusqu_au": "2020-01-01", "motif": "x"}, "est passée"),
        ({"duree": "date", "jusqu_au": "2099-01-01", "motif": "x"}, "un an au plus"),
        ({"duree": "3", "motif": ""}, "Dites pourquoi"),
        ({"duree": "9999", "motif": "x"}, "choix valide"),
    ],
)
def test_suspensions_refused_with_words(monde: Monde, champs: dict[str, str], said: str) -> None:
    answer = browser(monde.ana).post(f"{monde.base}membres/{monde.auteur.identifiant}/", champs)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Suspension.objects.exists()


def test_neither_oneself_nor_another_animateur(monde: Monde) -> None:
    for person in (monde.ana, monde.bea):
        with pytest.raises(ActionRefusee):
            suspend(
                monde.ana, monde.communaute, person, jusqu_au=timezone.now() + timedelta(days=1), motif="x"
            )


def test_canned_answers_go_into_the_fields(monde: Monde) -> None:
    client = browser(monde.ana)
    where = f"{monde.base}reponses-types/"
    client.post(where, {"titre": "Courtoisie", "texte": "Relisez l’article 1."})
    again = client.post(where, {"titre": "Courtoisie", "texte": "Autre"})
    assert "porte déjà ce titre" in again.content.decode()
    canned = ReponseType.objects.get()
    page = client.post(
        f"/messages/{monde.message.pk}/masquer/",
        {"motif": "Bonjour.", "reponse_type": canned.pk, "inserer": "motif"},
    )
    assert (page.status_code, "Bonjour. Relisez l’article 1." in page.content.decode()) == (200, True)
    monde.message.refresh_from_db()
    assert monde.message.visible
    client.post(f"{where}{canned.pk}/", {"supprimer": "oui"})
    assert not ReponseType.objects.exists()


def test_limits_rise_with_seniority(monde: Monde, settings: Any) -> None:
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"message": 4}

    def how_many(agent: Agent, age: timedelta) -> int:
        agent.date_joined = timezone.now() - age
        for number in range(20):
            try:
                actions.publish_message(agent, monde.sujet, f"Message {number}")
            except TropDeDemandes as error:
                assert "réessayez dans" in error.message
                return number
        return 20

    member = add_member(monde.communaute, make_agent()).agent
    young = add_member(monde.communaute, make_agent()).agent
    newest = add_member(monde.communaute, make_agent()).agent
    assert how_many(newest, timedelta(hours=1)) == 1
    assert how_many(young, timedelta(days=2)) == 2
    assert how_many(member, timedelta(days=40)) == 4
    assert how_many(monde.bea, timedelta(hours=1)) == 8


def test_the_charter_is_recalled_to_newcomers(monde: Monde) -> None:
    newcomer = add_member(monde.communaute, make_agent()).agent
    client = browser(newcomer)
    where = monde.sujet.get_absolute_url()
    for number in range(3):
        assert "Rappel de la charte" in text(client, where)
        actions.publish_message(newcomer, monde.sujet, f"Message {number}")
    assert "Rappel de la charte" not in text(client, where)
    other = browser(add_member(monde.communaute, make_agent()).agent)
    other.post(f"{monde.base}charte-vue/")
    assert "Rappel de la charte" not in text(other, f"{monde.communaute.get_absolute_url()}forum/nouveau/")
    form = {"nom": monde.communaute.nom, "resume": "x", "visibilite": "ouverte", "couleur": "brown-opera"}
    browser(monde.ana).post(
        f"{monde.communaute.get_absolute_url()}modifier/",
        form | {"charte": "Ici on se **tutoie**.", "archivage_mois": "0"},
    )
    shown = text(client, f"{monde.communaute.get_absolute_url()}charte/")
    assert "<strong>tutoie</strong>" in shown
    assert "Devoir de réserve" in shown


def test_the_queue_costs_the_same_however_long(monde: Monde, django_assert_max_num_queries: Any) -> None:
    rows = [
        Message(
            sujet=monde.sujet, auteur=monde.auteur, numero=100 + n, texte="x", html_stocke="x", version_rendu=1,
            cree_le=timezone.now(),
        )
        for n in range(25)
    ]  # fmt: skip
    for message in Message.objects.bulk_create(rows):
        Signalement.objects.create(
            communaute=monde.communaute, message=message, auteur=monde.lectrice, motif="propos"
        )
    client = browser(monde.ana)
    client.get(monde.base)
    with django_assert_max_num_queries(14):
        page = text(client, monde.base)
    assert page.count("Personne ne s’en occupe") == 20
    assert "Page suivante" in page


def test_a_sujet_renamed_by_the_animation_is_in_the_log_and_explained(monde: Monde, run_jobs: Any) -> None:
    run_jobs()
    mail.outbox.clear()
    opening = monde.sujet.messages.get(numero=1)
    old = monde.sujet.titre
    answer = browser(monde.ana).post(
        f"/messages/{opening.pk}/modifier/",
        {
            "texte": opening.texte,
            "titre": "Busage au droit d’un chemin",
            "titre_depuis": old,
            "version": 1,
            "motif": "Le titre nommait une personne",
        },
    )
    assert answer.status_code == 302
    log = text(browser(monde.bea), f"{monde.base}journal/").replace("\xa0", " ")
    assert f"a renommé un sujet de {monde.lectrice.nom_complet}" in log
    # Nobody's words are in it.
    assert "nommait" not in log
    told = Notification.objects.get(destinataire=monde.lectrice, genre="moderation")
    assert told.titre.replace("\xa0", " ") == (
        "L’animation a renommé votre sujet : « Busage au droit d’un chemin »"
    )
    assert told.url == monde.sujet.get_absolute_url()
    run_jobs()
    (sent,) = [sent for sent in mail.outbox if sent.to == [monde.lectrice.email]]
    assert "Le titre nommait une personne" in sent.body
    assert old in sent.body
    assert monde.ana.nom_complet in sent.body


def test_renaming_what_is_ones_own_is_no_moderation(monde: Monde, run_jobs: Any) -> None:
    own = make_sujet(monde.communaute, monde.ana, "Le point du mois de mai")
    actions.rename_sujet(monde.ana, own, "Le point du mois de juin")
    actions.rename_sujet(monde.lectrice, monde.sujet, "Busage au droit d’un chemin")
    run_jobs()
    assert not EntreeJournal.objects.filter(action="moderation.rename").exists()
    assert not Notification.objects.filter(genre="moderation").exists()


def test_what_the_animation_does_to_a_text_is_in_the_log(monde: Monde) -> None:
    base = f"{monde.base}journal/"
    actions.edit_message(monde.ana, monde.message, "Propos mesurés.", version=1, motif="Vous en convenez")
    assert f"a modifié un message de {monde.auteur.nom_complet}" in text(browser(monde.bea), base)
    actions.purge_version(monde.ana, monde.message, 1, "Donnée personnelle")
    assert "a effacé une version d’un message de" in text(browser(monde.bea), base)
    # Among all who may, one more hand is no decision about somebody.
    actions.set_wiki(monde.ana, monde.message, True)
    EntreeJournal.objects.all().delete()
    actions.edit_message(monde.bea, monde.message, "À plusieurs.", version=2)
    assert not EntreeJournal.objects.filter(action__startswith="moderation.").exists()
