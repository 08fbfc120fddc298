"""The summary of a sujet: a page, or a piece of the sujet's own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communautes.presentation import community_context
from forum.access import get_sujet
from forum.resume import summary


def resume(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    context = community_context(request.user, found.communaute, "forum")
    return render(request, "forum/resume.html", context | {"sujet": found, "resume": summary(found)})
