"""The site with one more address: a bare view, for comparison with the page of a sujet.

`/banc/nue/<pk>/` fetches the same 20 messages with their authors and renders them in a template loop: what a view
written without a thought for speed costs at least, behind the same server, session and middleware.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from forum.models import Message
from plateforme.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

TEMPLATE = """<!DOCTYPE html><html lang="fr"><head><title>{{ request.user.nom_complet }}</title></head><body>
{% for message in messages_du_sujet %}<article id="message-{{ message.numero }}"><header>
<a href="{{ message.auteur.get_absolute_url }}">{{ message.auteur.nom_complet }}</a> {{ message.auteur.rattachement }}
<time datetime="{{ message.cree_le|date:'c' }}">{{ message.cree_le|il_y_a }}</time></header>
<div>{{ message.html|safe }}</div></article>{% endfor %}</body></html>"""


@cache
def _template() -> Any:
    return engines["django"].from_string(TEMPLATE)


def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """Twenty messages and nothing else."""
    rows = (
        Message.objects.filter(sujet=pk)
        .select_related("auteur__service", "auteur__territoire")
        .order_by("numero")[:20]
    )
    return HttpResponse(_template().render({"messages_du_sujet": rows}, request))


urlpatterns = [path("banc/nue/<int:pk>/", bare), *urlpatterns]
