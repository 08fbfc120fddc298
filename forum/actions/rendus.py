"""Stored texts: written with the titles they show, rendered again when the renderer or what they name has changed."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import Signal

from communautes.fichiers.models import Document
from communautes.models import Communaute
from forum.models import Message, Renvoi, Sujet
from forum.rendu import Rendu, render_text
from plateforme.socle.texte import RENDERER_VERSION, TITLED

BATCH = 200

# Sent in the transaction that renames a sujet, hides it, shows it again, moves it or merges it, whose row it holds:
# `sujet`, its number.
sujet_changed = Signal()


def keep_titles(message: Message, rendu: Rendu, *, known: bool = True) -> None:
    """Note what the titles that a text shows hang on, in the caller's transaction, which stores its HTML.

    What the text still cites and may not be named now stays noted, to be named again one day. `known`: the message
    may have some already.
    """
    wanted = rendu.renvois.appuis
    if not known and not wanted:
        return
    if known:
        Renvoi.objects.filter(message=message).exclude(url__in=rendu.renvois.citees - set(wanted)).delete()
    Renvoi.objects.bulk_create(
        [
            Renvoi(
                message=message,
                url=url,
                titre=appui.titre,
                communaute_id=appui.communaute,
                nom_seul=appui.nom_seul,
                sujet_id=appui.sujet,
                vise_id=appui.vise,
                document_id=appui.document,
                personne_id=appui.personne,
                externe=appui.externe,
            )
            for url, appui in wanted.items()
        ],
        ignore_conflicts=True,
    )


def render_message(message: Message, communaute: Communaute) -> Rendu:
    """The text of a message as it is to be stored, under its number in its sujet."""
    return render_text(message.texte, communaute, prefixe=f"s{message.sujet_id}m{message.numero}-")


def rerender_moved(sujet: Sujet) -> None:
    """Render again what a sujet says of other places and people, in the caller's transaction: it has changed community.

    A text shows the titles and the names that every reader of its community may know; here they are others. At
    once and not in a job: between the two, the new readers would read names of the old community.
    """
    rows = sujet.messages.filter(Q(texte__contains="/") | Q(texte__contains="@")).only(
        "pk", "sujet", "numero", "texte"
    )
    for row in rows.iterator():
        rendu = render_message(row, sujet.communaute)
        Message.objects.filter(pk=row.pk).update(html_stocke=rendu.html, version_rendu=RENDERER_VERSION)
        keep_titles(row, rendu)


@transaction.atomic
def rerender_messages(after: int = 0) -> int | None:
    """Render again the next `BATCH` messages beyond id `after` that an older renderer made; returns the last id done.

    Those too that show titles of which nothing is noted. None at the end. For the command, one transaction a batch,
    the site open meanwhile: a message edited at the same moment keeps what its edit rendered. What is done is not done
    again, so a run cut short is taken up by running it again.
    """
    unknown = Q(html_stocke__contains=f'class="{TITLED}"') & ~Exists(
        Renvoi.objects.filter(message=OuterRef("pk"))
    )
    return _rerender(Message.objects.filter(Q(version_rendu__lt=RENDERER_VERSION) | unknown, pk__gt=after))


@transaction.atomic
def rerender_citing(which: dict[str, int | str], after: int = 0) -> int | None:
    """Render again the next `BATCH` messages beyond id `after` that cite something; returns the last id done, None at
    the end. `which`: the column of `Renvoi` and its value. For the worker: readers are shown no title that
    they may not know before it has passed, nor if it never does."""
    citing = Renvoi.objects.filter(**which, message__gt=after).values("message")
    return _rerender(Message.objects.filter(pk__in=citing))


def _rerender(messages: Any) -> int | None:
    rows = list(messages.select_related("sujet__communaute").order_by("pk")[:BATCH])
    for row in rows:
        rendu = render_message(row, row.sujet.communaute)
        # Its row is held from here: whoever edits it waits, and comes after.
        if Message.objects.filter(pk=row.pk, version=row.version).update(
            html_stocke=rendu.html, version_rendu=RENDERER_VERSION
        ):
            keep_titles(row, rendu)
    return rows[-1].pk if rows else None


def titles_changed(**which: int | str) -> None:
    """What something of ours is called, or who may know it, has changed: have the texts that cite it rendered again.

    `which` is one column of `Renvoi` and its value: `sujet=7`. In the caller's transaction; two queries at most.
    """
    from forum.tasks import rerender_citing_messages

    if "sujet" in which:
        sujet_changed.send(sender=Sujet, sujet=which["sujet"])
    if Renvoi.objects.filter(**which).exists():
        rerender_citing_messages.defer(which=which)


def on_community_change(sender: object, communaute: Communaute, **kwargs: Any) -> None:
    """Listens to `communaute_changed`, in its transaction."""
    titles_changed(communaute=communaute.pk)


def on_document_removal(sender: object, document: Document, **kwargs: Any) -> None:
    """Listens to `document_removed`, in its transaction."""
    titles_changed(document=document.pk)
