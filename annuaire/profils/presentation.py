"""A person's page as one reader sees it."""

from typing import Any

from django.utils.safestring import SafeString

from annuaire.models import Agent, Expertise
from annuaire.notifications.actions import settings_of
from annuaire.notifications.horaires import JOURS
from annuaire.preuves.presentation import contributions_of
from annuaire.profils.access import reads_directory_of, visible_recommandations
from annuaire.profils.forms import expertise_choices
from annuaire.profils.models import DemandeRecommandation, PropositionExpertise, Recommandation
from annuaire.profils.sections import profil_of
from annuaire.profils.vocabulaire import search_vocabulary, suggestions_for
from annuaire.sollicitations.accueil import room_for
from annuaire.sollicitations.comptes import help_given, help_recognised
from plateforme.socle.texte import render_markdown

# Contributions on the page itself; the others are one link away.
SHOWN = 4
# Recommendations on one page; nobody has more, or the oldest may go.
MOST_SHOWN = 50
# Proposed expertises on one page of the moderation, each with its nearest entries of the vocabulary.
MOST_DECIDED = 20
NEAREST = 3


def profile_context(reader: Agent, agent: Agent) -> dict[str, Any]:
    """What the page of `agent`, got through `annuaire.access.get_agent`, shows to `reader`."""
    profil = profil_of(agent)
    contributions = contributions_of(reader, agent)
    recommandations = list(visible_recommandations(reader, agent)[:MOST_SHOWN])
    directory = reads_directory_of(reader, agent)
    colleagues = not (agent == reader or reader.partenaire or agent.partenaire)
    return {
        "agent": agent,
        "profil": profil,
        "est_moi": agent == reader,
        "montre_annuaire": directory,
        "declarations": sorted(
            agent.declarations.all() if directory else (),
            key=lambda row: (-row.niveau, row.depuis or 9999, row.expertise.libelle),
        ),
        "biographie": biography_html(agent, profil.biographie_html),
        "missions": list(agent.missions.all()) if directory else [],
        "couverts": list(profil.territoires.order_by("nom")) if profil.pk and directory else [],
        "jours": days_said(settings_of(agent).jours) if profil.montre_jours and directory else "",
        "contributions": contributions[:SHOWN],
        "autres_contributions": len(contributions) > SHOWN,
        "recommandations": recommandations,
        "suggestions": suggestions_for(agent) if agent == reader else [],
        "aides": help_given(reader, agent),
        "utilites": help_recognised(reader, agent),
        "peut_recommander": colleagues,
        "accueil": room_for(reader, agent) if colleagues else None,
    }


def recommendations_context(agent: Agent) -> dict[str, Any]:
    """What `agent` is asked, what they received and gave. Three queries."""
    given = Recommandation.objects.filter(auteur=agent).order_by("-cree_le", "-pk")
    return {
        "demandes": DemandeRecommandation.objects.filter(destinataire=agent, demandeur__is_active=True)
        .select_related("demandeur__service", "demandeur__territoire", "expertise")
        .order_by("-cree_le")[:MOST_SHOWN],
        "recues": visible_recommandations(agent, agent)[:MOST_SHOWN],
        "donnees": given.select_related("agent__service", "agent__territoire", "expertise")[:MOST_SHOWN],
    }


def moderation_context() -> dict[str, Any]:
    """What waits for the platform's team. A handful of queries, and two for each proposed expertise."""
    reported = (
        Recommandation.objects.filter(retiree_le__isnull=True, signalements__isnull=False)
        .distinct()
        .select_related("auteur", "agent", "expertise")
        .prefetch_related("signalements")
        .order_by("pk")
    )
    proposed = PropositionExpertise.objects.filter(etat=PropositionExpertise.Etat.ATTENTE)
    return {
        "signalees": reported[:MOST_SHOWN],
        "proposees": [
            (proposition, search_vocabulary(proposition.libelle)[:NEAREST])
            for proposition in proposed.select_related("auteur__service", "auteur__territoire").order_by(
                "cree_le", "pk"
            )[:MOST_DECIDED]
        ],
        "domaines": list(Expertise.objects.order_by("domaine").values_list("domaine", flat=True).distinct()),
        "vocabulaire": expertise_choices()[1:],
    }


def biography_html(agent: Agent, stored: str) -> SafeString:
    """Somebody's presentation, rendered now when it was written before there was a renderer."""
    return SafeString(stored) if stored or not agent.biographie else render_markdown(agent.biographie)


def days_said(days: list[int]) -> str:
    """« du lundi au vendredi », « lundi, mardi et jeudi »."""
    days = sorted(set(days))
    names = [JOURS[day] for day in days]
    if len(days) == 7:
        return "tous les jours"
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"du {names[0]} au {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
