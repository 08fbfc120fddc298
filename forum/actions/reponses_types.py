"""Canned answers: what moderators of a community write often."""

from django.db import IntegrityError, transaction

from annuaire.models import Agent
from communautes.models import Communaute
from forum.actions.moderation import record_moderation, require_animation
from forum.models import ReponseType
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

# The fields they go into hold no more.
TEXTE_MAX = 500
NOMBRE_MAX = 50


@transaction.atomic
def save_canned(
    auteur: Agent, communaute: Communaute, *, titre: str, texte: str, reponse: ReponseType | None = None
) -> ReponseType:
    """Add a canned answer, or change `reponse`. Animateurs. Two of one title: `ActionRefusee`."""
    require_animation(auteur, communaute)
    check_limit("moderation", auteur.pk)
    if len(texte) > TEXTE_MAX:
        raise ActionRefusee(f"Une réponse type compte {TEXTE_MAX} caractères au plus.", champ="texte")
    if reponse is None:
        if ReponseType.objects.filter(communaute=communaute).count() >= NOMBRE_MAX:
            raise ActionRefusee(f"{NOMBRE_MAX} réponses types au plus : supprimez-en une d’abord.")
        reponse = ReponseType(communaute=communaute)
    reponse.titre, reponse.texte = titre, texte
    try:
        with transaction.atomic():
            reponse.save()
    except IntegrityError:
        raise ActionRefusee("Une réponse type porte déjà ce titre.", champ="titre") from None
    record_moderation(auteur, communaute, "save_canned", reponse=reponse.pk)
    return reponse


@transaction.atomic
def delete_canned(auteur: Agent, reponse: ReponseType) -> None:
    """Remove a canned answer. Animateurs; harmless twice."""
    require_animation(auteur, reponse.communaute)
    record_moderation(auteur, reponse.communaute, "delete_canned", reponse=reponse.pk)
    ReponseType.objects.filter(pk=reponse.pk).delete()
