"""Forms of meetings. What they check is for the person's comfort; actions and database decide."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.forms.utils import from_current_timezone
from django.utils import timezone

from annuaire.notifications.horaires import METROPOLE
from realtime.reunions.actions import ProjetPoint

DUREES = [
    (30, "30 minutes"),
    (45, "45 minutes"),
    (60, "1 heure"),
    (90, "1 heure 30"),
    (120, "2 heures"),
    (180, "3 heures"),
    (240, "4 heures"),
    (420, "La journée (7 heures)"),
]
# Far enough for any calendar, near enough to catch a typing error in the year.
HORIZON = timedelta(days=3 * 365)


class ReunionForm(forms.Form):
    """A meeting to come. `cleaned_data["debut"]` joins date and time, in the site's time zone."""

    titre = forms.CharField(
        label="Objet de la réunion",
        max_length=160,
        error_messages={"required": "Dites en quelques mots à quoi sert cette réunion."},
    )
    date = forms.DateField(
        label="Date",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={
            "required": "Choisissez une date.",
            "invalid": "Cette date ne se lit pas\u00a0: jj/mm/aaaa.",
        },
    )
    heure = forms.TimeField(
        label="Début (heure de Paris)",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M"],
        error_messages={
            "required": "Choisissez une heure.",
            "invalid": "Cette heure ne se lit pas\u00a0: hh:mm.",
        },
    )
    duree_minutes = forms.TypedChoiceField(label="Durée prévue", choices=DUREES, coerce=int, initial=60)
    lieu = forms.CharField(
        label="Lieu",
        required=False,
        max_length=160,
        help_text="Une salle, une adresse\u00a0; laissez vide à distance.",
    )
    lien_visio = forms.CharField(
        label="Lien de visioconférence",
        required=False,
        max_length=200,
        help_text="Une adresse qui commence par https://",
        validators=[
            URLValidator(schemes=["https"], message="Donnez une adresse complète, qui commence par https://")
        ],
        widget=forms.URLInput,
    )
    ordre_du_jour = forms.CharField(
        label="Ordre du jour",
        required=False,
        max_length=4000,
        help_text="Un point par ligne.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def projet(self) -> dict[str, Any]:
        """What `plan_reunion` takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("date", "heure")}
        lines = [line.strip(" -•") for line in data.pop("ordre_du_jour").splitlines()]
        data["points"] = [ProjetPoint(line[:200]) for line in lines if line]
        data["fuseau"] = METROPOLE
        return data

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day, hour = data.get("date"), data.get("heure")
        if day is None or hour is None:
            return data
        if day > timezone.localdate() + HORIZON:
            self.add_error("date", "Cette date est bien lointaine\u00a0: vérifiez l’année.")
            return data
        try:
            data["debut"] = from_current_timezone(datetime.combine(day, hour))
        except forms.ValidationError:
            # The hour that does not exist, or exists twice, when clocks change.
            self.add_error("heure", "Cette heure n’existe pas ce jour-là, à cause du changement d’heure.")
        return data
