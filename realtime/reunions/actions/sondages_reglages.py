"""Changing a search for a date that goes on: who is asked, its slots, whether answers are taken.

As `sondages`: every write holds the row of the search. Answers to slots that stay are never touched.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.fils import forget_thread
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.reunions.access_sondages import require_decide
from realtime.reunions.actions.listes import Invites, add_people
from realtime.reunions.actions.sondages import announce_dates, check_closing, locked_dates, require_going
from realtime.reunions.models import Convive, Creneau, SondageDates, Sonde


@transaction.atomic
def ask_more(auteur: Agent, sondage: SondageDates, invites: Invites) -> int:
    """Ask more people, by name; the worker tells them. Returns how many were not asked. Who asks, and the animateurs.

    Raises `ActionRefusee` naming whom it cannot ask, then nobody is.
    """
    from realtime.reunions.tasks import distribute_added

    current = locked_dates(sondage)
    require_decide(auteur, current)
    require_going(current)
    check_limit("invitation_reunion", auteur.pk)
    before = set(Sonde.objects.present().filter(sondage=current).values_list("pk", flat=True))
    add_people(current, invites)
    added = Sonde.objects.present().filter(sondage=current).exclude(pk__in=before)
    rows = list(added.values_list("pk", "agent"))
    if not rows:
        return 0
    agents = [agent for _, agent in rows if agent is not None]
    record(auteur, "dates.ask_more", current, agents=agents, personnes=len(rows))
    announce_dates(current, "personnes")
    # The number makes one telling of it: somebody taken off and asked again is told again.
    distribute_added.defer(sondage_id=current.pk, agents=agents, numero=int(timezone.now().timestamp()))
    return len(rows)


@transaction.atomic
def ask_no_more(auteur: Agent, sonde: Sonde) -> None:
    """Take somebody off the list: their answers go with them, and the worker writes to them. Who asks, and the
    animateurs; never who asks. Harmless when they are off it."""
    from realtime.reunions.tasks import write_withdrawn

    current = locked_dates(sonde.sondage)
    require_decide(auteur, current)
    require_going(current)
    if sonde.agent_id == current.organisateur_id:
        raise ActionRefusee(
            "La personne qui cherche une date en fait partie\u00a0: cherchez-en plutôt une autre."
        )
    row = Sonde.objects.present().filter(pk=sonde.pk, sondage=current).first()
    if row is None:
        return
    told = row.agent_id is not None or row.envoyee is not None
    row.disponibilites.all().delete()
    # Taken off by name: their group does not put them back. `envoyee`: what they are to be written.
    row.retire_le, row.origine = timezone.now(), Convive.Origine.PERSONNE
    row.repondu_le, row.commentaire = None, ""
    row.envoyee = current.sequence if told else None
    row.save(update_fields=["retire_le", "origine", "repondu_le", "commentaire", "envoyee"])
    if row.agent_id is not None:
        forget_thread(f"dates.{current.pk}", [row.agent_id])
    record(auteur, "dates.ask_no_more", current, sonde=row.pk, agent=row.agent_id)
    announce_dates(current, "personnes")
    if told:
        write_withdrawn.defer(sonde_id=row.pk)


@transaction.atomic
def remove_slot(auteur: Agent, sondage: SondageDates, creneau_id: int) -> None:
    """Propose a moment no more; what was answered of it goes, the rest stays. Who asks, and the animateurs; harmless
    when it is gone. Raises `ActionRefusee` for the only one."""
    current = locked_dates(sondage)
    require_decide(auteur, current)
    require_going(current)
    creneau = Creneau.objects.filter(sondage=current, pk=creneau_id).first()
    if creneau is None:
        return
    if not current.creneaux.exclude(pk=creneau.pk).exists():
        raise ActionRefusee("C’est le seul créneau\u00a0: ajoutez-en un autre d’abord.")
    creneau.delete()
    record(auteur, "dates.remove_slot", current, debut=creneau.debut.isoformat())
    announce_dates(current, "creneau_retire")


@transaction.atomic
def close_answers(auteur: Agent, sondage: SondageDates) -> None:
    """Take no more answers from now on; a date may still be chosen. Who asks, and the animateurs; harmless twice."""
    current = locked_dates(sondage)
    require_decide(auteur, current)
    require_going(current)
    now = timezone.now()
    if not current.takes_answers(now):
        return
    current.cloture_le, current.cloture_dite = now, True
    current.save(update_fields=["cloture_le", "cloture_dite"])
    record(auteur, "dates.close", current)
    announce_dates(current, "clos")


@transaction.atomic
def reopen_answers(auteur: Agent, sondage: SondageDates, *, cloture_le: datetime | None = None) -> None:
    """Take answers again, until `cloture_le` or until a date is chosen; when they are taken already, only the end
    changes. All those asked are told, those who answered keep their answers. Who asks, and the animateurs.

    Raises `ActionRefusee` naming the field.
    """
    from realtime.reunions.tasks import distribute_dates

    current = locked_dates(sondage)
    require_decide(auteur, current)
    require_going(current)
    now = timezone.now()
    moments = list(current.creneaux.values_list("debut", flat=True))
    if max(moments) <= now:
        raise ActionRefusee("Tous les créneaux sont passés\u00a0: ajoutez-en d’abord.", champ="cloture")
    check_closing(cloture_le, moments, now)
    closed = not current.takes_answers(now)
    if not closed and current.cloture_le == cloture_le:
        return
    current.cloture_le, current.cloture_dite, current.relance_le = cloture_le, False, None
    current.sequence += 1
    current.save(update_fields=["cloture_le", "cloture_dite", "relance_le", "sequence"])
    # Of those without account, who answered is written nothing.
    Sonde.objects.filter(sondage=current, repondu_le__isnull=False, envoyee=current.sequence - 1).update(
        envoyee=current.sequence
    )
    record(auteur, "dates.reopen" if closed else "dates.set_closing", current)
    announce_dates(current, "rouvert" if closed else "cloture")
    if closed:
        distribute_dates.defer(sondage_id=current.pk, quoi="rouvert", auteur_id=auteur.pk)
