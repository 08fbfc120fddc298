"""Reading an organisation chart from a file, and bringing the database in line with it: all of it, or nothing."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import connection, transaction
from django.utils import timezone

from annuaire.models import Service, Territoire, TypeService
from annuaire.organisation.models import ADRESSE_MAX, CODE_MAX, HORAIRES_MAX, NOM_MAX, Entite
from annuaire.services import get_service, service_name
from plateforme.socle.journal import record

COLONNES = (
    "code", "nom", "type", "territoire", "parent", "adresse", "code_postal", "ville", "latitude", "longitude",
    "telephone", "courriel", "site", "horaires",
)  # fmt: skip
# What is told of a file that is wrong throughout.
ERREURS_DITES = 50
# Lines, and bytes, of one file: the whole State in its territories has some thousands.
LIGNES_MAX, OCTETS_MAX = 50_000, 20_000_000
LONGUEURS = {
    "code": CODE_MAX, "nom": NOM_MAX, "adresse": ADRESSE_MAX, "ville": 80, "telephone": 20, "courriel": 254,
    "site": 300, "horaires": HORAIRES_MAX,
}  # fmt: skip
TEXTES = ("adresse", "code_postal", "ville", "telephone", "courriel", "site", "horaires")
VALEURS = (*TEXTES, "latitude", "longitude")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .\u00a0]{4,18}")
_WEB = URLValidator(schemes=["https", "http"])


class FichierRefuse(Exception):
    """A file that cannot be imported: `erreurs`, each with its line."""

    def __init__(self, erreurs: list[str]) -> None:
        super().__init__(erreurs[0])
        self.erreurs = erreurs


@dataclass
class Bilan:
    """What an import changed, or would change."""

    ajouts: int = 0
    changements: int = 0
    inchangees: int = 0
    retraits: int = 0
    absentes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ligne:
    """One line of the file, checked but for what it is under."""

    numero: int
    code: str
    nom: str
    type: TypeService | None
    territoire: Territoire | None
    parent: str
    valeurs: dict[str, Any]


def read_chart(path: Path) -> list[Ligne]:
    """Read and check a CSV file: UTF-8, `;` or `,`, the columns `COLONNES` in any order, of which only `code` is needed.

    Raises `FichierRefuse` with all that is wrong. Reads kinds of service and territories: two queries.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= OCTETS_MAX else None
    except OSError as error:
        raise FichierRefuse([f"{path.name} : fichier illisible ({error.strerror})."]) from None
    if raw is None:
        raise FichierRefuse([f"{path.name} : fichier trop lourd, {OCTETS_MAX // 1_000_000} Mo au plus."])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FichierRefuse(
            [f"ligne {line} : le fichier n’est pas en UTF-8 (enregistrez-le en « CSV UTF-8 »)."]
        ) from None
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",", strict=True)
    errors: list[str] = []
    rows: list[Ligne] = []
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns)
        kinds = {kind.sigle: kind for kind in TypeService.objects.all()}
        places = {place.code: place for place in Territoire.objects.all()}
        for cells in reader:
            number = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                errors.append(f"ligne {number} : {len(cells)} colonnes au lieu de {len(columns)}.")
                continue
            if len(rows) >= LIGNES_MAX:
                raise FichierRefuse([f"ligne {number} : {LIGNES_MAX} lignes au plus."])
            row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
            wrong, line = _read_line(number, row, kinds, places)
            errors += [f"ligne {number} : {error}" for error in wrong]
            if line is not None:
                rows.append(line)
    except csv.Error as error:
        raise FichierRefuse([*errors, f"ligne {reader.line_num} : ce n’est pas du CSV ({error})."]) from None
    errors += _check_together(rows)
    if not rows and not errors:
        errors.append("ligne 1 : le fichier ne contient aucune entité.")
    if errors:
        raise FichierRefuse(errors)
    return rows


