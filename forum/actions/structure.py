"""What a moderator does to a whole sujet: hide, put back, move to another community."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.fils import forget_thread
from communautes.access import can_read
from communautes.models import Adhesion, Communaute
from forum.access import can_moderate
from forum.actions.moderation import checked_reason, explain_sujet, record_moderation, require_animation
from forum.actions.preuves import refresh_evidence_of_sujet
from forum.actions.rendus import rerender_moved, titles_changed
from forum.actions.suites import refresh_marks_of_sujet
from forum.models import (
    Abonnement,
    EntreeFaq,
    Etiquette,
    Favori,
    LectureSujet,
    MemeBesoin,
    Message,
    PieceJointe,
    Signalement,
    Sujet,
)
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit


@transaction.atomic
def hide_sujet(auteur: Agent, sujet: Sujet, *, motif: str) -> bool:
    """Take a sujet out of the lists, the search and everybody's sight but the animateurs'. Animateurs.

    Its author is told why; open reports of its opening are settled. Returns whether something changed.
    """
    from forum.actions.signalements import settle_reports

    check_limit("moderation", auteur.pk)
    motif = checked_reason(motif)
    locked = lock_sujet(auteur, sujet)
    if not apply_sujet_hiding(auteur, locked, motif):
        return False
    opening = Message.objects.select_related("auteur").filter(sujet=locked, numero=1).first()
    explain_sujet_hiding(auteur, locked, motif)
    if opening is not None:
        opening.sujet = locked
        settle_reports(auteur, opening, "Le sujet a été masqué.")
    return True


def apply_sujet_hiding(auteur: Agent, locked: Sujet, motif: str) -> bool:
    """Hide a sujet whose row is held, in the caller's transaction, which has checked who may and explains it."""
    if locked.masque_le is not None:
        return False
    locked.masque_le = timezone.now()
    locked.epingle_le = None
    locked.save(update_fields=["masque_le", "epingle_le"])
    # The reason is kept with the opening: moderators find it on the page.
    Message.objects.filter(sujet=locked, numero=1).update(motif_moderation=motif)
    refresh_evidence_of_sujet(locked)
    titles_changed(sujet=locked.pk)
    record_moderation(auteur, locked.communaute, "hide_sujet", sujet=locked.pk, agent=locked.auteur_id)
    publish_on_commit(f"sujet.{locked.pk}", {"type": "sujet.masque", "sujet": locked.pk})
    return True


def explain_sujet_hiding(auteur: Agent, locked: Sujet, motif: str) -> None:
    explain_sujet(
        auteur,
        locked,
        "sujet.masque",
        f"L’animation a masqué votre sujet « {locked.titre} »",
        motif=motif,
        consigne="Les membres ne le voient plus. Répondez à l’animation si cette décision vous paraît injuste : "
        "elle la reverra.",
        url=f"{locked.communaute.get_absolute_url()}moderation/me-concernant/",
    )


@transaction.atomic
def unhide_sujet(auteur: Agent, sujet: Sujet) -> bool:
    """Show a hidden sujet again. Animateurs; its author is told. Returns whether something changed."""
    locked = lock_sujet(auteur, sujet)
    if locked.masque_le is None:
        return False
    opening = Message.objects.filter(sujet=locked, numero=1).first()
    if opening is not None and opening.supprime_le is not None:
        raise ActionRefusee(
            "La personne qui a ouvert ce sujet l’a supprimé : rétablissez d’abord son message d’ouverture."
        )
    locked.masque_le = None
    locked.save(update_fields=["masque_le"])
    Message.objects.filter(sujet=locked, numero=1).update(motif_moderation="")
    refresh_evidence_of_sujet(locked)
    titles_changed(sujet=locked.pk)
    record_moderation(auteur, locked.communaute, "unhide_sujet", sujet=locked.pk, agent=locked.auteur_id)
    explain_sujet(auteur, locked, "sujet.retabli", f"Votre sujet « {locked.titre} » est de nouveau visible")
    publish_on_commit(f"sujet.{locked.pk}", {"type": "sujet.retabli", "sujet": locked.pk})
    return True


