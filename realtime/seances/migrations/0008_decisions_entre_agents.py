"""Decisions of meetings that have no register, kept with the meeting. Nothing is rewritten nor locked while it is read.

Undone, they stay as actions to be read, cut at the length of one.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("seances", "0007_suivi_des_actions")]

    operations = [
        migrations.RemoveConstraint(model_name="suitereunion", name="suite_reunion_genre"),
        migrations.AddField(
            model_name="suitereunion",
            name="html",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="suitereunion",
            name="texte",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=1000, verbose_name="décision"
            ),
        ),
        migrations.AddField(
            model_name="suitereunion",
            name="version_rendu",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "UPDATE seances_suitereunion SET libelle = left(texte, 300), texte = '' WHERE texte <> ''",
        ),
        AddConstraintNotValid(
            model_name="suitereunion",
            constraint=models.CheckConstraint(
                condition=Q(
                    decision__isnull=False, tache__isnull=True, libelle="", echeance__isnull=True, texte=""
                )
                | (
                    Q(decision__isnull=True, tache__isnull=True, libelle="", echeance__isnull=True)
                    & ~Q(texte="")
                )
                | (Q(decision__isnull=True, texte="") & ~Q(libelle="")),
                name="suite_reunion_genre",
            ),
        ),
        ValidateConstraint(model_name="suitereunion", name="suite_reunion_genre"),
    ]
