"""Forms of sollicitations."""

from typing import Any

from django import forms

from annuaire.forms import territoires_by_region
from annuaire.models import Agent, Expertise, Territoire
from annuaire.profils.forms import expertise_choices
from annuaire.sollicitations.actions import Bilan, Projet
from annuaire.sollicitations.models import (
    LONGUEUR_MAX,
    OBJET_MAX,
    PLACES_MAX,
    Destinataire,
    Forme,
    Motif,
    Sollicitation,
    Urgence,
)
from annuaire.sollicitations.models.capacites import LIMITE_MAX
from annuaire.sollicitations.personnes import askable, find_one, find_several
from plateforme.socle.formulaires import LongTextField
from plateforme.socle.typographie import of

MOT_MAX = 600


class SollicitationForm(forms.Form):
    """What is asked; nothing is required to keep a draft. `appel`: of all those of an expertise, not of chosen people."""

    objet = forms.CharField(
        label="Objet",
        max_length=OBJET_MAX,
        required=False,
        help_text="Par exemple : busage d’un fossé en zone humide.",
    )
    besoin = LongTextField(
        label="Votre besoin",
        max_length=LONGUEUR_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "data-grandit": ""}),
        help_text="Ce que vous attendez, en quelques phrases : une question précise reçoit une réponse précise.",
    )
    contexte = LongTextField(
        label="Le contexte",
        max_length=LONGUEUR_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-grandit": ""}),
        help_text="Le dossier, ce que vous avez déjà vérifié, où trouver le reste.",
    )
    forme = forms.ChoiceField(label="Aide souhaitée", choices=Forme.choices, widget=forms.RadioSelect)
    urgence = forms.ChoiceField(label="Délai souhaité", choices=Urgence.choices, widget=forms.RadioSelect)
    pour_le = forms.DateField(
        label="Date précise",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Si le délai dépend d’une échéance.",
        error_messages={"invalid": "Indiquez une date, par exemple 12/05/2027."},
    )
    destinataires = forms.ModelMultipleChoiceField(
        Agent.objects.none(), label="Personnes sollicitées", required=False, to_field_name="identifiant"
    )
    ajouter = forms.CharField(
        label="Ajouter des personnes",
        required=False,
        max_length=600,
        widget=forms.TextInput(attrs={"list": "personnes", "autocomplete": "off"}),
        help_text="Leur nom ou leur identifiant ; plusieurs se séparent par une virgule.",
    )
    expertise = forms.ChoiceField(label="Expertise cherchée", required=False)
    territoire = forms.ChoiceField(
        label="Territoire",
        required=False,
        help_text="Celui où chercher. Une région comprend ses départements.",
    )
    places = forms.IntegerField(
        label="Combien de personnes cherchez-vous ?",
        min_value=1,
        max_value=PLACES_MAX,
        required=False,
        help_text="L’appel s’arrête dès qu’elles sont trouvées : personne d’autre n’est dérangé.",
    )

    def __init__(self, data: Any = None, *, agent: Agent, appel: bool, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.agent, self.appel = agent, appel
        first = "Choisissez" if appel else "Sans expertise en particulier"
        self.fields["expertise"].choices = [("", first), *expertise_choices()[1:]]
        # Optional in the database's sense: sending says what is missing.
        if appel:
            del self.fields["destinataires"], self.fields["ajouter"]
            self.fields["territoire"].choices = [("", "Tout le pays"), *territoires_by_region()[2:]]
        else:
            del self.fields["territoire"], self.fields["places"]
            self.fields["expertise"].label = "Expertise dont il s’agit"
            self.fields[
                "expertise"
            ].help_text = "Si l’aide vous est utile, elle comptera pour cette expertise sur le profil de qui vous aura aidé."
            self.fields["destinataires"].queryset = askable(agent).with_place()

    def clean_ajouter(self) -> list[Agent]:
        try:
            return find_several(self.agent, self.cleaned_data["ajouter"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_expertise(self) -> Expertise | None:
        value = self.cleaned_data["expertise"]
        return Expertise.objects.filter(pk=int(value)).first() if value else None

    def clean_territoire(self) -> Territoire | None:
        code = self.cleaned_data["territoire"]
        return Territoire.objects.filter(code=code).first() if code else None

    def projet(self) -> Projet:
        """What the action takes."""
        data = self.cleaned_data
        return Projet(
            objet=data["objet"],
            besoin=data["besoin"],
            contexte=data["contexte"],
            urgence=data["urgence"],
            pour_le=data["pour_le"],
            forme=data["forme"],
            appel=self.appel,
            expertise=data.get("expertise"),
            territoire=data.get("territoire"),
            places=data.get("places") or 1,
        )

    def people(self) -> list[Agent]:
        """Those ticked, and those named."""
        if self.appel:
            return []
        return list(dict.fromkeys([*self.cleaned_data["destinataires"], *self.cleaned_data["ajouter"]]))

    def ticked(self) -> list[Agent]:
        """The people that the form shows ticked, whatever else is wrong in it."""
        handles = self["destinataires"].value() or []
        return list(
            askable(self.agent).with_place().filter(identifiant__in=handles).order_by("nom", "prenom")
        )

    @classmethod
    def initial_of(cls, row: Sollicitation) -> dict[str, Any]:
        """What the form shows of a draft."""
        return {
            "objet": row.objet,
            "besoin": row.besoin,
            "contexte": row.contexte,
            "forme": row.forme,
            "urgence": row.urgence,
            "pour_le": row.pour_le,
            "destinataires": [agent.identifiant for agent in row.pressentis.all()],
            "expertise": row.expertise_id or "",
            "territoire": row.territoire_id or "",
            "places": row.places,
        }


class MessageForm(forms.Form):
    """What one writes in a thread. `depart`: another once something of the person is written there, so that a form sent twice
    writes once, and that the browser forgets what it kept of it."""

    texte = LongTextField(
        label="Votre message",
        max_length=LONGUEUR_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-grandit": ""}),
    )
    depart = forms.UUIDField(widget=forms.HiddenInput, required=False)


class DeclinerForm(forms.Form):
    """Why one says no."""

    motif = forms.ChoiceField(
        label="Raison",
        choices=[choice for choice in Motif.choices if choice[0] != Motif.COMPTE],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une raison."},
    )
    texte = LongTextField(
        label="Un mot pour la personne qui vous sollicite",
        max_length=LONGUEUR_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NommerForm(forms.Form):
    """One colleague, by name."""

    vers = forms.CharField(
        label="Collègue",
        max_length=160,
        widget=forms.TextInput(attrs={"list": "personnes", "autocomplete": "off"}),
        help_text="Son nom ou son identifiant.",
        error_messages={"required": "Dites de qui il s’agit."},
    )

    def __init__(self, data: Any = None, *, agent: Agent) -> None:
        super().__init__(data)
        self.agent = agent

    def clean_vers(self) -> Agent:
        try:
            return find_one(self.agent, self.cleaned_data["vers"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class RedirigerForm(NommerForm):
    """To whom one hands over, with a word."""

    mot = LongTextField(
        label="Un mot pour ce collègue",
        max_length=MOT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La personne qui vous sollicite le lira aussi.",
    )


class ClotureForm(forms.Form):
    """What who asked says of the help: a pair of fields for each of those who gave some."""

    def __init__(self, data: Any = None, *, aidants: list[Destinataire]) -> None:
        super().__init__(data)
        self.aidants = aidants
        for fil in aidants:
            self.fields[f"utile_{fil.pk}"] = forms.ChoiceField(
                label=f"L’aide {of(fil.agent.nom_complet)} vous a-t-elle été utile ?",
                choices=Destinataire.Utile.choices,
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"mot_{fil.pk}"] = LongTextField(
                label=f"Un mot pour {fil.agent.nom_complet}",
                max_length=MOT_MAX,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def pairs(self) -> list[tuple[Destinataire, forms.BoundField, forms.BoundField]]:
        return [(fil, self[f"utile_{fil.pk}"], self[f"mot_{fil.pk}"]) for fil in self.aidants]

    def bilans(self) -> dict[int, Bilan]:
        data = self.cleaned_data
        return {fil.pk: Bilan(data[f"utile_{fil.pk}"], data[f"mot_{fil.pk}"]) for fil in self.aidants}


class CapaciteForm(forms.Form):
    """How much one takes on."""

    ouvertes = forms.IntegerField(
        label="Sollicitations en cours à la fois",
        min_value=1,
        max_value=LIMITE_MAX,
        required=False,
        help_text="Au-delà, on ne peut plus vous solliciter tant que vous n’avez pas répondu à l’une d’elles. Vide : pas de limite.",
    )
    par_mois = forms.IntegerField(
        label="Sollicitations reçues en trente jours",
        min_value=1,
        max_value=LIMITE_MAX,
        required=False,
        help_text="Au-delà, on vous propose de nouveau dès que le compte redescend. Vide : pas de limite.",
    )
    appels = forms.BooleanField(
        label="Recevoir les appels",
        required=False,
        help_text="Un appel s’adresse à toutes les personnes d’une expertise dans un territoire. Il ne compte dans vos limites "
        "que si vous l’acceptez.",
    )
    montre_aides = forms.BooleanField(
        label="Montrer sur mon profil les sollicitations auxquelles j’ai répondu, et à combien de collègues mon aide a été utile",
        required=False,
        help_text="Des nombres seulement, par expertise, qui comptent aussi dans l’annuaire : jamais qui demandait, ni ce qui "
        "s’est dit.",
    )
