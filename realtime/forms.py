"""Forms of salons. What they check is for the person's comfort; actions and database decide."""

from uuid import uuid4

from django import forms

from realtime.actions import MAX_LENGTH


class DireForm(forms.Form):
    """What a browser without JavaScript posts; the hidden id makes a double click harmless."""

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
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
