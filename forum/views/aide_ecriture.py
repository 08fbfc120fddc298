"""What helps to write: the preview, names and emoji as they are typed, quotes, a page of help."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from communautes.access import can_read, get_readable
from communautes.models import Communaute
from forum.access import get_message
from forum.aide import EXEMPLES
from forum.mentions import suggest_mentions
from forum.presentation import pieces_of_text, quote_of
from forum.rendu import render_text
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import EMOJIS, PALETTE, render_markdown


@require_POST
def apercu(request: HttpRequest) -> HttpResponse:
    """What a text will look like, exactly: a fragment for the editor, a page without script."""
    try:
        check_limit("apercu", request.user.pk)
    except ActionRefusee as error:
        return HttpResponse(error.message, status=429, content_type="text/plain; charset=utf-8")
    source, slug = request.POST.get("texte", ""), request.POST.get("communaute", "")
    communaute = Communaute.objects.filter(slug=slug).first()
    context = {"vide": not source.strip()}
    if communaute is not None and can_read(request.user, communaute):
        rendered = render_text(source, communaute)
        context |= {
            "html": rendered.html,
            "absents": rendered.absents,
            "pieces": pieces_of_text(request.user, source),
        }
    else:
        context |= {"html": render_markdown(source)}
    page = "forum/apercu.html" if request.POST.get("page") else "forum/_apercu.html"
    return render(request, page, context)


@require_GET
def mentions(request: HttpRequest, slug: str) -> JsonResponse:
    """Who may be called by what is typed after "@", members first."""
    communaute = get_readable(request.user, slug)
    try:
        check_limit("completion", request.user.pk)
    except ActionRefusee as error:
        return JsonResponse({"erreur": error.message}, status=429)
    return JsonResponse(
        {"propositions": suggest_mentions(request.user, communaute, request.GET.get("q", ""))}
    )


@require_GET
@cache_control(private=True, max_age=86400)
def emojis(request: HttpRequest) -> JsonResponse:
    """The short names, and those of the palette."""
    return JsonResponse({"noms": EMOJIS, "palette": PALETTE})


@require_GET
def citation(request: HttpRequest, pk: int) -> HttpResponse:
    """A message as a quote, ready to be put in an answer."""
    return HttpResponse(quote_of(get_message(request.user, pk)), content_type="text/plain; charset=utf-8")


@require_GET
def aide(request: HttpRequest) -> HttpResponse:
    """Help on formatting: what is typed, and what it gives."""
    rows = [
        (nom, source, render_markdown(source, prefixe=f"aide{n}-"))
        for n, (nom, source) in enumerate(EXEMPLES)
    ]
    return render(request, "forum/aide.html", {"exemples": rows})
