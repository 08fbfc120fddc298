"""Forms of decisions and tasks."""

from typing import Any

from django import forms
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from communautes.suites.listes import find_member
from communautes.suites.models import DECISION_MAX, LIBELLE_MAX, MOTIF_MAX, Decision, Tache
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.formulaires import LongTextField


def _day(**attrs: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class _Versioned(forms.Form):
    """`version`: what one started from, when something is changed."""

    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, localize=False
    )

    def clean_version(self) -> int:
        """Without it, one is taken to have started from nothing that is known: nothing is overwritten."""
        return self.cleaned_data["version"] or 0


class DecisionForm(_Versioned):
    """A decision, noted or worded otherwise."""

    texte = forms.CharField(
        label="Décision",
        # The action says by how much a text is too long, and loses none of it.
        widget=forms.Textarea(attrs={"rows": 5, "data-grandit": "", "data-limite": str(DECISION_MAX)}),
        help_text=f"Un paragraphe qui se comprend seul, {DECISION_MAX} caractères au plus. Mise en forme : **gras**, liens.",
        error_messages={"required": "Écrivez ce qui est décidé."},
    )
    prise_le = forms.DateField(
        label="Prise le",
        widget=_day(),
        error_messages={"invalid": "Indiquez une date, par exemple 12/05/2026."},
    )

    @classmethod
    def of(cls, decision: Decision) -> "DecisionForm":
        """The form by which `decision` is worded otherwise."""
        return cls(
            initial={"texte": decision.texte, "prise_le": decision.prise_le, "version": decision.version}
        )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"prise_le": timezone.localdate(), **(initial or {})})


class AnnulationForm(forms.Form):
    """Why a decision is cancelled, or a proposal set aside."""

    motif = LongTextField(
        label="Pourquoi ?",
        max_length=MOTIF_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce motif reste lisible dans le registre, à côté du texte barré.",
        error_messages={"required": "Dites pourquoi : ce motif restera lisible dans le registre."},
    )


class TacheForm(_Versioned):
    """A task, written down or changed. Without a community, who has it to do is not chosen here."""

    libelle = LongTextField(
        label="Ce qu’il y a à faire",
        max_length=LIBELLE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Dites ce qu’il y a à faire."},
    )
    responsable = forms.CharField(
        label="Responsable",
        required=False,
        max_length=120,
        help_text="Le nom ou l’identifiant d’un membre. Vide si personne ne s’en charge encore.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    echeance = forms.DateField(
        label="Échéance",
        required=False,
        widget=_day(),
        help_text="La personne responsable reçoit un rappel deux jours avant, puis le lendemain si la tâche reste à faire.",
        error_messages={"invalid": "Indiquez une date, par exemple 12/05/2026."},
    )

    @classmethod
    def initial_of(cls, tache: Tache) -> dict[str, Any]:
        """What the form shows of `tache`."""
        return {
            "libelle": tache.libelle,
            "responsable": named(tache.responsable) if tache.responsable is not None else "",
            "echeance": tache.echeance,
            "version": tache.version,
        }

    def __init__(
        self, data: Any = None, *, communaute: Communaute | None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.communaute = communaute
        if communaute is None:
            del self.fields["responsable"]
        else:
            self.fields["responsable"].widget.attrs["list"] = "personnes"

    def clean_responsable(self) -> Agent | None:
        """The member who is named."""
        typed = self.cleaned_data["responsable"].strip()
        if not typed or self.communaute is None:
            return None
        try:
            return find_member(self.communaute, typed)
        except ActionRefusee as error:
            raise forms.ValidationError(error.message) from None


def named(agent: Agent) -> str:
    """A person as a field holds them: a name that people read, a handle that is nobody else's."""
    return f"{agent.nom_complet} (@{agent.identifiant})"
