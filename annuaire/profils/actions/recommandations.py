"""Recommendations by colleagues: given, asked for, withdrawn, hidden, reported, moderated."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent, Expertise
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from annuaire.profils.access import require_moderation
from annuaire.profils.models import (
    CONTEXTE_MAX,
    DemandeRecommandation,
    Recommandation,
    SignalementRecommandation,
)
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import of


@transaction.atomic
def recommend(auteur: Agent, agent: Agent, expertise: Expertise, contexte: str) -> Recommandation:
    """Say what one saw of a colleague's expertise. Agents of the State only, and of somebody else.

    It answers their request, if there was one. Raises `ActionRefusee`, also when one did so already.
    """
    _require_colleagues(auteur, agent)
    check_limit("recommandation", auteur.pk)
    contexte = contexte.strip()
    if not contexte:
        raise ActionRefusee("Dites ce que vous avez vu : c’est ce qui donne son prix.", champ="contexte")
    if len(contexte) > CONTEXTE_MAX:
        raise ActionRefusee(f"{CONTEXTE_MAX} caractères au plus : allez à l’essentiel.", champ="contexte")
    try:
        with transaction.atomic():
            given = Recommandation.objects.create(
                auteur=auteur, agent=agent, expertise=expertise, contexte=contexte
            )
    except IntegrityError:
        raise ActionRefusee(
            f"Vous avez déjà recommandé {agent.prenom} sur « {expertise.libelle} » : retirez d’abord votre "
            "recommandation pour en écrire une autre.",
            champ="expertise",
        ) from None
    _settle(agent, auteur, expertise)
    record(auteur, "recommandation.give", given, agent=agent.pk)
    notify(
        [agent],
        Annonce(
            genre=Genre.PROFIL,
            cle=f"recommandation.{given.pk}",
            titre=f"{auteur.nom_complet} vous recommande sur « {expertise.libelle} »",
            url=agent.get_absolute_url() + "#recommandations",
            extrait=contexte,
            acteur=auteur,
        ),
    )
    publish_on_commit(f"agent.{agent.pk}", {"type": "profil.change"})
    return given


@transaction.atomic
def withdraw(auteur: Agent, recommandation: Recommandation) -> None:
    """Take back a recommendation that one gave: nothing stays of it."""
    if recommandation.auteur_id != auteur.pk:
        raise PermissionDenied("Cette recommandation est celle d’une autre personne.")
    if recommandation.retiree_le is not None:
        raise ActionRefusee("La modération a déjà retiré cette recommandation.")
    record(auteur, "recommandation.withdraw", recommandation, agent=recommandation.agent_id)
    take_back(f"recommandation.{recommandation.pk}")
    take_back(f"signalement-recommandation.{recommandation.pk}")
    recommandation.delete()
    publish_on_commit(f"agent.{recommandation.agent_id}", {"type": "profil.change"})


@transaction.atomic
def set_recommendation_hidden(agent: Agent, recommandation: Recommandation, hidden: bool) -> None:
    """Keep a recommendation of oneself from being shown, or show it again."""
    if recommandation.agent_id != agent.pk:
        raise PermissionDenied("Cette recommandation concerne une autre personne.")
    Recommandation.objects.filter(pk=recommandation.pk).update(masquee_le=timezone.now() if hidden else None)
    record(agent, "recommandation.hide" if hidden else "recommandation.show", recommandation)


@transaction.atomic
def ask_recommendation(
    demandeur: Agent, destinataire: Agent, expertise: Expertise, mot: str = ""
) -> DemandeRecommandation:
    """Ask a colleague for a recommendation. Raises `ActionRefusee`; asked twice, nothing more is told."""
    _require_colleagues(demandeur, destinataire)
    check_limit("recommandation", demandeur.pk)
    pair = {"auteur": destinataire, "agent": demandeur, "expertise": expertise}
    if Recommandation.objects.filter(**pair).exists():
        raise ActionRefusee(
            f"{destinataire.prenom} a déjà recommandé votre travail sur « {expertise.libelle} »."
        )
    asked, new = DemandeRecommandation.objects.get_or_create(
        demandeur=demandeur, destinataire=destinataire, expertise=expertise, defaults={"mot": mot.strip()}
    )
    if new:
        record(demandeur, "recommandation.ask", asked, destinataire=destinataire.pk)
        notify(
            [destinataire],
            Annonce(
                genre=Genre.PROFIL,
                cle=f"demande-recommandation.{asked.pk}",
                titre=f"{demandeur.nom_complet} vous demande une recommandation sur « {expertise.libelle} »",
                url=reverse("profils:recommandations"),
                extrait=asked.mot,
                acteur=demandeur,
            ),
        )
    return asked


@transaction.atomic
def decline(destinataire: Agent, demande: DemandeRecommandation) -> None:
    """Leave a request without answer: who asked is not told."""
    if demande.destinataire_id != destinataire.pk:
        raise PermissionDenied("Cette demande s’adresse à une autre personne.")
    record(destinataire, "recommandation.decline", demande)
    take_back(f"demande-recommandation.{demande.pk}")
    demande.delete()


@transaction.atomic
def report_recommendation(auteur: Agent, recommandation: Recommandation, motif: str) -> None:
    """Tell the platform's team that a recommendation should not stand. Said twice, the reason is replaced."""
    if auteur.partenaire:
        raise PermissionDenied("Les recommandations se lisent entre agents de l’État.")
    check_limit("signalement", auteur.pk)
    SignalementRecommandation.objects.update_or_create(
        recommandation=recommandation, auteur=auteur, defaults={"motif": motif.strip()}
    )
    record(auteur, "recommandation.report", recommandation)
    notify(
        Agent.objects.active().filter(is_staff=True),
        Annonce(
            genre=Genre.MODERATION,
            cle=f"signalement-recommandation.{recommandation.pk}",
            titre="Une recommandation est signalée",
            url=reverse("profils:moderation"),
        ),
    )


