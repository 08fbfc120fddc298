"""Indexes and checks of 0013, without keeping anybody from writing."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("realtime", "0013_fils")]

    operations = [
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(
                condition=models.Q(("au_salon", True)), fields=["salon", "numero"], name="message_salon_flux"
            ),
        ),
        AddIndexConcurrently(
            model_name="messagesalon",
            index=models.Index(
                condition=models.Q(("racine__isnull", False)),
                fields=["racine", "numero"],
                name="message_salon_fil",
            ),
        ),
        AddConstraintNotValid(
            model_name="messagesalon",
            constraint=models.CheckConstraint(
                condition=models.Q(("au_salon", True), ("racine__isnull", False), _connector="OR"),
                name="message_salon_au_salon",
            ),
        ),
        AddConstraintNotValid(
            model_name="messagesalon",
            constraint=models.CheckConstraint(
                condition=models.Q(("racine__isnull", True), ("nb_reponses", 0), _connector="OR"),
                name="message_salon_racine_compte",
            ),
        ),
        ValidateConstraint(model_name="messagesalon", name="message_salon_au_salon"),
        ValidateConstraint(model_name="messagesalon", name="message_salon_racine_compte"),
    ]
