"""Proposing a sujet made of a sollicitation, agreeing to it, or not. Nothing is read by others before both agreed.

The sollicitation's row is held, then the publication's; the sujet is opened last, as anybody's.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from annuaire.sollicitations.access import is_party
from annuaire.sollicitations.actions.commun import locked_thread, publish_change
from annuaire.sollicitations.models import Destinataire
from communautes.models import Communaute
from forum.actions import open_sujet, refresh_evidence_of_sujet
from forum.actions.publication import check_text, check_title
from forum.models import Sujet
from forum.publications.access import both_write
from forum.publications.liens import ORIGINE, address_of
from forum.publications.models import Publication
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import of

# A proposal that nobody answers is forgotten after so long.
OUBLI = timedelta(days=60)
DEJA = "Ces échanges sont déjà publiés : le lien vers le sujet figure dans les échanges."
AILLEURS = "Choisissez une communauté où vous écrivez tous les deux."
CHANGE = (
    "Le texte proposé vient d’être modifié : relisez-le ci-dessous avant de donner votre accord. Ce que vous avez saisi est "
    "conservé."
)


@transaction.atomic
def propose(
    auteur: Agent,
    fil: Destinataire,
    communaute: Communaute,
    *,
    titre: str,
    texte: str,
    nommer: bool,
    version: int = 0,
) -> Publication:
    """Propose a text, or change the one that is proposed: whoever writes it agrees to it, the other is asked.

    `version`: the one that the person had before them, 0 for none. One of the two only. Raises `ActionRefusee` (words, place,
    changed meanwhile, published), `PermissionDenied`.
    """
    current = _held(auteur, fil)
    titre = check_title(titre)
    check_text(texte)
    row = _row(current)
    if row is not None and row.sujet_id is not None:
        raise ActionRefusee(DEJA)
    if (row.version if row is not None else 0) != version:
        raise ActionRefusee(CHANGE)
    if not both_write(current, communaute):
        raise ActionRefusee(AILLEURS, champ="communaute")
    if row is None:
        row = Publication(fil=current, version=0)
    row.communaute, row.titre, row.texte, row.par = communaute, titre, texte, auteur
    row.version += 1
    row.demandeur_nomme = row.sollicite_nomme = None
    _agree(row, current, auteur, nommer)
    row.save()
    record(auteur, "publication.propose", current.sollicitation, fil=current.pk, version=row.version)
    take_back(f"publication.{current.pk}.{row.version - 1}")
    other = _other(auteur, current)
    notify(
        [other],
        Annonce(
            genre=Genre.SOLLICITATION,
            cle=f"publication.{current.pk}.{row.version}",
            titre=f"{auteur.nom_complet} propose de publier vos échanges : «\u00a0{titre}\u00a0»",
            url=address_of(current),
            acteur=auteur,
            fil=f"publication.{current.pk}",
            intitule=titre,
        ),
    )
    publish_change(current, [auteur, other])
    return row


@transaction.atomic
def agree(agent: Agent, fil: Destinataire, *, nommer: bool, version: int) -> Sujet:
    """Agree to the text that the other proposed: the sujet opens at once. Twice gives the first one back.

    Signed by who asked if they are named, else by who answered: one of the two must be. Raises `ActionRefusee`,
    `PermissionDenied`.
    """
    current = _held(agent, fil)
    row = _row(current)
    if row is None:
        raise ActionRefusee("Cette proposition vient d’être retirée.")
    if row.sujet is not None:
        return row.sujet
    if row.version != version:
        raise ActionRefusee(CHANGE)
    if row.par_id == agent.pk:
        raise ActionRefusee("C’est votre proposition : l’autre personne doit encore donner son accord.")
    if not both_write(current, row.communaute):
        raise ActionRefusee(
            f"L’une de vous deux n’écrit plus dans «\u00a0{row.communaute.nom}\u00a0» : modifiez la proposition pour choisir "
            "une autre communauté."
        )
    _agree(row, current, agent, nommer)
    if not (row.demandeur_nomme or row.sollicite_nomme):
        raise ActionRefusee(
            "Un sujet est signé : l’une de vous deux au moins doit accepter d’être nommée.", champ="nommer"
        )
    asker = current.sollicitation.demandeur
    author = asker if row.demandeur_nomme else current.agent
    sujet = open_sujet(
        author,
        row.communaute,
        titre=row.titre,
        texte=f"{row.texte}\n\n*{_signed(row, current)}*",
        genre=Sujet.Genre.DISCUSSION,
        origine=ORIGINE,
    )
    row.sujet, row.titre, row.texte = sujet, "", ""
    row.save()
    # Only now is it known whose answer it is.
    refresh_evidence_of_sujet(sujet)
    record(agent, "publication.agree", current.sollicitation, fil=current.pk, sujet=sujet.pk)
    other = _other(agent, current)
    notify(
        [other],
        Annonce(
            genre=Genre.SOLLICITATION,
            cle=f"publication.{current.pk}.publiee",
            titre=f"{agent.nom_complet} a donné son accord : vos échanges sont publiés",
            url=sujet.get_absolute_url(),
            acteur=agent,
            fil=f"publication.{current.pk}",
        ),
    )
    publish_change(current, [agent, other])
    return sujet


@transaction.atomic
def withdraw(agent: Agent, fil: Destinataire) -> None:
    """Refuse what is proposed, or take it back: nothing stays of it. Harmless twice. Raises `ActionRefusee` once it is
    published, `PermissionDenied`."""
    current = _held(agent, fil)
    row = _row(current)
    if row is None:
        return
    if row.sujet_id is not None:
        raise ActionRefusee(DEJA)
    take_back(f"publication.{current.pk}.{row.version}")
    refused, version = row.par_id != agent.pk, row.version
    row.delete()
    record(agent, "publication.withdraw", current.sollicitation, fil=current.pk)
    other = _other(agent, current)
    if refused:
        notify(
            [other],
            Annonce(
                genre=Genre.SOLLICITATION,
                cle=f"publication.{current.pk}.{version}.refusee",
                titre=f"{agent.nom_complet} préfère que vos échanges ne soient pas publiés",
                url=current.get_absolute_url(),
                acteur=agent,
                fil=f"publication.{current.pk}",
            ),
        )
    publish_change(current, [agent, other])


@transaction.atomic
def forget_unanswered(now: datetime) -> None:
    """Forget proposals that nobody answered for long. For the worker."""
    Publication.objects.filter(sujet__isnull=True, modifiee_le__lt=now - OUBLI).delete()


def _held(agent: Agent, fil: Destinataire) -> Destinataire:
    if not is_party(agent, fil) or not agent.is_active or agent.partenaire:
        raise PermissionDenied(
            "Seules la personne qui demande et celle qui est sollicitée publient ces échanges."
        )
    check_limit("sollicitation", agent.pk)
    current = locked_thread(fil)
    if current.sollicitation.effacee_le is not None:
        raise ActionRefusee("Ces échanges ne sont plus conservés.")
    return current


def _row(fil: Destinataire) -> Publication | None:
    found: Publication | None = (
        Publication.objects.select_for_update(of=("self",))
        .select_related("communaute", "sujet")
        .filter(fil=fil)
        .first()
    )
    return found


def _agree(row: Publication, fil: Destinataire, agent: Agent, nommer: bool) -> None:
    if agent.pk == fil.agent_id:
        row.sollicite_nomme = nommer
    else:
        row.demandeur_nomme = nommer


def _other(agent: Agent, fil: Destinataire) -> Agent:
    return fil.sollicitation.demandeur if agent.pk == fil.agent_id else fil.agent


def _signed(row: Publication, fil: Destinataire) -> str:
    if row.demandeur_nomme and row.sollicite_nomme:
        asker = fil.sollicitation.demandeur.nom_complet
        return (
            f"D’après une sollicitation : une question {of(asker)}, une réponse {of(fil.agent.nom_complet)}."
        )
    return "D’après une sollicitation entre collègues."
