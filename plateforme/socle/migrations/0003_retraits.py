from django.db import migrations, models

from plateforme.socle.retraits import FUNCTION, announce


class Migration(migrations.Migration):
    dependencies = [("socle", "0002_initial"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Retrait",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cible", models.CharField(max_length=80)),
                ("quand", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION plateforme_annonce_retrait"),
        announce("django_session", "DELETE", cible="session", colonne="session_key"),
    ]
