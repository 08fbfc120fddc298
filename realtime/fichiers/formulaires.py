"""Files of salons in forms without JavaScript."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from realtime.fichiers.actions import add_file
from realtime.fichiers.joints import READ_MAX, Joint
from realtime.fichiers.models import FichierSalon
from realtime.forms import DireForm
from realtime.models import Salon


def receive(request: HttpRequest, salon: Salon, kind: type[DireForm]) -> tuple[DireForm, list[Joint]]:
    """The form of a line that was posted, and the files it carries: those it names, and those chosen in it, taken in
    now. A refusal is said beside the text; what was taken in stays named."""
    joints = read_joints(request.POST)
    files = request.FILES.getlist("fichiers")
    form = kind(request.POST, avec_fichiers=bool(joints or files))
    form.full_clean()
    client_id = form.cleaned_data.get("client_id")
    if client_id is not None:
        taken, refusal = take_files(request.user, salon, files, client_id)
        joints += taken
        if refusal:
            form.add_error("texte", refusal)
    return form, joints


def read_joints(data: QueryDict) -> list[Joint]:
    """The files that a form names (`joint`), each with its description (`alternative-…`), those taken off
    (`retirer-…`) left out. What is no identifier is passed over."""
    found = []
    for value in data.getlist("joint")[:READ_MAX]:
        try:
            pk = UUID(value)
        except ValueError:
            continue
        if f"retirer-{value}" not in data:
            found.append(Joint(pk, data.get(f"alternative-{value}")))
    return found


def take_files(
    agent: Agent, salon: Salon, files: Iterable[UploadedFile], client_id: UUID
) -> tuple[list[Joint], str]:
    """Take in the files chosen in a form; gives those that were, and what is said of those refused (empty: nothing).

    The same form sent twice takes them in once: each goes under an identifier made from the form's, its place and name.
    """
    taken, refusals = [], []
    for index, file in enumerate(files):
        name = file.name or ""
        try:
            joint = add_file(agent, salon, file, nom=name, client_id=uuid5(client_id, f"{index} {name}"))
            taken.append(Joint(joint.pk))
        except ActionRefusee as refused:
            refusals.append(refused.message)
    return taken, " ".join(dict.fromkeys(refusals))


def waiting_files(agent: Agent, salon: Salon, joints: Iterable[Joint]) -> list[FichierSalon]:
    """Those of `agent` that wait still, as the form shows them again, described as they typed. One query."""
    described = {joint.id: joint.alternative or "" for joint in joints}
    rows = FichierSalon.objects.filter(
        pk__in=described, agent=agent, salon=salon, message__isnull=True
    ).order_by("cree_le")
    found = list(rows)
    for row in found:
        row.alternative = described[row.pk]
    return found
