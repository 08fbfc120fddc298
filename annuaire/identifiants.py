"""Handles: the `prenom-nom` by which a person is mentioned and found in addresses."""

from django.utils.text import slugify

ANIMATEURS = "animateurs"
"""What one writes after "@" to call all who animate the community; nobody's handle."""
RESERVES = frozenset({ANIMATEURS})


def free_handle(prenom: str, nom: str) -> str:
    """A handle made from a name and not taken yet. Two sign-ups at once may get the same: the database refuses one."""
    from annuaire.models import Agent

    base = slugify(f"{prenom} {nom}")[:70].strip("-") or "agent"
    taken = set(Agent.objects.filter(identifiant__startswith=base).values_list("identifiant", flat=True))
    if base not in taken and base not in RESERVES:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
