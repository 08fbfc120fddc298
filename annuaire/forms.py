"""Forms of accounts and profiles."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, SignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm

from annuaire.comptes import check_domain
from annuaire.models import Territoire


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
