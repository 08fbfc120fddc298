"""Help asked between agents of the demo's world: waiting, taken on, being written, a call, and one that was of use."""

from datetime import datetime, timedelta

from annuaire.models import Agent, DeclarationExpertise
from annuaire.sollicitations import actions
from annuaire.sollicitations.actions import Bilan, Projet
from annuaire.sollicitations.models import Destinataire, MessageFil, Sollicitation


def load_sollicitations(agents: dict[str, Agent], now: datetime) -> None:
    """Nadia Ferhat asks Gaëlle Estaque, who took it on, and Aminata Sarr, who has it to read; she is writing another. Ghislaine
    Mouret was of use to Malika Cambon."""
    nadia, gaelle, aminata = agents["nadia-ferhat"], agents["gaelle-estaque"], agents["aminata-sarr"]
    taken = _ask(
        nadia,
        gaelle,
        Projet(
            objet="Relire un arrêté de restauration de zone humide",
            besoin="Pourriez-vous relire les prescriptions de suivi ? Je ne suis pas sûre que **trois ans** suffisent pour "
            "juger de la reprise de la végétation.",
            contexte="Deux hectares de prairie drainée en tête de bassin ; le pétitionnaire est une commune.",
            forme="relecture",
            urgence="quinze",
        ),
        now - timedelta(days=2),
    )
    fil = taken.destinataires.get()
    actions.accept(gaelle, fil)
    actions.write(gaelle, fil, "Je m’en occupe. Avez-vous l’état initial, avec les relevés de piézomètre ?")
    actions.write(nadia, fil, "Oui, le bureau d’études me l’envoie cette semaine.")
    _ask(
        nadia,
        aminata,
        Projet(
            objet="Visite d’un ouvrage avant mise en demeure",
            besoin="Accepteriez-vous de venir voir un seuil avec moi avant que je propose la mise en demeure ?",
            forme="visite",
            urgence="trois",
        ),
        now - timedelta(hours=5),
    )
    best = (
        DeclarationExpertise.objects.filter(agent=aminata)
        .order_by("-niveau", "pk")
        .select_related("expertise")
    )
    actions.save_draft(
        nadia,
        Projet(
            objet="Quel suivi pour une passe à poissons rustique ?",
            besoin="Je cherche un retour d’expérience sur le suivi d’une passe rustique en granite.",
            appel=True,
            expertise=best[0].expertise,
        ),
    )
    _useful(agents["malika-cambon"], agents["ghislaine-mouret"], now - timedelta(days=40))


def _useful(demandeur: Agent, agent: Agent, quand: datetime) -> None:
    """Asked about what they know best, answered, closed with thanks: counted on their page."""
    expertise = (
        agent.declarations.select_related("expertise").order_by("-niveau", "expertise__libelle")[0].expertise
    )
    asked = _ask(
        demandeur,
        agent,
        Projet(
            objet="Un plan d’eau ancien, sans titre",
            besoin="Comment régulariser un plan d’eau creusé avant 1993, quand personne ne retrouve d’autorisation ?",
            expertise=expertise,
        ),
        quand,
    )
    fil = asked.destinataires.get()
    actions.write(
        agent,
        fil,
        "Par la reconnaissance d’antériorité, si l’existence se prouve : photos aériennes.",
        reponse=True,
    )
    actions.close(demandeur, asked, {fil.pk: Bilan("oui", "Merci, le dossier est reparti.")})
    Sollicitation.objects.filter(pk=asked.pk).update(finie_le=quand + timedelta(days=6))


def _ask(demandeur: Agent, agent: Agent, projet: Projet, quand: datetime) -> Sollicitation:
    """Send, then put back in time."""
    asked = actions.send(demandeur, actions.save_draft(demandeur, projet, [agent]))
    Sollicitation.objects.filter(pk=asked.pk).update(cree_le=quand, envoyee_le=quand)
    Destinataire.objects.filter(sollicitation=asked).update(cree_le=quand, etat_le=quand, compte_le=quand)
    MessageFil.objects.filter(fil__sollicitation=asked).update(cree_le=quand)
    return asked
