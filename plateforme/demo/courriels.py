"""Where e-mails go in demo mode: a page of the site, so that a visitor sees them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from plateforme.demo.models import Courriel


class EmailBackend(BaseEmailBackend):
    """Keep each message in the database, one row a recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            html = ""
            if isinstance(message, EmailMultiAlternatives):
                html = next((str(alt[0]) for alt in message.alternatives if alt[1] == "text/html"), "")
            for address in message.recipients():
                Courriel.objects.create(
                    destinataire=address.lower(), objet=message.subject[:300], texte=message.body, html=html
                )
        return len(email_messages)
