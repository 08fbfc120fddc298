"""Reading: what a marking put aside, who is cited, questions without an answer. No table is rewritten."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


def fill(apps, schema_editor):
    """Who was told of being cited is cited; the texts themselves are not read again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forum_mention (message_id, agent_id)"
            " SELECT m.id, n.destinataire_id FROM notifications_notification n"
            " JOIN forum_message m ON m.id = substring(n.cle FROM '^message\\.([0-9]{1,18})$')::bigint"
            " WHERE n.genre = 'mention' ON CONFLICT DO NOTHING"
        )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("forum", "0005_genres"),
        ("notifications", "0003_fil"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="lecturesujet",
            name="avant_marquage",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.RemoveField(model_name="marquagelu", name="avant"),
        migrations.AddField(
            model_name="marquagelu",
            name="nombre",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="sujets marqués"),
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="forum.message",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agent", "message"), name="mention_unique")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="sujet",
            index=models.Index(
                fields=["-dernier_message_le", "-id"],
                name="sujet_sans_reponse",
                condition=Q(
                    genre="question",
                    nb_messages__lte=1,
                    message_accepte__isnull=True,
                    resolu_le__isnull=True,
                    ferme_le__isnull=True,
                    archive_le__isnull=True,
                    masque_le__isnull=True,
                    fusionne_dans__isnull=True,
                ),
            ),
        ),
    ]
