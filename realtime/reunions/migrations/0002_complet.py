"""Meetings with an agenda, people, documents, a state and a place in calendars; series of them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import realtime.reunions.models.commun


class Migration(migrations.Migration):
    dependencies = [
        ("communautes", "0004_rappels_charte"),
        ("fichiers", "0001_initial"),
        ("realtime", "0002_reunions_ailleurs"),
        ("reunions", "0001_reunion"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="reunion",
            name="annulee_le",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="reunion",
            name="etat",
            field=models.CharField(
                choices=[
                    ("brouillon", "En préparation"),
                    ("planifiee", "Planifiée"),
                    ("en_cours", "En cours"),
                    ("terminee", "Terminée"),
                    ("annulee", "Annulée"),
                ],
                db_default="planifiee",
                default="planifiee",
                max_length=9,
                verbose_name="état",
            ),
        ),
        migrations.AddField(
            model_name="reunion",
            name="fuseau",
            field=models.CharField(
                choices=[
                    ("Europe/Paris", "France métropolitaine"),
                    ("America/Guadeloupe", "Guadeloupe, Saint-Martin, Saint-Barthélemy"),
                    ("America/Martinique", "Martinique"),
                    ("America/Cayenne", "Guyane"),
                    ("America/Miquelon", "Saint-Pierre-et-Miquelon"),
                    ("Indian/Reunion", "La Réunion"),
                    ("Indian/Mayotte", "Mayotte"),
                    ("Indian/Kerguelen", "Terres australes et antarctiques françaises"),
                    ("Pacific/Noumea", "Nouvelle-Calédonie"),
                    ("Pacific/Tahiti", "Polynésie française"),
                    ("Pacific/Wallis", "Wallis-et-Futuna"),
                ],
                db_default="Europe/Paris",
                default="Europe/Paris",
                max_length=40,
                verbose_name="heure de référence",
            ),
        ),
        migrations.AddField(
            model_name="reunion",
            name="modifiee",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="reunion",
            name="motif_annulation",
            field=models.CharField(
                blank=True, db_default="", max_length=300, verbose_name="motif de l’annulation"
            ),
        ),
        migrations.AddField(
            model_name="reunion",
            name="occurrence",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="reunion",
            name="salon",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reunions",
                to="realtime.salon",
            ),
        ),
        migrations.AddField(
            model_name="reunion",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="reunion",
            name="sequence_horaire",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="reunion",
            name="toute_l_animation",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="les personnes qui animent la communauté"
            ),
        ),
        migrations.AddField(
            model_name="reunion",
            name="toute_la_communaute",
            field=models.BooleanField(db_default=False, default=False, verbose_name="toute la communauté"),
        ),
        # Null until the next migration names each meeting.
        migrations.AddField(
            model_name="reunion",
            name="uid",
            field=models.CharField(editable=False, max_length=120, null=True),
        ),
        migrations.AddField(
            model_name="reunion",
            name="visio",
            field=models.CharField(
                choices=[
                    ("aucune", "Pas de visioconférence"),
                    ("webconf", "Webconf de l’État"),
                    ("visio", "Visio"),
                    ("autre", "Une autre adresse"),
                ],
                db_default="aucune",
                default="aucune",
                max_length=8,
                verbose_name="visioconférence",
            ),
        ),
        migrations.AlterField(
            model_name="reunion",
            name="communaute",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reunions",
                to="communautes.communaute",
            ),
        ),
        migrations.AlterField(
            model_name="reunion",
            name="lien_visio",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[django.core.validators.URLValidator(schemes=["https"])],
                verbose_name="lien de visioconférence",
            ),
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "courriel",
                    models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique"),
                ),
                ("nom", models.CharField(blank=True, max_length=120, verbose_name="nom")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("animateur", "Animation"),
                            ("secretaire", "Secrétariat"),
                            ("participant", "Participation"),
                            ("invite", "À titre facultatif"),
                        ],
                        default="participant",
                        max_length=11,
                        verbose_name="rôle",
                    ),
                ),
                (
                    "origine",
                    models.CharField(
                        choices=[
                            ("personne", "Nommément"),
                            ("animation", "Avec l’animation de la communauté"),
                            ("communaute", "Avec toute la communauté"),
                            ("exterieur", "De l’extérieur de la communauté"),
                        ],
                        default="personne",
                        max_length=10,
                    ),
                ),
                (
                    "reponse",
                    models.CharField(
                        choices=[
                            ("sans", "Sans réponse"),
                            ("accepte", "Oui"),
                            ("peut_etre", "Peut-être"),
                            ("refuse", "Non"),
                        ],
                        default="sans",
                        max_length=9,
                        verbose_name="réponse",
                    ),
                ),
                ("commentaire", models.CharField(blank=True, max_length=300, verbose_name="commentaire")),
                ("repondu_le", models.DateTimeField(blank=True, null=True)),
                ("envoyee", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("retire_le", models.DateTimeField(blank=True, editable=False, null=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True)),
                ("habitue", models.BooleanField(default=False)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reunion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="reunions.reunion",
                    ),
                ),
            ],
            options={
                "verbose_name": "participation",
                "verbose_name_plural": "participations",
                "indexes": [models.Index(fields=["agent", "reunion"], name="participant_agent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent__isnull", False), ("courriel", "")),
                            models.Q(("agent__isnull", True), models.Q(("courriel", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="participant_agent_ou_courriel",
                    ),
                    models.UniqueConstraint(fields=("reunion", "agent"), name="participant_agent_unique"),
                    models.UniqueConstraint(
                        models.F("reunion"),
                        django.db.models.functions.text.Lower("courriel"),
                        condition=models.Q(("agent__isnull", True)),
                        name="participant_courriel_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reponse", "sans"), ("repondu_le__isnull", False), _connector="OR"
                        ),
                        name="participant_repondu_le",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointOrdreDuJour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rang", models.PositiveSmallIntegerField()),
                ("titre", models.CharField(max_length=200, verbose_name="point")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="durée (minutes)"),
                ),
                ("description", models.TextField(blank=True, max_length=4000, verbose_name="précisions")),
                ("description_html", models.TextField(blank=True, editable=False)),
                ("version_rendu", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "etat",
                    models.CharField(
                        choices=[("retenu", "Retenu"), ("propose", "Proposé")],
                        default="retenu",
                        max_length=7,
                        verbose_name="état",
                    ),
                ),
                ("recurrent", models.BooleanField(default=False, verbose_name="revient à chaque réunion")),
                ("cree_le", models.DateTimeField(auto_now_add=True)),
                (
                    "propose_par",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "responsable",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsable",
                    ),
                ),
                (
                    "reunion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="reunions.reunion",
                    ),
                ),
            ],
            options={
                "verbose_name": "point de l’ordre du jour",
                "verbose_name_plural": "points de l’ordre du jour",
                "ordering": ["rang"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("reunion", "rang"),
                        name="point_rang",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minutes__isnull", True), ("minutes__range", (1, 480)), _connector="OR"
                        ),
                        name="point_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentReunion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cree_le", models.DateTimeField(auto_now_add=True)),
                (
                    "ajoute_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fichiers.document"
                    ),
                ),
                (
                    "reunion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="reunions.reunion",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="reunions.pointordredujour",
                    ),
                ),
            ],
            options={
                "verbose_name": "document préparatoire",
                "verbose_name_plural": "documents préparatoires",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reunion", "point", "document"),
                        name="document_reunion_une_fois",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Serie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("titre", models.CharField(max_length=160, verbose_name="objet")),
                (
                    "fuseau",
                    models.CharField(
                        choices=[
                            ("Europe/Paris", "France métropolitaine"),
                            ("America/Guadeloupe", "Guadeloupe, Saint-Martin, Saint-Barthélemy"),
                            ("America/Martinique", "Martinique"),
                            ("America/Cayenne", "Guyane"),
                            ("America/Miquelon", "Saint-Pierre-et-Miquelon"),
                            ("Indian/Reunion", "La Réunion"),
                            ("Indian/Mayotte", "Mayotte"),
                            ("Indian/Kerguelen", "Terres australes et antarctiques françaises"),
                            ("Pacific/Noumea", "Nouvelle-Calédonie"),
                            ("Pacific/Tahiti", "Polynésie française"),
                            ("Pacific/Wallis", "Wallis-et-Futuna"),
                        ],
                        db_default="Europe/Paris",
                        default="Europe/Paris",
                        max_length=40,
                        verbose_name="heure de référence",
                    ),
                ),
                (
                    "duree_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="durée (minutes)",
                    ),
                ),
                ("lieu", models.CharField(blank=True, max_length=160, verbose_name="lieu")),
                (
                    "visio",
                    models.CharField(
                        choices=[
                            ("aucune", "Pas de visioconférence"),
                            ("webconf", "Webconf de l’État"),
                            ("visio", "Visio"),
                            ("autre", "Une autre adresse"),
                        ],
                        db_default="aucune",
                        default="aucune",
                        max_length=8,
                        verbose_name="visioconférence",
                    ),
                ),
                (
                    "lien_visio",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[django.core.validators.URLValidator(schemes=["https"])],
                        verbose_name="lien de visioconférence",
                    ),
                ),
                (
                    "toute_la_communaute",
                    models.BooleanField(db_default=False, default=False, verbose_name="toute la communauté"),
                ),
                (
                    "toute_l_animation",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        verbose_name="les personnes qui animent la communauté",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("sequence_horaire", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                (
                    "uid",
                    models.CharField(
                        default=realtime.reunions.models.commun.new_uid,
                        editable=False,
                        max_length=120,
                        unique=True,
                    ),
                ),
                ("debut", models.DateTimeField(verbose_name="première réunion")),
                (
                    "frequence",
                    models.CharField(
                        choices=[
                            ("hebdo", "Chaque semaine"),
                            ("quinzaine", "Toutes les deux semaines"),
                            ("mensuelle", "Chaque mois"),
                        ],
                        max_length=9,
                        verbose_name="rythme",
                    ),
                ),
                (
                    "jours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=7, verbose_name="jours"
                    ),
                ),
                (
                    "rang",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "premier"),
                            (2, "deuxième"),
                            (3, "troisième"),
                            (4, "quatrième"),
                            (-1, "dernier"),
                        ],
                        null=True,
                        verbose_name="semaine du mois",
                    ),
                ),
                ("jusqu_au", models.DateField(blank=True, null=True, verbose_name="jusqu’au")),
                (
                    "nombre",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="nombre de réunions"
                    ),
                ),
                (
                    "exceptions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), blank=True, default=list, editable=False, size=None
                    ),
                ),
                ("arretee_le", models.DateTimeField(blank=True, editable=False, null=True)),
                ("preparee_jusqu_au", models.DateTimeField(editable=False, null=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="création")),
                (
                    "communaute",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="series",
                        to="communautes.communaute",
                    ),
                ),
                (
                    "organisateur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "salon",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="realtime.salon",
                    ),
                ),
            ],
            options={
                "verbose_name": "série de réunions",
                "verbose_name_plural": "séries de réunions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("arretee_le__isnull", True)),
                        fields=["preparee_jusqu_au"],
                        name="serie_a_preparer",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("duree_minutes__range", (5, 720))), name="serie_duree"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fuseau__in",
                                [
                                    "Europe/Paris",
                                    "America/Guadeloupe",
                                    "America/Martinique",
                                    "America/Cayenne",
                                    "America/Miquelon",
                                    "Indian/Reunion",
                                    "Indian/Mayotte",
                                    "Indian/Kerguelen",
                                    "Pacific/Noumea",
                                    "Pacific/Tahiti",
                                    "Pacific/Wallis",
                                ],
                            )
                        ),
                        name="serie_fuseau",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lien_visio", ""), ("visio", "aucune")),
                            models.Q(
                                models.Q(("visio", "aucune"), _negated=True),
                                ("lien_visio__startswith", "https://"),
                            ),
                            _connector="OR",
                        ),
                        name="serie_visio",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", models.F("sequence_horaire"))),
                        name="serie_sequence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("communaute__isnull", False),
                            models.Q(("toute_l_animation", False), ("toute_la_communaute", False)),
                            _connector="OR",
                        ),
                        name="serie_convives",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("jours__contained_by", [0, 1, 2, 3, 4, 5, 6]), ("jours__len__range", (1, 7))
                        ),
                        name="serie_jours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("frequence", "mensuelle"), ("jours__len", 1), ("rang__in", [1, 2, 3, 4, -1])
                            ),
                            models.Q(
                                models.Q(("frequence", "mensuelle"), _negated=True), ("rang__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="serie_rang",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("jusqu_au__isnull", True), ("nombre__isnull", True), _connector="OR"),
                            models.Q(("nombre__isnull", True), ("nombre__range", (2, 200)), _connector="OR"),
                        ),
                        name="serie_fin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Habitue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "courriel",
                    models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique"),
                ),
                ("nom", models.CharField(blank=True, max_length=120, verbose_name="nom")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("animateur", "Animation"),
                            ("secretaire", "Secrétariat"),
                            ("participant", "Participation"),
                            ("invite", "À titre facultatif"),
                        ],
                        default="participant",
                        max_length=11,
                        verbose_name="rôle",
                    ),
                ),
                (
                    "origine",
                    models.CharField(
                        choices=[
                            ("personne", "Nommément"),
                            ("animation", "Avec l’animation de la communauté"),
                            ("communaute", "Avec toute la communauté"),
                            ("exterieur", "De l’extérieur de la communauté"),
                        ],
                        default="personne",
                        max_length=10,
                    ),
                ),
                (
                    "reponse",
                    models.CharField(
                        choices=[
                            ("sans", "Sans réponse"),
                            ("accepte", "Oui"),
                            ("peut_etre", "Peut-être"),
                            ("refuse", "Non"),
                        ],
                        default="sans",
                        max_length=9,
                        verbose_name="réponse",
                    ),
                ),
                ("commentaire", models.CharField(blank=True, max_length=300, verbose_name="commentaire")),
                ("repondu_le", models.DateTimeField(blank=True, null=True)),
                ("envoyee", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("retire_le", models.DateTimeField(blank=True, editable=False, null=True)),
                ("cree_le", models.DateTimeField(auto_now_add=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "serie",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="habitues",
                        to="reunions.serie",
                    ),
                ),
            ],
            options={
                "verbose_name": "participation à une série",
                "verbose_name_plural": "participations à une série",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent__isnull", False), ("courriel", "")),
                            models.Q(("agent__isnull", True), models.Q(("courriel", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="habitue_agent_ou_courriel",
                    ),
                    models.UniqueConstraint(fields=("serie", "agent"), name="habitue_agent_unique"),
                    models.UniqueConstraint(
                        models.F("serie"),
                        django.db.models.functions.text.Lower("courriel"),
                        condition=models.Q(("agent__isnull", True)),
                        name="habitue_courriel_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reponse", "sans"), ("repondu_le__isnull", False), _connector="OR"
                        ),
                        name="habitue_repondu_le",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="reunion",
            name="serie",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reunions",
                to="reunions.serie",
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "fuseau__in",
                        [
                            "Europe/Paris",
                            "America/Guadeloupe",
                            "America/Martinique",
                            "America/Cayenne",
                            "America/Miquelon",
                            "Indian/Reunion",
                            "Indian/Mayotte",
                            "Indian/Kerguelen",
                            "Pacific/Noumea",
                            "Pacific/Tahiti",
                            "Pacific/Wallis",
                        ],
                    )
                ),
                name="reunion_fuseau",
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.CheckConstraint(
                condition=models.Q(("sequence__gte", models.F("sequence_horaire"))), name="reunion_sequence"
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("communaute__isnull", False),
                    models.Q(("toute_l_animation", False), ("toute_la_communaute", False)),
                    _connector="OR",
                ),
                name="reunion_convives",
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("occurrence__isnull", True), ("serie__isnull", True)),
                    models.Q(("occurrence__isnull", False), ("serie__isnull", False)),
                    _connector="OR",
                ),
                name="reunion_occurrence",
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("annulee_le__isnull", False), ("etat", "annulee")),
                    models.Q(models.Q(("etat", "annulee"), _negated=True), ("annulee_le__isnull", True)),
                    _connector="OR",
                ),
                name="reunion_annulation",
            ),
        ),
        migrations.AddConstraint(
            model_name="reunion",
            constraint=models.UniqueConstraint(
                fields=("serie", "occurrence"), name="reunion_une_par_occurrence"
            ),
        ),
    ]
