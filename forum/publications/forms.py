"""The forms by which a sollicitation becomes a sujet."""

from typing import Any

from django import forms

from communautes.models import Communaute, CommunauteQuerySet


class AccordForm(forms.Form):
    """Agreeing, named or not. `depart`: the version that the person had before them."""

    nommer = forms.BooleanField(
        label="Mon nom figure dans le sujet",
        required=False,
        help_text="Sinon, le sujet dit seulement qu’il vient d’une sollicitation entre collègues. L’une des deux personnes au moins le signe.",
    )
    depart = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, localize=False
    )

    def clean_depart(self) -> int:
        return int(self.cleaned_data["depart"] or 0)


class PublierForm(AccordForm):
    """The text of the sujet."""

    communaute = forms.ModelChoiceField(
        Communaute.objects.none(),
        label="Communauté",
        empty_label="Choisir…",
        help_text="Une communauté où chacune des deux personnes écrit : qui la lit lira ce texte.",
        error_messages={"required": "Choisissez une communauté."},
    )
    titre = forms.CharField(label="Titre", max_length=160, error_messages={"required": "Donnez un titre."})
    texte = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 14, "data-grandit": ""}),
        help_text="Retirez ce qui permettrait de reconnaître un dossier ou une personne.",
        error_messages={"required": "Écrivez le texte du sujet."},
    )
    field_order = ("communaute", "titre", "texte", "nommer", "depart")

    def __init__(self, data: Any = None, *, lieux: CommunauteQuerySet, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["communaute"].queryset = lieux
