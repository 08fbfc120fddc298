"""A person's photo."""

from typing import BinaryIO

from django.db import transaction

from annuaire.models import Agent
from annuaire.profils.photos import MAX_BYTES, Cadre, remove_photo_files, write_photo
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.images import ImageRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit


def set_photo(agent: Agent, file: BinaryIO, taille: int, cadre: Cadre | None = None) -> None:
    """Show `file` (of `taille` bytes) as one's photo, cut to `cadre`. Raises `ActionRefusee`.

    Its files are written before the row and removed if anything fails; those of the photo before go on commit.
    """
    check_limit("photo", agent.pk)
    if taille > MAX_BYTES:
        raise ActionRefusee(f"Cette photo dépasse {MAX_BYTES // (1024 * 1024)} Mo.", champ="photo")
    try:
        key = write_photo(file, cadre)
    except ImageRefusee as error:
        raise ActionRefusee(str(error), champ="photo") from None
    try:
        _replace(agent, key)
    except BaseException:
        remove_photo_files(key)
        raise


def remove_photo(agent: Agent) -> None:
    """Show initials again in place of one's photo. Harmless without one."""
    check_limit("profil", agent.pk)
    _replace(agent, "")


@transaction.atomic
def _replace(agent: Agent, key: str) -> None:
    before = Agent.objects.select_for_update(no_key=True).only("photo").get(pk=agent.pk).photo
    agent.photo = key
    agent.save(update_fields=["photo"])
    if before:
        transaction.on_commit(lambda: remove_photo_files(before), robust=True)
    record(agent, "agent.set_photo" if key else "agent.remove_photo", agent)
    publish_on_commit(f"agent.{agent.pk}", {"type": "profil.change"})
