"""The words that all the files of minutes say, besides their text."""

from collections.abc import Sequence

from django.utils.formats import date_format

from realtime.seances.redaction import Acte

ETAT = ("RÉPUBLIQUE FRANÇAISE", ("Liberté", "Égalité", "Fraternité"))
PROJET = "Projet : ce texte n’est pas validé."
PRESENCES = ("Nom", "Service", "Territoire", "Présence")
SIGNATURES = ("Présidence de séance", "Secrétariat de séance")


def place_and_day(acte: Acte) -> str:
    """« Mende, le 25 novembre 2026 »: the day of the validation; of a draft, nothing."""
    if acte.validee_le is None:
        return ""
    day = f"le {date_format(acte.validee_le, 'j F Y')}"
    return f"{acte.entete.ville}, {day}" if acte.entete.ville else f"L{day[1:]}"


def details(acte: Acte) -> list[tuple[str, str]]:
    """What is said of the meeting, above the text: label, words."""
    entete = acte.entete
    rows = [
        ("Réunion", entete.titre),
        ("Date", entete.quand),
        ("Lieu", entete.lieu),
        ("Communauté", entete.communaute),
        ("Présidence", entete.president),
        ("Secrétariat", entete.secretaire),
        ("Objet du rectificatif", acte.motif),
    ]
    return [(label, words) for label, words in rows if words]


def attendance_rows(acte: Acte) -> list[tuple[str, str, str, str]]:
    """The cells of the list of those who attend: who came first."""
    entete = acte.entete
    return [
        (
            f"{row.nom}, {row.fonction}" if row.fonction else row.nom,
            row.service,
            row.territoire,
            row.dit,
        )
        for row in (*entete.presents, *entete.excuses, *entete.absents)
    ]


def validation(acte: Acte) -> str:
    """Who said that it is right, and when."""
    if acte.edition is None or acte.validee_le is None:
        return PROJET
    day = date_format(acte.validee_le, "j F Y")
    name = acte.edition.validee_par.nom_complet if acte.edition.validee_par is not None else ""
    return f"Validé le {day} par {name}." if name else f"Validé le {day}."


def signers(acte: Acte) -> Sequence[tuple[str, str]]:
    """Function and name of each of those who sign; the name may be empty."""
    return list(zip(SIGNATURES, (acte.entete.president, acte.entete.secretaire), strict=True))
