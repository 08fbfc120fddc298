"""Who is told of decisions."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from annuaire.models import Agent, AgentQuerySet
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre, Niveau
from annuaire.notifications.models import Notification
from communautes.access import readers_of
from communautes.explications import animateurs_of
from communautes.models import Adhesion
from communautes.suites.models import Decision
from communautes.suites.origines import levels_of
from communautes.suites.registres import registres
from plateforme.socle.texte import plain_text


@transaction.atomic
def tell_of_decision(decision: Decision) -> None:
    """Tell the members of a decision that is confirmed, and those who follow where it comes from; of a place without
    community, those who may read it there.

    For the worker; harmless when repeated. By each one's level: in the digest, by e-mail at once for who
    follows, nothing for who put it to sleep. Access is looked at now; what was cancelled meanwhile is told
    nobody. Its author, when somebody else confirmed it, is told as one who follows.
    """
    if not decision.confirmee:
        return
    chosen = levels_of(decision)
    people = _readers(decision)
    if decision.communaute_id is not None:
        member = Adhesion.objects.filter(communaute=decision.communaute_id, agent=OuterRef("pk"))
        people = people.filter(Exists(member) | Q(pk__in=list(chosen)))
    _tell(
        decision,
        list(people),
        _key(decision),
        f"Décision {decision.reference} : {plain_text(decision.texte, 180)}",
        acteur=decision.confirmee_par,
        niveaux=_levels(decision, chosen),
    )


@transaction.atomic
def tell_of_cancellation(decision: Decision) -> None:
    """Tell those who know of a decision that it is cancelled; the others hear of neither. For the worker."""
    if not decision.annulee:
        return
    # Read on the site, or sent by e-mail or in a digest.
    knew = list(
        Notification.objects.filter(cle=_key(decision))
        .filter(Q(lue_le__isnull=False) | Q(envoye_le__isnull=False))
        .values_list("destinataire", flat=True)
    )
    take_back(_key(decision))
    people = list(_readers(decision).filter(pk__in=[*knew, decision.auteur_id]))
    _tell(
        decision,
        people,
        f"{_key(decision)}.annulee",
        f"La décision {decision.reference} est annulée : {plain_text(decision.texte, 160)}",
        acteur=decision.annulee_par,
        extrait=decision.motif_annulation,
        niveaux=_levels(decision, levels_of(decision)),
    )


def tell_animation(decision: Decision) -> None:
    """Ask those who animate to look at a proposal, in the caller's transaction."""
    assert decision.communaute is not None
    _tell(
        decision,
        animateurs_of(decision.communaute),
        f"{_key(decision)}.proposee",
        f"{decision.auteur.nom_complet} propose une décision : {plain_text(decision.texte, 160)}",
        acteur=decision.auteur,
    )


def forget_proposal(decision: Decision) -> None:
    """A proposal was looked at: those who animate need do it no more. In the caller's transaction."""
    take_back(f"{_key(decision)}.proposee")


def tell_author_of_refusal(decision: Decision) -> None:
    """Tell its author why a proposal was set aside, in the caller's transaction."""
    forget_proposal(decision)
    _tell(
        decision,
        _readers(decision).filter(pk=decision.auteur_id),
        f"{_key(decision)}.ecartee",
        f"Votre proposition de décision est écartée : {plain_text(decision.texte, 160)}",
        acteur=decision.annulee_par,
        extrait=decision.motif_annulation,
        niveaux={decision.auteur_id: Niveau.SUIVRE},
    )


def _readers(decision: Decision) -> AgentQuerySet:
    """Who may read it at this moment."""
    if decision.communaute is not None:
        return readers_of(decision.communaute)
    return registres().readers(decision)


def _key(decision: Decision) -> str:
    return f"decision.{decision.pk}"


def place_of(decision: Decision) -> str:
    """The name of the community, or of the place that keeps the register."""
    if decision.communaute is not None:
        return decision.communaute.nom
    assert decision.registre is not None
    return registres().name(decision.registre)


def _levels(decision: Decision, chosen: Mapping[int, Niveau]) -> dict[int, Niveau]:
    """Each one's level for the place it comes from, else for the community; whoever proposed it follows it."""
    rows = Adhesion.objects.filter(communaute=decision.communaute_id).values_list("agent", "niveau")
    found = {pk: Niveau(niveau) for pk, niveau in rows}
    found |= chosen
    found[decision.auteur_id] = Niveau.SUIVRE
    return found


def _tell(
    decision: Decision,
    people: Iterable[Agent],
    cle: str,
    titre: str,
    *,
    acteur: Agent | None,
    extrait: str = "",
    niveaux: Mapping[int, Niveau] | None = None,
) -> None:
    notify(
        people,
        Annonce(
            genre=Genre.DECISION,
            cle=cle,
            titre=titre,
            url=decision.get_absolute_url(),
            extrait=extrait[:300],
            acteur=acteur,
            fil=f"decision.{decision.pk}",
            intitule=place_of(decision),
            niveaux=niveaux or {},
        ),
    )
