"""What the columns of 0002 need on tables that may be full: values in batches, indexes built concurrently."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import F, Q

BATCH = 20_000


def fill(apps, schema_editor):
    """Every message so far is visible; whoever stopped following a sujet hears of it normally."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM forum_sujet")
        (last,) = cursor.fetchone()
        for first in range(0, last + 1, BATCH):
            cursor.execute(
                "UPDATE forum_sujet SET dernier_visible = dernier_numero, nb_messages = dernier_numero"
                " WHERE id >= %s AND id < %s AND dernier_visible = 0",
                [first, first + BATCH],
            )
        cursor.execute("UPDATE forum_abonnement SET niveau = 'normal' WHERE NOT actif")


def unfill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE forum_abonnement SET actif = (niveau = 'suivre')")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("forum", "0002_complet")]

    operations = [
        migrations.RunPython(fill, unfill),
        migrations.RemoveField(model_name="abonnement", name="actif"),
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["sujet", "numero"],
                name="message_retire",
                condition=Q(supprime_le__isnull=False) | Q(masque_le__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            "sujet",
            models.Index(fields=["auteur", "-dernier_message_le", "-id"], name="sujet_auteur_liste"),
        ),
        AddIndexConcurrently(
            "sujet",
            models.Index(fields=["communaute"], name="sujet_epingle", condition=Q(epingle_le__isnull=False)),
        ),
        AddConstraintNotValid(
            "sujet",
            models.CheckConstraint(
                condition=Q(dernier_visible__lte=F("dernier_numero")), name="sujet_dernier_visible"
            ),
        ),
        ValidateConstraint("sujet", "sujet_dernier_visible"),
        AddConstraintNotValid(
            "sujet",
            models.CheckConstraint(
                condition=Q(fusionne_dans__isnull=True) | ~Q(fusionne_dans=F("pk")),
                name="sujet_pas_en_lui_meme",
            ),
        ),
        ValidateConstraint("sujet", "sujet_pas_en_lui_meme"),
    ]
