"""The ranking of people: fair to who declares and to who answers, blind to what one may not read and to ids."""

import gzip
import itertools
import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from annuaire.declare import LEVELS, declared
from annuaire.models import Agent, DeclarationExpertise, Expertise
from annuaire.preuves import recherche as preuves
from annuaire.preuves.actions import settle_evidence
from annuaire.preuves.frequences import rebuild
from annuaire.preuves.models import Frequence, Preuve
from annuaire.profils.models import Mission, Recommandation
from annuaire.recherche import rank_agents, search_agents
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.actions.preuves import complete_evidence
from tests import databases
from tests.factories import add_member, declare, make_agent, make_communaute, make_sujet
from tests.sollicitations.test_aides import help_once

NOW = timezone.now()
numbers = itertools.count(1)


def prove(
    agent: Agent,
    communaute: Communaute,
    texte: str,
    *,
    titre: str = "",
    question: str = "",
    retenue: bool = False,
    fil: str = "",
    quand: datetime = NOW,
) -> None:
    """A piece of evidence about `agent`, as an app would write it."""
    source = f"essai.{next(numbers)}"
    kinds = ["reponse", "retenue"] if retenue else ["reponse"]
    wanted = (
        "SELECT %s::bigint AS agent_id, genre, %s::text AS source, %s::text AS lieu, %s::text AS titre, '/'::text AS url,"
        " %s::text AS texte, '{}'::bigint[] AS expertises, 1 AS poids, %s::timestamptz AS quand, %s::text AS fil,"
        " %s::text AS question FROM unnest(%s::text[]) AS genre"
    )
    place = f"communaute.{communaute.pk}"
    settle_evidence(
        [source],
        wanted,
        [agent.pk, source, place, titre, texte, quand, fil or source, question, kinds],
    )


def order(me: Agent, question: str, **options: Any) -> list[str]:
    ranked = rank_agents(me, question, quand=NOW, **options)
    people = Agent.objects.in_bulk([pk for pk, _ in ranked.trouves])
    return [people[pk].prenom for pk, _ in ranked.trouves]


@pytest.mark.django_db
def test_who_only_declares_and_who_only_answers_are_both_found() -> None:
    communaute = make_communaute(make_agent("Ana"))
    declared, answered, both, other = (make_agent(name) for name in ("Dede", "Rere", "Both", "Noone"))
    for agent in (declared, both):
        declare(agent, "Busage de fossés", niveau=3)
    for agent in (answered, both):
        prove(agent, communaute, "Un busage de fossé se déclare", retenue=True)
    declare(other, "Urbanisme")
    me = make_agent("Moi")
    assert order(me, "busage de fossé")[0] == "Both"
    assert set(order(me, "busage de fossé")) == {"Both", "Dede", "Rere"}
    # The words found are told in the order in which they were typed, whichever is the rarest.
    for question in ("busage fossé", "fossé busage"):
        rere = next(result for result in search_agents(me, question) if result.agent == answered)
        assert f"<strong>{question}</strong>" in " ".join(rere.raisons)
    page = search_agents(me, "busage de fossé")
    assert all(result.raisons for result in page)


@pytest.mark.django_db
def test_the_level_and_the_years_count() -> None:
    for name, niveau in (("Notions", 1), ("Reference", 4), ("Pratique", 2)):
        declare(make_agent(name), "Busage", niveau=niveau)
    assert order(make_agent("Moi"), "busage") == ["Reference", "Pratique", "Notions"]


