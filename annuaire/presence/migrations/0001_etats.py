import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from plateforme.socle.retraits import announce


class Migration(migrations.Migration):
    initial = True

    dependencies = [("annuaire", "0006_retraits"), ("socle", "0003_retraits")]

    operations = [
        migrations.CreateModel(
            name="EtatPresence",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="etat_presence",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "etat",
                    models.CharField(
                        choices=[
                            ("en_ligne", "En ligne"),
                            ("absent", "Absent"),
                            ("occupe", "Occupé"),
                            ("invisible", "Invisible"),
                        ],
                        default="en_ligne",
                        max_length=9,
                        verbose_name="état",
                    ),
                ),
                ("jusqu_a", models.DateTimeField(blank=True, null=True, verbose_name="jusqu’à")),
                ("message", models.CharField(blank=True, default="", max_length=80, verbose_name="message")),
                (
                    "automatique",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="absent quand je ne fais rien"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "état de présence",
                "verbose_name_plural": "états de présence",
                "indexes": [
                    models.Index(
                        condition=models.Q(("jusqu_a__isnull", False)),
                        fields=["jusqu_a"],
                        name="presence_fin",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("etat__in", ["en_ligne", "absent", "occupe", "invisible"])),
                        name="presence_etat",
                    )
                ],
            },
        ),
        # Who becomes invisible disappears whatever becomes of Redis, as access is withdrawn.
        announce(
            "presence_etatpresence",
            "INSERT OR UPDATE OF etat, jusqu_a, message",
            cible="presence",
            colonne="agent_id",
        ),
    ]
