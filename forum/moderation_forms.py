"""Forms of moderation. What a reason may hold is the actions' business."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from communautes.models import Communaute
from forum.models import Signalement, Sujet
from plateforme.socle.formulaires import LongTextField

DUREES = (
    ("", "Ne pas suspendre"),
    ("1", "1 jour"),
    ("3", "3 jours"),
    ("7", "7 jours"),
    ("30", "30 jours"),
    ("date", "Jusqu’à une date"),
)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-grandit": ""})


class SignalementForm(forms.Form):
    """Why one asks moderators to look at a message."""

    motif = forms.ChoiceField(
        label="Qu’est-ce qui ne va pas ?",
        choices=Signalement.Motif.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une raison : elle oriente la réponse."},
    )
    commentaire = LongTextField(
        label="Précisions",
        required=False,
        max_length=1000,
        widget=_area(4),
        help_text="Ce qu’il faut savoir pour comprendre. Seule l’animation lira ces mots.",
    )


class SuspensionMixin(forms.Form):
    """For how long somebody may not write. Gives `fin`, a moment or None."""

    duree = forms.ChoiceField(label="Suspendre la participation", choices=DUREES, required=False)
    jusqu_au = forms.DateField(
        label="Jusqu’au (inclus)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Si vous avez choisi une date.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        duree, day = data.get("duree", ""), data.get("jusqu_au")
        data["fin"] = None
        if duree == "date":
            if day is None and "jusqu_au" not in self.errors:
                self.add_error("jusqu_au", "Indiquez la date de fin.")
            elif day is not None:
                data["fin"] = timezone.make_aware(datetime.combine(day, time(23, 59)))
        elif duree:
            data["fin"] = timezone.now() + timedelta(days=int(duree))
        return data


class DecisionForm(SuspensionMixin):
    """What becomes of a reported message."""

    field_order = ("masquer", "avertir", "duree", "jusqu_au", "motif", "reponse")
    masquer = forms.BooleanField(label="Masquer le message", required=False)
    avertir = forms.BooleanField(label="Avertir son auteur", required=False)
    motif = LongTextField(
        label="Motif, pour la personne qui a écrit le message",
        required=False,
        max_length=500,
        widget=_area(3),
        help_text="Ce qui ne va pas, et ce que vous attendez. Demandé si vous agissez.",
    )
    reponse = LongTextField(
        label="Réponse aux personnes qui ont signalé",
        required=False,
        max_length=500,
        widget=_area(2),
    )

    def __init__(self, *args: Any, suspendre: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not suspendre:
            del self.fields["duree"], self.fields["jusqu_au"]


class MotifForm(forms.Form):
    """A reason that the person concerned will read."""

    motif = LongTextField(
        label="Motif",
        max_length=500,
        widget=_area(3),
        help_text="La personne concernée lira ces mots.",
        error_messages={"required": "Dites pourquoi : la personne lira ce motif."},
    )


class SuspensionForm(SuspensionMixin, MotifForm):
    """Suspend somebody, for a time and a reason."""

    field_order = ("duree", "jusqu_au", "motif")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duree"].choices = DUREES[1:]
        self.fields["duree"].required = True
        self.fields["duree"].label = "Pour combien de temps ?"


class FacultatifForm(forms.Form):
    """A word of explanation to who opened the sujet."""

    motif = LongTextField(
        label="Un mot d’explication",
        required=False,
        max_length=500,
        widget=_area(2),
        help_text="Envoyé à la personne qui a ouvert le sujet.",
    )


class DeplacerForm(FacultatifForm):
    """Where a sujet goes: a community that one animates too."""

    field_order = ("communaute", "motif")
    communaute = forms.ModelChoiceField(
        None,
        label="Vers quelle communauté ?",
        to_field_name="slug",
        help_text="Parmi celles que vous animez. Les personnes qui ne peuvent pas la lire perdront l’accès au sujet.",
    )

    def __init__(self, *args: Any, communautes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["communaute"].queryset = communautes


class FusionnerForm(FacultatifForm):
    """The sujet that takes the messages of another, by its address or its number."""

    field_order = ("cible", "motif")
    cible = forms.RegexField(
        r"^\s*(?:\S*/sujets/)?([1-9][0-9]{0,17})(?:[/?#]\S*)?\s*$",
        label="Dans quel sujet ?",
        max_length=300,
        help_text="Collez son adresse, ou choisissez ci-dessous.",
        error_messages={"invalid": "Collez l’adresse d’un sujet de cette communauté."},
    )

    def clean_cible(self) -> int:
        field = self.fields["cible"]
        return int(field.regex.match(self.cleaned_data["cible"])[1])


class ScinderForm(FacultatifForm):
    """The messages that leave, and the sujet that they make."""

    field_order = ("titre", "genre", "motif")
    titre = forms.CharField(label="Titre du nouveau sujet", max_length=160)
    genre = forms.ChoiceField(
        label="Genre",
        choices=[choice for choice in Sujet.Genre.choices if choice[0] != Sujet.Genre.SONDAGE],
        widget=forms.RadioSelect,
        initial=Sujet.Genre.DISCUSSION,
    )
    de = forms.IntegerField(label="Du message nº", required=False, min_value=2, max_value=10**9)
    a = forms.IntegerField(label="au message nº", required=False, min_value=2, max_value=10**9)


class ReponseTypeForm(forms.Form):
    """A text that moderators send often."""

    titre = forms.CharField(label="Titre", max_length=80, help_text="Pour la retrouver dans la liste.")
    texte = LongTextField(label="Texte", max_length=500, widget=_area(4))


def animated_by(agent: Any, but: Communaute) -> Any:
    """The communities that `agent` animates, `but` left out."""
    return (
        Communaute.objects.filter(adhesions__agent=agent, adhesions__role="animateur")
        .exclude(pk=but.pk)
        .order_by("nom")
    )