@pytest.mark.django_db
def test_expertises_named_together_add_up_no_further_than_the_best_for_all_of_it() -> None:
    deux, une = make_agent("Deux"), make_agent("Une")
    for agent, label in ((deux, "Busage"), (deux, "Curage"), (une, "Curage")):
        declare(agent, label, niveau=2)
    me = make_agent("Moi")
    assert order(me, "busage curage") == ["Deux", "Une"]
    # Three names of one matter, hardly known, are not worth one that is known well.
    partout, reference = make_agent("Partout"), make_agent("Reference")
    for label in ("Police de l’eau", "Loi sur l’eau", "Dossier loi sur l’eau"):
        declare(partout, label, niveau=1)
    declare(reference, "Dossier loi sur l’eau", niveau=4)
    DeclarationExpertise.objects.update(depuis=None)
    shares = dict.fromkeys(
        Expertise.objects.filter(libelle__contains="eau").values_list("pk", flat=True), 1.0
    )
    sql, values = declared(shares, NOW)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert dict(cursor.fetchall()) == pytest.approx({partout.pk: LEVELS[1], reference.pk: LEVELS[4]})


@pytest.mark.django_db
def test_who_tells_more_of_themselves_is_worth_no_less() -> None:
    short = make_agent("Courte", biographie="Busage de fossé")
    long = make_agent("Longue", biographie=f"Busage de fossé. {' '.join(f'mot{n}' for n in range(150))}")
    scores = dict(rank_agents(make_agent("Moi"), "busage d’un fossé", quand=NOW).trouves)
    assert scores[short.pk] == pytest.approx(scores[long.pk])
    # Of what is asked at length, more words are looked for in profiles than in what people wrote.
    ranked = rank_agents(make_agent("Moi"), " ".join(f"mot{n}" for n in range(60)), quand=NOW)
    assert [pk for pk, _ in ranked.trouves] == [long.pk]
    assert (len(ranked.mots), len(ranked.termes)) == (50, 40)


@pytest.mark.django_db
def test_saying_and_doing_is_worth_more_than_either_and_less_than_both_added() -> None:
    communaute = make_communaute(make_agent("Ana"))
    said, done, both = (make_agent(name) for name in ("Dite", "Faite", "Deux"))
    for agent in (said, both):
        declare(agent, "Busage", niveau=3)
    for agent in (done, both):
        prove(agent, communaute, "Le busage", retenue=True)
    scores = dict(rank_agents(make_agent("Moi"), "busage", quand=NOW).trouves)
    assert max(scores[said.pk], scores[done.pk]) < scores[both.pk] < scores[said.pk] + scores[done.pk]


@pytest.mark.django_db
def test_an_expertise_that_says_nothing_does_not_pass_before_the_words() -> None:
    """Of a vocabulary that people fill, one is called « Avec »: a paragraph holds that word and is not about it."""
    expert, other = make_agent("Experte"), make_agent("Autre")
    declare(expert, "Seuil de moulin", niveau=1)
    declare(other, "Avec", niveau=4)
    assert (
        order(make_agent("Moi"), "un seuil de moulin avec une passe à poissons, que faire avec")[0]
        == "Experte"
    )


@pytest.mark.django_db
def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    communaute = make_communaute(make_agent("Ana"))
    rare, common = make_agent("Rare"), make_agent("Commun")
    prove(rare, communaute, "La buse métallique du chemin")
    for _ in range(3):
        prove(common, communaute, "Instruction du dossier")
    for number in range(40):
        prove(make_agent(f"Autre{number % 3}"), communaute, f"Un dossier parmi d’autres, numéro {number}")
    rebuild()
    assert Frequence.objects.get(mot="dossi").preuves >= 40
    assert order(make_agent("Moi"), "dossier buse")[0] == "Rare"


@pytest.mark.django_db
def test_a_whole_paragraph_is_understood_and_long_or_strange_texts_are_harmless() -> None:
    communaute = make_communaute(make_agent("Ana"))
    expert, other = make_agent("Experte"), make_agent("Autre")
    prove(
        expert, communaute, "Pour une passe à poissons, demander l’avis de l’OFB", titre="Seuil et continuité"
    )
    prove(other, communaute, "La commune doit délibérer avant l’achat du terrain")
    me = make_agent("Moi")
    text = (
        "Bonjour à toutes et tous, un propriétaire souhaite refaire le seuil d’un moulin sur une rivière classée, et "
        "la fédération de pêche demande une passe à poissons. Qui a déjà instruit un tel cas, et comment avez-vous "
        "apprécié la continuité écologique ? Merci beaucoup."
    )
    assert order(me, text)[0] == "Experte"
    for hostile in ("x " * 5000, "a" * 3000, "' | & ! \\ :* § §12 %_", "\x00", "4.4 c++ l’été", "🙂🙂", "—"):
        rank_agents(me, hostile, relais=5)


