"""Forms of a meeting that is held."""

from collections.abc import Sequence
from typing import Any

from django import forms

from annuaire.models import Agent, Service
from communautes.suites.listes import find_member
from communautes.suites.models import LIBELLE_MAX
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.formulaires import LongTextField
from realtime.reunions.models import Participant, Reunion
from realtime.seances.access import find_invited
from realtime.seances.actions import ORDINAIRES, ProjetScrutin
from realtime.seances.models.comptes_rendus import MOTIF_MAX, NOM_MAX
from realtime.seances.models.votes import POIDS_MAX, QUESTION_MAX


class ActionForm(forms.Form):
    """What is to be done, by whom, for when."""

    libelle = forms.CharField(
        max_length=LIBELLE_MAX,
        error_messages={
            "required": "Dites ce qu’il y a à faire.",
            "max_length": f"Dites ce qu’il y a à faire en {LIBELLE_MAX} caractères au plus.",
        },
    )
    responsable = forms.CharField(required=False, max_length=120)
    echeance = forms.DateField(
        required=False, error_messages={"invalid": "Indiquez une date, par exemple 12/05/2026."}
    )

    def __init__(self, data: Any, *, reunion: Reunion) -> None:
        super().__init__(data)
        self.reunion = reunion

    def clean_responsable(self) -> Agent | None:
        """Who is named: a member of the community, or without one somebody invited."""
        typed = self.cleaned_data["responsable"].strip()
        if not typed:
            return None
        try:
            if self.reunion.communaute is not None:
                return find_member(self.reunion.communaute, typed)
            return find_invited(self.reunion, typed)
        except ActionRefusee as error:
            raise forms.ValidationError(error.message) from None


class ScrutinForm(forms.Form):
    """A question put to the vote."""

    question = LongTextField(
        label="Question mise aux voix",
        max_length=QUESTION_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Écrivez la question mise aux voix.",
            "max_length": f"La question compte {QUESTION_MAX} caractères au plus.",
        },
    )
    choix = forms.CharField(
        label="Réponses",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une par ligne, de 2 à 12. L’abstention est toujours possible : ne l’écrivez pas.",
        initial="\n".join(ORDINAIRES),
        error_messages={"required": "Proposez au moins deux réponses, une par ligne."},
    )
    multiple = forms.BooleanField(label="Plusieurs réponses possibles", required=False)
    secret = forms.BooleanField(
        label="Vote secret",
        required=False,
        help_text="Rien ne garde qui a choisi quoi : un bulletin ne se change pas, et le résultat se lit à la clôture.",
    )
    modifiable = forms.BooleanField(
        label="Chaque personne peut changer son vote jusqu’à la clôture", required=False
    )
    par_service = forms.BooleanField(
        label="Une voix par service",
        required=False,
        help_text="La voix d’un service se partage également entre celles et ceux de ses agents qui votent ; une personne "
        "sans service compte pour une voix. Le quorum se compte alors en voix de services.",
    )
    quorum = forms.IntegerField(
        label="Quorum (%)",
        required=False,
        min_value=0,
        max_value=100,
        initial=0,
        help_text="Part des personnes appelées (ou des voix des services) qui doit avoir voté, abstentions comprises. 0 : pas "
        "de quorum.",
        error_messages={
            "invalid": "Le quorum est un nombre, de 0 à 100.",
            "min_value": "Le quorum est un pourcentage, de 0 à 100.",
            "max_value": "Le quorum est un pourcentage, de 0 à 100.",
        },
    )

    def __init__(self, data: Any, *, services: Sequence[Service] = ()) -> None:
        super().__init__(data)
        self.services = services
        for service in services:
            self.fields[f"poids_{service.pk}"] = forms.IntegerField(
                label=service.nom,
                required=False,
                min_value=1,
                max_value=POIDS_MAX,
                initial=1,
                error_messages={
                    "invalid": "Indiquez un nombre de voix.",
                    "min_value": f"Un service compte pour 1 à {POIDS_MAX} voix.",
                    "max_value": f"Un service compte pour 1 à {POIDS_MAX} voix.",
                },
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("poids_")]

    @property
    def poids(self) -> list[forms.BoundField]:
        """How many voices each service has."""
        return [self[f"poids_{service.pk}"] for service in self.services]

    @property
    def poids_changes(self) -> bool:
        """Whether they are to be shown at once."""
        return any(field.errors or field.value() not in (1, "1", "", None) for field in self.poids)

    def projet(self) -> ProjetScrutin:
        """What is asked, of a valid form."""
        data: dict[str, Any] = self.cleaned_data
        return ProjetScrutin(
            question=data["question"],
            choix=tuple(data["choix"].splitlines()),
            secret=data["secret"],
            multiple=data["multiple"],
            par_service=data["par_service"],
            modifiable=data["modifiable"],
            quorum=data["quorum"] or 0,
            poids={service.pk: data[f"poids_{service.pk}"] or 1 for service in self.services},
        )


class CompteRenduForm(forms.Form):
    """The text of minutes, and the version that one started from."""

    texte = forms.CharField(
        label="Texte du compte rendu",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "data-grandit": ""}),
        error_messages={"required": "Un compte rendu ne peut pas être vide."},
    )
    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, localize=False
    )

    def clean_version(self) -> int:
        """Without it, one is taken to have started from nothing that is known: nothing is overwritten."""
        return self.cleaned_data["version"] or 0


class ValidationForm(forms.Form):
    """Who signs minutes, the version that one read, and whether `exterieurs`, invited without an account, get them."""

    president = forms.CharField(label="Présidence de séance", required=False, max_length=NOM_MAX)
    secretaire = forms.CharField(label="Secrétariat de séance", required=False, max_length=NOM_MAX)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, localize=False)
    aux_exterieurs = forms.BooleanField(
        label="L’envoyer aussi, en PDF, aux personnes invitées sans compte", required=False
    )

    def __init__(self, *args: Any, exterieurs: Sequence[Participant] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if exterieurs:
            names = ", ".join(person.nom_complet for person in exterieurs)
            self.fields["aux_exterieurs"].help_text = f"Par courriel\u00a0: {names}."
        else:
            del self.fields["aux_exterieurs"]


class RectificatifForm(forms.Form):
    """Why validated minutes are corrected."""

    motif = forms.CharField(
        label="Ce que le rectificatif corrige",
        max_length=MOTIF_MAX,
        help_text="Ce motif sera écrit dans le rectificatif.",
        error_messages={
            "required": "Dites ce que le rectificatif corrige : ce motif y sera écrit.",
            "max_length": f"Expliquez en {MOTIF_MAX} caractères au plus.",
        },
    )
