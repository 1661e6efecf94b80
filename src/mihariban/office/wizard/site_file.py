"""DIR/site.toml: read for the wizard, and written with another zone, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from mihariban.base.files import write_private
from mihariban.office.base.errors import ChangedMeanwhile, NotThere
from mihariban.office.wizard.errors import ZoneUnsound
from mihariban.policy import Camera, Site, dump_site, load_site
from mihariban.policy.site import Polygon

NAME = "site.toml"
MOST_CORNERS = 24


@dataclass(frozen=True, slots=True)
class SiteFile:
    """The file as it was read. ``digest``: of its bytes."""

    path: Path
    site: Site
    digest: str

    def camera(self, name: str) -> Camera:
        """A camera of it.

        Raises:
            NotThere: the file names none such.
        """
        found = next((each for each in self.site.camera if each.id == name), None)
        if found is None:
            raise NotThere(what_ja=f"設備ファイルのカメラ {name} ", what_en=f"The camera {name} of the site file")
        return found


def site_path() -> Path:
    """Where the file lies: beside the office's folder."""
    return Path(settings.OFFICE_FOLDER).parent / NAME


def read_site_file() -> SiteFile | None:
    """The file, or None where the recorder lives on another machine.

    Raises:
        InputError: it is there and cannot be read.
    """
    path = site_path()
    if not path.exists():
        return None
    data = path.read_bytes()
    return SiteFile(path, load_site(path), sha256(data).hexdigest())


def with_zone(found: SiteFile, camera: str, polygon: Polygon) -> Site:
    """The site with ``polygon`` as the first zone of a camera; its other zones stay."""
    old = found.camera(camera)
    told = {**old.model_dump(exclude_unset=True), "zones": (polygon, *old.zones[1:])}
    new = Camera.model_validate(told)
    return found.site.model_copy(update={"camera": tuple(new if each is old else each for each in found.site.camera)})


def write_site(found: SiteFile, site: Site) -> None:
    """Replace the file where it is still the one that was read; that one stays beside it as ``site.toml.before``, with
    its remarks.

    Raises:
        ChangedMeanwhile: somebody edited it.
        OSError: it cannot be written; the old one is whole.
    """
    before = found.path.read_bytes()
    if sha256(before).hexdigest() != found.digest:
        raise ChangedMeanwhile(what_ja="設備ファイル（site.toml）", what_en="The site file (site.toml)")
    write_private(found.path.with_name(f"{NAME}.before"), before)
    write_private(found.path, dump_site(site).encode())


def checked_polygon(corners: list[tuple[float, float]]) -> Polygon:
    """Corners as fractions of the picture.

    Raises:
        ZoneUnsound: too few or too many, outside of the picture, without area, or its sides cross.
    """
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise ZoneUnsound(
            why_ja=f"角は3つから{MOST_CORNERS}までにしてください。",
            why_en=f"Give 3 to {MOST_CORNERS} corners.",
        )
    if any(not 0 <= each <= 1 for corner in corners for each in corner):
        raise ZoneUnsound(
            why_ja="角の位置は0から100までの数にしてください。", why_en="Corners lie between 0 and 100 percent."
        )
    if _crosses(corners):
        raise ZoneUnsound(
            why_ja="線が交わっています。角を順に並べ直してください。",
            why_en="Its sides cross. Put the corners in order.",
        )
    if _area(corners) < 0.001:
        raise ZoneUnsound(why_ja="小さすぎます。広げてください。", why_en="It is too small. Make it larger.")
    return tuple(corners)


def _area(corners: list[tuple[float, float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(corners))) / 2


Side = tuple[tuple[float, float], tuple[float, float]]


def _sides(corners: list[tuple[float, float]]) -> list[Side]:
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _crosses(corners: list[tuple[float, float]]) -> bool:
    sides = _sides(corners)
    return any(
        _cross(sides[i], sides[j])
        for i in range(len(sides))
        for j in range(i + 2, len(sides))
        if (i, j) != (0, len(sides) - 1)
    )


def _cross(one: Side, other: Side) -> bool:
    def turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
