"""Forms of a new sujet, one for each kind, and of what a sujet is filed under."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import cached_property

from annuaire.models import Expertise
from communautes.models import Communaute
from forum.actions.etiquettes import MAX_EXPERTISES
from forum.actions.sondages import MAX_OPTIONS, ProjetSondage
from forum.etiquettes import split_tags
from forum.models import Sujet
from plateforme.socle.formulaires import LongTextField


@dataclass(frozen=True)
class Case:
    """An expertise to tick."""

    expertise: Expertise
    cochee: bool

    @property
    def mots(self) -> str:
        """What it is searched by."""
        return " ".join([self.expertise.libelle, *self.expertise.synonymes])


class ClassementForm(forms.Form):
    """Expertises and free tags."""

    expertises = forms.ModelMultipleChoiceField(Expertise.objects.all(), required=False)
    etiquettes = forms.CharField(
        label="Étiquettes",
        required=False,
        max_length=400,
        help_text="Cinq au plus, séparées par des virgules : des mots propres à votre communauté.",
    )

    def __init__(self, *args: Any, communaute: Communaute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communaute = communaute

    def clean_expertises(self) -> Any:
        chosen = self.cleaned_data["expertises"]
        if len(chosen) > MAX_EXPERTISES:
            raise forms.ValidationError(f"Choisissez {MAX_EXPERTISES} expertises au plus.")
        return chosen

    def clean_etiquettes(self) -> list[str]:
        return split_tags(self.cleaned_data["etiquettes"])

    @cached_property
    def cases(self) -> tuple[list[Case], list[tuple[str, list[Case]]]]:
        """Those of the community and those already ticked, then all the others by field. Two queries."""
        value = self["expertises"].value() or []
        ticked = {str(item) for item in (value if isinstance(value, list | tuple) else [value])}
        near = set(self.communaute.expertises.values_list("pk", flat=True))
        first: list[Case] = []
        groups: dict[str, list[Case]] = {}
        for item in Expertise.objects.order_by("domaine", "libelle"):
            case = Case(item, str(item.pk) in ticked)
            if item.pk in near or case.cochee:
                first.append(case)
            else:
                groups.setdefault(item.domaine, []).append(case)
        return first, list(groups.items())


class SujetForm(ClassementForm):
    """A new question, discussion or announcement. Its length and its mentions are the action's business."""

    titre = forms.CharField(
        label="Titre",
        max_length=160,
        help_text="Une phrase qui se comprend seule : c’est elle que l’on retrouvera dans trois ans.",
    )
    texte = forms.CharField(
        label="Message",
        strip=False,
        help_text="Le contexte, ce que vous avez déjà cherché, ce qu’il vous faut.",
        widget=forms.Textarea(attrs={"rows": 10, "data-grandit": ""}),
    )
    # Handles ticked among the people proposed: for browsers without script, added at the end of the text.
    citer = forms.MultipleChoiceField(required=False)

    field_order: ClassVar[list[str]] = ["titre", "texte"]
    aides: ClassVar[dict[str, str]] = {
        Sujet.Genre.DISCUSSION: "Ce dont vous voulez parler, et ce que vous attendez des autres.",
        Sujet.Genre.ANNONCE: "Ce qui change, pour qui, à partir de quand ; à qui s’adresser.",
        Sujet.Genre.SONDAGE: "Pourquoi vous posez la question, et ce que vous ferez des réponses.",
    }

    def __init__(self, *args: Any, genre: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.genre = genre
        handles = self.data.getlist("citer")[:5] if hasattr(self.data, "getlist") else []
        self.fields["citer"].choices = [(handle, handle) for handle in handles]
        if "texte" in self.fields and genre in self.aides:
            self.fields["texte"].help_text = self.aides[genre]

    @property
    def projet(self) -> ProjetSondage | None:
        """The poll asked for, if the kind has one."""
        return None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = data.get("texte", "")
        missing = [handle for handle in data.get("citer", []) if f"@{handle}" not in text]
        if text and missing:
            data["texte"] = f"{text.rstrip()}\n\n" + " ".join(f"@{handle}" for handle in missing)
        return data


PARTIES = (
    ("contexte", "Contexte", "La situation de départ : où, quand, quels enjeux.", True),
    ("demarche", "Démarche", "Ce que vous avez fait, étape par étape, avec qui.", True),
    ("resultats", "Résultats", "Ce que cela a donné : chiffres, délais, réactions.", True),
    ("limites", "Limites", "Ce qui n’a pas marché, ce que vous feriez autrement.", False),
    ("documents", "Documents", "Modèles, arrêtés, cartes : liens ou pièces jointes.", False),
    ("contacts", "Contacts", "Qui peut en dire plus : @prenom-nom, service.", False),
)


class RetourForm(SujetForm):
    """A retour d’expérience, part by part. The parts make one Markdown text under headings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["texte"]
        for name, label, help_text, required in PARTIES:
            self.fields[name] = forms.CharField(
                label=label,
                help_text=help_text,
                required=required,
                widget=forms.Textarea(attrs={"rows": 4, "data-grandit": ""}),
                error_messages={"required": f"Complétez « {label} » : deux lignes suffisent."},
            )

    @property
    def parties(self) -> list[forms.BoundField]:
        return [self[name] for name, *_ in PARTIES]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["texte"] = compose_retour(data)
        data = super().clean()
        return {key: value for key, value in data.items() if key not in {name for name, *_ in PARTIES}}


class SondageForm(SujetForm):
    """A poll: its choices and its rules."""

    options = LongTextField(
        label="Choix proposés",
        strip=False,
        max_length=4000,
        help_text=f"Un par ligne, de 2 à {MAX_OPTIONS}. Ils ne changeront plus une fois le sondage publié.",
        widget=forms.Textarea(attrs={"rows": 5, "data-grandit": ""}),
    )
    multiple = forms.BooleanField(label="Plusieurs choix possibles", required=False)
    nominatif = forms.BooleanField(
        label="Vote nominatif",
        help_text="Les noms sont affichés à côté des choix. Sinon, personne ne sait qui a choisi quoi.",
        required=False,
    )
    definitif = forms.BooleanField(
        label="Vote définitif",
        help_text="On ne peut ni changer ni retirer son vote.",
        required=False,
    )
    cloture_le = forms.DateTimeField(
        label="Clôture",
        help_text="Date et heure de Paris. Sans date, vous clorez le sondage vous-même.",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
        error_messages={"invalid": "Indiquez une date et une heure, par exemple 31/12/2026 18:00."},
    )

    @property
    def projet(self) -> ProjetSondage:
        data = self.cleaned_data
        return ProjetSondage(
            options=tuple(data["options"].splitlines()),
            multiple=data["multiple"],
            secret=not data["nominatif"],
            changement_permis=not data["definitif"],
            cloture_le=data["cloture_le"],
        )


def compose_retour(parts: dict[str, Any]) -> str:
    """The parts that were filled in, as one Markdown text."""
    return "\n\n".join(
        f"## {label}\n\n{parts[name].strip()}" for name, label, *_ in PARTIES if parts.get(name, "").strip()
    )


def form_for(genre: str, *, libre: bool) -> type[SujetForm]:
    """The form of a kind; `libre`: a retour d’expérience written in one piece."""
    if genre == Sujet.Genre.RETOUR and not libre:
        return RetourForm
    return SondageForm if genre == Sujet.Genre.SONDAGE else SujetForm
