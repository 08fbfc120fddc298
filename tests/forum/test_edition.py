"""Changing messages: who may, what is kept, what happens when two people change one at once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.models import Communaute, Suspension
from forum import actions
from forum.actions.edition import REPERE_NOTRES, VersionDepassee
from forum.actions.rendus import rerender_messages
from forum.historique import comparison, history
from forum.models import Message, Sujet, VersionMessage
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

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


@pytest.fixture
def message(communaute: Communaute, nadia: Agent, gaelle: Agent) -> Message:
    return actions.publish_message(
        gaelle, make_sujet(communaute, nadia), "Le seuil est de dix mètres.\n\nVoir Foix."
    )


def test_who_may_edit(
    ana: Agent, communaute: Communaute, nadia: Agent, gaelle: Agent, message: Message
) -> None:
    outside, suspended = make_agent(), add_member(communaute, make_agent("Suspendu")).agent
    Suspension.objects.create(
        communaute=communaute,
        agent=suspended,
        motif="Ton",
        jusqu_au=timezone.now() + timezone.timedelta(days=2),
    )
    people = {"author": gaelle, "member": nadia, "animateur": ana, "outside": outside, "suspended": suspended}

    def allowed() -> set[str]:
        found = set()
        for name, agent in people.items():
            current = Message.objects.select_related("sujet__communaute").get(pk=message.pk)
            try:
                actions.edit_message(
                    agent,
                    current,
                    f"Texte de {name} {current.version}",
                    version=current.version,
                    motif="Clarté",
                )
                found.add(name)
            except PermissionDenied:
                pass
            page = browser(agent).get(f"/messages/{message.pk}/modifier/")
            assert (page.status_code == 200) == (name in found), name
        return found

    assert allowed() == {"author", "animateur"}
    with pytest.raises(PermissionDenied):
        actions.set_wiki(nadia, message, True)
    assert actions.set_wiki(gaelle, message, True)
    assert allowed() == {"author", "member", "animateur"}
    Sujet.objects.update(ferme_le=timezone.now())
    assert allowed() == {"animateur"}
    Sujet.objects.update(ferme_le=None, archive_le=timezone.now())
    assert allowed() == {"animateur"}
    Sujet.objects.update(archive_le=None)
    Message.objects.filter(pk=message.pk).update(masque_le=timezone.now())
    assert allowed() == set()


def test_every_version_is_kept_compared_and_restored(
    ana: Agent, gaelle: Agent, nadia: Agent, message: Message
) -> None:
    client = browser(gaelle)
    where = f"/messages/{message.pk}/"
    first = message.texte
    for number, text in enumerate(("Le seuil est de **douze** mètres.", "Douze mètres."), start=1):
        answer = client.post(f"{where}modifier/", {"texte": text, "version": number})
        assert answer.status_code == 302
    message.refresh_from_db()
    assert (message.version, message.texte, message.modifie_par) == (3, "Douze mètres.", gaelle)
    assert list(message.versions.order_by("numero").values_list("numero", "texte", "auteur")) == [
        (1, first, gaelle.pk),
        (2, "Le seuil est de **douze** mètres.", gaelle.pk),
    ]
    page = browser(nadia).get(f"{where}historique/?de=1&a=2").content.decode()
    assert "<ins>" in page
    assert "dix" in page
    # The same text again is not a version.
    client.post(f"{where}modifier/", {"texte": "Douze mètres.", "version": 3})
    # A reader restores nothing; who may edit does, as a new version.
    assert browser(nadia).post(f"{where}retablir-version/", {"numero": 1, "version": 3}).status_code == 403
    client.post(f"{where}retablir-version/", {"numero": 1, "version": 3})
    message.refresh_from_db()
    assert (message.version, message.texte) == (4, first)
    # Asked for from a page that has aged, nothing happens.
    client.post(f"{where}retablir-version/", {"numero": 2, "version": 3})
    message.refresh_from_db()
    assert message.version == 4
    assert [step.numero for step in history(message)["etapes"]] == [4, 3, 2, 1]

    # What must not be kept is emptied by the animation, for good, with a reason.
    assert client.post(f"{where}effacer-version/", {"numero": 2, "motif": "x"}).status_code == 403
    browser(ana).post(f"{where}effacer-version/", {"numero": 2, "motif": ""})
    assert VersionMessage.objects.get(message=message, numero=2).texte
    browser(ana).post(f"{where}effacer-version/", {"numero": 2, "motif": "Nom d’un usager"})
    purged = VersionMessage.objects.get(message=message, numero=2)
    assert (purged.texte, purged.motif_effacement, purged.effacee_par) == ("", "Nom d’un usager", ana)
    assert comparison(message, 2, 3) is None
    with pytest.raises(ActionRefusee):
        actions.restore_version(ana, message, 2, version=4)
    assert Notification.objects.filter(destinataire=gaelle, extrait="Nom d’un usager").exists()
    assert EntreeJournal.objects.filter(action="message.purge_version", acteur=ana).exists()

    # Withdrawn, its versions are for its author and the animation.
    actions.delete_message(gaelle, message)
    seen = [browser(agent).get(f"{where}historique/").status_code for agent in (nadia, gaelle, ana)]
    assert seen == [403, 200, 200]


def test_the_animation_says_why_and_the_author_hears_of_it(
    ana: Agent, gaelle: Agent, message: Message
) -> None:
    client, where = browser(ana), f"/messages/{message.pk}/modifier/"
    refused = client.post(where, {"texte": "Autre texte", "version": 1})
    assert refused.status_code == 422
    assert "Autre texte" in refused.content.decode()
    client.post(where, {"texte": "Autre texte", "version": 1, "motif": "Adresse personnelle retirée"})
    told = Notification.objects.get(destinataire=gaelle, genre="moderation")
    assert told.extrait == "Adresse personnelle retirée"
    assert EntreeJournal.objects.filter(action="message.edit", acteur=ana, objet_id=message.pk).exists()
    page = browser(gaelle).get(message.sujet.get_absolute_url()).content.decode()
    assert "modifié" in page


def test_two_people_meet_on_a_merge_page(nadia: Agent, gaelle: Agent, message: Message) -> None:
    actions.set_wiki(gaelle, message, True)
    where = f"/messages/{message.pk}/modifier/"
    browser(gaelle).post(where, {"texte": "Le seuil est de douze mètres.\n\nVoir Foix.", "version": 1})
    # Elsewhere in the text: both changes, proposed together.
    apart = browser(nadia).post(
        where, {"texte": "Le seuil est de dix mètres.\r\n\r\nVoir Mende.", "version": 1}
    )
    page = apart.content.decode()
    assert apart.status_code == 409
    assert apart.context["form"]["texte"].value() == "Le seuil est de douze mètres.\n\nVoir Mende."
    assert 'name="version" value="2"' in page
    message.refresh_from_db()
    assert message.texte == "Le seuil est de douze mètres.\n\nVoir Foix."
    # In the same place: both texts, to choose from; the marks are not published.
    same = browser(nadia).post(where, {"texte": "Le seuil est de cent mètres.\n\nVoir Foix.", "version": 1})
    proposed = same.context["form"]["texte"].value()
    assert ("douze" in proposed, "cent" in proposed, REPERE_NOTRES in proposed) == (True, True, True)
    left = browser(nadia).post(where, {"texte": proposed, "version": 2})
    assert left.status_code == 422
    assert "cent" in left.content.decode()
    done = browser(nadia).post(where, {"texte": "Le seuil est de cent mètres.\n\nVoir Foix.", "version": 2})
    assert done.status_code == 302
    # Without a version, or from one that was emptied: nothing is overwritten either.
    VersionMessage.objects.filter(numero=1).update(texte="", effacee_le=timezone.now())
    for version in ("", "1", "99", "abc"):
        lost = browser(gaelle).post(where, {"texte": "Mon texte à moi", "version": version})
        assert lost.status_code in (409, 422)
        assert "Mon texte à moi" in lost.content.decode()
    message.refresh_from_db()
    assert (message.version, message.texte) == (3, "Le seuil est de cent mètres.\n\nVoir Foix.")


@pytest.mark.django_db(transaction=True)
def test_of_edits_at_once_exactly_one_is_written_and_the_others_are_told() -> None:
    communaute = make_communaute(make_agent())
    agents = [add_member(communaute, make_agent()).agent for _ in range(4)]
    message = actions.publish_message(agents[0], make_sujet(communaute, agents[0]), "Au départ")
    actions.set_wiki(agents[0], message, True)
    met: list[VersionDepassee] = []

    def edit(agent: Agent) -> None:
        try:
            actions.edit_message(agent, Message.objects.get(pk=message.pk), f"De {agent.pk}", version=1)
        except VersionDepassee as conflict:
            met.append(conflict)

    together([lambda a=agent: edit(a) for agent in agents])
    message.refresh_from_db()
    assert message.version == 2
    assert message.texte == f"De {message.modifie_par_id}"
    assert [conflict.actuel.texte for conflict in met] == [message.texte] * 3
    # The same edit sent twice at once is one version.
    together([lambda: actions.edit_message(agents[0], message, "Deux fois", version=2)] * 3)
    assert message.versions.count() == 2


def test_what_is_typed_is_kept_when_it_can_no_longer_be_saved(gaelle: Agent, message: Message) -> None:
    where = f"/messages/{message.pk}/modifier/"
    Sujet.objects.update(ferme_le=timezone.now())
    closed = browser(gaelle).post(where, {"texte": "Long texte", "version": 1})
    assert closed.status_code == 403
    assert "Long texte" in closed.content.decode()
    Sujet.objects.update(ferme_le=None)
    long = browser(gaelle).post(where, {"texte": "a" * 60_001, "version": 1})
    assert long.status_code == 422
    empty = browser(gaelle).post(where, {"texte": " ", "version": 1})
    assert empty.status_code == 422
    message.refresh_from_db()
    assert message.version == 1


def test_the_title_changes_with_the_opening_and_its_titles_are_kept(
    ana: Agent, nadia: Agent, gaelle: Agent, message: Message
) -> None:
    sujet = message.sujet
    opening = sujet.messages.get(numero=1)
    where = f"/messages/{opening.pk}/modifier/"
    data = {"texte": opening.texte, "titre_depuis": sujet.titre, "version": 1}
    assert "titre" not in browser(gaelle).get(f"/messages/{message.pk}/modifier/").context["form"].fields
    browser(nadia).post(where, data | {"titre": "Court"})
    browser(nadia).post(where, data | {"titre": "Busage de soixante mètres"})
    sujet.refresh_from_db()
    assert sujet.titre == "Busage de soixante mètres"
    assert list(sujet.versions_titre.order_by("pk").values_list("titre", "auteur")) == [
        ("Busage d’un fossé", nadia.pk),
        ("Busage de soixante mètres", nadia.pk),
    ]
    # Somebody has renamed it meanwhile: nothing is overwritten, unless one had left the title as it was.
    other = data | {"titre": "Un autre titre encore", "motif": "Précision"}
    assert browser(ana).post(where, other).status_code == 409
    kept = data | {"titre": data["titre_depuis"], "texte": "Autre texte", "motif": "Précision"}
    assert browser(ana).post(where, kept).status_code == 302
    sujet.refresh_from_db()
    assert sujet.titre == "Busage de soixante mètres"
    with pytest.raises(PermissionDenied):
        actions.rename_sujet(gaelle, sujet, "Titre de quelqu’un d’autre")


def test_an_edit_tells_only_those_it_cites_anew(
    nadia: Agent, gaelle: Agent, ana: Agent, message: Message, run_jobs: Any
) -> None:
    follower = message.sujet.auteur
    lise = add_member(message.sujet.communaute, make_agent("Lise")).agent
    run_jobs()
    assert [row.genre for row in Notification.objects.filter(destinataire=follower)] == ["reponse"]
    text = f"@{lise.identifiant} et @{follower.identifiant} : voir l’arrêté"
    actions.edit_message(gaelle, message, text, version=1)
    actions.edit_message(gaelle, message, f"{text}.", version=2)
    run_jobs()
    actions.edit_message(gaelle, message, "Sans personne", version=3)
    actions.edit_message(gaelle, message, f"{text} !", version=4)
    run_jobs()
    assert [row.genre for row in Notification.objects.filter(destinataire=lise)] == ["mention"]
    genres = Notification.objects.filter(destinataire=follower).order_by("pk").values_list("genre", flat=True)
    assert list(genres) == ["reponse", "mention"]
    assert not Notification.objects.filter(destinataire=ana).exists()


def test_a_deletion_is_asked_confirmed_and_undone_without_script(
    gaelle: Agent, nadia: Agent, message: Message
) -> None:
    client, where = browser(gaelle), f"/messages/{message.pk}/"
    assert "Voir Foix" in client.get(f"{where}supprimer/").content.decode()
    client.post(f"{where}supprimer/")
    page = client.get(message.sujet.get_absolute_url()).content.decode()
    assert "Annuler la suppression" in page
    other = browser(nadia).get(message.sujet.get_absolute_url()).content.decode()
    assert "a été supprimé par" in other
    assert "Voir Foix" not in other
    assert "Annuler la suppression" not in other
    assert "Voir Foix" not in browser(nadia).get(f"{where}fragment/").content.decode()
    client.post(f"{where}retablir/")
    assert "Voir Foix" in browser(nadia).get(message.sujet.get_absolute_url()).content.decode()
    # A sujet nobody answered goes as a whole, and comes back.
    alone = make_sujet(message.sujet.communaute, gaelle, "Une question retirée")
    opening = f"/messages/{alone.messages.get().pk}/"
    answer = client.post(f"{opening}supprimer/", follow=True)
    assert "Annuler la suppression" in answer.content.decode()
    client.post(f"{opening}retablir/")
    assert alone in Sujet.objects.all().visible_to(nadia)


def test_texts_of_an_older_renderer_are_rendered_again_and_a_run_cut_short_is_taken_up(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = message.html
    Message.objects.update(html_stocke="ancien", version_rendu=0)
    monkeypatch.setattr("forum.actions.rendus.BATCH", 1)
    first = rerender_messages()
    assert first == message.sujet.messages.get(numero=1).pk
    assert Message.objects.filter(html_stocke="ancien").count() == 1
    call_command("rendre_messages", verbosity=0)
    message.refresh_from_db()
    assert message.html == shown
    assert rerender_messages() is None
