"""The form by which a search is kept."""

from django import forms

from annuaire.trouver.models import NOM_MAX


class RechercheForm(forms.Form):
    nom = forms.CharField(label="Nom de la recherche", max_length=NOM_MAX, required=False)
    criteres = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)
