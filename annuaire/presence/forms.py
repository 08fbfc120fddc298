"""The form with which a person says how they are."""

from typing import Any

from django import forms
from django.utils import timezone

from annuaire.presence.durees import DUREES, end_of
from annuaire.presence.lecture import Etat
from annuaire.presence.models import MESSAGE_MAX, EtatPresence

AIDES = {
    Etat.EN_LIGNE: "Vos pages disent que vous êtes là.",
    Etat.ABSENT: "Vous n’êtes pas devant votre écran.",
    Etat.OCCUPE: "Aucune notification de navigateur ni annonce à l’écran ; ce que l’on vous dit vous attend dans «\u00a0À lire\u00a0».",
    Etat.INVISIBLE: "Vous lisez et écrivez comme d’habitude, et n’apparaissez nulle part.",
}


class EtatForm(forms.Form):
    """A state, for how long, and a few words. `end` is when it ends, at the clock of the request."""

    etat = forms.ChoiceField(label="Comment vous montrer", choices=Etat.choices, widget=forms.RadioSelect)
    duree = forms.ChoiceField(label="Pendant combien de temps", choices=list(DUREES.items()), required=False)
    jour = forms.DateField(
        label="Dernier jour",
        required=False,
        help_text="Pour «\u00a0Jusqu’à une date\u00a0» : ce jour est compris.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    message = forms.CharField(
        label="Message",
        required=False,
        max_length=MESSAGE_MAX,
        help_text="Montré avec votre état, sauf si vous êtes invisible. Par exemple : en réunion à Mende.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("duree") == "date" and not data.get("jour") and "jour" not in self.errors:
            self.add_error("jour", "Indiquez le dernier jour.")
        return data

    def fields_of_action(self) -> dict[str, Any]:
        """What `choose_state` takes."""
        data = self.cleaned_data
        end = end_of(data.get("duree", ""), timezone.localtime(), data.get("jour"))
        return {"etat": data["etat"], "jusqu_a": end, "message": data.get("message", "")}


class PreferencesForm(forms.ModelForm):
    """What the pages do by themselves."""

    class Meta:
        model = EtatPresence
        fields = ("automatique", "montre_lectures")
        labels = {
            "automatique": "Me dire absent quand je ne fais rien",
            "montre_lectures": "Montrer ce que j’ai lu",
        }
        help_texts = {
            "automatique": (
                "Après dix minutes sans aucun geste dans aucune de vos pages, et jusqu’au geste suivant. "
                "Ce réglage vaut pour tous vos appareils."
            ),
            "montre_lectures": (
                "Dans les salons, les autres voient jusqu’où vous avez lu, et vous voyez jusqu’où ils ont lu. "
                "Sans cela, ni eux ni vous. Tant que vous êtes invisible, rien n’en est montré."
            ),
        }
