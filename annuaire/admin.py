"""The operator's view of accounts: find one, close it, open it again. What people say of themselves is theirs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from annuaire.actions import set_account_open, set_export_right
from annuaire.models import Agent


class AgentForm(forms.ModelForm):
    """What operators decide of an account."""

    exporte = forms.BooleanField(
        label="peut exporter l’annuaire",
        required=False,
        help_text="Emporter dans un fichier les personnes trouvées, avec leur courriel et leur téléphone.",
    )

    class Meta:
        model = Agent
        fields = ("is_active",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exporte"].initial = self.instance.user_permissions.filter(
            codename="exporter_annuaire", content_type__app_label="annuaire"
        ).exists()


@admin.register(Agent)
class AgentAdmin(admin.ModelAdmin):
    """Accounts. Only whether one is open and may export can be changed, each through its action."""

    form = AgentForm
    list_display = ("nom", "prenom", "email", "service", "partenaire", "is_active", "date_joined")
    list_filter = ("is_active", "partenaire", "is_staff")
    search_fields = ("nom", "prenom", "email", "identifiant")
    list_select_related = ("service",)
    fields = (
        "prenom",
        "nom",
        "email",
        "identifiant",
        "fonction",
        "service",
        "partenaire",
        "is_active",
        "exporte",
    )
    readonly_fields = tuple(name for name in fields if name not in ("is_active", "exporte"))
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        # Messages keep their author: an account is closed, never erased from here.
        return False

    def save_model(self, request: HttpRequest, obj: Agent, form: ModelForm, change: bool) -> None:
        assert isinstance(request.user, Agent)
        if "is_active" in form.changed_data:
            set_account_open(request.user, obj, obj.is_active)
        if "exporte" in form.changed_data:
            set_export_right(request.user, obj, form.cleaned_data["exporte"])
