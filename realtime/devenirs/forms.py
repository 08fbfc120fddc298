"""Forms by which something is made of a line of a salon. What they check is for the person's comfort."""

from typing import Any

from django import forms

from annuaire.models import Agent
from communautes.models import Communaute, CommunauteQuerySet
from communautes.suites.forms import DecisionForm, TacheForm
from forum.models import Sujet
from realtime.access import members_of
from realtime.devenirs.access import AUTOUR
from realtime.models import Salon

# The last thing made of the line that the page knew, by number: what a draft and the action start from.
DEPART = {
    "required": False,
    "min_value": 0,
    "max_value": 2**63 - 1,
    "widget": forms.HiddenInput,
    "localize": False,
}


class SujetDeLigneForm(forms.Form):
    """A sujet: its title, one's own words, and the lines that it quotes."""

    communaute = forms.ModelChoiceField(
        Communaute.objects.none(),
        label="Communauté",
        help_text="Le sujet sera lu par toutes les personnes qui lisent cette communauté.",
        empty_label="Choisir…",
        error_messages={
            "required": "Choisissez la communauté où ouvrir ce sujet.",
            "invalid_choice": "Choisissez une communauté où vous écrivez.",
        },
    )
    genre = forms.ChoiceField(
        label="Genre",
        choices=[(kind.value, kind.label) for kind in (Sujet.Genre.QUESTION, Sujet.Genre.DISCUSSION)],
        widget=forms.RadioSelect,
        initial=Sujet.Genre.DISCUSSION,
        error_messages={"required": "Choisissez une question ou une discussion."},
    )
    titre = forms.CharField(
        label="Titre",
        max_length=160,
        help_text="Une phrase qui se comprend seule : c’est elle que l’on retrouvera dans trois ans.",
        error_messages={"required": "Donnez un titre à ce sujet."},
    )
    texte = forms.CharField(
        label="Votre message",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "data-grandit": ""}),
    )
    # Numbers: which of them may be quoted, and are still there, is the action's business.
    cites = forms.TypedMultipleChoiceField(coerce=int, required=False)
    accord = forms.BooleanField(
        label="J’ai compris que ces mots seront lus en dehors de ce salon",
        required=False,
    )
    depart = forms.IntegerField(**DEPART)

    def __init__(
        self,
        data: Any = None,
        *,
        places: CommunauteQuerySet,
        reserve: bool,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """`reserve`: the salon is one of named people, out of which words go knowingly."""
        super().__init__(data, initial=initial)
        self.fields["communaute"].queryset = places
        self.reserve = reserve
        if not reserve:
            del self.fields["accord"]
        ticked = data.getlist("cites")[: 2 * AUTOUR + 2] if data is not None else []
        self.fields["cites"].choices = [
            (number, number)
            for number in ticked
            if number.isdecimal() and number.isascii() and len(number) < 11
        ]

    def clean_accord(self) -> bool:
        if not self.cleaned_data["accord"]:
            raise forms.ValidationError(
                "Ce salon est réservé à quelques personnes : cochez cette case si ces mots peuvent être lus ailleurs."
            )
        return True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "cites" in data and not data.get("texte", "").strip() and not data["cites"]:
            self.add_error("texte", "Écrivez votre message, ou reprenez au moins un message du salon.")
        return data


class DecisionDeLigneForm(DecisionForm):
    """A decision; in a meeting, its day is that of the meeting."""

    depart = forms.IntegerField(**DEPART)

    def __init__(self, data: Any = None, *, en_reunion: bool, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        if en_reunion:
            del self.fields["prise_le"]


class TacheDeLigneForm(TacheForm):
    """A task. Of a salon without community, whoever has it to do is one of those who are in it."""

    depart = forms.IntegerField(**DEPART)

    def __init__(self, data: Any = None, *, salon: Salon, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, communaute=salon.communaute, initial=initial)
        if salon.communaute is None:
            self.fields["responsable"] = forms.ModelChoiceField(
                members_of(salon).order_by("prenom", "nom", "pk"),
                label="Responsable",
                required=False,
                empty_label="Personne pour l’instant",
                error_messages={
                    "invalid_choice": "Cette personne n’est plus dans ce salon : choisissez-en une autre."
                },
            )
            self.order_fields(["libelle", "responsable", "echeance"])

    def clean_responsable(self) -> Agent | None:
        if self.communaute is None:
            return self.cleaned_data["responsable"]
        return super().clean_responsable()
