"""Sending validated minutes to those who have no account. For the worker."""

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from annuaire.notifications.courriels import host
from realtime.reunions.courriels import build_mail, say_when_to
from realtime.reunions.models import Participant
from realtime.seances.access import guests_of
from realtime.seances.models import EditionCompteRendu, EnvoiCompteRendu

logger = structlog.get_logger(__name__)


def send_minutes_outside(edition: EditionCompteRendu) -> int:
    """Send them, as a PDF, to those invited without an account who did not get them yet; returns how many e-mails the
    server did not take. Harmless when repeated: of two at once, one writes to each."""
    from realtime.seances.exports.pdf import as_pdf
    from realtime.seances.redaction import validated

    guests = guests_of(edition.compte_rendu.seance.reunion)
    if not guests:
        return 0
    acte = validated(edition.compte_rendu, edition)
    file = (f"{acte.fichier}.pdf", as_pdf(acte), "application/pdf")
    failures = 0
    connection = get_connection()
    try:
        for guest in guests:
            try:
                _send_one(edition, guest, file, connection)
            except Exception:
                logger.warning("minutes_mail_failed", edition=edition.pk, invitation=guest.pk, exc_info=True)
                failures += 1
    finally:
        connection.close()
    return failures


@transaction.atomic
def _send_one(
    edition: EditionCompteRendu,
    guest: Participant,
    file: tuple[str, bytes, str],
    connection: BaseEmailBackend,
) -> None:
    """The row waits for that of another worker, and goes with the e-mail that is not taken."""
    _, new = EnvoiCompteRendu.objects.get_or_create(edition=edition, participant=guest)
    if not new:
        return
    mail = build_minutes_mail(edition, guest)
    mail.attach(*file)
    mail.connection = connection
    mail.send()


def build_minutes_mail(edition: EditionCompteRendu, guest: Participant) -> EmailMultiAlternatives:
    """What goes with the file."""
    minutes = edition.compte_rendu
    reunion = minutes.seance.reunion
    context = {
        "titre": reunion.titre,
        "quand": say_when_to(reunion, reunion.fuseau),
        "quoi": f"{edition.nom} du compte rendu" if edition.rang else "Le compte rendu",
        "reference": minutes.nom if minutes.reference else "",
        "motif": edition.motif,
        "par": edition.validee_par.nom_complet if edition.validee_par is not None else "",
    }
    what = edition.nom if edition.rang else "Compte rendu"
    return build_mail(
        "compte_rendu",
        context,
        de=reunion.organisateur,
        a=guest.courriel,
        sujet=f"{what}\u00a0: {reunion.titre}",
        message_id=f"<compte-rendu.{edition.pk}.{guest.pk}@{host()}>",
    )
