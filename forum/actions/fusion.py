"""Merging a sujet into another, and splitting one: messages change sujet and number, read marks follow exactly.

Both take the rows of the sujets lowest id first. A message keeps its own address (`/messages/12/`), which finds
it where it is; the merged sujet stays as a signpost.
"""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.fils import move_thread
from forum.actions.moderation import checked_reason, explain_sujet, record_moderation
from forum.actions.preuves import refresh_evidence, refresh_evidence_of_sujet
from forum.actions.rendus import titles_changed
from forum.actions.reponses import drop_acceptance, restore_acceptance
from forum.actions.structure import lock_sujet, lock_sujets, recount
from forum.models import Abonnement, LectureSujet, MemeBesoin, Message, Sujet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import RENDERER_VERSION, render_markdown
from plateforme.socle.typographie import tidy_title

# One action moves no more: beyond, the sujet's readers would wait for its lock.
MESSAGES_MAX = 2_000


@transaction.atomic
def merge_sujets(auteur: Agent, source: Sujet, cible: Sujet, *, motif: str = "") -> Sujet:
    """Put the messages of `source` after those of `cible`, introduced by a line; returns `cible` as it is now.

    Same community, whose animateurs may. Whoever had read all of both has nothing unread; whoever had read all of
    `cible` goes on where they were in `source`. Followers, drafts, same needs and what was told follow. `source`
    stays as a signpost (`fusionne_dans`). Raises `ActionRefusee`, `PermissionDenied`.
    """
    check_limit("moderation", auteur.pk)
    motif = checked_reason(motif, required=False)
    if source.pk == cible.pk:
        raise ActionRefusee("Choisissez un autre sujet que celui-ci.", champ="cible")
    source, cible = lock_sujets(auteur, source, cible)
    if source.communaute_id != cible.communaute_id:
        raise ActionRefusee("On ne fusionne que deux sujets d’une même communauté.", champ="cible")
    if source.genre == Sujet.Genre.SONDAGE:
        raise ActionRefusee("Un sondage garde son propre sujet : fusionnez plutôt l’autre dans celui-ci.")
    if cible.masque_le is not None or source.masque_le is not None:
        raise ActionRefusee("L’un des deux sujets est masqué : rétablissez-le d’abord.", champ="cible")
    moved = list(
        Message.objects.filter(sujet=source)
        .order_by("numero")
        .values_list("pk", flat=True)[: MESSAGES_MAX + 1]
    )
    _check_number(moved)
    chosen = source.message_accepte
    if chosen is not None:
        drop_acceptance(chosen)
    _carry_reading(source, cible)
    line = cible.dernier_numero + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_message m SET sujet_id = %s, numero = %s + rang.n FROM"
            " (SELECT id, row_number() OVER (ORDER BY numero) AS n FROM forum_message WHERE sujet_id = %s) rang"
            " WHERE m.id = rang.id",
            [cible.pk, line, source.pk],
        )
    which = (
        "Le message qui suit vient" if len(moved) == 1 else f"Les {len(moved)} messages qui suivent viennent"
    )
    _add_line(
        cible, auteur, line, f"*{which} d’un sujet fusionné ici : « {_plain(source.titre)} »*", timezone.now()
    )
    cible.dernier_numero = line + len(moved)
    cible.save(update_fields=["dernier_numero"])
    _carry_people(source, cible)
    Sujet.objects.filter(pk=source.pk).update(
        fusionne_dans=cible,
        message_accepte=None,
        nb_messages=0,
        dernier_visible=0,
        nb_memes_besoins=0,
        epingle_le=None,
    )
    recount(cible)
    if chosen is not None and cible.genre == Sujet.Genre.QUESTION and cible.message_accepte_id is None:
        chosen.refresh_from_db()
        restore_acceptance(chosen)
        cible.refresh_from_db(fields=["message_accepte"])
    refresh_evidence(moved)
    record_moderation(
        auteur, cible.communaute, "merge", sujet=source.pk, agent=source.auteur_id, dans=cible.pk
    )
    explain_sujet(
        auteur,
        source,
        "sujet.fusionne",
        f"L’animation a réuni votre sujet « {source.titre} » avec « {cible.titre} »",
        motif=motif,
        url=cible.get_absolute_url(),
    )
    titles_changed(sujet=source.pk)
    _publish(source, "sujet.fusionne", cible)
    publish_on_commit(
        f"sujet.{cible.pk}",
        {"type": "message.nouveau", "sujet": cible.pk, "numero": cible.dernier_numero, "auteur": auteur.pk},
    )
    return cible


