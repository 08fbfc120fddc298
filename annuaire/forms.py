"""Forms of accounts and profiles."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, SignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

from annuaire.comptes import check_domain
from annuaire.models import Agent, DeclarationExpertise, Expertise, Territoire, TypeService


class ConnexionForm(LoginForm):
    """allauth's sign-in; the page itself says where to go when the password is forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class CompteForm(SignupForm):
    """allauth's sign-up, for professional addresses."""

    field_order = ("prenom", "nom", "fonction", "email", "password1", "password2")

    def clean_email(self) -> str:
        email: str = super().clean_email()
        check_domain(email)
        return email


class CleForm(AddWebAuthnForm):
    """allauth's new passkey, in words that say what it changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
        self.fields["passwordless"].label = "Remplacer le mot de passe"
        self.fields["passwordless"].help_text = (
            "Cette clé suffira pour vous connecter. Elle doit alors vous reconnaître elle-même : "
            "code, empreinte ou visage."
        )


class AdresseForm(AddEmailForm):
    """allauth's change of address, for professional addresses."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        check_domain(email)
        return email


def territoires_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices for a territory: the whole country, then each région with its départements. One query."""
    rows = list(Territoire.objects.order_by("nom"))
    groups: list[tuple[str, list[tuple[str, str]]]] = [("", [("", "Choisissez")])]
    groups += [("National", [(row.code, row.nom) for row in rows if row.genre == Territoire.Genre.NATIONAL])]
    for region in rows:
        if region.genre == Territoire.Genre.REGION:
            inside = [(row.code, row.nom) for row in rows if row.parent_id == region.code]
            groups.append((region.nom, [(region.code, f"{region.nom} (région)"), *inside]))
    return groups


class ProfilForm(forms.ModelForm):
    """A person's own page."""

    type_service = forms.ModelChoiceField(
        TypeService.objects.order_by("nom"), label="Type de service", required=False, empty_label="Choisissez"
    )
    territoire = forms.ChoiceField(
        label="Territoire",
        required=False,
        help_text="Celui de votre service : votre département ou votre région.",
    )

    class Meta:
        model = Agent
        fields = (
            "prenom", "nom", "fonction", "organisme", "telephone", "disponibilite", "biographie", "montre_ecriture",
        )  # fmt: skip
        widgets = {"biographie": forms.Textarea(attrs={"rows": 5}), "disponibilite": forms.RadioSelect}
        help_texts = {
            "fonction": "Par exemple : instructrice police de l’eau.",
            "biographie": "Ce que vous faites, ce que vous avez déjà traité, ce sur quoi on peut vous solliciter.",
            "montre_ecriture": (
                "Pendant que vous tapez une réponse ou un message de salon, les personnes qui lisent la même page "
                "voient que vous écrivez, jamais ce que vous écrivez."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agent: Agent = self.instance
        self.fields["territoire"].choices = territoires_by_region()
        self.fields["disponibilite"].choices = Agent.Disponibilite.choices
        self.fields["fonction"].required = True
        self.fields["territoire"].initial = agent.territoire_id
        if agent.partenaire:
            del self.fields["type_service"]
            self.fields["organisme"].required = True
        else:
            del self.fields["organisme"]
            if agent.service is not None:
                self.fields["type_service"].initial = agent.service.type_id

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("type_service") and not data.get("territoire"):
            self.add_error("territoire", "Choisissez le territoire de votre service.")
        return data

    def clean_territoire(self) -> Territoire | None:
        code = self.cleaned_data["territoire"]
        return Territoire.objects.filter(code=code).first() if code else None


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
    depuis = forms.IntegerField(label="Depuis (année)", min_value=1970, max_value=2100, required=False)

    def __init__(self, *args: Any, choix: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expertise"].choices = choix


def expertise_choices() -> list[Any]:
    """The vocabulary by field. One query."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for expertise in Expertise.objects.order_by("domaine", "libelle"):
        groups.setdefault(expertise.domaine, []).append((str(expertise.pk), expertise.libelle))
    return [("", "Aucune"), *groups.items()]


DeclarationFormSet = forms.formset_factory(DeclarationForm, extra=2, max_num=60, absolute_max=80)
