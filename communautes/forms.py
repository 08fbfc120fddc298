"""Forms of communities."""

from django import forms

from communautes.models import Communaute
from plateforme.socle.formulaires import LongTextField

ARCHIVAGES = ((0, "Jamais"), (12, "Un an"), (24, "Deux ans"), (36, "Trois ans"), (60, "Cinq ans"))


class CommunauteForm(forms.ModelForm):
    """Open a community, or change what it says of itself."""

    archivage_mois = forms.TypedChoiceField(
        label="Archiver les sujets restés sans message depuis",
        choices=ARCHIVAGES,
        coerce=int,
        help_text="Un sujet archivé se lit et se retrouve comme avant, mais ne reçoit plus de réponses.",
    )

    class Meta:
        model = Communaute
        fields = (
            "nom",
            "resume",
            "genre",
            "visibilite",
            "couleur",
            "presentation",
            "charte",
            "archivage_mois",
        )
        widgets = {
            "genre": forms.RadioSelect,
            "visibilite": forms.RadioSelect,
            "presentation": forms.Textarea(attrs={"rows": 8}),
            "charte": forms.Textarea(attrs={"rows": 8}),
        }
        help_texts = {
            "resume": "Une phrase : de quoi on y parle, et pour qui.",
            "visibilite": "Ouverte : tout agent lit et rejoint. Sur demande : on y entre avec votre accord. "
            "Privée : elle n’apparaît que pour ses membres.",
            "presentation": "Mise en forme Markdown : **gras**, listes, liens.",
            "charte": "Ce que chacun peut attendre des autres ici ; rappelée aux nouvelles personnes quand elles "
            "écrivent. Vide : la charte du site.",
        }
        error_messages = {"nom": {"unique": "Une communauté porte déjà ce nom."}}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["genre"].choices = Communaute.Genre.choices
        self.fields["visibilite"].choices = Communaute.Visibilite.choices
        if self.instance.pk:
            # A lab has partners in it: it does not become something else.
            del self.fields["genre"]
        else:
            del self.fields["archivage_mois"]


class DemandeForm(forms.Form):
    """Why one wants to join."""

    motif = LongTextField(
        label="Pourquoi souhaitez-vous rejoindre cette communauté ?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InvitationForm(forms.Form):
    """Whom an animateur invites."""

    identifiant = forms.CharField(
        label="Identifiant de la personne",
        max_length=80,
        help_text="Tel qu’il figure sur son profil : prenom-nom.",
    )
