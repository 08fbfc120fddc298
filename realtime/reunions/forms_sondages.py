"""Forms of « Quand se voit-on ? ». As `forms`: actions and database decide."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from annuaire.notifications.horaires import FUSEAUX
from plateforme.socle.formulaires import LongTextField
from realtime.reunions.actions.planification import HORIZON
from realtime.reunions.actions.sondages import CRENEAUX_MAX
from realtime.reunions.forms import DUREES
from realtime.reunions.horaires import local
from realtime.reunions.models import Creneau, Disponibilite, SondageDates
from realtime.reunions.models.commun import Visio
from realtime.reunions.visio import offered

LIGNES = 4
_JOUR = {
    "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "input_formats": ["%Y-%m-%d", "%d/%m/%Y"],
    "error_messages": {"invalid": "Cette date ne se lit pas\u00a0: jj/mm/aaaa."},
}


class ClotureMixin(forms.Form):
    """Until the end of which day one answers."""

    cloture = forms.DateField(
        label="Répondre jusqu’au", required=False, help_text="Ce jour compris. Sans date, on répond tant qu’aucun créneau n’est retenu.", **_JOUR
    )  # fmt: skip

    def cloture_le(self, fuseau: str) -> datetime | None:
        """The end of that day by the clock `fuseau`, or None."""
        day = self.cleaned_data.get("cloture")
        return datetime.combine(day, time(23, 59, 59), ZoneInfo(fuseau)) if day is not None else None

    def clean_cloture(self) -> Any:
        day = self.cleaned_data["cloture"]
        if day is not None and not timezone.localdate() <= day <= timezone.localdate() + HORIZON:
            raise forms.ValidationError("Choisissez une date à venir, pas trop lointaine.")
        return day


class DatesForm(ClotureMixin):
    """What is to be, and for how long; when is what is asked."""

    titre = forms.CharField(
        label="Objet de la réunion",
        max_length=160,
        error_messages={"required": "Dites en quelques mots à quoi sert cette réunion."},
    )
    precisions = LongTextField(
        label="Précisions", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    duree_minutes = forms.TypedChoiceField(label="Durée prévue", choices=DUREES, coerce=int, initial=60)
    fuseau = forms.ChoiceField(
        label="Heure de",
        choices=list(FUSEAUX.items()),
        help_text="Chacun verra les créneaux à sa propre heure.",
    )
    lieu = forms.CharField(label="Lieu", required=False, max_length=160)
    visio = forms.ChoiceField(
        label="Visioconférence", widget=forms.RadioSelect, initial=Visio.AUCUNE, required=False
    )
    lien_visio = forms.CharField(
        label="Adresse de la visioconférence",
        required=False,
        max_length=200,
        help_text="Pour «\u00a0une autre adresse\u00a0»\u00a0: elle commence par https://.",
        widget=forms.URLInput,
    )

    def __init__(self, *args: Any, fuseau: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fuseau:
            self.fields["fuseau"].initial = fuseau
        self.fields["visio"].choices = [(kind.value, kind.label) for kind in offered()]  # type: ignore[attr-defined]

    def champs(self) -> dict[str, Any]:
        """What `propose_dates` takes."""
        data = self.cleaned_data
        visio = data["visio"] or (Visio.AUTRE if data["lien_visio"] else Visio.AUCUNE)
        return {
            **{name: data[name] for name in ("titre", "precisions", "duree_minutes", "fuseau", "lieu")},
            "visio": visio,
            "lien_visio": data["lien_visio"] if visio == Visio.AUTRE else "",
            "cloture_le": self.cloture_le(data["fuseau"]),
        }


class AjoutForm(ClotureMixin):
    """More slots, and until when to answer from now on."""

    def __init__(self, *args: Any, sondage: SondageDates, **kwargs: Any) -> None:
        if sondage.cloture_le is not None:
            kwargs["initial"] = {"cloture": local(sondage.cloture_le, sondage.fuseau).date()}
        super().__init__(*args, **kwargs)


class CreneauForm(forms.Form):
    """One moment. A row left empty is none."""

    date = forms.DateField(label="Date", required=False, **_JOUR)
    heure = forms.TimeField(
        label="Début",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
        error_messages={"invalid": "Cette heure ne se lit pas\u00a0: hh:mm."},
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "date" not in data or "heure" not in data:
            return data
        if (data["date"] is None) != (data["heure"] is None):
            missing = "date" if data["date"] is None else "heure"
            self.add_error(missing, "Donnez la date et l’heure, ou videz cette ligne.")
        elif data["date"] is not None and data["date"] > timezone.localdate() + HORIZON:
            self.add_error("date", "Cette date est bien lointaine\u00a0: vérifiez l’année.")
        return data


class _CreneauFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def debuts(self, fuseau: str) -> list[datetime]:
        """The moments that were written, by the clock `fuseau`.

        An hour that a change of clocks skips is said beside its row: then the formset has errors, and no more is valid.
        """
        zone = ZoneInfo(fuseau)
        found = []
        for form in self.forms:
            if form.cleaned_data.get("date") is None:
                continue
            naive = datetime.combine(form.cleaned_data["date"], form.cleaned_data["heure"])
            moment = naive.replace(tzinfo=zone)
            if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
                form.add_error("heure", "Cette heure n’existe pas ce jour-là, à cause du changement d’heure.")
            elif moment < timezone.now():
                form.add_error("date", "Ce moment est passé.")
            else:
                found.append(moment)
        return found


CreneauFormSet = forms.formset_factory(
    CreneauForm, formset=_CreneauFormSet, extra=LIGNES, max_num=CRENEAUX_MAX, absolute_max=CRENEAUX_MAX
)


class DisponibilitesForm(forms.Form):
    """What suits, slot by slot: `champ_de(creneau)` names each one's field."""

    commentaire = forms.CharField(
        label="Un mot pour la personne qui organise", max_length=300, required=False
    )

    def __init__(self, *args: Any, creneaux: Iterable[Creneau], dites: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.creneaux = list(creneaux)
        for creneau in self.creneaux:
            self.fields[champ_de(creneau)] = forms.ChoiceField(
                label="Ce créneau vous convient-il\u00a0?",
                choices=Disponibilite.Choix.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=dites.get(creneau.pk),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["choix"] = {
            creneau.pk: data[champ_de(creneau)] for creneau in self.creneaux if data.get(champ_de(creneau))
        }
        if not data["choix"] and not self.errors:
            self.add_error(None, "Répondez pour un créneau au moins.")
        return data


def champ_de(creneau: Creneau) -> str:
    """The name of the field that answers for a slot."""
    return f"creneau-{creneau.pk}"