@transaction.atomic
def split_sujet(
    auteur: Agent, sujet: Sujet, messages: Collection[int], *, titre: str, genre: str, motif: str = ""
) -> Sujet:
    """Make a sujet of its own of some messages (ids) of another; returns it. Animateurs.

    They are numbered from 1 in their order, and the first one's author has opened it. The others keep their
    numbers; a line at the place of the first one leads to the new sujet. What somebody had read stays read. The
    opening stays. Raises `ActionRefusee`, `PermissionDenied`.
    """
    check_limit("moderation", auteur.pk)
    motif = checked_reason(motif, required=False)
    titre = tidy_title(titre)
    if len(titre) < 8:
        raise ActionRefusee("Donnez un titre qui se comprend seul : 8 caractères au moins.", champ="titre")
    if genre not in Sujet.Genre.values or genre == Sujet.Genre.SONDAGE:
        raise ActionRefusee("Choisissez ce qu’est le nouveau sujet.", champ="genre")
    sujet = lock_sujet(auteur, sujet)
    moved = list(
        Message.objects.filter(sujet=sujet, pk__in=messages).select_related("auteur").order_by("numero")
    )
    if len(moved) != len(set(messages)):
        raise ActionRefusee(
            "Un des messages choisis n’est plus dans ce sujet : choisissez de nouveau.", champ="messages"
        )
    if not moved:
        raise ActionRefusee("Choisissez au moins un message.", champ="messages")
    if moved[0].numero == 1:
        raise ActionRefusee("Le message d’ouverture reste dans son sujet.", champ="messages")
    if not moved[0].visible:
        raise ActionRefusee(
            "Le premier message choisi est masqué ou supprimé : il ne peut pas ouvrir un sujet.",
            champ="messages",
        )
    ids = [message.pk for message in moved]
    _check_number(ids)
    first = moved[0]
    chosen = next((message for message in moved if message.pk == sujet.message_accepte_id), None)
    if chosen is not None:
        drop_acceptance(chosen)
    nouveau: Sujet = Sujet.objects.create(
        communaute=sujet.communaute,
        auteur=first.auteur,
        genre=genre,
        titre=titre,
        cree_le=first.cree_le,
        dernier_numero=len(ids),
        dernier_message_le=first.cree_le,
    )
    nouveau.expertises.set(sujet.expertises.all())
    nouveau.etiquettes.set(sujet.etiquettes.all())
    with connection.cursor() as cursor:
        # Before the messages leave: how many of them each person had read.
        cursor.execute(
            "INSERT INTO forum_lecturesujet (agent_id, sujet_id, dernier_numero)"
            " SELECT l.agent_id, %s, count(*) FROM forum_lecturesujet l JOIN forum_message m"
            "  ON m.sujet_id = l.sujet_id AND m.id = ANY(%s) AND m.numero <= l.dernier_numero"
            " WHERE l.sujet_id = %s GROUP BY l.agent_id",
            [nouveau.pk, ids, sujet.pk],
        )
        cursor.execute(
            "UPDATE forum_message m SET sujet_id = %s, numero = rang.n FROM"
            " (SELECT id, row_number() OVER (ORDER BY numero) AS n FROM forum_message WHERE id = ANY(%s)) rang"
            " WHERE m.id = rang.id",
            [nouveau.pk, ids],
        )
    Abonnement.objects.bulk_create(
        [Abonnement(agent_id=pk, sujet=nouveau) for pk in sorted({message.auteur_id for message in moved})],
        ignore_conflicts=True,
    )
    where = settings.SITE_URL + nouveau.get_absolute_url()
    which = "Un message se poursuit" if len(ids) == 1 else f"{len(ids)} messages se poursuivent"
    _add_line(sujet, auteur, first.numero, f"*{which} dans [un sujet à part]({where}).*", first.cree_le)
    recount(sujet)
    recount(nouveau)
    if chosen is not None and genre == Sujet.Genre.QUESTION and chosen.pk != first.pk:
        chosen.refresh_from_db()
        restore_acceptance(chosen)
        nouveau.refresh_from_db(fields=["message_accepte"])
    refresh_evidence_of_sujet(nouveau)
    record_moderation(
        auteur, sujet.communaute, "split", sujet=sujet.pk, agent=first.auteur_id, nouveau=nouveau.pk
    )
    explain_sujet(
        auteur,
        nouveau,
        "sujet.scinde",
        f"L’animation a fait de votre message un sujet à part : « {titre} »",
        motif=motif,
        consigne=f"Il se trouvait dans « {sujet.titre} ».",
    )
    titles_changed(sujet=sujet.pk)
    _publish(sujet, "sujet.scinde", nouveau)
    publish_on_commit(f"communaute.{sujet.communaute_id}", {"type": "sujet.nouveau", "sujet": nouveau.pk})
    return nouveau