@pytest.mark.django_db
def test_nobody_answers_then_who_may_know() -> None:
    communaute = make_communaute(make_agent("Ana"))
    active, gone = make_agent("Active"), make_agent("Partie")
    prove(active, communaute, "Une réponse", quand=NOW - timedelta(days=3))
    prove(gone, communaute, "Une réponse", quand=NOW - timedelta(days=900))
    me = make_agent("Moi")
    assert search_agents(me, "xylophone") == []
    found = search_agents(me, "xylophone", relais=5)
    assert [(result.agent, result.relais) for result in found] == [(active, True)]
    assert "orienter" in found[0].raisons[0]
    client = Client()
    client.force_login(me)
    page = client.get("/annuaire/", {"q": "xylophone"}).content.decode()
    assert "Qui pourra vous orienter" in page
    assert "Personne ne répond" in page
    assert "Partie" not in page


@pytest.mark.django_db
def test_a_closed_community_changes_nothing_not_even_what_words_weigh(settings: Any) -> None:
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"sujet": 50}
    communaute = make_communaute(make_agent("Ana"))
    one, two = make_agent("Une"), make_agent("Deux")
    for number in range(3):
        prove(one, communaute, f"Busage du fossé, cas {number}")
        prove(two, communaute, f"Curage du fossé, cas {number}", retenue=number == 0)
    declare(make_agent("Paul"), "Busage de fossés")
    me = make_agent("Moi")

    def state() -> tuple[Any, ...]:
        rebuild()
        results = search_agents(me, "busage ou curage d’un fossé", quand=NOW, relais=20)
        return (
            [(r.agent.pk, r.score, r.relais, list(map(str, r.raisons))) for r in results],
            sorted(Frequence.objects.values_list("mot", "preuves", "profils")),
        )

    before = state()
    # People, sujets and words that are nowhere else; and one who is seen elsewhere too.
    for visibilite in ("privee", "restreinte"):
        closed = make_communaute(communaute.adhesions.get(role=Adhesion.Role.ANIMATEUR).agent, visibilite)
        for number in range(30):
            prove(two, closed, f"Busage et curage de fossé, xénolithe {number}", retenue=True)
    assert state() == before


@pytest.mark.django_db
def test_what_one_hides_does_not_count_among_the_words() -> None:
    communaute = make_communaute(make_agent("Ana"))
    agent = make_agent("Une")
    for _ in range(3):
        prove(agent, communaute, "xénolithe")
    rebuild()
    assert Frequence.objects.get(mot="xenolith").preuves == 3
    from annuaire.preuves.actions import set_hidden

    for source in Preuve.objects.filter(agent=agent).values_list("source", flat=True)[:2]:
        set_hidden(agent, source, True)
    rebuild()
    assert not Frequence.objects.filter(mot="xenolith").exists()


@pytest.mark.django_db
def test_the_order_does_not_depend_on_ids() -> None:
    def world(seed: int) -> list[str]:
        chance = random.Random(seed)
        names = [f"N{number}" for number in range(8)]
        chance.shuffle(names)
        communaute = make_communaute(make_agent("Ana"))
        people = {name: make_agent(name, f"Ordre{name}", fonction="Adjointe") for name in names}
        steps = list(names)
        chance.shuffle(steps)
        for name in steps:
            # Three are worth the same; two declare the same.
            if name in ("N0", "N1", "N2"):
                prove(people[name], communaute, "Busage de fossé")
            elif name in ("N3", "N4"):
                declare(people[name], "Busage")
            else:
                prove(people[name], communaute, "Fossé, " * int(name[1]))
        found = order(make_agent("Moi"), "busage fossé")
        Agent.objects.filter(nom__startswith="Ordre").delete()
        return found

    assert world(1) == world(2) == world(3)