def import_chart(lignes: Iterable[Ligne], *, retirer: bool = False, essai: bool = False) -> Bilan:
    """Bring the chart in line with the file. Run again, changes nothing; two at once wait for one another.

    `retirer`: take off what the file no longer names; `essai`: say what would change, and change nothing. Raises
    `FichierRefuse` for a parent that nothing names, or a circle.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('organisation.import'))")
        bilan = _align(list(lignes), retirer=retirer)
        transaction.set_rollback(essai)
    return bilan


def _align(lignes: list[Ligne], *, retirer: bool) -> Bilan:
    known = {row.code: row for row in Entite.objects.select_related("parent", "service")}
    named = {ligne.code for ligne in lignes}
    gone = sorted(known.keys() - named)
    kept = {
        code: row.parent.code if row.parent else ""
        for code, row in known.items()
        if not retirer or code in named
    }
    _check_places(lignes, kept | {ligne.code: ligne.parent for ligne in lignes})
    services = _services_of(lignes, [] if retirer else [known[code] for code in gone])
    bilan = Bilan(absentes=gone, retraits=len(gone) if retirer else 0)
    if retirer:
        Entite.objects.filter(code__in=gone).delete()
    now = timezone.now()
    new, changed = [], []
    ranks: dict[str, int] = {}
    for ligne in lignes:
        ranks[ligne.parent] = ranks.get(ligne.parent, 0) + 1
        service = services.get(ligne.code)
        values = {
            **ligne.valeurs,
            "nom": ligne.nom,
            "service_id": service.pk if service else None,
            "ordre": ranks[ligne.parent],
        }
        row = known.get(ligne.code)
        if row is None:
            new.append(Entite(code=ligne.code, importe_le=now, **values))
        elif kept[ligne.code] != ligne.parent or any(
            getattr(row, name) != value for name, value in values.items()
        ):
            for name, value in {**values, "importe_le": now}.items():
                setattr(row, name, value)
            changed.append(row)
    bilan.ajouts, bilan.changements = len(new), len(changed)
    bilan.inchangees = len(lignes) - len(new) - len(changed)
    _write(new, changed, {ligne.code: ligne.parent for ligne in lignes})
    if new or changed or bilan.retraits:
        record(
            None,
            "organisation.import",
            Entite.objects.get(code=lignes[0].code),
            ajouts=bilan.ajouts,
            changements=bilan.changements,
            retraits=bilan.retraits,
        )
    return bilan


def _write(new: list[Entite], changed: list[Entite], parents: Mapping[str, str]) -> None:
    """First all the boxes, then what each is under: a line may come before that of its parent."""
    # A service that goes from one box to another is free meanwhile.
    Entite.objects.filter(pk__in=[row.pk for row in changed]).update(service=None)
    Entite.objects.bulk_create(new, batch_size=500)
    numbers = dict(Entite.objects.values_list("code", "pk"))
    for row in (*new, *changed):
        row.parent_id = numbers.get(parents[row.code])
    Entite.objects.bulk_update(new, ["parent"], batch_size=500)
    Entite.objects.bulk_update(
        changed, ["parent", "service", "nom", "ordre", "importe_le", *VALEURS], batch_size=500
    )


def _services_of(lignes: list[Ligne], others: Iterable[Entite]) -> dict[str, Service]:
    """By code, the service that a line is, made when nobody has named it yet. `others`: boxes that stay though the file
    does not name them. Raises `FichierRefuse` for a service that one of these is."""
    known = {(row.type_id, row.territoire_id): row for row in Service.objects.all()}
    taken = {row.service_id: row.code for row in others if row.service_id}
    found, errors = {}, []
    for ligne in lignes:
        if ligne.type is None or ligne.territoire is None:
            continue
        service = known.get((ligne.type.pk, ligne.territoire.pk)) or get_service(ligne.type, ligne.territoire)
        if service.pk in taken:
            errors.append(
                f"ligne {ligne.numero} : {service.nom} est déjà l’entité « {taken[service.pk]} », que le fichier ne nomme "
                "pas. Reprenez son code, ou retirez les entités absentes."
            )
        found[ligne.code] = service
    if errors:
        raise FichierRefuse(errors)
    return found


def _check_places(lignes: list[Ligne], parents: Mapping[str, str]) -> None:
    """Raise `FichierRefuse` for a parent that nothing names, and for each circle. `parents`: what each box would be
    under, those that the file does not name too."""
    numbers = {ligne.code: ligne.numero for ligne in lignes}
    errors = [
        f"ligne {ligne.numero} : le parent « {ligne.parent} » n’existe ni dans le fichier, ni parmi les entités importées."
        for ligne in lignes
        if ligne.parent and ligne.parent not in parents
    ]
    done: set[str] = set()
    for code in numbers:
        path: dict[str, None] = {}
        while code and code in parents and code not in done and code not in path:
            path[code] = None
            code = parents[code]
        if code in path:
            circle = list(path)[list(path).index(code) :]
            line = min(numbers[name] for name in circle if name in numbers)
            errors.append(
                f"ligne {line} : en boucle, chacune sous la suivante : {' › '.join([*circle, code])}."
            )
        done |= path.keys()
    if errors:
        raise FichierRefuse(errors)


def _check_columns(columns: list[str]) -> None:
    errors = []
    if "code" not in columns:
        errors.append("ligne 1 : il manque la colonne « code ».")
    unknown = [name for name in columns if name not in COLONNES]
    if unknown:
        errors.append(
            f"ligne 1 : colonnes inconnues : {', '.join(unknown)}. Colonnes possibles : {', '.join(COLONNES)}."
        )
    if len(set(columns)) < len(columns):
        errors.append("ligne 1 : une colonne est écrite deux fois.")
    if errors:
        raise FichierRefuse(errors)


def _read_line(
    number: int, row: dict[str, str], kinds: Mapping[str, TypeService], places: Mapping[str, Territoire]
) -> tuple[list[str], Ligne | None]:
    """One line, and what is wrong with it."""
    errors = [
        f"« {name} » dépasse {limit} caractères."
        for name, limit in LONGUEURS.items()
        if len(row.get(name, "")) > limit
    ]
    if any("\x00" in cell for cell in row.values()):
        errors.append("un caractère nul s’y trouve.")
    code = row["code"]
    if not code:
        errors.append("le code manque.")
    if row.get("parent") and row["parent"] == code:
        errors.append("cette entité est sa propre parente.")
    sigle, place = row.get("type", ""), row.get("territoire", "")
    kind, territoire = kinds.get(sigle), places.get(place)
    if bool(sigle) != bool(place):
        errors.append("un service a un type et un territoire : l’un des deux manque.")
    if sigle and kind is None:
        errors.append(f"le type de service « {sigle} » n’existe pas.")
    if place and territoire is None:
        errors.append(f"le territoire « {place} » n’existe pas.")
    nom = row.get("nom", "")
    if not nom and not (sigle and place):
        errors.append("le nom manque.")
    values: dict[str, Any] = {name: row.get(name, "") for name in TEXTES}
    if values["code_postal"] and not re.fullmatch(r"[0-9]{5}", values["code_postal"]):
        errors.append(f"le code postal « {values['code_postal'][:20]} » n’a pas cinq chiffres.")
    if values["telephone"] and not _TELEPHONE.fullmatch(values["telephone"]):
        errors.append(f"le téléphone « {values['telephone'][:30]} » n’est pas un numéro.")
    for name, check, said in (
        ("courriel", validate_email, "une adresse"),
        ("site", _WEB, "une adresse https"),
    ):
        try:
            if values[name]:
                check(values[name])
        except ValidationError:
            errors.append(f"« {values[name][:60]} » n’est pas {said} ({name}).")
    wrong, position = _read_position(row.get("latitude", ""), row.get("longitude", ""))
    errors += wrong
    if errors:
        return errors, None
    if not nom and kind is not None and territoire is not None:
        nom = service_name(kind, territoire)
    return [], Ligne(number, code, nom, kind, territoire, row.get("parent", ""), values | position)


def _read_position(latitude: str, longitude: str) -> tuple[list[str], dict[str, Decimal | None]]:
    if not latitude and not longitude:
        return [], {"latitude": None, "longitude": None}
    try:
        found = {
            name: Decimal(text.replace(",", ".")).quantize(Decimal("0.000001"))
            for name, text in (("latitude", latitude), ("longitude", longitude))
        }
        # « nan » is a decimal that compares with none.
        if not all(degrees.is_finite() for degrees in found.values()):
            raise InvalidOperation
    except InvalidOperation:
        return ["latitude et longitude sont deux nombres de degrés, ou restent vides."], {}
    if not (-90 <= found["latitude"] <= 90 and -180 <= found["longitude"] <= 180):
        return ["latitude et longitude ne sont pas sur la Terre."], {}
    return [], dict(found)


def _check_together(lignes: list[Ligne]) -> list[str]:
    """What lines say of one another: a code, or a service, is that of one line."""
    errors, codes, services = [], {}, {}
    for ligne in lignes:
        if ligne.code in codes:
            errors.append(
                f"ligne {ligne.numero} : le code « {ligne.code} » est déjà celui de la ligne {codes[ligne.code]}."
            )
        codes.setdefault(ligne.code, ligne.numero)
        if ligne.type is not None and ligne.territoire is not None:
            key = (ligne.type.pk, ligne.territoire.pk)
            if key in services:
                errors.append(
                    f"ligne {ligne.numero} : ce service est déjà celui de la ligne {services[key]}."
                )
            services.setdefault(key, ligne.numero)
    return errors