def _check_number(ids: list[int]) -> None:
    if len(ids) > MESSAGES_MAX:
        raise ActionRefusee(f"On ne déplace pas plus de {MESSAGES_MAX} messages à la fois.")


def _carry_reading(source: Sujet, cible: Sujet) -> None:
    """Whoever was up to date with `cible` has read its line and, after it, what they had read of `source`. For the
    others the first unread message stays where it was. Before the messages move."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_lecturesujet lu SET dernier_numero = %s + (SELECT count(*) FROM forum_message m"
            "  WHERE m.sujet_id = %s AND m.numero <= avant.dernier_numero)"
            " FROM forum_lecturesujet avant WHERE lu.sujet_id = %s AND avant.sujet_id = %s"
            " AND avant.agent_id = lu.agent_id AND lu.dernier_numero >= %s",
            [cible.dernier_numero + 1, source.pk, cible.pk, source.pk, cible.dernier_visible],
        )
    LectureSujet.objects.filter(sujet=source).delete()


def _carry_people(source: Sujet, cible: Sujet) -> None:
    """Followers, drafts, people with the same need, and what was told: all of `cible` from now on."""
    followers = list(Abonnement.objects.filter(sujet=source).values_list("agent", flat=True))
    move_thread(f"sujet.{source.pk}", f"sujet.{cible.pk}", followers)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forum_abonnement (agent_id, sujet_id, niveau) SELECT agent_id, %s, niveau"
            " FROM forum_abonnement WHERE sujet_id = %s ON CONFLICT (agent_id, sujet_id) DO NOTHING",
            [cible.pk, source.pk],
        )
        cursor.execute(
            "UPDATE forum_brouillon b SET cle = %s WHERE cle = %s AND NOT EXISTS"
            " (SELECT 1 FROM forum_brouillon autre WHERE autre.agent_id = b.agent_id AND autre.cle = %s)",
            [f"sujet.{cible.pk}", f"sujet.{source.pk}", f"sujet.{cible.pk}"],
        )
        if cible.genre == Sujet.Genre.QUESTION:
            cursor.execute(
                "INSERT INTO forum_memebesoin (sujet_id, agent_id, cree_le) SELECT %s, agent_id, cree_le"
                " FROM forum_memebesoin WHERE sujet_id = %s AND agent_id <> %s"
                " ON CONFLICT (sujet_id, agent_id) DO NOTHING",
                [cible.pk, source.pk, cible.auteur_id],
            )
    Abonnement.objects.filter(sujet=source).delete()
    MemeBesoin.objects.filter(sujet=source).delete()
    Sujet.objects.filter(pk=cible.pk).update(nb_memes_besoins=MemeBesoin.objects.filter(sujet=cible).count())


def _add_line(sujet: Sujet, auteur: Agent, numero: int, texte: str, quand: datetime) -> None:
    """A message of the moderator's that says what was done, at a number that is free. Tells nobody."""
    Message.objects.create(
        sujet=sujet,
        auteur=auteur,
        numero=numero,
        texte=texte,
        html_stocke=render_markdown(texte),
        version_rendu=RENDERER_VERSION,
        cree_le=quand,
    )


def _plain(titre: str) -> str:
    """A title as words in a Markdown text: it formats nothing and names nobody."""
    for sign in "\\`*_[]<>#|~":
        titre = titre.replace(sign, f"\\{sign}")
    return titre.replace("@", "@\u2060")


def _publish(sujet: Sujet, genre: str, autre: Sujet) -> None:
    publish_on_commit(
        f"sujet.{sujet.pk}",
        {"type": genre, "sujet": sujet.pk, "autre": autre.pk, "url": autre.get_absolute_url()},
    )
