"""Tags: those of a sujet, and what animateurs do with a community's free ones.

A tag that was renamed or merged leaves its address behind: its row stays and points to the one kept (`fusionnee_dans`),
always in one step. Whoever changes the tags of a community holds that community's row, so that two merges in
opposite directions, or a merge and a sujet being tagged, take turns and cannot loop.
"""

from collections.abc import Iterable

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.text import slugify

from annuaire.models import Agent, Expertise
from communautes.access import can_animate
from communautes.models import Communaute
from forum.access import can_tag
from forum.actions.preuves import refresh_evidence_of_sujet
from forum.models import Etiquette, Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.typographie import tidy_title

MAX_ETIQUETTES = 5
MAX_EXPERTISES = 5
NAME_MAX = 40


def tag_sujet(sujet: Sujet, noms: Iterable[str]) -> None:
    """Give a sujet these free tags and no others, in the caller's transaction; new ones are created.

    Two spellings of one tag are one. Raises `ActionRefusee` beyond `MAX_ETIQUETTES`, or for a name without a letter.
    """
    wanted: dict[str, str] = {}
    for nom in noms:
        if nom := tidy_title(nom.strip().lstrip("#")):
            slug = _slug(nom)
            wanted.setdefault(slug, nom)
    if len(wanted) > MAX_ETIQUETTES:
        raise ActionRefusee(f"Choisissez {MAX_ETIQUETTES} étiquettes au plus.", champ="etiquettes")
    if not wanted:
        sujet.etiquettes.clear()
        return
    _hold(sujet.communaute_id)
    Etiquette.objects.bulk_create(
        [Etiquette(communaute_id=sujet.communaute_id, nom=nom, slug=slug) for slug, nom in wanted.items()],
        ignore_conflicts=True,
    )
    rows = Etiquette.objects.filter(communaute=sujet.communaute_id, slug__in=wanted)
    sujet.etiquettes.set({row.fusionnee_dans_id or row.pk for row in rows})
    forget_counts(sujet.communaute_id)


@transaction.atomic
def edit_tags(auteur: Agent, sujet: Sujet, expertises: Iterable[Expertise], noms: Iterable[str]) -> None:
    """Change what a sujet is filed under: its author, or an animateur."""
    if not can_tag(auteur, sujet):
        raise PermissionDenied(
            "Seules la personne qui a ouvert le sujet et l’animation changent ses étiquettes."
        )
    chosen = list(expertises)
    if len(chosen) > MAX_EXPERTISES:
        raise ActionRefusee(f"Choisissez {MAX_EXPERTISES} expertises au plus.", champ="expertises")
    sujet.expertises.set(chosen)
    tag_sujet(sujet, noms)
    # What people proved here, they now prove on these expertises.
    refresh_evidence_of_sujet(sujet)
    record(auteur, "sujet.tag", sujet)


@transaction.atomic
def rename_etiquette(auteur: Agent, etiquette: Etiquette, nom: str) -> None:
    """Give a tag another name; its old address leads to it. Animateurs. A name that exists is a merge, refused here."""
    nom = tidy_title(nom.strip().lstrip("#"))
    slug = _slug(nom)
    tag = _held(auteur, etiquette)
    if tag.fusionnee_dans_id is not None:
        raise ActionRefusee("Cette étiquette a été fusionnée entre-temps : actualisez la page.")
    if slug != tag.slug:
        taken = Etiquette.objects.filter(communaute=tag.communaute_id, slug=slug).first()
        if taken is not None and taken.fusionnee_dans_id != tag.pk:
            raise ActionRefusee("Cette étiquette existe déjà : fusionnez les deux.")
        if taken is not None:
            taken.delete()
        Etiquette.objects.filter(pk=tag.pk).update(slug=slug)
        Etiquette.objects.create(
            communaute_id=tag.communaute_id, nom=tag.nom, slug=tag.slug, fusionnee_dans=tag
        )
    Etiquette.objects.filter(pk=tag.pk).update(nom=nom)
    record(auteur, "etiquette.rename", tag)
    forget_counts(tag.communaute_id)


@transaction.atomic
def merge_etiquettes(auteur: Agent, etiquette: Etiquette, cible: Etiquette) -> None:
    """File under `cible` all that was under `etiquette`, whose address then leads there. Animateurs.

    Harmless when done already. Of two merges in opposite directions the second is refused.
    """
    tag = _held(auteur, etiquette)
    kept = Etiquette.objects.filter(pk=cible.pk, communaute=tag.communaute_id).first()
    if kept is None or kept.pk == tag.pk:
        raise ActionRefusee("Choisissez une autre étiquette de cette communauté.")
    if kept.fusionnee_dans_id is not None:
        kept = Etiquette.objects.get(pk=kept.fusionnee_dans_id)
    if tag.fusionnee_dans_id == kept.pk:
        return
    if kept.pk == tag.pk or tag.fusionnee_dans_id is not None:
        raise ActionRefusee("Ces étiquettes ont été fusionnées entre-temps : actualisez la page.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forum_sujet_etiquettes (sujet_id, etiquette_id)"
            " SELECT sujet_id, %s FROM forum_sujet_etiquettes WHERE etiquette_id = %s ON CONFLICT DO NOTHING",
            [kept.pk, tag.pk],
        )
    Sujet.etiquettes.through.objects.filter(etiquette=tag).delete()
    Etiquette.objects.filter(fusionnee_dans=tag).update(fusionnee_dans=kept)
    Etiquette.objects.filter(pk=tag.pk).update(fusionnee_dans=kept)
    record(auteur, "etiquette.merge", tag, dans=kept.pk)
    forget_counts(tag.communaute_id)


def counts_key(communaute_id: int) -> str:
    return f"etiquettes:{communaute_id}"


def forget_counts(communaute_id: int) -> None:
    """The page of tags counts anew, once the change is there to be counted."""
    transaction.on_commit(lambda: cache.delete(counts_key(communaute_id)), robust=True)


def _held(auteur: Agent, etiquette: Etiquette) -> Etiquette:
    """The tag as it is once the community's row is held."""
    if not can_animate(auteur, Communaute(pk=etiquette.communaute_id)):
        raise PermissionDenied("Les étiquettes sont gérées par l’animation de la communauté.")
    _hold(etiquette.communaute_id)
    found: Etiquette = Etiquette.objects.get(pk=etiquette.pk)
    return found


def _hold(communaute_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM communautes_communaute WHERE id = %s FOR NO KEY UPDATE", [communaute_id]
        )


def _slug(nom: str) -> str:
    if len(nom) > NAME_MAX:
        raise ActionRefusee(f"Une étiquette compte {NAME_MAX} caractères au plus.", champ="etiquettes")
    slug = slugify(nom)
    if not slug:
        raise ActionRefusee("Une étiquette contient au moins une lettre ou un chiffre.", champ="etiquettes")
    return slug
