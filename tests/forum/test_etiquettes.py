"""Tags: who files a sujet, renames and merges, and what several do at once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from annuaire.models import Agent
from annuaire.preuves.models import Preuve
from communautes.models import Communaute
from forum import actions
from forum.models import Etiquette, Sujet
from plateforme.socle.erreurs import ActionRefusee
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_sujet

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


def tag(communaute: Communaute, auteur: Agent, *noms: str) -> Sujet:
    sujet = make_sujet(communaute, auteur, f"Un sujet classé sous {' et '.join(noms)}")
    actions.edit_tags(auteur, sujet, [], noms)
    return sujet


def names(sujet: Sujet) -> list[str]:
    return sorted(sujet.etiquettes.values_list("nom", flat=True))


def test_the_author_and_animateurs_file_a_sujet(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    expertise = declare(ana, "Zones humides")
    sujet = make_sujet(communaute, nadia)
    where = f"{sujet.get_absolute_url()}classer/"
    browser(nadia).post(where, {"expertises": expertise.pk, "etiquettes": "Tourbière, Étiage"})
    assert names(sujet) == ["Tourbière", "Étiage"]
    assert list(sujet.expertises.all()) == [expertise]
    assert "Tourbière, Étiage" in browser(ana).get(where).content.decode()
    actions.edit_tags(ana, sujet, [], ["etiage"])
    # One spelling for all: the first.
    assert names(sujet) == ["Étiage"]
    other = add_member(communaute, make_agent()).agent
    assert browser(other).post(where, {"etiquettes": "Autre"}).status_code == 403
    answer = browser(nadia).post(where, {"etiquettes": "a, b, c, d, e, f"})
    assert answer.status_code == 422
    assert names(sujet) == ["Étiage"]


def test_the_page_of_tags_counts_what_a_reader_may_list(
    communaute: Communaute, ana: Agent, nadia: Agent, django_capture_on_commit_callbacks: Any
) -> None:
    tag(communaute, nadia, "Étiage")
    hidden = tag(communaute, ana, "Étiage", "Secret")
    client = browser(nadia)
    where = f"{communaute.get_absolute_url()}forum/etiquettes/"
    assert '<span class="rang__nombre">2</span>' in client.get(where).content.decode()
    Sujet.objects.filter(pk=hidden.pk).update(masque_le=hidden.cree_le)
    with django_capture_on_commit_callbacks(execute=True):
        tag(communaute, ana, "Nouvelle")
    page = client.get(where).content.decode()
    assert '<span class="rang__nombre">2</span>' not in page
    assert "Renommer" not in page
    assert "Renommer" in browser(ana).get(where).content.decode()


def test_renaming_and_merging_leave_no_dead_address(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    one, two = tag(communaute, nadia, "Etiages", "Eau"), tag(communaute, ana, "Étiage", "Eau")
    plural, singular = Etiquette.objects.get(slug="etiages"), Etiquette.objects.get(slug="etiage")
    where = f"/etiquettes/{plural.pk}/"
    assert browser(nadia).post(where, {"nom": "Autre"}).status_code == 403
    assert "fusionnez les deux" in browser(ana).post(where, {"nom": "étiage"}, follow=True).content.decode()
    browser(ana).post(where, {"dans": singular.pk})
    browser(ana).post(where, {"dans": singular.pk})
    assert names(one) == names(two) == ["Eau", "Étiage"]
    plural.refresh_from_db()
    assert plural.fusionnee_dans == singular
    # The next one to write the old name gets the one kept.
    assert names(tag(communaute, add_member(communaute, make_agent()).agent, "étiages")) == ["Étiage"]
    browser(ana).post(f"/etiquettes/{singular.pk}/", {"nom": "Basses eaux"})
    assert names(one) == ["Basses eaux", "Eau"]
    assert {row.slug: row.fusionnee_dans_id for row in Etiquette.objects.filter(fusionnee_dans=singular)} == {
        "etiages": singular.pk, "etiage": singular.pk,
    }  # fmt: skip
    # And back: no row leads to itself.
    actions.rename_etiquette(ana, singular, "Étiage")
    assert Etiquette.objects.get(slug="etiage").fusionnee_dans is None
    with pytest.raises(ActionRefusee):
        actions.merge_etiquettes(ana, singular, plural)


def test_tags_of_other_communities_stay_theirs(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    private = make_communaute(ana, "privee")
    tag(communaute, ana, "Eau")
    tag(private, ana, "Secret")
    ours, theirs = Etiquette.objects.get(slug="eau"), Etiquette.objects.get(slug="secret")
    with pytest.raises(ActionRefusee):
        actions.merge_etiquettes(ana, ours, theirs)
    with pytest.raises(PermissionDenied):
        actions.rename_etiquette(nadia, theirs, "Vu")
    client = browser(nadia)
    assert client.post(f"/etiquettes/{theirs.pk}/", {"nom": "Vu"}).status_code == 404
    assert client.get(f"{private.get_absolute_url()}forum/etiquettes/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_merges_in_opposite_directions_at_once_do_not_loop() -> None:
    ana = make_agent()
    communaute = make_communaute(ana)
    sujet = tag(communaute, ana, "Un", "Deux", "Trois")
    un, deux, trois = Etiquette.objects.order_by("pk")
    together(
        [
            lambda: actions.merge_etiquettes(ana, un, deux),
            lambda: actions.merge_etiquettes(ana, deux, un),
            lambda: actions.merge_etiquettes(ana, deux, trois),
            lambda: actions.merge_etiquettes(ana, trois, un),
            lambda: actions.edit_tags(ana, sujet, [], ["Un", "Trois"]),
        ]
    )
    kept = Etiquette.objects.filter(fusionnee_dans=None)
    assert kept.count() == 1
    assert set(Etiquette.objects.exclude(pk=kept.get().pk).values_list("fusionnee_dans", flat=True)) == {
        kept.get().pk
    }
    assert list(sujet.etiquettes.all()) == list(kept)


def test_filing_a_sujet_elsewhere_moves_what_its_answers_prove() -> None:
    ana, lise = make_agent("Ana"), make_agent("Lise")
    communaute = make_communaute(ana)
    add_member(communaute, lise)
    sujet = make_sujet(communaute, ana)
    water, roads = declare(ana, "Loi sur l’eau"), declare(ana, "Voirie")
    actions.edit_tags(ana, sujet, [water], [])
    actions.publish_message(lise, sujet, "Voir l’arrêté de Foix.")
    proof = Preuve.objects.get(agent=lise)
    assert list(proof.expertises) == [water.pk]
    actions.edit_tags(ana, sujet, [roads], [])
    proof.refresh_from_db()
    assert list(proof.expertises) == [roads.pk]
