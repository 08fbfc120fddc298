"""Forms of meetings. What they check is for the person's comfort; actions and database decide."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from annuaire.mentions import named_in
from annuaire.models import Agent
from annuaire.notifications.horaires import FUSEAUX
from communautes.models import Communaute
from plateforme.socle.formulaires import LongTextField
from realtime.reunions.actions import Invites, ProjetPoint
from realtime.reunions.actions.planification import HORIZON
from realtime.reunions.horaires import local, say_day
from realtime.reunions.models import Convive, PointOrdreDuJour, Reunion
from realtime.reunions.models.commun import Visio
from realtime.reunions.personnes import guests_in
from realtime.reunions.visio import offered

DUREES = [
    (15, "15 minutes"), (30, "30 minutes"), (45, "45 minutes"), (60, "1 heure"), (90, "1 heure 30"),
    (120, "2 heures"), (180, "3 heures"), (240, "4 heures"), (420, "La journée (7 heures)"),
]  # fmt: skip
POINTS_VIDES, POINTS_MAX = 3, 40


class MomentMixin(forms.Form):
    """A day, an hour and the clock they are read by: `cleaned_data["debut"]`."""

    date = forms.DateField(
        label="Date",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={
            "required": "Choisissez une date.",
            "invalid": "Cette date ne se lit pas\u00a0: jj/mm/aaaa.",
        },
    )
    heure = forms.TimeField(
        label="Début",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
        error_messages={
            "required": "Choisissez une heure.",
            "invalid": "Cette heure ne se lit pas\u00a0: hh:mm.",
        },
    )
    fuseau = forms.ChoiceField(label="Heure de", choices=list(FUSEAUX.items()))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day, hour, fuseau = data.get("date"), data.get("heure"), data.get("fuseau")
        if day is None or hour is None or not fuseau:
            return data
        if day > timezone.localdate() + HORIZON:
            self.add_error("date", "Cette date est bien lointaine\u00a0: vérifiez l’année.")
            return data
        moment = datetime.combine(day, hour, ZoneInfo(fuseau))
        # There and back: the hour that does not exist when clocks change comes back as another.
        if moment.astimezone(UTC).astimezone(ZoneInfo(fuseau)).replace(tzinfo=None) != moment.replace(
            tzinfo=None
        ):
            self.add_error("heure", "Cette heure n’existe pas ce jour-là, à cause du changement d’heure.")
        else:
            data["debut"] = moment
        return data


class ReunionForm(MomentMixin):
    """What a meeting is: about what, when, where."""

    titre = forms.CharField(
        label="Objet de la réunion",
        max_length=160,
        error_messages={"required": "Dites en quelques mots à quoi sert cette réunion."},
    )
    duree_minutes = forms.TypedChoiceField(label="Durée prévue", choices=DUREES, coerce=int, initial=60)
    lieu = forms.CharField(
        label="Lieu",
        required=False,
        max_length=160,
        help_text="Une salle, une adresse\u00a0; laissez vide à distance.",
    )
    visio = forms.ChoiceField(
        label="Visioconférence", widget=forms.RadioSelect, initial=Visio.AUCUNE, required=False
    )
    lien_visio = forms.CharField(
        label="Adresse de la visioconférence",
        required=False,
        max_length=200,
        help_text="Pour «\u00a0une autre adresse\u00a0»\u00a0: elle commence par https://. Les autres sont créées pour vous.",
        widget=forms.URLInput,
    )
    suite_de = forms.TypedChoiceField(
        label="Fait suite à",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="Ce qui restera à faire de cette réunion ouvrira celle-ci.",
    )
    sur = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(
        self,
        *args: Any,
        reunion: Reunion | None = None,
        fuseau: str = "",
        precedentes: Sequence[Reunion] = (),
        **kwargs: Any,
    ) -> None:
        if reunion is not None:
            start = local(reunion.debut, reunion.fuseau)
            kwargs["initial"] = {
                "titre": reunion.titre,
                "date": start.date(),
                "heure": start.time(),
                "fuseau": reunion.fuseau,
                "duree_minutes": reunion.duree_minutes,
                "lieu": reunion.lieu,
                "visio": reunion.visio,
                "lien_visio": reunion.lien_visio if reunion.visio == Visio.AUTRE else "",
                "suite_de": reunion.suite_de_id,
                "sur": reunion.sequence,
            }
        super().__init__(*args, **kwargs)
        self.precedentes = {row.pk: row for row in precedentes}
        if precedentes:
            in_series = reunion is not None and reunion.serie_id is not None
            none = "La réunion précédente de la série" if in_series else "Aucune autre réunion"
            self.fields["suite_de"].choices = [  # type: ignore[attr-defined]
                ("", none),
                *((row.pk, f"{row.titre}, {say_day(row.debut_sur_place, year=True)}") for row in precedentes),
            ]
        else:
            del self.fields["suite_de"]
        kinds = offered()
        if reunion is not None:
            self._keep_unusual(reunion)
            kinds = [kind for kind in Visio if kind in kinds or kind == reunion.visio]
        elif fuseau:
            self.fields["fuseau"].initial = fuseau
        self.fields["visio"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def _keep_unusual(self, reunion: Reunion) -> None:
        """A length that the list does not have stays what it is."""
        if reunion.duree_minutes not in dict(DUREES):
            self.fields["duree_minutes"].choices = sorted(  # type: ignore[attr-defined]
                [*DUREES, (reunion.duree_minutes, f"{reunion.duree_minutes} minutes")]
            )

    def champs(self) -> dict[str, Any]:
        """What `plan_reunion` and `edit_reunion` take."""
        data = self.cleaned_data
        visio = data["visio"] or (Visio.AUTRE if data["lien_visio"] else Visio.AUCUNE)
        return {
            "titre": data["titre"],
            "debut": data["debut"],
            "fuseau": data["fuseau"],
            "duree_minutes": data["duree_minutes"],
            "lieu": data["lieu"],
            "visio": visio,
            "lien_visio": data["lien_visio"] if visio == Visio.AUTRE else "",
            **({"suite_de": self.precedentes.get(data["suite_de"])} if "suite_de" in data else {}),
        }


class InvitesForm(forms.Form):
    """Who is asked to come."""

    class Qui:
        COMMUNAUTE, ANIMATION, PERSONNES = "communaute", "animation", "personnes"

    qui = forms.ChoiceField(
        label="Qui est invité\u00a0?",
        widget=forms.RadioSelect,
        choices=[
            (Qui.COMMUNAUTE, "Toute la communauté"),
            (Qui.ANIMATION, "Les personnes qui l’animent"),
            (Qui.PERSONNES, "Seulement des personnes choisies"),
        ],
        initial=Qui.COMMUNAUTE,
        required=False,
    )
    personnes = LongTextField(
        label="Personnes invitées par leur nom",
        required=False,
        max_length=20_000,
        help_text="Une par ligne\u00a0: identifiant (@prenom-nom), nom complet ou adresse électronique.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    secretaire = forms.CharField(
        label="Secrétaire de séance",
        required=False,
        max_length=200,
        help_text="La personne qui confirme les décisions et rédige le compte rendu.",
    )
    exterieurs = LongTextField(
        label="Personnes sans compte",
        required=False,
        max_length=10_000,
        help_text="Une par ligne\u00a0: Prénom Nom <adresse>. Elles répondent par un lien personnel.",
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, auteur: Agent, communaute: Communaute | None, groupes: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auteur = auteur
        if communaute is None or not groupes:
            del self.fields["qui"]
        if communaute is None or not communaute.est_laboratoire or not groupes:
            del self.fields["exterieurs"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        named = named_in(data.get("personnes", ""), self.auteur)
        clerk = named_in(data.get("secretaire", ""), self.auteur)
        for name, found in (("personnes", named), ("secretaire", clerk)):
            if found.inconnus:
                self.add_error(name, f"Personne ne porte ce nom ici\u00a0: {', '.join(found.inconnus[:5])}.")
        guests, wrong = guests_in(data.get("exterieurs", ""))
        if wrong:
            self.add_error(
                "exterieurs", f"Ce n’est pas une adresse électronique\u00a0: {', '.join(wrong[:5])}."
            )
        data["invites"] = Invites(
            agents=tuple(named.agents),
            secretaires=tuple(clerk.agents),
            exterieurs=tuple(guests),
            toute_la_communaute=data.get("qui") == self.Qui.COMMUNAUTE,
            toute_l_animation=data.get("qui") == self.Qui.ANIMATION,
        )
        return data


class PointForm(forms.Form):
    """One point of the agenda. A row left empty is no point."""

    titre = forms.CharField(label="Point", required=False, max_length=200)
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        min_value=1,
        max_value=480,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    responsable = forms.CharField(
        label="Responsable",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = LongTextField(
        label="Précisions",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, auteur: Agent, point: PointOrdreDuJour | None = None, **kwargs: Any
    ) -> None:
        if point is not None:
            kwargs["initial"] = {
                "titre": point.titre,
                "minutes": point.minutes,
                "responsable": point.responsable.identifiant if point.responsable else "",
                "description": point.description,
            }
        super().__init__(*args, **kwargs)
        self.auteur = auteur

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        named = named_in(data.get("responsable") or "", self.auteur)
        if named.inconnus or len(named.agents) > 1:
            self.add_error("responsable", "Donnez l’identifiant d’une seule personne\u00a0: @prenom-nom.")
        data["qui"] = named.agents[0] if named.agents else None
        if not data.get("titre", "").strip() and (
            data.get("minutes") or data["qui"] or data.get("description")
        ):
            self.add_error("titre", "Dites de quoi il s’agit, ou videz cette ligne.")
        return data

    def projet(self) -> ProjetPoint:
        data = self.cleaned_data
        return ProjetPoint(
            data["titre"], data["qui"], data["minutes"], (data.get("description") or "").replace("\r\n", "\n")
        )


class _PointFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def projets(self) -> list[ProjetPoint]:
        """The points that were written, in the order of the rows."""
        return [form.projet() for form in self.forms if form.cleaned_data.get("titre", "").strip()]


PointFormSet = forms.formset_factory(
    PointForm, formset=_PointFormSet, extra=POINTS_VIDES, max_num=POINTS_MAX, absolute_max=POINTS_MAX + 10
)


class AnnulationForm(forms.Form):
    motif = LongTextField(
        label="Pourquoi\u00a0?",
        required=False,
        max_length=300,
        help_text="Les personnes invitées liront ce motif.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DoubleForm(MomentMixin):
    """When the copy of a meeting is to be."""

    def __init__(self, *args: Any, reunion: Reunion, **kwargs: Any) -> None:
        start = local(reunion.debut, reunion.fuseau)
        later = max(start.date(), timezone.localdate()) + timedelta(days=7)
        kwargs["initial"] = {"date": later, "heure": start.time(), "fuseau": reunion.fuseau}
        super().__init__(*args, **kwargs)


class DocumentForm(forms.Form):
    """A document of the community to prepare with."""

    document = forms.ModelChoiceField(
        label="Document de la communauté", queryset=None, empty_label="Choisir un document"
    )
    point = forms.ModelChoiceField(
        label="Pour", queryset=None, required=False, empty_label="Toute la réunion"
    )

    def __init__(self, *args: Any, documents: Any, points: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]
        self.fields["point"].queryset = points  # type: ignore[attr-defined]


class FichierForm(forms.Form):
    """A file to prepare with, for the meeting or a point."""

    fichier = forms.FileField(
        label="Fichier",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
    point = forms.ModelChoiceField(
        label="Pour", queryset=None, required=False, empty_label="Toute la réunion"
    )

    def __init__(self, *args: Any, points: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["point"].queryset = points  # type: ignore[attr-defined]


class ReponseForm(forms.Form):
    """Whether one comes, with a word if one likes."""

    reponse = forms.ChoiceField(
        label="Viendrez-vous\u00a0?",
        choices=[
            (Convive.Reponse.ACCEPTE, "Oui"),
            (Convive.Reponse.PEUT_ETRE, "Peut-être"),
            (Convive.Reponse.REFUSE, "Non"),
        ],
        error_messages={
            "required": "Choisissez une réponse.",
            "invalid_choice": "Choisissez une réponse.",
        },
    )
    commentaire = forms.CharField(
        label="Un mot pour la personne qui organise", max_length=300, required=False
    )
    sur = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)


class PreferencesForm(forms.Form):
    """Which e-mails and reminders of meetings one wants."""

    invitations = forms.BooleanField(
        label="Recevoir les invitations par courriel",
        required=False,
        help_text="Elles entrent dans votre agenda\u00a0; les changements et les annulations aussi.",
    )
    rappel_veille = forms.BooleanField(label="Me rappeler mes réunions la veille", required=False)
    rappel_quart = forms.BooleanField(
        label="Me rappeler mes réunions 15 minutes avant",
        required=False,
        help_text="Sur la plateforme et dans votre navigateur, si vous l’avez permis.",
    )