@pytest.mark.django_db
def test_how_many_queries(django_assert_max_num_queries: Any) -> None:
    communaute = make_communaute(make_agent("Ana"))
    for number in range(25):
        agent = make_agent(f"Agent{number}")
        prove(agent, communaute, f"Busage de fossé {number}")
        declare(agent, "Busage de fossés")
    me = make_agent("Moi")
    with django_assert_max_num_queries(13):
        rank_agents(me, "busage de fossé", relais=20, limit=100)
    with django_assert_max_num_queries(19):
        assert len(search_agents(me, "busage de fossé", relais=5)) == 20


@pytest.mark.django_db
def test_changing_the_question_changes_what_its_answers_are_found_by() -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana)
    gaelle = add_member(communaute, make_agent("Gaelle")).agent
    sujet = make_sujet(communaute, ana, "Besoin d’un avis")
    actions.publish_message(gaelle, sujet, "Voir l’arrêté de Foix.")
    me = make_agent("Moi")
    assert order(me, "xénolithe") == []
    opening = sujet.messages.get(numero=1)
    actions.edit_message(ana, opening, "Que faire d’un xénolithe ?", version=1)
    assert order(me, "xénolithe") == ["Gaelle"]
    opening.refresh_from_db()
    actions.edit_message(ana, opening, "Que faire ?", version=2)
    assert order(me, "xénolithe") == []
    # Evidence written before an upgrade bears no `fil`: the night gives it one.
    Preuve.objects.update(fil="", vecteur=None)
    complete_evidence()
    assert set(Preuve.objects.values_list("fil", flat=True)) == {f"sujet.{sujet.pk}"}
    assert order(me, "arrêté de Foix") == ["Gaelle"]


def test_common_words_are_looked_for_together() -> None:
    def terms(**counts: int) -> list[preuves.Terme]:
        rows = [preuves.Terme(word, count, 1.0) for word, count in counts.items()]
        return sorted(rows, key=lambda term: term.nombre)

    million = 1_000_000
    assert preuves.narrowed(terms(rare=10, autre=200), million) == preuves.Cherches("'rare' | 'autre'")
    # Two common words: together; a third that would leave too few is not asked for.
    found = preuves.narrowed(terms(a=50_000, b=300_000, c=310_000), million)
    assert (found.rares, found.ensemble) == ("", "('a' & 'b' & 'c')")
    # Words of one subject go together more than by chance: neither 4,650 nor 50,000.
    assert 4_650 < found.nombre < 50_000
    assert preuves.narrowed(terms(a=5_000, b=6_000), million).requete == "('a')"
    # The expertises that a question names: any of them.
    exp = [preuves.Terme(f"§{number}", 3_000, 1.0) for number in (1, 2)]
    found = preuves.narrowed([*exp, preuves.Terme("eau", 300_000, 1.0)], million)
    assert (found.rares, found.ensemble) == ("", "(('§1' | '§2') & 'eau')")
    found = preuves.narrowed([*exp, preuves.Terme("eau", 100_000, 1.0)], million)
    assert (found.rares, found.ensemble, found.nombre) == ("", "(('§1' | '§2'))", 6_000)
    # A typing error does not hide what the others say.
    found = preuves.narrowed(terms(zzz=1, eau=300_000), million)
    assert (found.rares, found.ensemble, found.nombre) == ("'zzz'", "('eau')", 300_000)


