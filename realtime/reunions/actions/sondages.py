"""« Quand se voit-on ? »: proposing slots, saying when one can, adding slots, choosing one, giving up.

Every write holds the row of the search: two choices made at once take turns, and the second is told of the first.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.preferences import clock_of
from communautes.models import Communaute
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.access import member_salons
from realtime.models import Salon
from realtime.reunions.access import may_be_invited, still_invited
from realtime.reunions.access_sondages import require_decide
from realtime.reunions.actions.listes import Exterieur, Invites, add_people, resolve_groups
from realtime.reunions.actions.planification import HORIZON, clean_fields, plan_reunion, require_plan
from realtime.reunions.horaires import say_moment
from realtime.reunions.models import Convive, Creneau, Disponibilite, Reunion, SondageDates, Sonde
from realtime.reunions.models.commun import Visio

CRENEAUX_MAX = 30
# Those who did not answer are not reminded by hand more often.
ENTRE_RELANCES = timedelta(hours=20)


@transaction.atomic
def propose_dates(
    auteur: Agent,
    communaute: Communaute | None,
    debuts: Iterable[datetime],
    *,
    titre: str,
    duree_minutes: int = 60,
    fuseau: str = "",
    precisions: str = "",
    lieu: str = "",
    visio: str = Visio.AUCUNE,
    lien_visio: str = "",
    cloture_le: datetime | None = None,
    salon: Salon | None = None,
    invites: Invites | None = None,
) -> SondageDates:
    """Ask people which of some moments suits them; the worker tells them. Who may ask whom: as `plan_reunion`.

    `fuseau` empty: the author's clock. Raises `ActionRefusee` naming the field, and `PermissionDenied`.
    """
    from realtime.reunions.tasks import distribute_dates

    invites = invites or Invites(toute_la_communaute=communaute is not None)
    require_plan(auteur, communaute, salon, invites)
    check_limit("reunion", auteur.pk)
    now = timezone.now()
    # The meeting's own checks, at a moment that raises nothing: slots are checked one by one.
    fields: dict[str, Any] = clean_fields(
        {
            "titre": titre,
            "debut": now + timedelta(days=1),
            "fuseau": fuseau or clock_of(auteur),
            "duree_minutes": duree_minutes,
            "lieu": lieu,
            "visio": visio,
            "lien_visio": lien_visio,
        },
        avant=None,
    )
    del fields["debut"]
    moments = _clean_slots(debuts, now)
    check_closing(cloture_le, moments, now)
    sondage = SondageDates.objects.create(
        communaute=communaute,
        salon=salon,
        organisateur=auteur,
        precisions=precisions.replace("\r\n", "\n").strip()[:1000],
        cloture_le=cloture_le,
        toute_la_communaute=invites.toute_la_communaute,
        toute_l_animation=invites.toute_l_animation,
        **fields,
    )
    Creneau.objects.bulk_create([Creneau(sondage=sondage, debut=moment) for moment in moments])
    Sonde.objects.create(sondage=sondage, agent=auteur, role=Convive.Role.ANIMATEUR)
    add_people(sondage, invites)
    resolve_groups(sondage)
    if not Sonde.objects.filter(sondage=sondage).exclude(agent=auteur).exists():
        raise ActionRefusee("Dites à qui vous proposez ces créneaux.", champ="personnes")
    record(auteur, "dates.propose", sondage, creneaux=len(moments))
    distribute_dates.defer(sondage_id=sondage.pk)
    return sondage


@transaction.atomic
def say_when_free(
    agent: Agent, sondage: SondageDates, choix: Mapping[int, str], commentaire: str = ""
) -> Sonde:
    """Say what suits, by slot; said again, it replaces what was. Those asked, until it closes.

    Rights are looked at again here. Raises `ActionRefusee` when it is closed, or for a slot that is not one of it.
    """
    current = locked_dates(sondage)
    row = Sonde.objects.present().filter(sondage=current, agent=agent).first()
    if row is None:
        raise PermissionDenied("Vous n’êtes pas parmi les personnes à qui ces dates sont proposées.")
    if not still_invited(agent, current.communaute, row):
        raise PermissionDenied("Vous n’êtes plus membre de cette communauté.")
    check_limit("reponse_reunion", agent.pk)
    return _write_answer(current, row, choix, commentaire)


@transaction.atomic
def say_when_free_as_guest(row: Sonde, choix: Mapping[int, str], commentaire: str = "") -> Sonde:
    """The same for somebody without account, whose signed link the caller has checked."""
    current = locked_dates(row.sondage)
    fresh = Sonde.objects.present().filter(pk=row.pk, agent__isnull=True).first()
    if fresh is None:
        raise ActionRefusee("Ces dates ne vous sont plus proposées.")
    return _write_answer(current, fresh, choix, commentaire)


@transaction.atomic
def add_slots(
    auteur: Agent, sondage: SondageDates, debuts: Iterable[datetime], *, cloture_le: datetime | None = None
) -> int:
    """Propose more moments, when none suits; returns how many were new. All those asked are told, answered or not.

    Who asks, and the animateurs. `cloture_le`: until when to answer from now on; one that is past must be moved.
    """
    from realtime.reunions.tasks import distribute_dates

    current = locked_dates(sondage)
    require_decide(auteur, current)
    require_going(current)
    check_limit("invitation_reunion", auteur.pk)
    now = timezone.now()
    known = set(current.creneaux.values_list("debut", flat=True))
    moments = [moment for moment in _clean_slots(debuts, now) if moment not in known]
    if not moments:
        raise ActionRefusee("Ces créneaux sont déjà proposés.")
    if len(known) + len(moments) > CRENEAUX_MAX:
        raise ActionRefusee(f"On propose {CRENEAUX_MAX} créneaux au plus.")
    closing = cloture_le or current.cloture_le
    check_closing(closing, [*known, *moments], now)
    current.cloture_le, current.cloture_dite, current.relance_le = closing, False, None
    current.sequence += 1
    current.save(update_fields=["cloture_le", "cloture_dite", "relance_le", "sequence"])
    Creneau.objects.bulk_create([Creneau(sondage=current, debut=moment) for moment in moments])
    record(auteur, "dates.add_slots", current, creneaux=len(moments))
    announce_dates(current, "creneaux")
    distribute_dates.defer(sondage_id=current.pk, quoi="creneaux", auteur_id=auteur.pk)
    return len(moments)


@transaction.atomic
def choose_slot(auteur: Agent, sondage: SondageDates, creneau_id: int) -> Reunion:
    """Have a slot be the meeting's: planned with those people, its agenda empty, the invitations sent by the worker.

    All in one transaction. Who asks, and the animateurs, who organise it then. Raises `ActionRefusee` when a date was
    chosen already, however closely: the row is held until the meeting is written.
    """
    current = locked_dates(sondage)
    require_decide(auteur, current)
    require_going(current)
    creneau = Creneau.objects.filter(sondage=current, pk=creneau_id).first()
    if creneau is None:
        raise ActionRefusee("Ce créneau n’est plus proposé.")
    if creneau.debut < timezone.now():
        raise ActionRefusee("Ce créneau est passé : choisissez-en un autre, ou proposez-en de nouveaux.")
    reunion = plan_reunion(
        auteur,
        current.communaute,
        titre=current.titre,
        debut=creneau.debut,
        fuseau=current.fuseau,
        duree_minutes=current.duree_minutes,
        lieu=current.lieu,
        visio=current.visio,
        lien_visio=current.lien_visio,
        salon=_salon_for(auteur, current),
        invites=_guests_of(current),
    )
    _leave_out(current, reunion)
    creneau.retenu = True
    creneau.save(update_fields=["retenu"])
    current.etat, current.fini_le, current.reunion = SondageDates.Etat.RETENU, timezone.now(), reunion
    current.save(update_fields=["etat", "fini_le", "reunion"])
    record(auteur, "dates.choose", current, creneau=creneau.pk, reunion=reunion.pk)
    announce_dates(current, "retenu")
    return reunion


@transaction.atomic
def cancel_dates(auteur: Agent, sondage: SondageDates) -> None:
    """Look for a date no more; those asked are told by the worker. Who asks, and the animateurs; harmless twice."""
    from realtime.reunions.tasks import distribute_dates

    current = locked_dates(sondage)
    require_decide(auteur, current)
    if current.etat == SondageDates.Etat.ANNULE:
        return
    require_going(current)
    current.etat, current.fini_le = SondageDates.Etat.ANNULE, timezone.now()
    current.sequence += 1
    current.save(update_fields=["etat", "fini_le", "sequence"])
    record(auteur, "dates.cancel", current)
    announce_dates(current, "annule")
    distribute_dates.defer(sondage_id=current.pk, quoi="annule", auteur_id=auteur.pk)


@transaction.atomic
def remind_late(sondage: SondageDates, auteur: Agent | None = None) -> None:
    """Remind those who did not answer; by hand (`auteur`: who asks, the animateurs), or by the worker before it closes.

    Not twice within `ENTRE_RELANCES`: raises `ActionRefusee`, as when nobody is late.
    """
    from realtime.reunions.tasks import distribute_dates

    current = locked_dates(sondage)
    if auteur is not None:
        require_decide(auteur, current)
    now = timezone.now()
    if not current.takes_answers(now):
        raise ActionRefusee("On ne répond plus à ce sondage de dates.")
    if current.relance_le is not None and current.relance_le > now - ENTRE_RELANCES:
        raise ActionRefusee("Ces personnes ont été relancées il y a moins d’un jour.")
    late = Sonde.objects.present().filter(sondage=current, repondu_le__isnull=True)
    if not late.exclude(agent=current.organisateur_id).exists():
        raise ActionRefusee("Tout le monde a répondu.")
    current.relance_le = now
    current.sequence += 1
    current.save(update_fields=["relance_le", "sequence"])
    # Who answered and has no account is written nothing.
    Sonde.objects.filter(sondage=current, repondu_le__isnull=False, envoyee=current.sequence - 1).update(
        envoyee=current.sequence
    )
    record(auteur, "dates.remind", current)
    distribute_dates.defer(sondage_id=current.pk, quoi="relance", numero=current.sequence)


def _write_answer(sondage: SondageDates, row: Sonde, choix: Mapping[int, str], commentaire: str) -> Sonde:
    if not sondage.takes_answers():
        raise ActionRefusee("On ne répond plus à ce sondage de dates.")
    known = set(sondage.creneaux.values_list("pk", flat=True))
    if not choix or not set(choix) <= known or not set(choix.values()) <= set(Disponibilite.Choix.values):
        raise ActionRefusee("Dites ce qui vous convient, pour un créneau au moins.")
    row.repondu_le, row.commentaire = timezone.now(), " ".join(commentaire.split())[:300]
    row.save(update_fields=["repondu_le", "commentaire"])
    row.disponibilites.exclude(creneau__in=choix).filter(creneau__debut__gt=timezone.now()).delete()
    Disponibilite.objects.bulk_create(
        [Disponibilite(sonde=row, creneau_id=pk, choix=said) for pk, said in choix.items()],
        update_conflicts=True,
        unique_fields=["sonde", "creneau"],
        update_fields=["choix"],
    )
    record(row.agent, "dates.answer", sondage, sonde=row.pk)
    announce_dates(sondage, "reponse")
    return row


def _guests_of(sondage: SondageDates) -> Invites:
    """Those asked, as people to invite: who closed their account meanwhile is left out, who opened one is named."""
    rows = list(Sonde.objects.present().filter(sondage=sondage).select_related("agent"))
    outside = {row.courriel.lower(): row for row in rows if row.agent is None}
    with_account = {agent.email.lower(): agent for agent in Agent.objects.filter(email__in=outside)}
    by_role: dict[str, list[Agent]] = {}
    for row in rows:
        grouped = row.origine in (Convive.Origine.COMMUNAUTE, Convive.Origine.ANIMATION)
        if row.agent is not None and not grouped:
            by_role.setdefault(row.role, []).append(row.agent)
    by_role.setdefault(Convive.Role.PARTICIPANT, []).extend(with_account.values())

    def of(role: str) -> tuple[Agent, ...]:
        return tuple(agent for agent in by_role.get(role, ()) if may_be_invited(agent, sondage.communaute))

    return Invites(
        agents=of(Convive.Role.PARTICIPANT),
        animateurs=of(Convive.Role.ANIMATEUR),
        secretaires=of(Convive.Role.SECRETAIRE),
        facultatifs=of(Convive.Role.INVITE),
        exterieurs=tuple(
            Exterieur(row.courriel, row.nom) for key, row in outside.items() if key not in with_account
        ),
        toute_la_communaute=sondage.toute_la_communaute,
        toute_l_animation=sondage.toute_l_animation,
    )


def _leave_out(sondage: SondageDates, reunion: Reunion) -> None:
    """Whoever was taken off by name is not invited to the meeting with their group. Nobody was told of it yet."""
    off = Sonde.objects.filter(
        sondage=sondage, retire_le__isnull=False, origine=Convive.Origine.PERSONNE, agent__isnull=False
    )
    reunion.participants.filter(agent__in=off.values("agent")).update(
        retire_le=timezone.now(), origine=Convive.Origine.PERSONNE
    )


def _salon_for(auteur: Agent, sondage: SondageDates) -> Salon | None:
    """The salon it was asked from, if who chooses is in it."""
    if sondage.salon_id is None:
        return None
    salon: Salon | None = member_salons(auteur).filter(pk=sondage.salon_id).first()
    return salon


def announce_dates(sondage: SondageDates, quoi: str) -> None:
    """Tell open pages, once committed, that there is something new: what it is, they ask for."""
    publish_on_commit(f"dates.{sondage.pk}", {"type": "dates.change", "dates": sondage.pk, "quoi": quoi})


def locked_dates(sondage: SondageDates) -> SondageDates:
    """The row of a search as it is now, held until the transaction ends: writes on one take turns."""
    return (
        SondageDates.objects.select_for_update(of=("self",), no_key=True)
        .select_related("communaute", "salon", "organisateur")
        .get(pk=sondage.pk)
    )


def require_going(sondage: SondageDates) -> None:
    """Raise `ActionRefusee` when a date is no longer looked for."""
    if sondage.etat == SondageDates.Etat.RETENU:
        chosen = sondage.creneaux.filter(retenu=True).first()
        when = f" : {say_moment(chosen.debut, sondage.fuseau)}" if chosen is not None else ""
        raise ActionRefusee(f"Une date est déjà retenue{when}.")
    if sondage.etat == SondageDates.Etat.ANNULE:
        raise ActionRefusee("Ce sondage de dates est annulé.")


def _clean_slots(debuts: Iterable[datetime], now: datetime) -> list[datetime]:
    moments = sorted(set(debuts))
    if not moments:
        raise ActionRefusee("Proposez au moins un créneau.")
    if len(moments) > CRENEAUX_MAX:
        raise ActionRefusee(f"On propose {CRENEAUX_MAX} créneaux au plus.")
    if moments[0] < now:
        raise ActionRefusee("Un créneau est passé : choisissez des moments à venir.")
    if moments[-1] > now + HORIZON:
        raise ActionRefusee("Un créneau est bien lointain : vérifiez l’année.")
    return moments


def check_closing(cloture_le: datetime | None, moments: Iterable[datetime], now: datetime) -> None:
    """Raise `ActionRefusee` for an end of the answers that is past, or beyond the last of `moments`."""
    if cloture_le is None:
        return
    if cloture_le < now:
        raise ActionRefusee("Cette date est passée : dites jusqu’à quand on peut répondre.", champ="cloture")
    if cloture_le > max(moments):
        raise ActionRefusee("On répond avant le dernier créneau, pas après.", champ="cloture")
