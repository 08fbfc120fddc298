import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.models.messages


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0002_recherche"),
        ("communautes", "0002_complet"),
        ("forum", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Avertissement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("motif", models.CharField(max_length=500)),
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
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="avertissements",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="forum.message",
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
        ),
        migrations.CreateModel(
            name="Brouillon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cle", models.CharField(max_length=60)),
                ("contenu", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("modifie_le", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="brouillons",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["agent", "-modifie_le"], name="brouillon_liste")],
                "constraints": [models.UniqueConstraint(fields=("agent", "cle"), name="brouillon_unique")],
            },
        ),
        migrations.CreateModel(
            name="CleFlux",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("empreinte", models.CharField(max_length=64, unique=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                ("utilisee_le", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CourrielRecu",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifiant", models.CharField(max_length=255, unique=True)),
                (
                    "issue",
                    models.CharField(
                        choices=[("publie", "Publié"), ("refuse", "Refusé"), ("ignore", "Ignoré")],
                        max_length=8,
                    ),
                ),
                ("raison", models.CharField(blank=True, max_length=40)),
                ("recu_le", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="date")),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="forum.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EntreeFaq",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=200, verbose_name="question")),
                (
                    "etat",
                    models.CharField(
                        choices=[("proposee", "Proposée"), ("publiee", "Publiée"), ("refusee", "Refusée")],
                        default="proposee",
                        max_length=8,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faq",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "decide_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entree_faq",
                        to="forum.message",
                    ),
                ),
                (
                    "propose_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "entrée de la foire aux questions",
                "verbose_name_plural": "foire aux questions",
                "indexes": [models.Index(fields=["communaute", "etat", "position", "id"], name="faq_liste")],
            },
        ),
        migrations.CreateModel(
            name="Etiquette",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nom", models.CharField(max_length=40, verbose_name="nom")),
                ("slug", models.SlugField(verbose_name="adresse")),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="etiquettes",
                        to="communautes.communaute",
                    ),
                ),
            ],
            options={
                "verbose_name": "étiquette",
                "verbose_name_plural": "étiquettes",
                "ordering": ["nom"],
                "constraints": [
                    models.UniqueConstraint(fields=("communaute", "slug"), name="etiquette_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Favori",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("rappel_le", models.DateTimeField(blank=True, null=True, verbose_name="me le rappeler le")),
                ("rappele_le", models.DateTimeField(blank=True, editable=False, null=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favoris",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favoris",
                        to="forum.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "favori",
                "verbose_name_plural": "favoris",
                "indexes": [
                    models.Index(fields=["agent", "-id"], name="favori_liste"),
                    models.Index(
                        condition=models.Q(("rappel_le__isnull", False), ("rappele_le__isnull", True)),
                        fields=["rappel_le"],
                        name="favori_a_rappeler",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("agent", "message"), name="favori_unique")],
            },
        ),
        migrations.CreateModel(
            name="MarquageLu",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("avant", models.JSONField(default=list)),
                ("fait_le", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="MemeBesoin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "sujet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memes_besoins",
                        to="forum.sujet",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sujet", "agent"), name="meme_besoin_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="OptionSondage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("texte", models.CharField(max_length=160)),
                ("position", models.PositiveSmallIntegerField()),
                ("nb_voix", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "choix",
                    models.ManyToManyField(
                        blank=True, related_name="participations", to="forum.optionsondage"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PieceJointe",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("fichier", models.FileField(max_length=120, upload_to=forum.models.messages.piece_path)),
                ("nom", models.CharField(max_length=200)),
                ("taille", models.PositiveBigIntegerField(verbose_name="taille (octets)")),
                ("type_mime", models.CharField(max_length=120)),
                ("empreinte", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("largeur", models.PositiveIntegerField(null=True)),
                ("hauteur", models.PositiveIntegerField(null=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces_jointes",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pieces",
                        to="forum.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce jointe",
                "verbose_name_plural": "pièces jointes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("message__isnull", True)),
                        fields=["cree_le"],
                        name="piece_orpheline",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaction",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="forum.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "agent", "genre"), name="reaction_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("genre__in", ["merci", "utile", "accord"])), name="reaction_genre"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReponseType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("titre", models.CharField(max_length=80)),
                ("texte", models.TextField(max_length=2000)),
                (
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reponses_types",
                        to="communautes.communaute",
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse type",
                "verbose_name_plural": "réponses types",
                "ordering": ["titre"],
                "constraints": [
                    models.UniqueConstraint(fields=("communaute", "titre"), name="reponse_type_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Signalement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "motif",
                    models.CharField(
                        choices=[
                            ("hors_sujet", "Hors sujet ou au mauvais endroit"),
                            ("propos", "Propos déplacés"),
                            ("confidentiel", "Donnée confidentielle ou personnelle"),
                            ("erreur", "Information fausse ou dangereuse"),
                            ("publicite", "Publicité"),
                            ("autre", "Autre raison"),
                        ],
                        max_length=12,
                    ),
                ),
                ("commentaire", models.TextField(blank=True, max_length=1000)),
                (
                    "etat",
                    models.CharField(
                        choices=[
                            ("ouvert", "À traiter"),
                            ("retenu", "Suivi d’effet"),
                            ("ecarte", "Sans suite"),
                        ],
                        default="ouvert",
                        max_length=8,
                    ),
                ),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="date")),
                ("pris_le", models.DateTimeField(blank=True, null=True)),
                ("traite_le", models.DateTimeField(blank=True, null=True)),
                (
                    "reponse",
                    models.CharField(blank=True, max_length=500, verbose_name="réponse à qui a signalé"),
                ),
                (
                    "auteur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "communaute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signalements",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signalements",
                        to="forum.message",
                    ),
                ),
                (
                    "pris_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "traite_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "signalement",
                "verbose_name_plural": "signalements",
                "indexes": [models.Index(fields=["communaute", "etat", "id"], name="signalement_file")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("etat", "ouvert")),
                        fields=("message", "auteur"),
                        name="signalement_un_ouvert",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sondage",
            fields=[
                (
                    "sujet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sondage",
                        serialize=False,
                        to="forum.sujet",
                    ),
                ),
                ("multiple", models.BooleanField(default=False, verbose_name="plusieurs choix possibles")),
                ("secret", models.BooleanField(default=True, verbose_name="vote secret")),
                (
                    "changement_permis",
                    models.BooleanField(default=True, verbose_name="on peut changer d’avis"),
                ),
                ("cloture_le", models.DateTimeField(blank=True, null=True, verbose_name="clôture")),
                ("clos_le", models.DateTimeField(blank=True, editable=False, null=True)),
                ("nb_votants", models.PositiveIntegerField(default=0, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="VersionMessage",
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
                    "auteur",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="forum.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "numero"), name="version_message_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionTitre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("titre", models.CharField(max_length=160)),
                ("cree_le", models.DateTimeField(verbose_name="date")),
                (
                    "auteur",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sujet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions_titre",
                        to="forum.sujet",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="abonnement",
            name="niveau",
            field=models.CharField(
                choices=[("suivre", "Suivre"), ("normal", "Normal"), ("sourdine", "Sourdine")],
                db_default="suivre",
                default="suivre",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="masque_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="masque_par",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="modifie_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="modifie_par",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="motif_moderation",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="message",
            name="nb_accord",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="message",
            name="nb_merci",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="message",
            name="nb_utile",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="message",
            name="origine",
            field=models.CharField(
                choices=[("site", "Sur le site"), ("courriel", "Par courriel")],
                db_default="site",
                default="site",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="repond_a",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="forum.message",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="supprime_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="supprime_par",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name="message",
            name="wiki",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="sujet",
            name="archive_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="archivé le"),
        ),
        migrations.AddField(
            model_name="sujet",
            name="dernier_visible",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="sujet",
            name="epingle_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="épinglé le"),
        ),
        migrations.AddField(
            model_name="sujet",
            name="ferme_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="fermé le"),
        ),
        migrations.AddField(
            model_name="sujet",
            name="fusionne_dans",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="fusionnes",
                to="forum.sujet",
            ),
        ),
        migrations.AddField(
            model_name="sujet",
            name="masque_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="masqué le"),
        ),
        migrations.AddField(
            model_name="sujet",
            name="nb_memes_besoins",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="sujet",
            name="nb_messages",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="sujet",
            name="resolu_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="résolu le"),
        ),
        migrations.AlterField(
            model_name="sujet",
            name="genre",
            field=models.CharField(
                choices=[
                    ("question", "Question"),
                    ("discussion", "Discussion"),
                    ("retour", "Retour d’expérience"),
                    ("annonce", "Annonce"),
                    ("sondage", "Sondage"),
                ],
                default="question",
                max_length=10,
                verbose_name="genre",
            ),
        ),
        migrations.AddField(
            model_name="etiquette",
            name="fusionnee_dans",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="anciennes",
                to="forum.etiquette",
            ),
        ),
        migrations.AddField(
            model_name="sujet",
            name="etiquettes",
            field=models.ManyToManyField(blank=True, related_name="sujets", to="forum.etiquette"),
        ),
        migrations.AddField(
            model_name="participation",
            name="sondage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="participations", to="forum.sondage"
            ),
        ),
        migrations.AddField(
            model_name="optionsondage",
            name="sondage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="options", to="forum.sondage"
            ),
        ),
        migrations.AddConstraint(
            model_name="etiquette",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fusionnee_dans__isnull", True),
                    models.Q(("fusionnee_dans", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="etiquette_pas_en_elle_meme",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(fields=("sondage", "agent"), name="participation_unique"),
        ),
        migrations.AddConstraint(
            model_name="optionsondage",
            constraint=models.UniqueConstraint(fields=("sondage", "position"), name="option_position"),
        ),
    ]
