"""Explaining a moderator's decision to whom it concerns: who, why, where to read it, how to answer."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from communautes.models import Adhesion, Communaute
from plateforme.socle.courriels import render_email

# What the columns that keep a reason hold.
MOTIF_MAX = 500


@dataclass(frozen=True)
class Explication:
    """What is explained. `titre`: a sentence; `motif`: the moderator's own words; `consigne`: what to do now.

    `cle` names the event, as in `Annonce`; `extrait`: the person's own text that it is about; `url`: where it
    is read (by default, the page of what the community's animation told the person). `auteur` is None when
    nobody in particular decided.
    """

    auteur: Agent | None
    agent: Agent
    communaute: Communaute
    cle: str
    titre: str
    motif: str
    consigne: str = ""
    extrait: str = ""
    url: str = ""
    fil: str = ""


def animateurs_of(communaute: Communaute) -> list[Agent]:
    """Those who animate the community now."""
    return list(
        Agent.objects.filter(
            adhesions__communaute=communaute, adhesions__role=Adhesion.Role.ANIMATEUR, is_active=True
        ).order_by("pk")
    )


def explain(explication: Explication) -> None:
    """Tell the person on the site and by e-mail, in the caller's transaction.

    The e-mail leaves whatever they chose to receive: a decision about somebody is not news, and answering it
    reaches those who animate. It does not leave if what it says is over by then, or no longer theirs to know.
    Nothing is said to oneself, nor to a closed account; told once for one `cle`.
    """
    from communautes.tasks import mail_explanation

    agent, communaute = explication.agent, explication.communaute
    url = explication.url or reverse("forum:moderation-recue", args=[communaute.slug])
    told = notify(
        [agent],
        Annonce(
            genre=Notification.Genre.MODERATION,
            cle=explication.cle,
            titre=explication.titre,
            url=url,
            extrait=explication.motif[:300],
            acteur=explication.auteur,
            fil=explication.fil,
            sans_courriel=True,
        ),
    )
    if not told:
        return
    animateurs = [person.email for person in animateurs_of(communaute) if person != agent]
    subject, text, html = render_email(
        "moderation",
        {
            "explication": explication,
            "lien": settings.SITE_URL + url,
            "charte": settings.SITE_URL + reverse("communautes:charte", args=[communaute.slug]),
            "animation": settings.SITE_URL + reverse("communautes:a-propos", args=[communaute.slug]),
        },
    )
    mail_explanation.defer(
        notification_id=told[0].pk,
        subject=subject,
        text=text,
        html=html,
        headers={"Reply-To": ", ".join(animateurs[:10])} if animateurs else {},
    )
