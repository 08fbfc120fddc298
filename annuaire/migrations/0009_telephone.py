"""An index by which somebody is found by their telephone number, however it is typed."""

import django.db.models.functions
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import annuaire.models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("annuaire", "0008_recherches_sans_reponse")]

    operations = [
        AddIndexConcurrently(
            model_name="agent",
            index=models.Index(
                django.db.models.functions.Right(annuaire.models.Digits("telephone"), 9),
                name="agent_telephone",
            ),
        ),
    ]
