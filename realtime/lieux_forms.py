"""Forms of salons as places. Actions and database decide; what these check names the field."""

from typing import Any

from django import forms

from annuaire.mentions import named_in
from annuaire.models import Agent
from plateforme.socle.formulaires import LongTextField
from realtime.conservation import DUREES

NOM_MAX = 80


class PersonnesForm(forms.Form):
    """People named one a line, among those that `auteur` may see: `cleaned_data["agents"]`."""

    personnes = LongTextField(
        label="Personnes",
        max_length=20_000,
        help_text="Une par ligne\u00a0: identifiant (@prenom-nom), nom complet ou adresse électronique.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": "Nommez au moins une personne."},
    )

    def __init__(self, *args: Any, auteur: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auteur = auteur

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        named = named_in(data.get("personnes", ""), self.auteur)
        if named.inconnus:
            self.add_error(
                "personnes", f"Personne ne porte ce nom ici\u00a0: {', '.join(named.inconnus[:5])}."
            )
        data["agents"] = named.agents
        return data


class NomForm(forms.Form):
    """What a salon is called."""

    nom = forms.CharField(
        label="Nom du salon",
        max_length=NOM_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Donnez un nom à ce salon."},
    )


class NouveauSalonForm(PersonnesForm):
    """A new salon: of a community, or of a few agents when `communautaire` is false."""

    class Pour:
        TOUS, QUELQUES = "tous", "quelques"

    class Historique:
        ENTIER, ARRIVEE = "entier", "arrivee"

    field_order = ("nom", "pour", "personnes", "historique")

    nom = forms.CharField(
        label="Nom du salon", max_length=NOM_MAX, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    pour = forms.ChoiceField(
        label="Qui y entre\u00a0?",
        widget=forms.RadioSelect,
        choices=[
            (Pour.TOUS, "Tous les membres de la communauté"),
            (
                Pour.QUELQUES,
                "Seulement des membres choisis\u00a0; les autres ne savent pas que ce salon existe",
            ),
        ],
        initial=Pour.TOUS,
        error_messages={"required": "Dites qui entre dans ce salon."},
    )
    historique = forms.ChoiceField(
        label="Les personnes ajoutées plus tard liront",
        widget=forms.RadioSelect,
        choices=[
            (Historique.ENTIER, "Tout ce qui a été dit depuis le début"),
            (Historique.ARRIVEE, "Seulement ce qui sera dit après leur arrivée"),
        ],
        initial=Historique.ENTIER,
        required=False,
        help_text="Ce choix ne pourra plus changer.",
    )

    def __init__(self, *args: Any, communautaire: bool, anime: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (communautaire and anime):
            del self.fields["pour"]
        else:
            self.fields["personnes"].required = False
        if not communautaire:
            self.fields["nom"].required = False
            self.fields["nom"].help_text = "Laissé vide\u00a0: les prénoms des personnes."
        else:
            self.fields["personnes"].help_text = "Des membres de la communauté, une personne par ligne."

    @property
    def pour_tous(self) -> bool:
        return bool(self.cleaned_data.get("pour") == self.Pour.TOUS)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("pour") == self.Pour.QUELQUES and not data["agents"] and "personnes" not in self.errors:
            self.add_error("personnes", "Nommez au moins une personne.")
        data["historique_entier"] = data.get("historique") != self.Historique.ARRIVEE
        return data


class ConservationForm(forms.Form):
    """How long the lines of a salon are kept."""

    jours = forms.TypedChoiceField(
        label="Conserver les messages",
        choices=DUREES,
        coerce=int,
        help_text="Les messages plus anciens sont effacés chaque nuit, pour tout le monde et sans retour. Ce qu’ils sont "
        "devenus ailleurs (sujet, décision, tâche) reste.",
        error_messages={"invalid_choice": "Choisissez une durée de la liste."},
    )
