"""The form by which a file is shared."""

from django import forms


class DepotForm(forms.Form):
    """A file and a word about it."""

    fichier = forms.FileField(
        label="Fichier",
        help_text="100 Mo au plus : PDF, documents de bureau, images, tableurs, texte, archives zip.",
        error_messages={"empty": "Ce fichier est vide.", "required": "Choisissez un fichier."},
    )
    description = forms.CharField(
        label="Description", max_length=300, required=False, help_text="Ce qu’on y trouve, en une phrase."
    )
