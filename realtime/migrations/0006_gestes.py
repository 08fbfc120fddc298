"""What is done with a line after it was said. Columns with a default of the database's: nothing is rewritten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("realtime", "0005_recherche"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReactionSalon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "genre",
                    models.CharField(
                        choices=[("merci", "Merci"), ("utile", "Utile"), ("accord", "D’accord")], max_length=6
                    ),
                ),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="realtime.messagesalon",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "genre", "agent"), name="reaction_salon_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("genre__in", ["merci", "utile", "accord"])),
                        name="reaction_salon_genre",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionMessageSalon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("numero", models.PositiveIntegerField(verbose_name="version")),
                ("texte", models.TextField()),
                ("cree_le", models.DateTimeField(verbose_name="date")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="realtime.messagesalon",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "numero"), name="version_message_salon_unique")
                ],
            },
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="epingle_le",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="epingle_par",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="modifie_le",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="motif",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="revision",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="supprime_le",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="supprime_par",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="messagesalon",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name="salon",
            name="revision",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
