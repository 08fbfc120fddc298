from django.contrib import admin

from realtime.models import Salon


@admin.register(Salon)
class SalonAdmin(admin.ModelAdmin):
    list_display = ["nom", "communaute", "dernier_numero"]
    list_select_related = ["communaute"]
    search_fields = ["nom", "communaute__nom"]
    readonly_fields = ["communaute", "dernier_numero"]
