"""What a person does with a line after it was said, live and after a cut."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import exclude_member
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from realtime import historique, lieux
from realtime.access import get_line
from realtime.actions import rerender_lines, tell_of_salon_message
from realtime.historique import changes_since, frames_after
from realtime.hub import Hub
from realtime.lignes import (
    LigneDepassee,
    delete_line,
    edit_line,
    erase_deleted_lines,
    pin_line,
    restore_line,
    set_line_reaction,
)
from realtime.models import MessageSalon, ReactionSalon, Salon, VersionMessageSalon
from realtime.recherche import Recherche, search_lines
from tests.realtime.conftest import Monde, in_thread, say


def line(agent: Agent, salon: Salon, numero: int = 1) -> MessageSalon:
    return get_line(agent, salon.pk, numero)


def age(message: MessageSalon, **since: int) -> None:
    MessageSalon.objects.filter(pk=message.pk).update(cree_le=timezone.now() - timedelta(**since))


# --- Said otherwise ------------------------------------------------------------------------------


def test_an_edit_keeps_what_was_said(monde: Monde):
    said = say(monde.salon, monde.noe, "Rendez-vous à 9 h")
    edited = edit_line(monde.noe, line(monde.noe, monde.salon), "Rendez-vous à **10 h** ", version=1)
    assert (edited.texte, edited.version, edited.revision) == ("Rendez-vous à **10 h**", 2, 1)
    assert "<strong>10 h</strong>" in edited.html
    assert VersionMessageSalon.objects.get().texte == "Rendez-vous à 9 h"
    assert VersionMessageSalon.objects.get().cree_le == said.cree_le
    # The same again is no change.
    assert (
        edit_line(monde.noe, line(monde.noe, monde.salon), "Rendez-vous à **10 h**", version=1).version == 2
    )
    assert Salon.objects.get(pk=monde.salon.pk).revision == 1


def test_only_its_author_edits_a_line_and_not_for_ever(monde: Monde, settings):
    said = say(monde.salon, monde.noe, "Bonjour")
    with pytest.raises(PermissionDenied):
        edit_line(monde.camille, line(monde.camille, monde.salon), "Bonsoir")
    age(said, days=2)
    with pytest.raises(ActionRefusee, match="ne se modifie") as refused:
        edit_line(monde.noe, line(monde.noe, monde.salon), "Bonsoir")
    assert refused.value.champ == "texte"
    with pytest.raises(ActionRefusee):
        delete_line(monde.noe, line(monde.noe, monde.salon))
    settings.SALONS = {**settings.SALONS, "retouche_s": 0}
    assert edit_line(monde.noe, line(monde.noe, monde.salon), "Bonsoir").version == 2
    assert [row.revision for row in Salon.objects.filter(pk=monde.salon.pk)] == [1]


def test_two_pages_that_edit_do_not_overwrite_each_other(monde: Monde):
    say(monde.salon, monde.noe, "Un")
    edit_line(monde.noe, line(monde.noe, monde.salon), "Deux", version=1)
    with pytest.raises(LigneDepassee):
        edit_line(monde.noe, line(monde.noe, monde.salon), "Trois", version=1)
    assert MessageSalon.objects.get().texte == "Deux"


@pytest.mark.parametrize("texte", ["", "  \n", "a" * 4001])
def test_an_edit_is_checked_as_a_message(monde: Monde, texte: str):
    say(monde.salon, monde.noe, "Un")
    with pytest.raises(ActionRefusee):
        edit_line(monde.noe, line(monde.noe, monde.salon), texte)
    assert MessageSalon.objects.get().texte == "Un"


def test_whoever_left_changes_nothing(monde: Monde):
    say(monde.salon, monde.noe, "Un")
    reached = line(monde.noe, monde.salon)
    exclude_member(monde.camille, monde.communaute, monde.noe)
    for act in (
        lambda: edit_line(monde.noe, reached, "Deux"),
        lambda: delete_line(monde.noe, reached),
        lambda: set_line_reaction(monde.noe, reached, "merci", True),
        lambda: pin_line(monde.noe, reached, True),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises((PermissionDenied, Http404)):
        line(monde.noe, monde.salon)


def test_those_whom_an_edit_names_are_told_once(monde: Monde):
    say(monde.salon, monde.noe, "Bonjour")
    named = f"Bonjour @{monde.camille.identifiant}"
    edited = edit_line(monde.noe, line(monde.noe, monde.salon), named)
    for _ in range(2):
        tell_of_salon_message(edited)
    told = Notification.objects.get(destinataire=monde.camille, genre=Notification.Genre.SALON)
    assert told.url == edited.get_absolute_url()


def test_rendering_again_does_not_undo_an_edit(monde: Monde, monkeypatch):
    say(monde.salon, monde.noe, "Un")
    MessageSalon.objects.update(version_rendu=0)
    stale = list(MessageSalon.objects.all())
    edit_line(monde.noe, line(monde.noe, monde.salon), "Deux")
    monkeypatch.setattr(MessageSalon.objects, "filter", _first_stale(stale))
    rerender_lines()
    monkeypatch.undo()
    assert "Deux" in MessageSalon.objects.get().html


def _first_stale(stale: list[MessageSalon]) -> Callable[..., Any]:
    """The rows that were read before the edit, for the reading; the real ones for the writing."""
    real = MessageSalon.objects.filter

    class Read:
        def order_by(self, *names: str) -> list[MessageSalon]:
            return stale

    return lambda **wanted: Read() if "pk__gt" in wanted else real(**wanted)


# --- Deleted, put back ---------------------------------------------------------------------------


def test_a_deleted_line_keeps_its_number_and_says_nothing(monde: Monde):
    said = say(monde.salon, monde.noe, f"Secret pour @{monde.camille.identifiant}")
    tell_of_salon_message(said)
    say(monde.salon, monde.noe, "La suite")
    for _ in range(2):
        delete_line(monde.noe, line(monde.noe, monde.salon))
    frames, more = frames_after(monde.camille, monde.salon.pk, 0)
    assert [frame["numero"] for frame in frames] == [1, 2]
    assert frames[0]["supprime"]["par"] == "auteur"
    assert "Secret" not in str(frames)
    assert not more
    assert Notification.objects.get(destinataire=monde.camille).extrait == ""
    assert Salon.objects.get(pk=monde.salon.pk).revision == 1
    restore_line(monde.noe, line(monde.noe, monde.salon))
    assert "Secret" in frames_after(monde.camille, monde.salon.pk, 0)[0][0]["html"]
    assert "Secret" in Notification.objects.get(destinataire=monde.camille).extrait


def test_regret_has_its_time(monde: Monde):
    say(monde.salon, monde.noe, "Un")
    delete_line(monde.noe, line(monde.noe, monde.salon))
    with pytest.raises(PermissionDenied):
        restore_line(monde.camille, line(monde.camille, monde.salon))
    MessageSalon.objects.update(supprime_le=timezone.now() - timedelta(minutes=11))
    with pytest.raises(PermissionDenied):
        restore_line(monde.noe, line(monde.noe, monde.salon))


def test_the_animation_removes_with_a_reason_that_is_told_and_logged(monde: Monde):
    say(monde.salon, monde.noe, "Hors charte")
    for motif in ("", "   "):
        with pytest.raises(ActionRefusee) as refused:
            delete_line(monde.camille, line(monde.camille, monde.salon), motif=motif)
        assert refused.value.champ == "motif"
    delete_line(monde.camille, line(monde.camille, monde.salon), motif="Propos  déplacés")
    told = Notification.objects.get(destinataire=monde.noe, genre=Notification.Genre.MODERATION)
    assert told.extrait == "Propos déplacés"
    entry = EntreeJournal.objects.get(action="moderation.delete_line")
    assert entry.details == {"salon": monde.salon.pk, "ligne": 1, "agent": monde.noe.pk}
    # The author does not put back what the animation removed; the animation does, as long as the text is kept.
    with pytest.raises(PermissionDenied):
        restore_line(monde.noe, line(monde.noe, monde.salon))
    assert frames_after(monde.noe, monde.salon.pk, 0)[0][0]["supprime"]["par"] == "animation"
    assert restore_line(monde.camille, line(monde.camille, monde.salon)).visible
    with pytest.raises(PermissionDenied):
        delete_line(monde.noe, line(monde.noe, monde.salon, say(monde.salon, monde.camille, "x").numero))


def test_texts_of_deleted_lines_go_after_a_time(monde: Monde):
    for numero in (1, 2):
        say(monde.salon, monde.noe, f"Texte {numero}")
        edit_line(monde.noe, line(monde.noe, monde.salon, numero), f"Texte {numero} changé")
        set_line_reaction(monde.camille, line(monde.camille, monde.salon, numero), "merci", True)
        delete_line(monde.noe, line(monde.noe, monde.salon, numero))
    MessageSalon.objects.filter(numero=1).update(supprime_le=timezone.now() - timedelta(days=31))
    assert [erase_deleted_lines(), erase_deleted_lines()] == [1, 0]
    gone, kept = MessageSalon.objects.order_by("numero")
    assert (gone.texte, gone.html, gone.numero) == ("", "", 1)
    assert kept.texte == "Texte 2 changé"
    assert VersionMessageSalon.objects.get().message == kept
    assert ReactionSalon.objects.get().message == kept
    with pytest.raises(PermissionDenied):
        restore_line(monde.noe, line(monde.noe, monde.salon))


# --- Reactions, pins -----------------------------------------------------------------------------


def test_a_reaction_counts_once(monde: Monde):
    say(monde.salon, monde.noe, "Utile à tous")
    for _ in range(2):
        set_line_reaction(monde.camille, line(monde.camille, monde.salon), "utile", True)
    frame = frames_after(monde.camille, monde.salon.pk, 0)[0][0]
    assert frame["reactions"] == {"utile": {"nombre": 1, "noms": [monde.camille.nom_complet]}}
    assert frame["miennes"] == ["utile"]
    assert frames_after(monde.noe, monde.salon.pk, 0)[0][0]["miennes"] == []
    assert frame["revision"] == 1
    for _ in range(2):
        set_line_reaction(monde.camille, line(monde.camille, monde.salon), "utile", False)
    assert "reactions" not in frames_after(monde.noe, monde.salon.pk, 0)[0][0]
    for agent, genre in ((monde.noe, "merci"), (monde.camille, "coeur")):
        with pytest.raises(ActionRefusee):
            set_line_reaction(agent, line(agent, monde.salon), genre, True)
    delete_line(monde.noe, line(monde.noe, monde.salon))
    with pytest.raises(ActionRefusee):
        set_line_reaction(monde.camille, line(monde.camille, monde.salon), "utile", True)


def test_animateurs_pin_a_bounded_number_of_lines(monde: Monde, settings):
    settings.SALONS = {**settings.SALONS, "epingles": 2}
    for numero in (1, 2, 3):
        say(monde.salon, monde.noe, f"Message {numero}")
    with pytest.raises(PermissionDenied):
        pin_line(monde.noe, line(monde.noe, monde.salon), True)
    for numero in (1, 2, 2):
        pin_line(monde.camille, line(monde.camille, monde.salon, numero), True)
    with pytest.raises(ActionRefusee, match="2 messages épinglés"):
        pin_line(monde.camille, line(monde.camille, monde.salon, 3), True)
    # Deleted, it is pinned no more, and leaves its place.
    delete_line(monde.noe, line(monde.noe, monde.salon, 1))
    pin_line(monde.camille, line(monde.camille, monde.salon, 3), True)
    assert set(MessageSalon.objects.exclude(epingle_le=None).values_list("numero", flat=True)) == {2, 3}


def test_the_database_refuses_what_cannot_be(monde: Monde):
    said = say(monde.salon, monde.noe, "Un")
    for fields in ({"epingle_le": timezone.now(), "supprime_le": timezone.now()}, {"motif": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageSalon.objects.filter(pk=said.pk).update(**fields)
    ReactionSalon.objects.create(message=said, agent=monde.camille, genre="merci")
    for genre in ("merci", "autre"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReactionSalon.objects.create(message=said, agent=monde.camille, genre=genre)


# --- Live, and after a cut -----------------------------------------------------------------------


async def test_a_change_is_seen_by_all_and_acknowledged(monde: Monde, tab):
    await in_thread(say)(monde.salon, monde.noe, "Un")
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    canal = f"salon.{monde.salon.pk}"
    assert (await camille.subscribe(canal))["revision"] == 0
    where = {"salon": monde.salon.pk, "numero": 1}
    await noe.say(type="modifier", texte="Deux", version=1, ref="m", **where)
    assert (await noe.hear("fait"))["revision"] == 1
    changed = await camille.hear("salon.ligne")
    assert (changed["canal"], changed["revision"], changed["version"]) == (canal, 1, 2)
    assert "Deux" in changed["html"]
    await camille.say(type="reagir", genre="merci", present=True, **where)
    reacted = await camille.hear("salon.ligne")
    assert reacted["reaction"] == {"agent": monde.camille.pk, "genre": "merci", "present": True}
    assert reacted["reactions"]["merci"]["nombre"] == 1
    await camille.say(type="epingler", present=True, **where)
    assert (await camille.hear("salon.ligne"))["epingle"]
    await noe.say(type="supprimer", **where)
    assert (await camille.hear("salon.ligne"))["supprime"]["par"] == "auteur"
    await noe.say(type="retablir", **where)
    assert "Deux" in (await camille.hear("salon.ligne"))["html"]


async def test_gestures_that_are_refused_say_why(monde: Monde, tab):
    await in_thread(say)(monde.salon, monde.noe, "Un")
    camille, zoe = await tab(monde.camille), await tab(monde.zoe)
    where = {"salon": monde.salon.pk, "numero": 1}
    for line_of, frame, code in (
        (camille, {"type": "modifier", "texte": "x", "version": 1, **where}, "acces_refuse"),
        (camille, {"type": "supprimer", **where}, "refuse"),
        (camille, {"type": "reagir", "genre": "rire", "present": True, **where}, "refuse"),
        (camille, {"type": "epingler", "present": True, "salon": monde.salon.pk, "numero": 9}, "introuvable"),
        (camille, {"type": "epingler", "present": 1, **where}, "champ_invalide"),
        (camille, {"type": "modifier", "texte": "x", **where}, "champ_invalide"),
        (zoe, {"type": "reagir", "genre": "merci", "present": True, **where}, "acces_refuse"),
        (zoe, {"type": "retablir", **where}, "acces_refuse"),
    ):
        await line_of.say(**frame, ref="r")
        refused = await line_of.hear("erreur")
        assert (refused["code"], refused["ref"]) == (code, "r"), frame
        assert refused["message"]
    assert not await in_thread(Salon.objects.filter(revision__gt=0).exists)()


async def test_what_changed_during_a_cut_is_seen_after_it(monde: Monde, tab, monkeypatch):
    monkeypatch.setattr(historique, "CATCH_UP", 2)
    for numero in range(1, 6):
        await in_thread(say)(monde.salon, monde.noe, f"Message {numero}")
    canal = f"salon.{monde.salon.pk}"
    camille = await tab(monde.camille)
    told = await camille.subscribe(canal, apres=5, revision=0)
    assert told["revision"] == 0
    assert (await camille.hear("changements"))["lignes"] == []
    await camille.disconnect()

    def meanwhile() -> None:
        for numero in (4, 1, 2, 4):
            reached = line(monde.noe, monde.salon, numero)
            edit_line(monde.noe, reached, f"Message {numero}, revu {reached.version}")
        delete_line(monde.noe, line(monde.noe, monde.salon, 5))
        say(monde.salon, monde.noe, "Message 6")

    await in_thread(meanwhile)()
    back = await tab(monde.camille)
    seen, reached, more = {}, 0, True
    while more:
        assert (await back.subscribe(canal, apres=5, revision=reached))["revision"] == 5
        page = await back.hear("changements")
        seen |= {one["numero"]: one for one in page["lignes"]}
        assert all(one["revision"] > reached for one in page["lignes"])
        reached, more = page["revision"], page["suite"]
    assert (sorted(seen), reached) == ([1, 2, 4, 5], 5)
    assert "revu 2" in seen[4]["html"]
    assert seen[5]["supprime"]["par"] == "auteur"


async def test_a_lost_last_change_shows_at_the_heartbeat(monde: Monde, tab, hub: Hub):
    await in_thread(say)(monde.salon, monde.noe, "Un")
    camille = await tab(monde.camille)
    canal = f"salon.{monde.salon.pk}"
    await camille.subscribe(canal)
    # As if Redis had lost it.
    await in_thread(Salon.objects.filter(pk=monde.salon.pk).update)(revision=3)
    await hub.battement.beat()
    assert (await camille.hear("battement"))["revisions"] == {canal: 3}


def test_a_line_that_is_no_more_leaves_no_hole(monde: Monde):
    say(monde.salon, monde.noe, "Un")
    edit_line(monde.noe, line(monde.noe, monde.salon), "Deux")
    VersionMessageSalon.objects.all().delete()
    MessageSalon.objects.all().delete()
    assert changes_since(monde.camille, monde.salon.pk, 0) == ([], 1, False)


async def test_whoever_came_later_sees_nothing_of_what_was_said_before(monde: Monde, tab):
    group = await in_thread(lieux.open_group)(monde.camille, [monde.noe], historique_entier=False)
    await in_thread(say)(group, monde.camille, "Le mot de passe du coffre")
    await in_thread(lieux.add_members)(monde.camille, group, [monde.zoe])
    noe, zoe = await tab(monde.noe), await tab(monde.zoe)
    for person in (noe, zoe):
        await person.subscribe(f"salon.{group.pk}", apres=1, revision=0)
    first = await in_thread(line)(monde.camille, group, 1)
    await in_thread(edit_line)(monde.camille, first, "Le nouveau mot de passe du coffre")
    await in_thread(pin_line)(monde.noe, first, True)
    for person in (noe, zoe):
        assert (await person.hear("salon.revision"))["revision"] == 1
        await person.subscribe(f"salon.{group.pk}", apres=1, revision=0)
    changed = await noe.hear("changements")
    assert changed["lignes"][0]["html"] == "<p>Le nouveau mot de passe du coffre</p>"
    assert "coffre" not in str(await zoe.hear_all())
    browser = Client()
    await in_thread(browser.force_login)(monde.zoe)
    page = await in_thread(browser.get)(group.get_absolute_url())
    assert "coffre" not in page.content.decode()
    for name in ("message", "gestes", "versions"):
        address = reverse(f"realtime:{name}", args=[group.pk, 1])
        assert (await in_thread(browser.get)(address)).status_code == 404
    assert (await in_thread(browser.post)(reverse("realtime:reagir", args=[group.pk, 1]))).status_code == 404


def test_between_a_few_agents_all_pin_and_nobody_removes_what_others_said(monde: Monde):
    group = lieux.open_group(monde.camille, [monde.noe])
    say(group, monde.camille, "Bonjour")
    assert pin_line(monde.noe, line(monde.noe, group), True).epingle_par == monde.noe
    with pytest.raises(PermissionDenied):
        delete_line(monde.noe, line(monde.noe, group), motif="Je préfère")
    lieux.archive_salon(monde.camille, group)
    with pytest.raises(ActionRefusee, match="archivé"):
        edit_line(monde.camille, line(monde.camille, group), "Bonsoir")


def test_search_finds_no_deleted_line(monde: Monde):
    say(monde.salon, monde.noe, "La digue a cédé")
    delete_line(monde.noe, line(monde.noe, monde.salon))
    assert search_lines(monde.camille, monde.salon, Recherche("digue"))[0] == []


def test_pages_of_a_line_in_few_queries(monde: Monde, django_assert_max_num_queries):
    for number in range(15):
        say(monde.salon, monde.noe, f"Message {number}")
        set_line_reaction(monde.camille, line(monde.camille, monde.salon, number + 1), "utile", True)
    browser = Client()
    browser.force_login(monde.noe)
    browser.get("/")
    with django_assert_max_num_queries(22):
        assert "Utile" in browser.get(monde.salon.get_absolute_url()).content.decode()
    for name in ("gestes", "modifier", "versions"):
        with django_assert_max_num_queries(16):
            assert browser.get(reverse(f"realtime:{name}", args=[monde.salon.pk, 3])).status_code == 200
