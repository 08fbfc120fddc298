"""Minutes in Markdown: the text as it was written, below the meeting and who attended."""

from realtime.seances.composition import plain
from realtime.seances.redaction import Acte


def as_markdown(acte: Acte) -> str:
    """The whole document; what is no Markdown is escaped."""
    entete = acte.entete
    lines = [f"# {plain(acte.nom)} : {plain(entete.titre)}", "", entete.quand]
    if entete.communaute:
        lines += ["", plain(entete.communaute)]
    if entete.lieu:
        lines += ["", f"Lieu : {plain(entete.lieu)}"]
    if acte.motif:
        lines += ["", f"Objet du rectificatif : {plain(acte.motif)}"]
    lines += ["", "# Présences"]
    for label, people in (
        ("Présences", entete.presents),
        ("Absences excusées", entete.excuses),
        ("Absences", entete.absents),
    ):
        if people:
            lines += ["", f"**{label}** ({len(people)})", ""]
            for row in people:
                said = ", ".join(plain(part) for part in (row.fonction, row.service, row.territoire) if part)
                lines.append(f"- {plain(row.nom)}{f', {said}' if said else ''}")
    return "\n".join([*lines, "", acte.texte]).rstrip() + "\n"
