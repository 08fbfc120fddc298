"""E-mails: text and HTML from one pair of templates, sent by the worker."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


def queue_email(
    template: str, to: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> None:
    """Render `courriels/<template>.{sujet.txt,txt,html}` now and have the worker send it.

    In the caller's transaction: nothing is sent if it does not commit. The context is rendered at once, so
    that the worker needs no access to what the mail speaks of.
    """
    queue_rendered(*render_email(template, context), to, headers)


def render_email(template: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of `courriels/<template>.{sujet.txt,txt,html}`."""
    full = {**context, "site_nom": settings.SITE_NOM, "site_url": settings.SITE_URL}
    subject = " ".join(render_to_string(f"courriels/{template}.sujet.txt", full).split())
    text = render_to_string(f"courriels/{template}.txt", full)
    return subject, text, render_to_string(f"courriels/{template}.html", full)


def queue_rendered(
    subject: str, text: str, html: str, to: str, headers: Mapping[str, str] | None = None
) -> None:
    """Have the worker send an e-mail that is already written (`html` may be empty)."""
    send_email.defer(subject=subject, text=text, html=html, to=to, headers=dict(headers or {}))


@app.task(name="socle.send_email", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_email(subject: str, text: str, html: str, to: str, headers: dict[str, str]) -> None:
    """Hand one e-mail to the mail server; tried again for about a day if the server does not answer."""
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to], headers=headers)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
