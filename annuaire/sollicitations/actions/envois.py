"""Sending: to chosen colleagues, or to those whom a call reaches."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.sollicitations.access import require_agent
from annuaire.sollicitations.actions.commun import hold_people, locked, publish_change, tell
from annuaire.sollicitations.appels import reached_by_call
from annuaire.sollicitations.charge import rooms_of
from annuaire.sollicitations.etats import Etat
from annuaire.sollicitations.models import Destinataire, MessageFil, Sollicitation, Urgence
from annuaire.sollicitations.rappels import first_reminders
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

DELAIS = {Urgence.QUINZE_JOURS: 15, Urgence.TROIS_JOURS: 3, Urgence.AUJOURD_HUI: 0}
OBJET_MIN, BESOIN_MIN = 5, 20


@transaction.atomic
def send(demandeur: Agent, brouillon: Sollicitation) -> Sollicitation:
    """Send a draft of one's own. Sent twice, it is sent once.

    Everybody's room is looked at again here, their rows held. Raises `ActionRefusee` (what is missing, who cannot be asked
    now, too many in a day), `PermissionDenied`.
    """
    from annuaire.sollicitations.tasks import distribute

    require_agent(demandeur)
    row = locked(brouillon)
    if row.demandeur_id != demandeur.pk or row.etat != Etat.BROUILLON:
        return row
    check_limit("sollicitation", demandeur.pk)
    _check_words(row)
    now = timezone.now()
    people = _reached(row)
    held = hold_people([demandeur.pk, *(agent.pk for agent in people)])
    _check_day(row)
    chosen = [held[agent.pk] for agent in people if agent.pk in held]
    rooms = rooms_of(chosen, now)
    if row.appel:
        chosen = [agent for agent in chosen if rooms[agent.pk].possible]
    else:
        _refuse([rooms[agent.pk].raison for agent in chosen if not rooms[agent.pk].possible])
    if not chosen:
        raise ActionRefusee(
            "Personne ne peut recevoir cet appel pour l’instant : élargissez le territoire, ou posez la question dans une "
            "communauté."
            if row.appel
            else "Choisissez au moins une personne.",
            champ="territoire" if row.appel else "ajouter",
        )
    row.etat, row.envoyee_le, row.activite_le = Etat.ENVOYEE, now, now
    if row.pour_le is None and row.urgence in DELAIS:
        row.pour_le = timezone.localdate(now) + timedelta(days=DELAIS[Urgence(row.urgence)])
    row.save()
    row.pressentis.clear()
    reminders = first_reminders(row, chosen, now)
    threads = Destinataire.objects.bulk_create(
        Destinataire(
            sollicitation=row,
            agent=agent,
            etat_le=now,
            cree_le=now,
            compte_le=None if row.appel else now,
            prochain_rappel=reminders[agent.pk],
            dernier_numero=1,
            lu_demandeur=1,
        )
        for agent in chosen
    )
    MessageFil.objects.bulk_create(
        MessageFil(fil=fil, numero=1, auteur=demandeur, evenement=MessageFil.Evenement.ENVOI)
        for fil in threads
    )
    record(demandeur, "sollicitation.send", row, personnes=len(threads), appel=row.appel)
    for fil in threads:
        publish_change(fil, [fil.agent])
    distribute.defer(sollicitation_id=row.pk)
    return row


def tell_of_sending(sollicitation: Sollicitation) -> None:
    """Tell each person who is asked and has not been told. For the worker; harmless when repeated."""
    rows = MessageFil.objects.filter(
        fil__sollicitation=sollicitation, evenement=MessageFil.Evenement.ENVOI
    ).select_related("auteur", "fil__agent", "fil__sollicitation__demandeur")
    for message in rows.order_by("pk"):
        # Ended, filled or answered meanwhile: it waits for nobody any more.
        if message.fil.attend:
            tell(message.fil, message, [message.fil.agent])


def _check_words(row: Sollicitation) -> None:
    if len(row.objet) < OBJET_MIN:
        raise ActionRefusee("Dites en quelques mots de quoi il s’agit.", champ="objet")
    if len(row.besoin) < BESOIN_MIN:
        raise ActionRefusee("Décrivez votre besoin en une phrase au moins.", champ="besoin")
    if row.pour_le is not None and row.pour_le < timezone.localdate():
        raise ActionRefusee("La date souhaitée est passée : choisissez-en une à venir.", champ="pour_le")
    if row.appel and row.expertise is None:
        raise ActionRefusee("Choisissez l’expertise que vous cherchez.", champ="expertise")


def _reached(row: Sollicitation) -> list[Agent]:
    if not row.appel:
        return list(row.pressentis.all())
    assert row.expertise is not None
    return list(reached_by_call(row.demandeur, row.expertise, row.territoire))


def _check_day(row: Sollicitation) -> None:
    """Not more than so many in a day; the asker's row is held."""
    limits: Mapping[str, int] = settings.SOLLICITATIONS
    since = timezone.now() - timedelta(days=1)
    today = Sollicitation.objects.filter(demandeur=row.demandeur_id, envoyee_le__gt=since)
    if today.count() >= limits["par_jour"]:
        raise ActionRefusee(
            f"Vous avez envoyé {limits['par_jour']} sollicitations depuis hier, le plus qu’on puisse en un jour. Celle-ci "
            "est gardée en brouillon : envoyez-la demain, ou posez la question dans une communauté."
        )
    if row.appel and today.filter(appel=True).count() >= limits["appels_par_jour"]:
        raise ActionRefusee(
            f"Vous avez lancé {limits['appels_par_jour']} appels depuis hier, le plus qu’on puisse en un jour. Celui-ci "
            "est gardé en brouillon : lancez-le demain."
        )


def _refuse(reasons: Iterable[str]) -> None:
    said = list(reasons)
    if said:
        raise ActionRefusee(" ".join(said), champ="ajouter")
