"""Forms of one's own profile, one for each part (`sections.SECTIONS`)."""

from typing import Any

from django import forms
from django.utils import timezone

from annuaire.forms import territoires_by_region
from annuaire.models import Agent, DeclarationExpertise, Expertise, Territoire, TypeService
from annuaire.notifications.horaires import JOURS
from annuaire.profils.langues import LANGUES
from annuaire.profils.models import CONTEXTE_MAX, Aide
from plateforme.socle.formulaires import LongTextField

MOST_LINES = 60


class PartieForm(forms.Form):
    """One part. `depart`: the fingerprint of what the person started from."""

    depart = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        self.agent = agent
        super().__init__(*args, **kwargs)


class _TypeServiceField(forms.ModelChoiceField):
    """A kind of service, by the name that its letters stand for."""

    def label_from_instance(self, obj: TypeService) -> str:
        return obj.nom if obj.sigle == obj.nom else f"{obj.nom} ({obj.sigle})"


class IdentiteForm(PartieForm):
    """Who and where."""

    prenom = forms.CharField(label="Prénom", max_length=60)
    nom = forms.CharField(label="Nom", max_length=60)
    fonction = forms.CharField(
        label="Fonction", max_length=120, help_text="Par exemple : instructrice police de l’eau."
    )
    organisme = forms.CharField(label="Organisme", max_length=160)
    type_service = _TypeServiceField(
        TypeService.objects.order_by("nom"), label="Type de service", required=False, empty_label="Choisissez"
    )
    territoire = forms.ChoiceField(
        label="Territoire",
        required=False,
        help_text="Celui de votre service : votre département ou votre région.",
    )
    couverts = forms.MultipleChoiceField(
        label="Autres territoires couverts",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Si vous travaillez pour plusieurs départements ou régions. Plusieurs choix : touche Ctrl ou Cmd.",
    )
    langues = forms.MultipleChoiceField(
        label="Langues parlées",
        required=False,
        choices=list(LANGUES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Celles dans lesquelles vous pouvez échanger avec un collègue ou recevoir une personne.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = territoires_by_region()
        self.fields["territoire"].choices = groups
        self.fields["couverts"].choices = groups[1:]
        if self.agent.partenaire:
            del self.fields["type_service"]
        else:
            del self.fields["organisme"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("type_service") and not data.get("territoire") and "territoire" not in self.errors:
            self.add_error("territoire", "Choisissez le territoire de votre service.")
        return data

    def clean_territoire(self) -> Territoire | None:
        code = self.cleaned_data["territoire"]
        return Territoire.objects.filter(code=code).first() if code else None

    def clean_couverts(self) -> list[Territoire]:
        return list(Territoire.objects.filter(code__in=self.cleaned_data["couverts"]))


class PresentationForm(PartieForm):
    """A presentation, in Markdown."""

    biographie = LongTextField(
        label="Présentation",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8, "data-grandit": ""}),
        help_text=(
            "Ce que vous faites, ce sur quoi on peut vous solliciter. 2 000 caractères au plus. "
            "Mise en forme : **gras**, listes, liens."
        ),
    )


class DisponibiliteForm(PartieForm):
    """Whether, until when and for what."""

    disponibilite = forms.ChoiceField(
        label="Pour aider vos collègues",
        choices=Agent.Disponibilite.choices,
        widget=forms.RadioSelect,
    )
    jusqu_au = forms.DateField(
        label="Disponibilité limitée jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Après cette date, vous redevenez disponible sans rien faire. Vide : sans limite de temps.",
        error_messages={"invalid": "Indiquez une date, par exemple 12/01/2027."},
    )
    aides = forms.MultipleChoiceField(
        label="On peut vous solliciter pour",
        choices=Aide.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jusqu_au"].widget.attrs["min"] = timezone.localdate().isoformat()


class ContactForm(PartieForm):
    """How to be reached."""

    telephone = forms.CharField(label="Téléphone professionnel", required=False, max_length=20)
    jours = forms.TypedMultipleChoiceField(
        label="Mes jours travaillés",
        choices=list(enumerate(name.capitalize() for name in JOURS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Les autres jours, aucune notification ne vous est envoyée.",
        error_messages={"required": "Cochez un jour au moins."},
    )
    montre_jours = forms.BooleanField(
        label="Montrer mes jours travaillés sur mon profil",
        required=False,
        help_text="Vos collègues sauront quand vous joindre.",
    )
    montre_ecriture = forms.BooleanField(
        label="Montrer que j’écris",
        required=False,
        help_text=(
            "Pendant que vous tapez une réponse ou un message de salon, les personnes qui lisent la même page "
            "voient que vous écrivez, jamais ce que vous écrivez."
        ),
    )


class DeclarationForm(forms.Form):
    """One declared expertise; an empty line says nothing."""

    expertise = forms.ChoiceField(label="Expertise", required=False)
    niveau = forms.TypedChoiceField(
        label="Niveau",
        choices=DeclarationExpertise.Niveau.choices,
        coerce=int,
        required=False,
        empty_value=2,
        initial=2,
    )
    depuis = forms.IntegerField(
        label="Depuis (année)", min_value=1970, max_value=2100, required=False, localize=False
    )

    def __init__(self, *args: Any, choix: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expertise"].choices = choix


class MissionForm(forms.Form):
    """One mission or case; an empty line says nothing."""

    titre = forms.CharField(label="Mission ou dossier", max_length=160, required=False)
    debut = forms.IntegerField(
        label="Année, ou première année", min_value=1970, max_value=2100, required=False, localize=False
    )
    fin = forms.IntegerField(
        label="Dernière année", min_value=1970, max_value=2100, required=False, localize=False
    )
    precision = forms.CharField(label="Précision", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        said = data.get("titre") or data.get("precision") or data.get("debut") or data.get("fin")
        if said and not data.get("titre") and "titre" not in self.errors:
            self.add_error("titre", "Nommez cette mission ou ce dossier, ou videz la ligne.")
        if data.get("titre") and not data.get("debut") and "debut" not in self.errors:
            self.add_error("debut", "Indiquez l’année.")
        if data.get("debut") and data.get("fin") and data["fin"] < data["debut"]:
            self.add_error("fin", "La dernière année vient après la première.")
        return data


def expertise_choices() -> list[Any]:
    """The vocabulary by field. One query."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for expertise in Expertise.objects.order_by("domaine", "libelle"):
        groups.setdefault(expertise.domaine, []).append((str(expertise.pk), expertise.libelle))
    return [("", "Aucune"), *groups.items()]


DeclarationFormSet = forms.formset_factory(DeclarationForm, extra=2, max_num=MOST_LINES, absolute_max=80)
MissionFormSet = forms.formset_factory(MissionForm, extra=2, max_num=MOST_LINES, absolute_max=80)


class PhotoForm(forms.Form):
    """A photo, with the square kept of it when the page's script lets one choose."""

    photo = forms.FileField(
        label="Photo",
        help_text="JPEG, PNG ou WebP, 15 Mo au plus. Un portrait où l’on vous reconnaît : visage de face, fond simple.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-photo": ""}),
        error_messages={"required": "Choisissez une photo."},
    )
    x = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.HiddenInput)
    y = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.HiddenInput)
    cote = forms.FloatField(required=False, min_value=0.01, max_value=1, widget=forms.HiddenInput)


class _ExpertiseField(forms.ModelChoiceField):
    """An expertise of the vocabulary, those of one person first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Expertise.objects.all(), empty_label="Choisissez", **kwargs)

    def show_first(self, agent: Agent, titre: str) -> None:
        """Those that `agent` declares, under `titre`, before the whole vocabulary by field. Two queries."""
        declared = [
            (str(row.expertise_id), row.expertise.libelle)
            for row in agent.declarations.select_related("expertise").order_by(
                "-niveau", "expertise__libelle"
            )
        ]
        groups = expertise_choices()[1:]
        self.choices = [("", "Choisissez"), *([(titre, declared)] if declared else []), *groups]


class RecommandationForm(forms.Form):
    """What one saw of a colleague's expertise."""

    expertise = _ExpertiseField(label="Expertise")
    contexte = forms.CharField(
        label="Ce que vous avez vu",
        # The action says by how much it is too long, and loses none of it.
        widget=forms.Textarea(attrs={"rows": 5, "data-grandit": ""}),
        help_text=(
            f"Dans quelles circonstances, et ce que cela a changé. {CONTEXTE_MAX} caractères au plus. Sans nom de "
            "personne ni d’entreprise."
        ),
        error_messages={"required": "Dites ce que vous avez vu : c’est ce qui donne son prix."},
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expertise"].show_first(agent, f"Déclarées par {agent.prenom}")


class DemandeForm(forms.Form):
    """Asking for a recommendation."""

    expertise = _ExpertiseField(label="Sur quelle expertise")
    mot = LongTextField(
        label="Votre mot",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Rappelez en une phrase le travail que vous avez mené ensemble.",
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expertise"].show_first(agent, "Mes expertises")


class SignalementForm(forms.Form):
    """Why a recommendation should not stand."""

    motif = LongTextField(
        label="Ce qui ne va pas",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites en quelques mots ce qui ne va pas."},
    )


class AjoutForm(forms.Form):
    """One expertise to declare, chosen among those found."""

    expertise = forms.ModelChoiceField(Expertise.objects.all())
    niveau = forms.TypedChoiceField(
        label="Niveau", choices=DeclarationExpertise.Niveau.choices, coerce=int, initial=2
    )
    depuis = forms.IntegerField(
        label="Depuis (année)", min_value=1970, max_value=2100, required=False, localize=False
    )


class PropositionForm(forms.Form):
    """An expertise that the vocabulary lacks."""

    libelle = forms.CharField(
        label="Nom de l’expertise",
        max_length=120,
        help_text="Le nom que vos collègues emploieraient, sans sigle : les sigles s’ajoutent ensuite.",
    )
    domaine = forms.ChoiceField(label="Domaine")
    raison = LongTextField(
        label="Ce qu’elle recouvre",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une phrase pour l’équipe qui tient le vocabulaire.",
    )
    niveau = forms.TypedChoiceField(
        label="Votre niveau", choices=DeclarationExpertise.Niveau.choices, coerce=int, initial=2
    )
    depuis = forms.IntegerField(
        label="Depuis (année)", min_value=1970, max_value=2100, required=False, localize=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = Expertise.objects.order_by("domaine").values_list("domaine", flat=True).distinct()
        self.fields["domaine"].choices = [("", "Choisissez"), *((name, name) for name in fields)]
