"""Forms of the forum."""

from django import forms


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
