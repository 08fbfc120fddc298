from django.contrib import admin

from realtime.reunions.models import Reunion, Serie, SondageDates


@admin.register(Reunion)
class ReunionAdmin(admin.ModelAdmin):
    list_display = ["titre", "communaute", "debut", "etat", "organisateur"]
    list_select_related = ["communaute", "organisateur"]
    list_filter = ["etat"]
    search_fields = ["titre", "communaute__nom"]
    date_hierarchy = "debut"
    readonly_fields = ["communaute", "salon", "organisateur", "serie", "sequence", "sequence_horaire"]

    def has_add_permission(self, request):
        return False


@admin.register(Serie)
class SerieAdmin(admin.ModelAdmin):
    list_display = ["titre", "communaute", "frequence", "debut", "arretee_le", "organisateur"]
    list_select_related = ["communaute", "organisateur"]
    search_fields = ["titre", "communaute__nom"]
    readonly_fields = ["communaute", "salon", "organisateur", "exceptions", "preparee_jusqu_au"]

    def has_add_permission(self, request):
        return False


@admin.register(SondageDates)
class SondageDatesAdmin(admin.ModelAdmin):
    list_display = ["titre", "communaute", "etat", "cloture_le", "organisateur"]
    list_select_related = ["communaute", "organisateur"]
    list_filter = ["etat"]
    search_fields = ["titre", "communaute__nom"]
    readonly_fields = ["communaute", "salon", "organisateur", "reunion", "sequence", "sequence_horaire"]

    def has_add_permission(self, request):
        return False
