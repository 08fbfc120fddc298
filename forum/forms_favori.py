"""The form of a bookmark: a note, and when to be reminded."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from forum.actions.favoris import NOTE_LENGTH
from forum.models import Favori
from forum.rappels import CHOIX, LE_PLUS_LOIN, at, moment_of, propositions

AUCUN, DATE = "", "date"


class FavoriForm(forms.Form):
    """`maintenant` and `zone` are the clock of the person: what they choose is said and read by it."""

    note = forms.CharField(
        label="Note",
        max_length=NOTE_LENGTH,
        required=False,
        help_text="Pour vous : personne d’autre ne la lira.",
        error_messages={"max_length": f"Votre note dépasse {NOTE_LENGTH} caractères."},
    )
    rappel = forms.ChoiceField(label="Me le rappeler", required=False, widget=forms.RadioSelect)
    date = forms.DateField(
        label="Date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Écrivez la date ainsi : 31/03/2027."},
    )
    heure = forms.TimeField(
        label="Heure",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Écrivez l’heure ainsi : 14:30."},
    )

    def __init__(self, data: Any = None, *, favori: Favori | None, maintenant: datetime, zone: str) -> None:
        self.favori, self.maintenant, self.zone = favori, maintenant, zone
        coming = favori.rappel_le if favori is not None and favori.rappele_le is None else None
        local = coming.astimezone(ZoneInfo(zone)) if coming is not None else None
        super().__init__(
            data,
            initial={
                "note": favori.note if favori is not None else "",
                "rappel": DATE if local is not None else AUCUN,
                "date": local.date() if local is not None else None,
                "heure": local.time() if local is not None else "09:00",
            },
        )
        choices = propositions(maintenant, zone)
        sent = self.data.get("rappel") if self.is_bound else None
        if sent in CHOIX and sent not in dict(choices):
            # « Ce soir », sent after the evening has come: to be told so, not that there is no such choice.
            choices.insert(0, (sent, CHOIX[sent].titre))
        self.fields["rappel"].choices = [
            (AUCUN, "Pas de rappel"),
            *choices,
            (DATE, "À la date et à l’heure de mon choix"),
        ]
        today = maintenant.astimezone(ZoneInfo(zone)).date()
        self.fields["date"].widget.attrs |= {"min": f"{today}", "max": f"{today + LE_PLUS_LOIN}"}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("rappel", DATE) != DATE:
            # Not asked for, and out of sight.
            for name in ("date", "heure"):
                self.errors.pop(name, None)
        data["rappel_le"] = self._moment(data) if "rappel" in data else None
        return data

    def _moment(self, data: dict[str, Any]) -> datetime | None:
        chosen = data["rappel"]
        if chosen in CHOIX:
            return moment_of(chosen, self.maintenant, self.zone)
        if chosen != DATE or {"date", "heure"} & self.errors.keys():
            return None
        day, hour = data["date"], data["heure"]
        if day is None or hour is None:
            self.add_error("heure" if day else "date", "Choisissez la date et l’heure de votre rappel.")
            return None
        today = self.maintenant.astimezone(ZoneInfo(self.zone)).date()
        if not today <= day <= today + LE_PLUS_LOIN:
            # Said here: a year 1 or 9999 has no hour elsewhere.
            self.add_error("date", "Choisissez une date à venir, dans les cinq ans.")
            return None
        moment = at(day, hour.replace(second=0, microsecond=0), self.zone)
        before = self.favori.rappel_le if self.favori is not None else None
        # As it was, to the minute that one sees: left alone, even when its time came while the form was open.
        return before if before is not None and before.replace(second=0, microsecond=0) == moment else moment
