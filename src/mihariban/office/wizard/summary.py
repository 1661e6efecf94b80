"""What was set up, on one page: read, printed and signed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256

from mihariban.ledger.canonical import Json, encode
from mihariban.office.base.dates import today
from mihariban.office.people.models import Designation, Holding, in_force
from mihariban.office.people.setup import section
from mihariban.office.sites.models import Kiosk
from mihariban.office.wizard.models import CameraMark, FloorPlan
from mihariban.office.wizard.site_file import read_site_file


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the summary. ``what``: name of the post, or a role."""

    name: str
    organisation: str
    what: str
    first: str
    last: str
    document: str
    username: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A camera on the plan."""

    camera: str
    x: float
    y: float
    direction: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All of it. ``zones``: of each camera, corners as ``x,y`` in thousandths of the picture, for an SVG."""

    section: str
    posts: list[Member]
    roles: list[Member]
    kiosks: list[tuple[str, str, str]]
    zones: list[tuple[str, list[str]]]
    plan: str
    placed: list[Placed]


def summary() -> Summary:
    """As it is now. A constant number of queries."""
    plan = FloorPlan.objects.order_by("-pk").first()
    marks = CameraMark.objects.filter(plan=plan).select_related("camera").order_by("camera__camera") if plan else []
    found = read_site_file()
    cameras = found.site.camera if found else ()
    force = in_force(today())
    held = Holding.objects.filter(force).select_related("person", "person__user")
    designated = Designation.objects.filter(force).select_related("person", "person__user")
    return Summary(
        section(),
        [_held(row) for row in held.select_related("post").order_by("post__rank", "pk")],
        [_designated(row) for row in designated.order_by("role", "pk")],
        [(row.pk, row.name, row.place) for row in Kiosk.objects.order_by("pk")],
        [(each.id, [svg_points(zone) for zone in each.zones]) for each in cameras],
        plan.sha256 if plan else "",
        [Placed(each.camera.camera, each.x, each.y, each.direction) for each in marks],
    )


def digest(told: Summary) -> str:
    """SHA-256 of the summary in the ledger's canonical JSON, hexadecimal; numbers as text."""
    return sha256(encode({"summary": _plain(asdict(told))})).hexdigest()


def svg_points(zone: tuple[tuple[float, float], ...]) -> str:
    """Corners for an SVG of 1000 by 1000."""
    return " ".join(f"{x * 1000:.0f},{y * 1000:.0f}" for x, y in zone)


def _held(row: Holding) -> Member:
    return _member(row, row.post.name)


def _designated(row: Designation) -> Member:
    return _member(row, row.role)


def _member(row: Holding | Designation, what: str) -> Member:
    user = getattr(row.person, "user", None)
    last = row.last.isoformat() if row.last else ""
    username = user.username if user else ""
    return Member(row.person.name, row.person.organisation, what, row.first.isoformat(), last, row.document, username)


def _plain(value: object) -> Json:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return f"{value:.6f}" if isinstance(value, float) else str(value)
