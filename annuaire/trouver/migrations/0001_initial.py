"""Searches that people keep."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RechercheEnregistree",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nom", models.CharField(max_length=80, verbose_name="nom")),
                ("criteres", models.TextField(editable=False)),
                ("empreinte", models.CharField(editable=False, max_length=64)),
                ("prevenir", models.BooleanField(default=True, verbose_name="notifications")),
                (
                    "connus",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="enregistrée le")),
                ("verifiee_le", models.DateTimeField(editable=False, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recherches_enregistrees",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recherche enregistrée",
                "verbose_name_plural": "recherches enregistrées",
                "ordering": ["nom", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agent", "empreinte"), name="recherche_enregistree_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nom", ""), _negated=True), name="recherche_enregistree_nom"
                    ),
                ],
            },
        ),
    ]
