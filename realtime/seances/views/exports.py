"""Minutes as files."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plateforme.socle.erreurs import TropDeDemandes
from plateforme.socle.limites import check_limit
from realtime.seances.access import can_lead, get_edition, get_seance
from realtime.seances.exports.markdown import as_markdown
from realtime.seances.models import CompteRendu
from realtime.seances.redaction import Acte, draft, validated
from realtime.seances.views.gestes import number_asked


@never_cache
@require_safe
def markdown(request: HttpRequest, pk: int) -> HttpResponse:
    """As it was written."""
    acte = _asked(request, pk)
    return _file(as_markdown(acte).encode(), acte, "md", "text/markdown; charset=utf-8")


@never_cache
@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """To print and sign."""
    # Here and below: loaded by who writes one, and not at every start, which they would make a tenth longer.
    from realtime.seances.exports.pdf import as_pdf

    return _written(request, pk, as_pdf, "pdf", "application/pdf")


@never_cache
@require_safe
def odt(request: HttpRequest, pk: int) -> HttpResponse:
    """To go on with in a word processor."""
    from realtime.seances.exports.odt import as_odt

    return _written(request, pk, as_odt, "odt", "application/vnd.oasis.opendocument.text")


def _written(
    request: HttpRequest, pk: int, write: Callable[[Acte], bytes], ending: str, kind: str
) -> HttpResponse:
    """A file that costs something to write: so many a minute."""
    acte = _asked(request, pk)
    try:
        check_limit("export", request.user.pk)
    except TropDeDemandes as refused:
        messages.error(
            request,
            f"Vous venez de télécharger plusieurs fichiers : réessayez dans {refused.attente} secondes.",
        )
        return redirect("seances:compte-rendu", pk)
    return _file(write(acte), acte, ending, kind)


def _asked(request: HttpRequest, pk: int) -> Acte:
    """The edition asked for (`?edition`), the last that holds, or what there is for now (`?projet`, for who writes
    minutes that are being corrected)."""
    seance = get_seance(request.user, pk)
    minutes = CompteRendu.objects.filter(seance=seance).first()
    asked = number_asked(request, "edition")
    if minutes is None:
        if asked is not None:
            raise Http404("Cette édition n’existe pas.")
        return draft(seance, None)
    minutes.seance = seance
    if asked is not None:
        return validated(minutes, get_edition(minutes, asked))
    last = minutes.editions.order_by("-rang").first()
    wants_draft = not minutes.valide and "projet" in request.GET and can_lead(request.user, seance.reunion)
    return draft(seance, minutes) if last is None or wants_draft else validated(minutes, last)


def _file(content: bytes, acte: Acte, ending: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{acte.fichier}.{ending}"'
    return response
