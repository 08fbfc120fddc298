"""Merging, splitting, moving sujets: nothing lost, read marks exact, two at once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.preuves.models import Preuve
from communautes.actions import set_role
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import (
    Abonnement,
    Brouillon,
    Etiquette,
    LectureSujet,
    Message,
    PieceJointe,
    Signalement,
    Sujet,
)
from plateforme.socle.erreurs import ActionRefusee
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
def membres(communaute: Communaute) -> list[Agent]:
    return [add_member(communaute, make_agent()).agent for _ in range(4)]


def unread(agent: Agent, sujet: Sujet) -> int:
    """As defined: messages neither deleted nor hidden, numbered beyond what one has read."""
    read = LectureSujet.objects.filter(agent=agent, sujet=sujet).first()
    count = sujet.messages.visible().filter(numero__gt=read.dernier_numero if read else 0).count()
    listed = Sujet.objects.filter(pk=sujet.pk).unread_by(agent).exists()
    assert listed == (count > 0 or read is None)
    return count


def answers(sujet: Sujet, *auteurs: Agent) -> list[Message]:
    return [
        actions.publish_message(auteur, sujet, f"Réponse {number} à {sujet.pk}")
        for number, auteur in enumerate(auteurs)
    ]


def check_counts(sujet: Sujet) -> None:
    sujet.refresh_from_db()
    visible = sujet.messages.visible().order_by("numero")
    assert sujet.nb_messages == visible.count()
    assert sujet.dernier_visible == (visible.last().numero if visible else 0)
    assert sujet.dernier_numero >= sujet.dernier_visible


def test_merge_keeps_order_marks_people_and_addresses(
    communaute: Communaute, ana: Agent, membres: list[Agent], run_jobs: Any
) -> None:
    lise, omar, paul, zoe = membres
    cible, source = make_sujet(communaute, lise, "Busage d’un fossé"), make_sujet(communaute, omar)
    answers(cible, omar, lise)
    moved = [source.messages.get(), *answers(source, paul, zoe, lise)]
    run_jobs()
    actions.hide_message(ana, moved[2], motif="Hors charte")
    for agent in (lise, omar):
        actions.mark_read(agent, cible, 3)
        actions.mark_read(agent, source, 4)
    actions.mark_read(paul, cible, 3)  # read all of the one, and the other to message 2
    actions.mark_read(zoe, cible, 1)  # not up to date with the one: her first unread stays there
    actions.set_level(paul, source, "suivre")
    Brouillon.objects.create(
        agent=zoe, cle=f"sujet.{source.pk}", contenu={"texte": "…"}, modifie_le=moved[0].cree_le
    )
    actions.accept_message(omar, moved[1])
    assert (
        browser(ana).post(f"/sujets/{source.pk}/fusionner/", {"cible": f"/sujets/{cible.pk}/"}).status_code
        == 302
    )
    check_counts(cible)
    source.refresh_from_db()
    assert (source.fusionne_dans, source.nb_messages, source.message_accepte) == (cible, 0, None)
    rows = list(cible.messages.order_by("numero"))
    assert [row.numero for row in rows] == list(range(1, 9))
    assert [row.pk for row in rows[4:]] == [message.pk for message in moved]
    assert "fusionné ici" in rows[3].texte
    # The question merged into takes the answer chosen for the other, which proves something still.
    assert cible.message_accepte_id == moved[1].pk
    assert Preuve.objects.filter(source=f"message.{moved[1].pk}", genre="retenue").exists()
    assert (unread(lise, cible), unread(omar, cible)) == (0, 0)
    assert unread(paul, cible) == 1
    assert unread(zoe, cible) == 6
    assert not LectureSujet.objects.filter(sujet=source).exists()
    assert Abonnement.objects.filter(sujet=cible, agent=paul).exists()
    assert Brouillon.objects.get().cle == f"sujet.{cible.pk}"
    # Old addresses lead there; what is typed on an old page is kept; lists and search have one sujet.
    client = browser(zoe)
    assert client.get(f"/sujets/{source.pk}/")["Location"] == f"/sujets/{cible.pk}/"
    assert client.get(f"/messages/{moved[1].pk}/")["Location"].startswith(f"/sujets/{cible.pk}/")
    typed = client.post(f"/sujets/{source.pk}/repondre/", {"texte": "Écrit sur la vieille page"})
    assert (typed.status_code, "Écrit sur la vieille page" in typed.content.decode()) == (422, True)
    assert (
        f"/sujets/{source.pk}/" not in client.get(f"{communaute.get_absolute_url()}forum/").content.decode()
    )
    assert Notification.objects.filter(destinataire=omar, titre__contains="a réuni votre sujet").exists()
    # And on from there: a sujet merged twice still leads to its messages.
    third = make_sujet(communaute, zoe, "Troisième sujet")
    actions.merge_sujets(ana, cible, third)
    assert client.get(f"/sujets/{source.pk}/")["Location"] == f"/sujets/{third.pk}/"


def test_merges_refused(communaute: Communaute, ana: Agent, membres: list[Agent]) -> None:
    sujet, autre = make_sujet(communaute, membres[0]), make_sujet(communaute, membres[1])
    elsewhere = make_sujet(make_communaute(ana), ana)
    with pytest.raises(ActionRefusee, match="un autre sujet"):
        actions.merge_sujets(ana, sujet, sujet)
    with pytest.raises(ActionRefusee, match="même communauté"):
        actions.merge_sujets(ana, sujet, elsewhere)
    with pytest.raises(PermissionDenied):
        actions.merge_sujets(membres[0], sujet, autre)
    answer = browser(ana).post(f"/sujets/{sujet.pk}/fusionner/", {"cible": "https://ailleurs.example/"})
    assert "Collez l’adresse" in answer.content.decode()
    assert browser(ana).post(f"/sujets/{sujet.pk}/fusionner/", {"cible": "999999"}).status_code == 422


def test_split_numbers_from_one_and_leaves_a_line(
    communaute: Communaute, ana: Agent, membres: list[Agent], run_jobs: Any
) -> None:
    lise, omar, paul, zoe = membres
    sujet = make_sujet(communaute, lise)
    _, three, _, five, six = answers(sujet, omar, paul, zoe, omar, paul)
    run_jobs()
    actions.delete_message(omar, five)
    for agent, read in ((lise, 6), (omar, 6), (paul, 4), (zoe, 1)):
        LectureSujet.objects.filter(agent=agent, sujet=sujet).delete()
        actions.mark_read(agent, sujet, read)
    actions.accept_message(lise, six)
    answer = browser(ana).post(
        f"/sujets/{sujet.pk}/scinder/",
        {
            "messages": [three.pk],
            "de": "5",
            "a": "6",
            "titre": "Un autre cas : le curage",
            "genre": "question",
        },
    )
    assert answer.status_code == 302
    nouveau = Sujet.objects.get(titre__startswith="Un autre cas")
    check_counts(sujet)
    check_counts(nouveau)
    assert (nouveau.auteur, nouveau.cree_le) == (paul, three.cree_le)
    assert list(nouveau.messages.order_by("numero").values_list("pk", "numero")) == [
        (three.pk, 1), (five.pk, 2), (six.pk, 3),
    ]  # fmt: skip
    assert list(sujet.messages.order_by("numero").values_list("numero", flat=True)) == [1, 2, 3, 4]
    line = sujet.messages.get(numero=3)
    assert nouveau.get_absolute_url() in line.html
    assert (sujet.message_accepte, nouveau.message_accepte_id) == (None, six.pk)
    # What one had read stays read: the number of moved messages up to one's mark.
    marks = dict(LectureSujet.objects.filter(sujet=nouveau).values_list("agent", "dernier_numero"))
    assert marks == {lise.pk: 3, omar.pk: 3, paul.pk: 1}
    assert [unread(agent, nouveau) for agent in membres] == [0, 0, 1, 2]
    assert [unread(agent, sujet) for agent in membres] == [0, 0, 0, 3]
    assert set(Abonnement.objects.filter(sujet=nouveau).values_list("agent", flat=True)) == {omar.pk, paul.pk}
    # Answering goes on in both.
    assert actions.publish_message(zoe, nouveau, "La suite").numero == 4
    assert actions.publish_message(zoe, sujet, "La suite").numero == 7
    for ids in ([sujet.messages.get(numero=1).pk], [], [three.pk]):
        with pytest.raises(ActionRefusee):
            actions.split_sujet(ana, sujet, ids, titre="Encore un sujet", genre="discussion")


def test_a_moved_sujet_does_not_carry_titles_of_where_it_was(ana: Agent, settings: Any) -> None:
    closed, other = make_communaute(ana, "privee"), make_communaute(ana)
    hidden = make_sujet(closed, ana, "Projet confidentiel de la cellule")
    sujet = make_sujet(closed, ana, "Un sujet à déplacer")
    actions.publish_message(ana, sujet, f"Voir {settings.SITE_URL}{hidden.get_absolute_url()} pour la suite.")
    where = sujet.get_absolute_url()
    # Shown once where it was written: what is kept of that page must not serve the other.
    assert hidden.titre in browser(ana).get(where).content.decode()
    actions.move_sujet(ana, sujet, other)
    for reader in (ana, add_member(other, make_agent("Lise")).agent):
        page = browser(reader).get(where).content.decode()
        assert "pour la suite" in page
        assert hidden.titre not in page


def test_move_takes_all_along_and_closes_to_who_may_not_read(
    communaute: Communaute, ana: Agent, membres: list[Agent], run_jobs: Any
) -> None:
    lise, omar, _, _ = membres
    destination = make_communaute(ana, "privee")
    add_member(destination, lise)
    sujet = make_sujet(communaute, lise)
    (answer,) = answers(sujet, omar)
    run_jobs()
    for name in ("busage", "perdue"):
        sujet.etiquettes.add(Etiquette.objects.create(communaute=communaute, nom=name, slug=name))
    kept = Etiquette.objects.create(communaute=destination, nom="Busage", slug="busage")
    piece = PieceJointe.objects.create(
        agent=omar,
        communaute=communaute,
        message=answer,
        nom="a",
        taille=1,
        type_mime="text/plain",
        empreinte="x",
    )
    report = actions.report_message(lise, answer, motif="erreur")
    actions.set_level(omar, sujet, "suivre")
    actions.tell_of_message(actions.publish_message(lise, sujet, f"@{omar.identifiant} ?"))
    assert Notification.objects.filter(destinataire=omar, fil=f"sujet.{sujet.pk}").exists()
    with pytest.raises(PermissionDenied):
        actions.move_sujet(ana, sujet, make_communaute(make_agent()))
    browser(ana).post(f"/sujets/{sujet.pk}/deplacer/", {"communaute": destination.slug})
    sujet.refresh_from_db()
    piece.refresh_from_db()
    assert (sujet.communaute, piece.communaute, list(sujet.etiquettes.all())) == (
        destination, destination, [kept],
    )  # fmt: skip
    assert Signalement.objects.get(pk=report.pk).communaute == destination
    assert set(Preuve.objects.filter(source=f"message.{answer.pk}").values_list("lieu", flat=True)) == {
        f"communaute.{destination.pk}"
    }
    # Omar may not read there: no mark, no subscription, nothing left to read of it.
    assert browser(omar).get(f"/sujets/{sujet.pk}/").status_code == 404
    assert not Abonnement.objects.filter(sujet=sujet, agent=omar).exists()
    assert not LectureSujet.objects.filter(sujet=sujet, agent=omar).exists()
    assert not Notification.objects.filter(destinataire=omar, fil=f"sujet.{sujet.pk}", lue_le=None).exists()
    assert browser(lise).get(f"/sujets/{sujet.pk}/").status_code == 200
    assert unread(lise, sujet) == 0
    log = browser(ana).get(f"{communaute.get_absolute_url()}moderation/journal/").content.decode()
    assert "vers une autre communauté" in log
    # Who answered meanwhile, on a page of before, is told and keeps their text.
    stale = Sujet.objects.get(pk=sujet.pk)
    stale.communaute = communaute
    with pytest.raises(ActionRefusee, match="conservé"):
        actions.publish_message(omar, stale, "Trop tard")


@pytest.mark.django_db(transaction=True)
def test_merges_both_ways_at_once_and_writing_meanwhile() -> None:
    ana = make_agent()
    communaute = make_communaute(ana)
    bea = add_member(communaute, make_agent()).agent
    set_role(ana, communaute, bea, Adhesion.Role.ANIMATEUR)
    writer = add_member(communaute, make_agent()).agent
    for _ in range(2):
        un, deux = (
            make_sujet(communaute, writer, f"Sujet un {_}"),
            make_sujet(communaute, writer, f"Sujet deux {_}"),
        )
        answers(un, writer, bea)
        answers(deux, bea)
        together(
            [
                lambda un=un, deux=deux: actions.merge_sujets(ana, un, deux),
                lambda un=un, deux=deux: actions.merge_sujets(bea, deux, un),
                lambda un=un: actions.publish_message(writer, un, "Pendant ce temps"),
                lambda deux=deux: actions.hide_message(ana, deux.messages.get(numero=2), motif="Hors charte"),
            ]
        )
        un.refresh_from_db()
        deux.refresh_from_db()
        merged, kept = (un, deux) if un.fusionne_dans_id else (deux, un)
        assert merged.fusionne_dans == kept
        assert kept.fusionne_dans is None
        assert not merged.messages.exists()
        numbers = list(kept.messages.order_by("numero").values_list("numero", flat=True))
        assert numbers == list(range(1, kept.dernier_numero + 1))
        check_counts(kept)


@pytest.mark.django_db(transaction=True)
def test_split_twice_move_and_close_at_once() -> None:
    ana = make_agent()
    communaute, elsewhere = make_communaute(ana), make_communaute(ana)
    writer = add_member(communaute, make_agent()).agent
    sujet = make_sujet(communaute, writer)
    two, three, four = answers(sujet, ana, ana, writer)
    together(
        [
            lambda: actions.split_sujet(
                ana, sujet, [two.pk, three.pk], titre="Première moitié", genre="discussion"
            ),
            lambda: actions.split_sujet(
                ana, sujet, [three.pk, four.pk], titre="Seconde moitié", genre="discussion"
            ),
            lambda: actions.move_sujet(ana, sujet, elsewhere),
            lambda: actions.close_sujet(ana, sujet),
            lambda: actions.publish_message(writer, sujet, "Pendant ce temps"),
        ]
    )
    halves = Sujet.objects.exclude(pk=sujet.pk)
    assert halves.count() == 1
    for row in (sujet, halves.get()):
        check_counts(row)
    sujet.refresh_from_db()
    assert sujet.communaute == elsewhere
    assert sujet.ferme_le is not None
    assert Message.objects.filter(pk__in=[two.pk, three.pk, four.pk]).count() == 3
