"""Forms of salons. What they check is for the person's comfort; actions and database decide."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from annuaire.mentions import find_named
from annuaire.models import Agent
from realtime.access import members_of
from realtime.actions import MAX_LENGTH
from realtime.models import Salon
from realtime.recherche import Recherche


class _Texte(forms.Form):
    """What is said."""

    texte = forms.CharField(
        label="Votre message",
        max_length=MAX_LENGTH,
        strip=True,
        error_messages={
            "required": "Écrivez un message avant de l’envoyer.",
            "max_length": f"Un message de salon compte {MAX_LENGTH} caractères au plus. "
            "Pour un texte long, ouvrez un sujet.",
        },
        widget=forms.Textarea(attrs={"rows": 1, "autocomplete": "off", "enterkeyhint": "send"}),
    )


class DireForm(_Texte):
    """What a browser without JavaScript posts; the hidden id makes a double click harmless."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, avec_fichiers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].required = not avec_fichiers


class RepondreForm(DireForm):
    """A reply in a thread."""

    au_salon = forms.BooleanField(label="Montrer aussi dans le salon", required=False)


def parse_day(value: str) -> datetime | None:
    """The beginning of a day (« 2026-11-25 ») at the reader's clock; None for what is no day."""
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(value[:10]), datetime.min.time()))
    except (ValueError, OverflowError):
        return None


class RechercheForm(forms.Form):
    """What is sought in a salon: words, and, if one likes, who said them and in which days."""

    q = forms.CharField(
        label="Mots recherchés",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": "Écrivez au moins un mot."},
    )
    de = forms.CharField(
        label="Dit par", required=False, max_length=120, help_text="Nom complet, ou @prenom-nom."
    )
    du = forms.DateField(
        label="À partir du", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    au = forms.DateField(
        label="Jusqu’au", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, salon: Salon, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.salon = salon
        # Words that were said there by somebody who left are found without a name.
        self.auteurs: list[Agent] = []

    def clean_de(self) -> str:
        typed: str = self.cleaned_data["de"].strip()
        if typed:
            self.auteurs = find_named(members_of(self.salon), typed)
            if not self.auteurs:
                raise forms.ValidationError("Personne ne porte ce nom dans ce salon.")
        return typed

    def sought(self) -> Recherche:
        """What the valid form asks for."""
        data = self.cleaned_data
        return Recherche(
            mots=data["q"],
            auteurs=tuple(agent.pk for agent in self.auteurs),
            du=parse_day(str(data["du"])) if data["du"] else None,
            avant=parse_day(str(data["au"] + timedelta(days=1))) if data["au"] else None,
        )


class ModifierForm(_Texte):
    """A line said otherwise; `version`: what one started from. One that keeps files may do without words."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, localize=False, required=False
    )

    def __init__(self, *args: Any, avec_fichiers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].required = not avec_fichiers
