import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import realtime.fichiers.models


class Migration(migrations.Migration):
    dependencies = [
        ("realtime", "0009_salons_de_reunion"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="messagesalon",
            name="nb_fichiers",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.CreateModel(
            name="FichierSalon",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("nom", models.CharField(max_length=200)),
                ("taille", models.PositiveBigIntegerField(verbose_name="taille (octets)")),
                ("type_mime", models.CharField(max_length=120)),
                ("empreinte", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("largeur", models.PositiveIntegerField(null=True)),
                ("hauteur", models.PositiveIntegerField(null=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                ("client_id", models.UUIDField()),
                (
                    "fichier",
                    models.FileField(max_length=120, upload_to=realtime.fichiers.models.salon_file_path),
                ),
                ("alternative", models.CharField(blank=True, default="", max_length=250)),
                ("rang", models.PositiveSmallIntegerField(default=0)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fichiers",
                        to="realtime.messagesalon",
                    ),
                ),
                (
                    "salon",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fichiers",
                        to="realtime.salon",
                    ),
                ),
            ],
            options={
                "verbose_name": "fichier de salon",
                "verbose_name_plural": "fichiers de salon",
                "indexes": [
                    models.Index(fields=["salon", "-message", "-rang"], name="fichier_salon_liste"),
                    models.Index(
                        condition=models.Q(("message__isnull", True)),
                        fields=["cree_le"],
                        name="fichier_salon_orphelin",
                    ),
                    models.Index(fields=["agent", "-cree_le"], name="fichier_salon_agent"),
                    django.contrib.postgres.indexes.GinIndex(
                        models.F("salon"),
                        django.contrib.postgres.indexes.OpClass(
                            models.Func(
                                models.F("nom"), function="sans_accent", output_field=models.TextField()
                            ),
                            "gin_trgm_ops",
                        ),
                        name="fichier_salon_nom",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("agent", "client_id"), name="fichier_salon_une_fois")
                ],
            },
        ),
    ]