@pytest.mark.django_db
def test_what_is_everywhere_is_looked_for_among_the_latest(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Half of the pieces hold the word: those of the latest weeks are looked at, and those written since the count."""
    communaute = make_communaute(make_agent("Ana"))
    for number in range(12):
        prove(
            make_agent(f"P{number}"),
            communaute,
            "Busage" if number % 2 else "Curage",
            quand=NOW - timedelta(weeks=2 * number),
        )
    prove(make_agent("Rare"), communaute, "Busage xénolithe", quand=NOW - timedelta(days=900))
    rebuild()
    assert not preuves.latest_weeks(14)
    assert len(preuves.latest_weeks(13)) > 100
    monkeypatch.setattr(preuves, "LOOKED_AT", 4)
    monkeypatch.setattr(preuves, "FOUND_AT_ONCE", 4)
    monkeypatch.setattr(preuves, "LATEST", 3)
    monkeypatch.setattr(preuves, "ENOUGH", 2)
    me = make_agent("Moi")
    assert order(me, "busage") == ["P1", "P3", "P5"]
    prove(make_agent("Neuve"), communaute, "Busage", quand=NOW)
    assert order(me, "busage")[0] == "Neuve"
    # A rare word is looked for everywhere, common ones beside it.
    assert order(me, "busage xénolithe")[0] == "Rare"


@pytest.mark.django_db
def test_missions_and_recommendations_find_people() -> None:
    me, ana = make_agent("Moi"), make_agent("Ana")
    mission, advised, both, declared = (make_agent(name) for name in ("Mission", "Avisee", "Deux", "Dede"))
    busage = declare(declared, "Busage", niveau=2)
    declare(both, "Busage", niveau=2)
    Mission.objects.create(
        agent=mission, titre="Busage du ruisseau de Rieu", debut=2021, precision="avec l’OFB"
    )
    for author in (ana, declared):
        Recommandation.objects.create(
            auteur=author, agent=both, expertise=busage, contexte="Vu sur le terrain"
        )
    Recommandation.objects.create(auteur=ana, agent=advised, expertise=busage, contexte="Vu sur le terrain")
    assert order(me, "busage") == ["Deux", "Dede", "Mission", "Avisee"]
    found = next(result for result in search_agents(me, "ruisseau OFB") if result.agent == mission)
    assert "Mission ou dossier" in " ".join(found.raisons)
    # What may not be read on the person's page counts no more, nor what somebody gone has said.
    Recommandation.objects.filter(agent=advised).update(masquee_le=NOW)
    assert "Avisee" not in order(me, "busage")
    Recommandation.objects.filter(agent=advised).update(masquee_le=None, retiree_le=NOW)
    assert "Avisee" not in order(me, "busage")
    Recommandation.objects.filter(agent=advised).update(retiree_le=None)
    Agent.objects.filter(pk=ana.pk).update(is_active=False)
    assert "Avisee" not in order(me, "busage")
    mission.missions.all().delete()
    assert "Mission" not in order(me, "busage")


@pytest.mark.django_db
def test_recommendations_fade_and_one_colleague_does_not_make_an_expert() -> None:
    me, ana = make_agent("Moi"), make_agent("Ana")
    fresh, old, expert = make_agent("Fraiche"), make_agent("Ancienne"), make_agent("Experte")
    busage = declare(expert, "Busage", niveau=4)
    for agent in (fresh, old):
        declare(agent, "Busage", niveau=2)
        Recommandation.objects.create(auteur=ana, agent=agent, expertise=busage, contexte="Vu")
    Recommandation.objects.filter(agent=old).update(cree_le=NOW - timedelta(days=3000))
    assert order(me, "busage") == ["Experte", "Fraiche", "Ancienne"]


@pytest.mark.django_db
def test_what_is_typed_right_passes_before_what_is_alike() -> None:
    communaute = make_communaute(make_agent("Ana"))
    answered, alike = make_agent("Exacte", disponibilite="non"), make_agent("Proche")
    prove(answered, communaute, "Le curage", quand=NOW - timedelta(days=3000))
    declare(alike, "Urbanisme", niveau=4)
    me = make_agent("Moi")
    assert order(me, "urbanime") == ["Proche"]
    assert order(me, "curage urbanime") == ["Exacte", "Proche"]
    # Who holds a word and something like the other passes before both.
    declare(make_agent("Deux", fonction="curage"), "Urbanisme", niveau=1)
    assert order(me, "curage urbanime") == ["Deux", "Exacte", "Proche"]


@pytest.mark.django_db
def test_what_one_says_elsewhere_or_again_does_not_bury_who_knows() -> None:
    """Thirty people answer all day, each in one sujet on half of the matter, and everywhere else."""
    communaute = make_communaute(make_agent("Ana"))
    expert, declared = make_agent("Experte"), make_agent("Reference")
    prove(expert, communaute, "Le busage de fossé", retenue=True, quand=NOW - timedelta(days=30))
    declare(declared, "Busage de fossé", niveau=4)
    for number in range(30):
        talker = make_agent(f"Bavard{number}")
        for turn in range(6):
            prove(talker, communaute, "Un fossé, encore une idée", fil=f"fil.{number}")
            prove(talker, communaute, "Sur tout autre chose", fil=f"ailleurs.{number}.{turn}")
    rebuild()
    assert set(order(make_agent("Moi"), "busage fossé")[:2]) == {"Experte", "Reference"}


class NeverLowered(TestCase):
    """One more accepted answer that matches, one more mission, one more recommendation, once more of use to a colleague:
    whoever has it never falls, whatever the others did."""

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 3),
                st.lists(st.sampled_from(("busage", "fossé", "curage", "loup")), min_size=1, max_size=4),
                st.booleans(),
                st.integers(0, 2000),
                st.integers(0, 4),
            ),
            min_size=1,
            max_size=14,
        ),
        st.integers(0, 3),
        st.sampled_from(("busage", "busage fossé", "curage d’un fossé avec busage")),
        st.booleans(),
        st.sampled_from(("réponse", "mission", "recommandation", "aide")),
    )
    def test_never_lowered(
        self,
        steps: list[tuple[int, list[str], bool, int, int]],
        author: int,
        question: str,
        counted: bool,
        what: str,
    ) -> None:
        communaute = make_communaute(make_agent("Ana"))
        people = [make_agent(f"P{number}") for number in range(4)]
        busage = declare(people[0], "Busage", niveau=1)
        for person in people[:2]:
            Mission.objects.create(agent=person, titre="Curage d’un fossé", debut=2020)
        for who, words, chosen, days, fil in steps:
            prove(
                people[who],
                communaute,
                " ".join(words),
                retenue=chosen,
                fil=f"fil.{fil}",
                quand=NOW - timedelta(days=days),
            )
        if counted:
            rebuild()
        me = make_agent("Moi")

        def rank() -> tuple[int, float]:
            rows = rank_agents(me, question, quand=NOW, limit=100).trouves
            for place, (pk, score) in enumerate(rows):
                if pk == people[author].pk:
                    return place, score
            return len(rows), 0.0

        before = rank()
        if what == "réponse":
            prove(people[author], communaute, f"Au sujet de : {question}", retenue=True, fil="fil.1")
        elif what == "mission":
            titre = f"{question}, dans une commune rurale de montagne"
            Mission.objects.create(
                agent=people[author], titre=titre, debut=2001, precision="Deux ans de suivi"
            )
        elif what == "aide":
            help_once(make_agent("Paul"), people[author], busage)
        else:
            Recommandation.objects.create(
                auteur=make_agent("Paul"), agent=people[author], expertise=busage, contexte="Vu"
            )
        after = rank()
        assert after[0] <= before[0]
        assert after[1] >= before[1] - 1e-9


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Five people: two answer, one only declares, one does neither, one asks."""
    users = [
        {"id": "a", "name": "a", "declared": "", "skills": [], "n_docs": 2},
        {"id": "b", "name": "b", "declared": "", "skills": [], "n_docs": 1},
        {
            "id": "c",
            "name": "c",
            "declared": "Rooting phones since forever",
            "skills": ["Rooting", "Rooting"],
        },
        {"id": "d", "name": "d\x00", "declared": None, "skills": None},
        {"id": "e"},
    ]
    documents = [
        {"id": "1", "thread": 1, "title": "rooting a phone", "question": "how", "text": "unlock the bootloader",
         "authors": ["a", "z"], "date": "2020-01-01", "votes": 3, "accepted": True, "tags": ["root"]},
        {"id": "2", "thread": 2, "title": "batteries", "question": "", "text": "charge them",
         "authors": ["b", "z"], "date": "2020-02-01", "votes": -2, "accepted": False, "tags": []},
        {"id": "3", "title": "", "text": "\x00", "authors": ["b"], "date": None},
        {"id": "4", "text": "spare parts", "authors": "b", "date": "2019-03", "tags": "spare parts"},
        {"id": "5", "text": "spare parts", "authors": ["b"], "date": "2019", "votes": None},
    ]  # fmt: skip
    write(tmp_path / "users.jsonl.gz", users)
    write(tmp_path / "documents.jsonl.gz", documents)
    write(
        tmp_path / "queries_topic.jsonl.gz",
        [
            {"id": "q1", "text": "rooting", "long": "rooting phones", "date": "2020-03-01", "asker": "e"},
            {"id": "q2", "text": "battery", "long": None, "date": "2020-03-01", "asker": None},
        ],
    )
    (tmp_path / "qrels_topic.tsv").write_text("q1\ta\t2\nq1\tc\t1\nq2\tb\t1\n", encoding="utf8")
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_the_directory_is_measured_in_a_database_of_its_own(
    collection: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("annuaire.collections.MODELE", databases.migrated())
    make_agent("Site")
    run = collection / "run.tsv"
    call_command(
        "evaluer_annuaire", str(collection), "--jeu", "topic", "--langue", "english", "--run", str(run)
    )
    said = capsys.readouterr().out
    assert "topic questions=2 MAP=1.000" in said
    assert "ms par question" in said
    lines = [line.split("\t") for line in run.read_text().splitlines()]
    assert {row[1] for row in lines if row[0] == "q1"} >= {"a", "c"}
    assert "e" not in {row[1] for row in lines if row[0] == "q1"}
    # The site's own database is as it was.
    assert list(Agent.objects.values_list("prenom", flat=True)) == ["Site"]
    # A plain search of profiles, to compare: only « c » says « rooting ».
    call_command(
        "evaluer_annuaire",
        str(collection),
        "--jeu",
        "topic",
        "--langue",
        "english",
        "--repere",
        "--run",
        str(run),
    )
    assert [line.split("\t")[:2] for line in run.read_text().splitlines()] == [["q1", "c"]]
    (collection / "documents.jsonl.gz").unlink()
    call_command("evaluer_annuaire", str(collection), "--jeu", "topic", "--language", "english")
    assert "topic questions=2" in capsys.readouterr().out
    # Before minutes of work: nowhere to write, and an account that may not create a database.
    with pytest.raises(CommandError, match="Écriture impossible"):
        call_command(
            "evaluer_annuaire",
            str(collection),
            "--jeu",
            "topic",
            "--run",
            str(collection / "non" / "run.tsv"),
        )
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pg_read_all_data")
        with pytest.raises(CommandError, match="ne peut pas créer de base"):
            call_command("evaluer_annuaire", str(collection), "--jeu", "topic")
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize("name", ["users.jsonl.gz", "queries_topic.jsonl.gz", "qrels_topic.tsv"])
def test_a_collection_that_misses_a_file_is_refused_in_french(collection: Path, name: str) -> None:
    from annuaire.evaluation import CollectionIllisible, read_judgements, read_lines, read_queries

    (collection / name).unlink()
    with pytest.raises(CollectionIllisible, match="manque"):
        list(read_lines(collection, "users"))
        read_queries(collection, "topic")
        read_judgements(collection, "topic")


@pytest.mark.django_db
def test_a_refusal_says_why(collection: Path) -> None:
    with pytest.raises(CommandError, match="manque"):
        call_command("evaluer_annuaire", str(collection), "--jeu", "question")
    with pytest.raises(CommandError):
        call_command("evaluer_annuaire", str(collection / "nulle-part"), "--jeu", "topic")