@transaction.atomic
def moderate_recommendation(staff: Agent, recommandation: Recommandation, motif: str = "") -> None:
    """Take a reported recommendation away, with a reason told to its author; without one, let it stand.

    The platform's team only, and never one's own nor of oneself. Raises `ActionRefusee`.
    """
    require_moderation(staff)
    if staff.pk in (recommandation.auteur_id, recommandation.agent_id):
        raise ActionRefusee("Cette recommandation vous concerne : laissez une autre personne en décider.")
    row = Recommandation.objects.select_for_update(no_key=True, of=("self",)).get(pk=recommandation.pk)
    if row.retiree_le is not None or not row.signalements.exists():
        raise ActionRefusee("Quelqu’un d’autre vient de s’en occuper.")
    row.signalements.all().delete()
    take_back(f"signalement-recommandation.{row.pk}")
    motif = motif.strip()
    record(staff, "recommandation.remove" if motif else "recommandation.keep", row)
    if not motif:
        return
    row.retiree_le, row.motif_retrait = timezone.now(), motif
    row.save(update_fields=["retiree_le", "motif_retrait"])
    take_back(f"recommandation.{row.pk}")
    notify(
        [recommandation.auteur],
        Annonce(
            genre=Genre.MODERATION,
            cle=f"recommandation.{row.pk}.retiree",
            titre=f"Votre recommandation {of(recommandation.agent.nom_complet)} est retirée",
            url=reverse("profils:recommandations"),
            extrait=motif,
        ),
    )
    publish_on_commit(f"agent.{row.agent_id}", {"type": "profil.change"})


def _require_colleagues(one: Agent, other: Agent) -> None:
    if one.partenaire or other.partenaire:
        raise PermissionDenied("Les recommandations se donnent entre agents de l’État.")
    if one.pk == other.pk:
        raise ActionRefusee("On ne se recommande pas soi-même.")
    if not other.is_active:
        raise ActionRefusee("Le compte de cette personne est fermé.")


def _settle(demandeur: Agent, destinataire: Agent, expertise: Expertise) -> None:
    asked = DemandeRecommandation.objects.filter(
        demandeur=demandeur, destinataire=destinataire, expertise=expertise
    ).first()
    if asked is not None:
        take_back(f"demande-recommandation.{asked.pk}")
        asked.delete()
