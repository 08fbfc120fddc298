"""Ways of telling, each person's settings, digests, browsers."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0002_recherche"),
        ("notifications", "0004_genres"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appareil",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(db_index=True, max_length=40)),
                ("adresse", models.CharField(max_length=600, unique=True)),
                ("p256dh", models.CharField(max_length=120)),
                ("auth", models.CharField(max_length=60)),
                ("nom", models.CharField(max_length=80, verbose_name="appareil")),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="depuis le")),
                ("echecs", models.PositiveSmallIntegerField(default=0)),
                ("attendre_jusqu_au", models.DateTimeField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appareils",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "appareil",
                "verbose_name_plural": "appareils",
            },
        ),
        migrations.CreateModel(
            name="Reglage",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reglage",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("voies", models.JSONField(default=dict)),
                (
                    "courriels",
                    models.BooleanField(default=True, verbose_name="recevoir des courriels au fil de l’eau"),
                ),
                (
                    "resume",
                    models.CharField(
                        choices=[
                            ("jamais", "Jamais"),
                            ("quotidien", "Chaque jour travaillé"),
                            ("hebdo", "Chaque semaine"),
                        ],
                        default="hebdo",
                        max_length=9,
                        verbose_name="résumé",
                    ),
                ),
                (
                    "fuseau",
                    models.CharField(
                        blank=True, default="", max_length=40, verbose_name="heure de référence"
                    ),
                ),
                (
                    "jours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        size=None,
                        verbose_name="jours travaillés",
                    ),
                ),
                (
                    "calme_debut",
                    models.TimeField(blank=True, null=True, verbose_name="début des heures calmes"),
                ),
                ("calme_fin", models.TimeField(blank=True, null=True, verbose_name="fin des heures calmes")),
            ],
            options={
                "verbose_name": "réglage des notifications",
                "verbose_name_plural": "réglages des notifications",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("jours__len__gt", 0)), name="reglage_un_jour_au_moins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("calme_debut__isnull", True), ("calme_fin__isnull", True)),
                            models.Q(("calme_debut__isnull", False), ("calme_fin__isnull", False)),
                            _connector="OR",
                        ),
                        name="reglage_heures_calmes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resume",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jour", models.DateField(verbose_name="jour")),
                ("cles", models.JSONField(default=list)),
                ("envoye_le", models.DateTimeField(null=True, verbose_name="envoyé le")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "résumé",
                "verbose_name_plural": "résumés",
                "constraints": [models.UniqueConstraint(fields=("agent", "jour"), name="resume_un_par_jour")],
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="courriel_prevu_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="envoye_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="intitule",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="conversation"
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="rang",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="voie",
            field=models.CharField(
                choices=[
                    ("rien", "Rien"),
                    ("site", "Sur le site"),
                    ("resume", "Dans mon résumé"),
                    ("courriel", "Par courriel"),
                ],
                db_default="site",
                default="site",
                max_length=8,
                verbose_name="voie",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="genre",
            field=models.CharField(
                choices=[
                    ("mention", "Mention"),
                    ("reponse", "Réponse"),
                    ("acceptation", "Réponse retenue"),
                    ("besoin", "Même besoin : une réponse"),
                    ("resolu", "Question résolue"),
                    ("sujet", "Nouveau sujet"),
                    ("annonce", "Annonce"),
                    ("reaction", "Réaction"),
                    ("sondage", "Sondage"),
                    ("salon", "Mention dans un salon"),
                    ("reunion", "Réunion"),
                    ("document", "Document"),
                    ("invitation", "Invitation"),
                    ("demande", "Demande d’adhésion"),
                    ("adhesion", "Adhésion"),
                    ("moderation", "Animation et modération"),
                    ("faq", "Foire aux questions"),
                    ("rappel", "Rappel"),
                ],
                max_length=12,
                verbose_name="genre",
            ),
        ),
    ]
