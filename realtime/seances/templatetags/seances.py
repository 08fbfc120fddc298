"""Times of a meeting, as they are read."""

from django import template

register = template.Library()


@register.filter
def horloge(seconds: int) -> str:
    """« 07:05 », « 1:12:30 »: a clock. `static/seances/horloge.js` writes the same."""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


@register.filter
def en_minutes(seconds: int) -> str:
    """« moins d’une minute », « 12 min », « 1 h 05 »: how long something lasted."""
    minutes = int(seconds) // 60
    if not minutes:
        return "moins d’une minute"
    return f"{minutes}\u00a0min" if minutes < 60 else f"{minutes // 60}\u00a0h\u00a0{minutes % 60:02d}"
