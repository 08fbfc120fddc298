"""What an action says when it cannot do what was asked."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.forms import Form


class ActionRefusee(Exception):
    """An action refused for a reason that the person can understand and act upon.

    `message` is a whole French sentence, shown as it is; `champ` names the form field it belongs to, if
    any; `code` is what a WebSocket error frame carries.
    """

    code = "refuse"

    def __init__(self, message: str, *, champ: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.champ = champ

    def show_in(self, form: "Form") -> None:
        """Say it in the form: beside its field if the form has it, else above them all."""
        form.add_error(self.champ if self.champ in form.fields else None, self.message)


class TropDeDemandes(ActionRefusee):
    """Too many of the same action in a short time. `attente` is in seconds."""

    code = "trop_de_demandes"

    def __init__(self, attente: int) -> None:
        super().__init__(
            f"Vous allez un peu vite pour nous : réessayez dans {attente} seconde{'s' if attente > 1 else ''}. "
            "Ce que vous avez écrit est conservé."
        )
        self.attente = attente
