"""The operator's view of accounts: find one, close it, open it again. What people say of themselves is theirs."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from annuaire.actions import set_account_open
from annuaire.models import Agent


@admin.register(Agent)
class AgentAdmin(admin.ModelAdmin):
    """Accounts. Only whether one is open can be changed, through its action."""

    list_display = ("nom", "prenom", "email", "service", "partenaire", "is_active", "date_joined")
    list_filter = ("is_active", "partenaire", "is_staff")
    search_fields = ("nom", "prenom", "email", "identifiant")
    list_select_related = ("service",)
    fields = ("prenom", "nom", "email", "identifiant", "fonction", "service", "partenaire", "is_active")
    readonly_fields = tuple(name for name in fields if name != "is_active")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        # Messages keep their author: an account is closed, never erased from here.
        return False

    def save_model(self, request: HttpRequest, obj: Agent, form: ModelForm, change: bool) -> None:
        assert isinstance(request.user, Agent)
        set_account_open(request.user, obj, obj.is_active)
