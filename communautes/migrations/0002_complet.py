import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communautes", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="adhesion",
            name="niveau",
            field=models.CharField(
                choices=[
                    ("suivre", "Suivre : chaque nouveau sujet"),
                    ("normal", "Normal : ce qui me concerne"),
                    ("sourdine", "Sourdine : seulement quand on me cite"),
                ],
                db_default="normal",
                default="normal",
                max_length=8,
                verbose_name="notifications",
            ),
        ),
        migrations.AddField(
            model_name="communaute",
            name="charte",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=4000, verbose_name="charte"
            ),
        ),
        migrations.AddField(
            model_name="communaute",
            name="charte_html",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("motif", models.CharField(max_length=500, verbose_name="motif")),
                ("jusqu_au", models.DateTimeField(verbose_name="jusqu’au")),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                ("levee_le", models.DateTimeField(blank=True, null=True, verbose_name="levée le")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suspensions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suspensions",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "levee_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "suspension",
                "verbose_name_plural": "suspensions",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("levee_le__isnull", True)),
                        fields=("communaute", "agent"),
                        name="suspension_une_a_la_fois",
                    )
                ],
            },
        ),
    ]
