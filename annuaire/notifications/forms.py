"""The settings page's form."""

from typing import Any

from django import forms

from annuaire.notifications.decision import DEFAUTS
from annuaire.notifications.genres import Frequence, Genre, Voie
from annuaire.notifications.horaires import FUSEAUX, JOURS, zone_of
from annuaire.notifications.models import Reglage

# In the order of the page: what each event is, in the words of who is told.
GROUPES: tuple[tuple[str, tuple[tuple[Genre, str], ...]], ...] = (
    (
        "On s’adresse à moi",
        (
            (Genre.MENTION, "On me cite dans un sujet"),
            (Genre.SALON, "On me cite dans un salon"),
            (Genre.PRIVE, "On m’écrit dans un salon hors des communautés"),
            (Genre.FIL, "On répond dans un fil que je suis"),
            (Genre.REPONSE, "On répond dans un sujet que je suis"),
            (Genre.ACCEPTATION, "Ma réponse est retenue"),
            (Genre.REACTION, "On réagit à un de mes messages"),
            (Genre.INVITATION, "On m’invite dans une communauté"),
            (Genre.PROFIL, "On me recommande ou on me le demande ; ce que devient une expertise proposée"),
            (
                Genre.SOLLICITATION,
                "On me sollicite ; ce qui se dit dans les sollicitations qui me concernent",
            ),
            (Genre.TACHE, "On me confie une tâche, ou celle que j’ai confiée se termine"),
        ),
    ),
    (
        "Ce que j’attends",
        (
            (Genre.BESOIN, "Une réponse à un besoin que je partage"),
            (Genre.RESOLU, "Une question que je suis est résolue"),
            (Genre.ADHESION, "La réponse à ma demande d’adhésion"),
            (Genre.RECHERCHE, "Quelqu’un de plus répond à une recherche que je garde"),
            (Genre.RAPPEL, "Un rappel que j’ai demandé, l’échéance d’une tâche"),
        ),
    ),
    (
        "La vie de mes communautés",
        (
            (Genre.SUJET, "Un nouveau sujet dans une communauté que je suis"),
            (Genre.ANNONCE, "Une annonce"),
            (Genre.SONDAGE, "Un sondage s’ouvre ou se termine"),
            (Genre.REUNION, "Une réunion est prévue"),
            (Genre.DECISION, "Une décision est prise ou proposée"),
            (Genre.DOCUMENT, "Un document arrive ou change"),
            (Genre.FAQ, "La foire aux questions"),
        ),
    ),
    (
        "L’animation",
        (
            (Genre.DEMANDE, "On demande à rejoindre une communauté que j’anime"),
            (Genre.MODERATION, "Signalements, et ce que l’animation fait de mes messages"),
        ),
    ),
)


class ReglagesForm(forms.Form):
    """All of one's settings. The fields of ways are named `voie_<genre>`."""

    courriels = forms.BooleanField(
        label="Recevoir des courriels au fil de l’eau",
        required=False,
        help_text="Décoché, seuls les résumés vous sont écrits ; le reste vous attend sur le site.",
    )
    resume = forms.ChoiceField(
        label="Mon résumé",
        choices=Frequence.choices,
        widget=forms.RadioSelect,
        help_text="Vers 8 heures, dix lignes au plus. Quand rien ne vous concerne, il ne part pas.",
    )
    jours = forms.TypedMultipleChoiceField(
        label="Mes jours travaillés",
        choices=list(enumerate(name.capitalize() for name in JOURS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un jour où l’on peut vous écrire."},
    )
    calme_debut = forms.TimeField(
        label="Ne pas m’écrire à partir de",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    calme_fin = forms.TimeField(
        label="et jusqu’à",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    fuseau = forms.ChoiceField(label="À l’heure de", required=False)

    def __init__(self, *args: Any, reglage: Reglage, **kwargs: Any) -> None:
        self.reglage = reglage
        kwargs["initial"] = {
            "courriels": reglage.courriels,
            "resume": reglage.resume,
            "jours": reglage.jours,
            "calme_debut": reglage.calme_debut,
            "calme_fin": reglage.calme_fin,
            "fuseau": reglage.fuseau,
        }
        super().__init__(*args, **kwargs)
        mine = FUSEAUX[zone_of(reglage.agent.territoire_id)]
        self.fields["fuseau"].choices = [("", f"Celle de mon territoire ({mine})"), *FUSEAUX.items()]
        for genre in Genre:
            self.fields[f"voie_{genre}"] = forms.ChoiceField(
                label=_labels()[genre],
                choices=Voie.choices,
                initial=reglage.voies.get(genre, DEFAUTS[genre]),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (data.get("calme_debut") is None) != (data.get("calme_fin") is None) and not self.errors:
            missing = "calme_fin" if data.get("calme_fin") is None else "calme_debut"
            self.add_error(missing, "Donnez les deux heures, ou aucune pour être prévenu(e) à toute heure.")
        return data

    def voies(self) -> dict[str, str]:
        """The chosen way for each kind of event."""
        return {genre.value: self.cleaned_data[f"voie_{genre}"] for genre in Genre}

    def groupes(self) -> list[tuple[str, list[Any]]]:
        """The rows of the table, by group."""
        return [(titre, [self[f"voie_{genre}"] for genre, _ in rows]) for titre, rows in GROUPES]


def _labels() -> dict[Genre, str]:
    return {genre: label for _, rows in GROUPES for genre, label in rows}
