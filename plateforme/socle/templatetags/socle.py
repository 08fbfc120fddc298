"""Filters and tags of every template (built in: no `{% load %}`)."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.http import QueryDict
from django.template import defaultfilters
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plateforme.socle.morceaux import leave_gap, piece
from plateforme.socle.navigateurs import browser_name
from plateforme.socle.texte import plain_text
from plateforme.socle.typographie import of

register = template.Library()

COULEURS_AGENT = 10
# Widgets whose class in the design system is not that of a text field.
CLASSES_CHAMP = {
    "select": " fr-select",
    "selectmultiple": " fr-select champ__plusieurs",
    "clearablefileinput": " fr-upload",
    "fileinput": " fr-upload",
}


@register.simple_tag
def nom(agent: Any, lie: str = "") -> SafeString:
    """The name of a person where it is no link: their card shows beside it on hover (profils/carte.js). `lie`: « de », for
    « d’Aminata Sarr »."""
    shown = of(agent.nom_complet) if lie == "de" else agent.nom_complet
    return format_html('<span data-personne="{}">{}</span>', agent.get_absolute_url(), shown)


@register.filter
def de(name: str) -> str:
    """« d’Aminata Sarr », « de Nadia Ferhat »."""
    return of(name)


@register.filter
def il_y_a(moment: datetime | None) -> str:
    """A time as people say it: « il y a 5 min », « hier à 14 h 05 », « le 3 mars 2024 »; also for the future."""
    return "" if moment is None else said_at(moment, timezone.localtime())


def said_at(moment: datetime, now: datetime) -> str:
    """As `il_y_a`, where many are said at once: `now` is in the reader's time zone."""
    seconds = (now - moment).total_seconds()
    if 0 <= seconds < 60:
        return "à l’instant"
    if 0 <= seconds < 3600:
        return f"il y a {int(seconds // 60)}\u00a0min"
    if 0 <= seconds < 6 * 3600 and now.date() == timezone.localdate(moment):
        return f"il y a {int(seconds // 3600)}\u00a0h"
    return _by_the_day(moment, now.date(), timezone.get_current_timezone_name())


@lru_cache(maxsize=20_000)
def _by_the_day(moment: datetime, today: date, zone: str) -> str:
    """What is said in `zone` of a time that is not near: the same all day, and pages of old messages say it twenty times."""
    local = timezone.localtime(moment, ZoneInfo(zone))
    hour = f"{local:%H}\u00a0h\u00a0{local:%M}".lstrip("0") if local.hour else f"0\u00a0h\u00a0{local:%M}"
    days = (today - local.date()).days
    names = {0: "aujourd’hui", 1: "hier", -1: "demain"}
    if days in names:
        return f"{names[days]} à {hour}"
    if -7 < days < 0:
        return f"{formats.date_format(local, 'l j F')} à {hour}"
    if abs(days) < 7:
        return f"{formats.date_format(local, 'l')} à {hour}"
    if local.year == today.year or abs(days) < 120:
        return f"le {formats.date_format(local, 'j F')}"
    return f"le {formats.date_format(local, 'j F Y')}"


@register.filter
def taille_fichier(octets: int | None) -> str:
    """A size in French units: « 340 ko », « 1,2 Mo »."""
    size = float(octets or 0)
    if size < 1000:
        return f"{int(size)}\u00a0octets"
    for unit in ("ko", "Mo", "Go"):
        size /= 1000
        if size < 1000 or unit == "Go":
            shown = f"{size:.1f}".replace(".", ",").removesuffix(",0") if size < 10 else f"{size:.0f}"
            return f"{shown}\u00a0{unit}"
    return ""


register.filter("navigateur", browser_name)


@register.filter
def couleur_agent(agent: Any) -> str:
    """The class that colours a person's avatar: the same everywhere, never the only sign of who it is."""
    return f"avatar--c{(getattr(agent, 'pk', None) or 0) % COULEURS_AGENT}"


