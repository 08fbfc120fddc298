"""Forms of the forum."""

from typing import Any

from django import forms

from forum.models import Message


class ReponseForm(forms.Form):
    """An answer."""

    texte = forms.CharField(
        label="Votre réponse",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-grandit": ""}),
        error_messages={"required": "Écrivez votre réponse avant de la publier."},
    )
    # The message quoted, if any: looked up among those of the sujet.
    repond_a = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, localize=False
    )


class QuestionFaqForm(forms.Form):
    """The question that an answer of the FAQ answers."""

    question = forms.CharField(
        label="Question",
        max_length=200,
        help_text="Telle qu’un collègue la poserait, sans le détail de votre dossier.",
    )


class ModificationForm(forms.Form):
    """A message changed. `version` and `titre_depuis` say what one started from.

    `titre`: whether the title may be changed with it; `motif`: whether one must say why.
    """

    titre = forms.CharField(label="Titre", max_length=160)
    titre_depuis = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    texte = forms.CharField(
        label="Message",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "data-grandit": ""}),
        error_messages={"required": "Un message ne peut pas être vide. Pour le retirer, supprimez-le."},
    )
    motif = forms.CharField(
        label="Pourquoi modifiez-vous ce message ?",
        max_length=300,
        help_text="La personne qui l’a écrit lira cette explication.",
        error_messages={"required": "Dites à la personne pourquoi vous modifiez son message."},
    )
    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, localize=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        message: Message,
        titre: bool,
        motif: bool,
        brouillon: dict[str, Any] | None = None,
    ) -> None:
        initial: dict[str, Any] = {
            "titre": message.sujet.titre,
            "titre_depuis": message.sujet.titre,
            "texte": message.texte,
            "version": message.version,
        }
        # A draft that does not say where it started from is worth its words only.
        if brouillon and brouillon.get("version"):
            initial |= brouillon
        super().__init__(data, initial=initial)
        if not titre:
            del self.fields["titre"], self.fields["titre_depuis"]
        if not motif:
            del self.fields["motif"]

    def clean_version(self) -> int:
        """Without it, one is taken to have started from nothing that is known: nothing is overwritten."""
        return self.cleaned_data["version"] or 0
