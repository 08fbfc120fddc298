"""A departure is said as it is. Only names of choices: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sollicitations", "0004_aides_utiles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="messagefil",
            name="evenement",
            field=models.CharField(
                blank=True,
                choices=[
                    ("envoi", "a envoyé cette sollicitation"),
                    ("accepte", "accepte d’aider"),
                    ("repond", "a répondu"),
                    ("decline", "a décliné"),
                    ("depart", "n’a plus de compte ici"),
                    ("redirige", "a redirigé cette sollicitation"),
                    ("ajout", "a ajouté une personne"),
                    ("retrait", "a retiré une personne"),
                    ("clot", "a clos la sollicitation"),
                    ("abandon", "n’attend plus de réponse"),
                ],
                max_length=8,
            ),
        ),
    ]
