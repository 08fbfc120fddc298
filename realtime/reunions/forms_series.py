"""Forms of meetings that come again. As `forms`: actions and database decide."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms

from annuaire.notifications.horaires import JOURS
from realtime.reunions.actions import Rythme
from realtime.reunions.horaires import say_day
from realtime.reunions.models import Reunion, Serie
from realtime.reunions.models.commun import Visio
from realtime.reunions.visio import offered


class RythmeForm(forms.Form):
    """How a meeting comes again; nothing chosen, it does not."""

    JOURS = [(str(number), name) for number, name in enumerate(JOURS)]

    frequence = forms.ChoiceField(
        label="Rythme", choices=[("", "Une seule fois"), *Serie.Frequence.choices], required=False
    )
    jours = forms.MultipleChoiceField(
        label="Jours",
        choices=JOURS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Pour un rythme à la semaine\u00a0; sans choix, le jour de la date.",
    )
    semaine = forms.ChoiceField(
        label="Chaque mois",
        choices=[
            ("date", "La même semaine du mois que la date"),
            ("derniere", "La dernière semaine du mois"),
        ],
        required=False,
    )
    jusqu_au = forms.DateField(
        label="Jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )
    nombre = forms.IntegerField(
        label="Ou nombre de réunions",
        required=False,
        min_value=2,
        max_value=200,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    sauf = forms.CharField(
        label="Sauf les",
        required=False,
        max_length=1000,
        help_text="Dates à sauter, séparées par des virgules\u00a0: jj/mm/aaaa.",
    )

    def clean_sauf(self) -> tuple[date, ...]:
        days = []
        for part in self.cleaned_data["sauf"].replace(";", ",").split(","):
            if part.strip():
                try:
                    days.append(datetime.strptime(part.strip(), "%d/%m/%Y").date())
                except ValueError:
                    raise forms.ValidationError(
                        f"Cette date ne se lit pas\u00a0: {part.strip()[:20]}."
                    ) from None
        return tuple(days)

    def rythme(self, debut: datetime) -> Rythme | None:
        """What was asked for, for a meeting that begins at `debut` by its own clock; None for a single one."""
        data = self.cleaned_data
        if not data["frequence"]:
            return None
        common = {name: data[name] for name in ("frequence", "jusqu_au", "nombre", "sauf")}
        if data["frequence"] == Serie.Frequence.MENSUELLE:
            week = (debut.day - 1) // 7 + 1
            rang = -1 if data["semaine"] == "derniere" or week > 4 else week
            return Rythme(jours=(debut.weekday(),), rang=rang, **common)
        return Rythme(jours=tuple(int(day) for day in data["jours"]) or (debut.weekday(),), **common)


class SerieForm(forms.Form):
    """What changes in all the meetings of a series to come."""

    titre = forms.CharField(label="Objet des réunions", max_length=160)
    lieu = forms.CharField(label="Lieu", required=False, max_length=160)
    visio = forms.ChoiceField(label="Visioconférence", widget=forms.RadioSelect)
    lien_visio = forms.CharField(
        label="Adresse de la visioconférence", required=False, max_length=200, widget=forms.URLInput
    )
    depuis = forms.TypedChoiceField(label="À partir de", required=False, coerce=int, empty_value=None)
    sur = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, serie: Serie, a_venir: Iterable[Reunion] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {
            "sur": serie.sequence,
            "titre": serie.titre,
            "lieu": serie.lieu,
            "visio": serie.visio,
            "lien_visio": serie.lien_visio if serie.visio == Visio.AUTRE else "",
        }
        super().__init__(*args, **kwargs)
        kinds = offered()
        self.fields["visio"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in Visio if kind in kinds or kind == serie.visio
        ]
        self.fields["depuis"].choices = [  # type: ignore[attr-defined]
            ("", "Toutes les réunions à venir"),
            *(
                (reunion.pk, f"Celle du {say_day(reunion.debut_sur_place, year=True)}")
                for reunion in a_venir
                if not reunion.modifiee and not reunion.annulee
            ),
        ]

    def champs(self) -> dict[str, Any]:
        """What `edit_serie` takes."""
        data = self.cleaned_data
        return {**data, "lien_visio": data["lien_visio"] if data["visio"] == Visio.AUTRE else ""}