@transaction.atomic
def move_sujet(auteur: Agent, sujet: Sujet, destination: Communaute, *, motif: str = "") -> None:
    """Move a sujet, with all that belongs to it, to another community that `auteur` animates too.

    Tags are matched by their address, those that the destination does not have are dropped; files and reports
    follow; the FAQ of the destination decides anew. Whoever may not read there loses their marks and what they
    had not yet read of it. Its author is told. Raises `ActionRefusee`, `PermissionDenied`.
    """
    check_limit("moderation", auteur.pk)
    motif = checked_reason(motif, required=False)
    locked = lock_sujet(auteur, sujet)
    origine = locked.communaute
    require_animation(auteur, destination)
    if destination.pk == origine.pk:
        raise ActionRefusee("Ce sujet est déjà dans cette communauté.", champ="communaute")
    slugs = list(locked.etiquettes.values_list("slug", flat=True))
    locked.communaute = destination
    locked.epingle_le = None
    locked.save(update_fields=["communaute", "epingle_le"])
    locked.etiquettes.set(Etiquette.objects.filter(communaute=destination, slug__in=slugs))
    rerender_moved(locked)
    refresh_marks_of_sujet(locked)
    titles_changed(sujet=locked.pk)
    of_sujet: dict[str, Any] = {"message__sujet": locked}
    PieceJointe.objects.filter(**of_sujet).update(communaute=destination)
    Signalement.objects.filter(**of_sujet).update(communaute=destination)
    EntreeFaq.objects.filter(**of_sujet).update(
        communaute=destination, etat=EntreeFaq.Etat.PROPOSEE, decide_par=None
    )
    _forget_who_lost_access(locked)
    refresh_evidence_of_sujet(locked)
    record_moderation(
        auteur, origine, "move_out", sujet=locked.pk, agent=locked.auteur_id, vers=destination.pk
    )
    record_moderation(auteur, destination, "move_in", sujet=locked.pk, agent=locked.auteur_id)
    if can_read(locked.auteur, destination):
        titre = f"L’animation a déplacé votre sujet « {locked.titre} » dans « {destination.nom} »"
        explain_sujet(auteur, locked, "sujet.deplace", titre, motif=motif)
    publish_on_commit(
        f"sujet.{locked.pk}",
        {"type": "sujet.deplace", "sujet": locked.pk, "url": locked.get_absolute_url()},
    )
    publish_on_commit(f"communaute.{destination.pk}", {"type": "sujet.nouveau", "sujet": locked.pk})


def _forget_who_lost_access(sujet: Sujet) -> None:
    """Marks, subscriptions and unread notifications of those who may not read where the sujet is now."""
    members = Adhesion.objects.filter(communaute=sujet.communaute_id).values("agent")
    lost = ~Q(agent__in=members)
    if sujet.communaute.visibilite == Communaute.Visibilite.OUVERTE:
        lost &= Q(agent__partenaire=True)
    people = set(Abonnement.objects.filter(lost, sujet=sujet).values_list("agent", flat=True))
    people |= set(LectureSujet.objects.filter(lost, sujet=sujet).values_list("agent", flat=True))
    forget_thread(f"sujet.{sujet.pk}", people)
    Abonnement.objects.filter(lost, sujet=sujet).delete()
    LectureSujet.objects.filter(lost, sujet=sujet).delete()
    Favori.objects.filter(lost, message__sujet=sujet).delete()
    waiting = MemeBesoin.objects.filter(lost, sujet=sujet).delete()[0]
    if waiting:
        Sujet.objects.filter(pk=sujet.pk).update(nb_memes_besoins=F("nb_memes_besoins") - waiting)


def lock_sujet(auteur: Agent, sujet: Sujet) -> Sujet:
    """The sujet's row, held until the transaction ends, once `auteur` may moderate it where it is now."""
    return lock_sujets(auteur, sujet)[0]


def lock_sujets(auteur: Agent, *sujets: Sujet) -> list[Sujet]:
    """The rows of several sujets, in the order given, locked lowest id first: two who ask for the same ones wait
    for one another, never both. Refuses what was merged meanwhile, and who may not moderate."""
    wanted = Sujet.objects.filter(pk__in=[sujet.pk for sujet in sujets]).order_by("pk")
    # No join: one with the community would find no row while somebody moves the sujet to another.
    rows = {row.pk: row for row in wanted.select_for_update()}
    locked = [rows[sujet.pk] for sujet in sujets]
    for row in locked:
        if not can_moderate(auteur, row):
            raise PermissionDenied("Cette action est réservée à l’animation de la communauté.")
        if row.fusionne_dans_id is not None:
            raise ActionRefusee("Ce sujet a été fusionné dans un autre : c’est l’autre qu’il faut modifier.")
    return locked


def recount(sujet: Sujet) -> None:
    """Work out anew what a sujet's row keeps of its messages, its row being held. Counts one sujet's messages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_sujet SET nb_messages = coalesce(v.nombre, 0), dernier_visible = coalesce(v.numero, 0),"
            " dernier_message_le = coalesce(v.quand, cree_le)"
            " FROM (SELECT count(*) AS nombre, max(numero) AS numero, max(cree_le) AS quand FROM forum_message"
            "  WHERE sujet_id = %s AND supprime_le IS NULL AND masque_le IS NULL) AS v WHERE id = %s",
            [sujet.pk, sujet.pk],
        )
    sujet.refresh_from_db(fields=["nb_messages", "dernier_visible", "dernier_message_le"])
