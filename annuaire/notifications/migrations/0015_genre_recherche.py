from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0014_genre_sollicitation"),
    ]

    operations = [
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
                    ("prive", "Message privé"),
                    ("fil", "Réponse dans un fil"),
                    ("reunion", "Réunion"),
                    ("document", "Document"),
                    ("invitation", "Invitation"),
                    ("demande", "Demande d’adhésion"),
                    ("adhesion", "Adhésion"),
                    ("moderation", "Animation et modération"),
                    ("faq", "Foire aux questions"),
                    ("decision", "Décision"),
                    ("tache", "Tâche"),
                    ("rappel", "Rappel"),
                    ("profil", "Mon profil"),
                    ("aide", "Sollicitation"),
                    ("recherche", "Recherche enregistrée"),
                ],
                max_length=12,
                verbose_name="genre",
            ),
        ),
    ]