@register.filter
def taille_photo(avatar: str) -> int:
    """Pixels of the photo that fills an avatar of a size (`sm`, `xl`…), on screens twice as dense too."""
    return {"lg": 192, "xl": 480}.get(avatar, 96)


@register.filter
def debut(chemin: str, prefixe: str) -> bool:
    """True when an address is below another: for the current entry of a menu."""
    return bool(prefixe) and chemin.startswith(prefixe)


@register.filter
def extrait(texte: str, longueur: int) -> str:
    """The beginning of a Markdown text, on one line and without marks."""
    return plain_text(texte, longueur)


@register.filter
def paires(texte: str) -> list[list[str]]:
    """`a:Un,b:Deux` as pairs, for short lists of choices in a template."""
    return [part.split(":", 1) for part in texte.split(",")]


@register.filter
def classe_champ(genre: str) -> str:
    """The design system's class for a kind of form widget."""
    return CLASSES_CHAMP.get(genre, " fr-input")


@register.filter
def classe_bouton(tags: list[str] | str | None) -> str:
    """The design system's class for the tags that allauth gives a button."""
    if any(tag in (tags or ()) for tag in ("secondary", "cancel", "link")):
        return "fr-btn--tertiary"
    return "fr-btn--secondary" if any(tag in (tags or ()) for tag in ("delete", "danger")) else ""


@register.simple_tag(takes_context=True)
def query_replace(context: dict[str, Any], **changes: Any) -> str:
    """The current address with some parameters changed, or taken out when None."""
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query_replace_key(context: dict[str, Any], name: str, value: Any) -> str:
    """As `query_replace`, of a parameter whose name is not known beforehand."""
    return query_replace(context, **{name: value})


@register.filter("pluralize", is_safe=False)
def french_pluralize(nombre: Any, formes: str = "s") -> str:
    """In place of Django's filter, which is English: « 0 réponse » is singular."""
    return str(defaultfilters.pluralize(nombre or 1, formes))


@register.simple_tag
def pluriel(nombre: int, singulier: str, pluriel: str) -> SafeString:
    """« 1 réponse », « 12 réponses », « aucune réponse » is for the caller; thin space between thousands."""
    shown = f"{nombre:,}".replace(",", "\u202f")
    return format_html("{}\u00a0{}", shown, singulier if nombre < 2 else pluriel)


class _Morceau(template.Node):
    def __init__(self, nodelist: template.NodeList, name: str, parts: list[Any]) -> None:
        self.nodelist = nodelist
        self._name = name
        self._parts = parts

    def render(self, context: template.Context) -> SafeString:
        request = context.get("request")
        if request is None:
            return self.nodelist.render(context)
        values = [part.resolve(context) for part in self._parts]
        if len(values) == 1 and not values[0]:
            return self.nodelist.render(context)
        key = (self._name, *values)
        return piece(request, key, lambda: self.nodelist.render(context), context)


@register.tag
def morceau(parser: Any, token: Any) -> _Morceau:
    """`{% morceau nom valeur… %}…{% endmorceau %}`: what is inside, rendered once for these values.

    The values are all that the content depends on, beside the request's CSRF token and nonce; a single
    empty or missing one keeps nothing. See
    `plateforme.socle.morceaux`.
    """
    _, name, *parts = token.split_contents()
    nodelist = parser.parse(("endmorceau",))
    parser.delete_first_token()
    return _Morceau(nodelist, name, [parser.compile_filter(part) for part in parts])


class _APart(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        request = context.get("request")
        gap = leave_gap(request, self) if request is not None else None
        return SafeString(gap) if gap is not None else self.fill(context)

    def fill(self, context: template.Context) -> SafeString:
        """Its HTML, for the reader of `context`."""
        return self.nodelist.render(context)


@register.tag
def a_part(parser: Any, token: Any) -> _APart:
    """`{% a_part %}…{% enda_part %}`: in a `morceau`, what is not kept with it, because it is each reader's own.

    It sees the variables of the page, never those set inside the `morceau` (`for`, `with`, `url … as`).
    """
    nodelist = parser.parse(("enda_part",))
    parser.delete_first_token()
    return _APart(nodelist)
