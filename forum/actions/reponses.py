"""Choosing the answer that settles a question, changing one's mind; and who is told."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, take_back
from annuaire.notifications.genres import Genre
from forum.access import can_accept, readers_among
from forum.actions.annonces import levels_of
from forum.actions.preuves import refresh_evidence
from forum.models import Abonnement, MemeBesoin, Message, Sujet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record


@transaction.atomic
def accept_message(auteur: Agent, message: Message) -> None:
    """Choose the answer that settles a question: who asked, or an animateur. Another choice replaces it.

    Under the sujet's row lock: of two choices made at once the last stands, and what the first had given and told
    is taken back. The author hears of it now; those with the same need and the followers, from the worker.
    """
    from forum.tasks import distribute_acceptance

    sujet = _locked(auteur, message.sujet_id)
    chosen = Message.objects.filter(pk=message.pk, sujet=sujet).select_related("auteur").first()
    if chosen is None or not chosen.visible:
        raise ActionRefusee("Ce message n’est plus là : il a été supprimé, masqué ou déplacé.")
    if chosen.numero == 1:
        raise ActionRefusee("La question ne peut pas être sa propre réponse.")
    if sujet.message_accepte_id == chosen.pk:
        return
    _settle(sujet, chosen)
    record(auteur, "message.accept", chosen)
    notify(
        readers_among(sujet, [chosen.auteur]),
        Annonce(
            genre=Genre.ACCEPTATION,
            cle=_key(chosen.pk),
            titre=f"Votre réponse a été retenue : « {sujet.titre} »",
            url=chosen.get_absolute_url(),
            acteur=auteur,
            fil=f"sujet.{sujet.pk}",
            intitule=sujet.titre,
            rang=chosen.numero,
            niveaux=levels_of(sujet, [chosen.auteur]),
        ),
    )
    distribute_acceptance.defer(message_id=chosen.pk, auteur_id=auteur.pk)


@transaction.atomic
def withdraw_acceptance(auteur: Agent, sujet: Sujet) -> None:
    """Take back the choice of an answer. Same people as for accepting; harmless when there is none."""
    sujet = _locked(auteur, sujet.pk)
    if sujet.message_accepte_id is None:
        return
    _settle(sujet, None)
    record(auteur, "message.withdraw_acceptance", sujet)


def drop_acceptance(message: Message) -> None:
    """Take back the choice of an answer that is going away (deleted, hidden, moved). In the caller's transaction,
    which holds the sujet's row lock and journals its own doing; harmless when the answer is not the chosen one."""
    sujet = Sujet.objects.filter(message_accepte=message).first()
    if sujet is not None:
        _settle(sujet, None)


def restore_acceptance(message: Message) -> None:
    """Undo `drop_acceptance` for an answer put back, under the same lock; nothing if another was chosen since."""
    sujet = Sujet.objects.filter(pk=message.sujet_id, message_accepte__isnull=True).first()
    if sujet is not None:
        _settle(sujet, message)


@transaction.atomic
def tell_of_acceptance(message: Message, auteur: Agent) -> None:
    """Tell those with the same need, then the followers, that `auteur` accepted an answer. For the worker.

    Access is looked at now. Nobody is told twice, nor once the choice was taken back.
    """
    sujet = message.sujet
    if sujet.message_accepte_id != message.pk or not message.visible:
        return
    active = Agent.objects.active()

    def tell(agents: list[Agent], genre: Genre, titre: str) -> None:
        agents = readers_among(sujet, agents)
        notify(
            agents,
            Annonce(
                genre=genre,
                cle=_key(message.pk),
                titre=titre,
                url=message.get_absolute_url(),
                acteur=auteur,
                fil=f"sujet.{sujet.pk}",
                intitule=sujet.titre,
                rang=message.numero,
                niveaux=levels_of(sujet, agents),
            ),
        )

    # The same key: a follower with the same need hears of it once, as the answer they waited for.
    waiting = active.filter(pk__in=MemeBesoin.objects.filter(sujet=sujet).values("agent"))
    tell(list(waiting), Genre.BESOIN, f"Une réponse à votre besoin a été retenue : « {sujet.titre} »")
    following = active.filter(abonnements__sujet=sujet, abonnements__niveau=Abonnement.Niveau.SUIVRE)
    tell(list(following), Genre.RESOLU, f"Une réponse a été retenue dans « {sujet.titre} »")


def _locked(auteur: Agent, pk: int) -> Sujet:
    sujet: Sujet = Sujet.objects.select_for_update().get(pk=pk)
    if not can_accept(auteur, sujet):
        raise PermissionDenied("La personne qui a posé la question choisit la réponse.")
    return sujet


def _settle(sujet: Sujet, message: Message | None) -> None:
    """Write the choice; the evidence and what was told of the former one go with it."""
    former = sujet.message_accepte_id
    sujet.message_accepte = message
    sujet.save(update_fields=["message_accepte"])
    chosen = message.pk if message is not None else None
    refresh_evidence(pk for pk in (former, chosen) if pk is not None)
    if former is not None:
        take_back(_key(former))
    publish_on_commit(f"sujet.{sujet.pk}", {"type": "sujet.reponse_acceptee", "message": chosen})


def _key(message_id: int) -> str:
    return f"message.{message_id}.acceptation"
