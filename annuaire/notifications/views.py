"""Pages of notifications."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from annuaire.notifications.access import count_unread, get_notification, own_notifications
from annuaire.notifications.actions import mark_all_read, mark_read
from plateforme.socle.pagination import paginate


def liste(request: HttpRequest) -> HttpResponse:
    """What one was told, latest first."""
    page = paginate(
        own_notifications(request.user).select_related("acteur"),
        ("-pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return render(request, "notifications/liste.html", {"page": page})


@never_cache
def nombre(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the badge of pages already open."""
    return JsonResponse({"non_lues": count_unread(request.user)})


def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one read and go where it leads. By GET, as any link; repeating it changes nothing."""
    notification = get_notification(request.user, pk)
    mark_read(request.user, notification)
    return redirect(notification.url)


@require_POST
def tout_lire(request: HttpRequest) -> HttpResponse:
    mark_all_read(request.user)
    return redirect("notifications:liste")
