"""What sign-up asks besides an e-mail and a password. Apart from forms.py: allauth imports it while its own forms load."""

from django import forms
from django.http import HttpRequest

from annuaire.models import Agent


class InscriptionForm(forms.Form):
    """What a new agent says of themselves, with allauth's e-mail and password."""

    prenom = forms.CharField(
        label="Prénom", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(
        label="Nom", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    fonction = forms.CharField(
        label="Fonction",
        max_length=120,
        help_text="Par exemple : instructrice police de l’eau.",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    def signup(self, request: HttpRequest, user: Agent) -> None:
        """Called by allauth before the account is saved."""
        user.prenom = self.cleaned_data["prenom"]
        user.nom = self.cleaned_data["nom"]
        user.fonction = self.cleaned_data["fonction"]
        user.save()
