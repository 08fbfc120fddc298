"""What who is asked does: sees, accepts, declines, redirects, answers.

Two at once: each holds the sollicitation's row, the second sees what the first did and is told so in a sentence; the page
keeps what they typed.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.sollicitations.actions.commun import (
    add_message,
    check_text,
    hold_people,
    locked_thread,
    publish_change,
    said_before,
    take_back_calls,
    tell,
    touch,
)
from annuaire.sollicitations.actions.pieces import bind_files, files_taken_in
from annuaire.sollicitations.charge import rooms_of
from annuaire.sollicitations.etats import ATTENDUES, PRISES, Reponse, may_become
from annuaire.sollicitations.models import Destinataire, MessageFil, Motif, Sollicitation
from annuaire.sollicitations.rappels import first_reminders
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import render_markdown

MOT_MAX = 600
# What is said to who would do something that is no longer to be done.
DEJA = {
    Reponse.ACCEPTEE: "Vous avez déjà accepté cette sollicitation.",
    Reponse.REDIRIGEE: "Vous avez déjà redirigé cette sollicitation.",
    Reponse.REFUSEE: "Vous avez déjà décliné cette sollicitation.",
    Reponse.REPONDUE: "Vous avez déjà répondu à cette sollicitation.",
}


@transaction.atomic
def mark_seen(agent: Agent, fil: Destinataire) -> None:
    """Note that who is asked opened the thread, and how far each has read. Harmless twice."""
    if agent.pk == fil.agent_id and fil.etat == Reponse.ENVOYEE and fil.sollicitation.en_cours:
        current = locked_thread(fil)
        if current.etat == Reponse.ENVOYEE and current.sollicitation.en_cours:
            _become(current, Reponse.VUE)
            current.save(update_fields=["etat", "etat_le"])
            publish_change(current, [current.sollicitation.demandeur])
        fil.etat = current.etat
    rows = Destinataire.objects.filter(pk=fil.pk)
    last = fil.dernier_numero
    if agent.pk == fil.agent_id:
        rows.filter(lu_agent__lt=last).update(lu_agent=last)
    elif agent.pk == fil.sollicitation.demandeur_id:
        rows.filter(lu_demandeur__lt=last).update(lu_demandeur=last)
    else:
        fil.ajoutees.filter(agent=agent, lu__lt=last).update(lu=last)


@transaction.atomic
def accept(agent: Agent, fil: Destinataire) -> None:
    """Take it on. Who is asked only; twice is once. Raises `ActionRefusee`: ended, already answered for, or others took a call's last
    place."""
    current = _own(agent, fil)
    asked = current.sollicitation
    if current.etat == Reponse.ACCEPTEE and asked.en_cours:
        return
    _require_open(current, Reponse.ACCEPTEE)
    if asked.appel and asked.pourvue_le is not None:
        names = " et ".join(
            row.agent.nom_complet
            for row in asked.destinataires.filter(etat__in=list(PRISES)).select_related("agent")
        )
        raise ActionRefusee(
            f"{names or 'Une autre personne'} vient d’accepter : cet appel a trouvé qui il cherchait. Merci !"
        )
    now = timezone.now()
    _become(current, Reponse.ACCEPTEE, now)
    current.compte_le = current.compte_le or now
    add_message(current, agent, evenement=MessageFil.Evenement.ACCEPTE, now=now)
    _look_at_places(asked, now)
    record(agent, "sollicitation.accept", asked, fil=current.pk)


@transaction.atomic
def decline(agent: Agent, fil: Destinataire, motif: str, texte: str = "") -> None:
    """Say no, with a reason; also after having accepted. Who is asked only. Raises `ActionRefusee`."""
    current = _own(agent, fil)
    texte = check_text(texte, requis=motif == Motif.AUTRE)
    if motif not in Motif.values or motif == Motif.COMPTE:
        raise ActionRefusee("Choisissez une raison.", champ="motif")
    _require_open(current, Reponse.REFUSEE)
    now = timezone.now()
    _become(current, Reponse.REFUSEE, now)
    current.motif = motif
    add_message(current, agent, texte, evenement=MessageFil.Evenement.DECLINE, now=now)
    _look_at_places(current.sollicitation, now)
    record(agent, "sollicitation.decline", current.sollicitation, fil=current.pk, motif=motif)


@transaction.atomic
def redirect_to(agent: Agent, fil: Destinataire, vers: Agent, mot: str = "") -> Destinataire:
    """Hand over to a named colleague, with a word; both they and who asks are told. Who is asked only.

    Never back to who was asked already, nor to who asks: there is no loop. Twice is once. Raises `ActionRefusee`.
    """
    current = _own(agent, fil)
    mot = check_text(mot, champ="mot", requis=False)
    if len(mot) > MOT_MAX:
        raise ActionRefusee(f"{MOT_MAX} caractères au plus.", champ="mot")
    asked = current.sollicitation
    done = Destinataire.objects.filter(venu_de=current, agent=vers).first()
    if done is not None:
        return done
    _require_open(current, Reponse.REDIRIGEE)
    if vers.pk == agent.pk:
        raise ActionRefusee("Choisissez quelqu’un d’autre que vous.", champ="vers")
    if vers.pk == asked.demandeur_id:
        raise ActionRefusee(
            f"C’est {vers.nom_complet} qui vous sollicite : choisissez quelqu’un d’autre.", champ="vers"
        )
    if asked.destinataires.filter(agent=vers).exists():
        raise ActionRefusee(
            f"{vers.nom_complet} a déjà reçu cette sollicitation : choisissez quelqu’un d’autre, ou déclinez.",
            champ="vers",
        )
    held = hold_people([vers.pk])
    room = rooms_of([held[vers.pk]])[vers.pk]
    if not room.possible:
        raise ActionRefusee(room.raison, champ="vers")
    now = timezone.now()
    _become(current, Reponse.REDIRIGEE, now)
    add_message(current, agent, mot, evenement=MessageFil.Evenement.REDIRIGE, sujet=vers, now=now)
    new = Destinataire.objects.create(
        sollicitation=asked,
        agent=held[vers.pk],
        etat_le=now,
        cree_le=now,
        compte_le=now,
        venu_de=current,
        prochain_rappel=first_reminders(asked, [held[vers.pk]], now)[vers.pk],
        dernier_numero=1,
        lu_demandeur=1,
    )
    message = MessageFil.objects.create(
        fil=new,
        numero=1,
        auteur=agent,
        evenement=MessageFil.Evenement.REDIRIGE,
        sujet=vers,
        texte=mot,
        html=str(render_markdown(mot)) if mot else "",
    )
    tell(new, message, [new.agent])
    publish_change(new, [new.agent, asked.demandeur])
    _look_at_places(asked, now)
    record(agent, "sollicitation.redirect", asked, fil=current.pk, vers=vers.pk)
    return new


def mark_left(fil: Destinataire) -> None:
    """The person has no account any more: declined for them, and told to who asks as it is; no answer of theirs that a
    delay would count. For the worker, which holds it."""
    now = timezone.now()
    _become(fil, Reponse.REFUSEE, now)
    fil.motif = Motif.COMPTE
    add_message(fil, fil.agent, evenement=MessageFil.Evenement.DEPART, now=now)
    _look_at_places(fil.sollicitation, now)
    record(None, "sollicitation.decline", fil.sollicitation, fil=fil.pk, motif=Motif.COMPTE)


def write(
    agent: Agent,
    fil: Destinataire,
    texte: str,
    *,
    fichiers: Sequence["File[bytes]"] = (),
    client_id: UUID | None = None,
    reponse: bool = False,
) -> MessageFil:
    """Write in a thread that one reads; `reponse`: who is asked says that this is their answer.

    An answer that comes once all is over is kept as a message: what was written is never lost. Sent twice, it is written
    once. Raises `ActionRefusee`, `PermissionDenied`. Within no transaction that may fail later: the bytes of the files
    would stay.
    """
    texte = check_text(texte, requis=not fichiers)
    known = said_before(agent, client_id, texte)
    if known is not None:
        return known
    check_limit("message", agent.pk)
    with files_taken_in(agent, fil, fichiers) as joints, transaction.atomic():
        current = locked_thread(fil)
        if not _reads(agent, current):
            raise PermissionDenied("Vous n’avez plus accès à ces échanges.")
        if current.sollicitation.effacee_le is not None:
            raise ActionRefusee("Ces échanges ne sont plus conservés : envoyez une nouvelle sollicitation.")
        # Looked for again: the same form by another way, in the same instant.
        known = said_before(agent, client_id, texte)
        if known is not None:
            return known
        answers = (
            reponse
            and agent.pk == current.agent_id
            and current.sollicitation.en_cours
            and may_become(current.etat, Reponse.REPONDUE)
        )
        if answers:
            _become(current, Reponse.REPONDUE)
            current.compte_le = current.compte_le or timezone.now()
        event = MessageFil.Evenement.REPOND if answers else ""
        # Two pages opened at the same moment, in which different words were written: both are kept.
        if client_id is not None and MessageFil.objects.filter(auteur=agent, client_id=client_id).exists():
            client_id = None
        message = add_message(current, agent, texte, evenement=event, client_id=client_id)
        bind_files(message, joints)
        if answers:
            _look_at_places(current.sollicitation, timezone.now())
        record(agent, "sollicitation.write", current.sollicitation, fil=current.pk, reponse=answers)
        return message


def _own(agent: Agent, fil: Destinataire) -> Destinataire:
    if fil.agent_id != agent.pk or not agent.is_active or agent.partenaire:
        raise PermissionDenied("Cette sollicitation s’adresse à une autre personne.")
    check_limit("sollicitation", agent.pk)
    return locked_thread(fil)


def _reads(agent: Agent, fil: Destinataire) -> bool:
    if not agent.is_active or agent.partenaire:
        return False
    if agent.pk in (fil.agent_id, fil.sollicitation.demandeur_id):
        return True
    return bool(fil.ajoutees.filter(agent=agent).exists())


def why_not(fil: Destinataire, apres: Reponse) -> str:
    """Why an answer can no longer become `apres`, as a French sentence; empty while it can."""
    asked = fil.sollicitation
    if not asked.en_cours:
        return f"{asked.demandeur.nom_complet} a clos cette sollicitation entre-temps : elle n’attend plus de réponse."
    return "" if may_become(fil.etat, apres) else DEJA.get(Reponse(fil.etat), "C’est déjà fait.")


def _require_open(fil: Destinataire, apres: Reponse) -> None:
    said = why_not(fil, apres)
    if said:
        raise ActionRefusee(said)


def _become(fil: Destinataire, etat: Reponse, now: datetime | None = None) -> None:
    """The one place where an answer changes state; the caller holds the sollicitation, and saves."""
    assert may_become(fil.etat, etat)
    fil.etat, fil.etat_le, fil.motif = etat, now or timezone.now(), ""
    if etat not in ATTENDUES:
        fil.prochain_rappel = None
        take_back_calls(fil)


def _look_at_places(asked: Sollicitation, now: datetime) -> None:
    """A call that has found its people waits for nobody else; one that loses some waits again for those who said
    nothing. The caller holds it."""
    if not asked.appel:
        return
    full = asked.destinataires.filter(etat__in=list(PRISES)).count() >= asked.places
    if full == (asked.pourvue_le is not None):
        return
    asked.pourvue_le = now if full else None
    asked.save(update_fields=["pourvue_le"])
    waiting = list(asked.destinataires.filter(etat__in=list(ATTENDUES)).select_related("agent"))
    reminders = {} if full else first_reminders(asked, [row.agent for row in waiting], now)
    for row in waiting:
        row.sollicitation = asked
        row.prochain_rappel = reminders.get(row.agent_id)
        row.save(update_fields=["prochain_rappel"])
        if full:
            take_back_calls(row)
        publish_change(row, [row.agent])
    touch(asked, now)
