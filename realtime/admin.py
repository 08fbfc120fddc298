from django.contrib import admin

from realtime.models import Reunion, Salon


@admin.register(Salon)
class SalonAdmin(admin.ModelAdmin):
    list_display = ["nom", "communaute", "dernier_numero"]
    list_select_related = ["communaute"]
    search_fields = ["nom", "communaute__nom"]
    readonly_fields = ["communaute", "dernier_numero"]


@admin.register(Reunion)
class ReunionAdmin(admin.ModelAdmin):
    list_display = ["titre", "communaute", "debut", "organisateur"]
    list_select_related = ["communaute", "organisateur"]
    search_fields = ["titre", "communaute__nom"]
    date_hierarchy = "debut"
    readonly_fields = ["communaute", "organisateur"]
