"""The equipment of one site, DIR/site.toml: recorder, volume, cameras. The law is in the policy, the wiring is here."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from mihariban.base.files import is_folder
from mihariban.policy.doc import Identifier, Section, doc, refuse
from mihariban.policy.document import SITE, read_document, read_model
from mihariban.policy.site_camera import Camera, Limits
from mihariban.policy.site_fields import Polygon, ZoneName
from mihariban.policy.site_recorder import Notify, Recorder

__all__ = ["Camera", "Limits", "Notify", "Polygon", "Site", "dump_site", "load_site"]


class Place(Section):
    """The site itself."""

    id: Identifier = doc(..., "設置場所の識別名（全体で一意）。", "Id of the site, unique in a fleet.")
    name: str = doc("", "設置場所の名。", "Name of the site.")
    policy_site: Identifier | None = doc(None, "規則の中の設置場所。", "The site of the policy to which this belongs.")
    time_zone: ZoneName = doc("Asia/Tokyo", "時間帯。稼働時間はこの時刻で読む。", "Time zone in which hours are read.")


class Site(Section):
    """The whole file."""

    site: Place = doc(..., "設置場所。", "The site.")
    recorder: Recorder = doc(..., "記録装置。", "The recorder.")
    camera: tuple[Camera, ...] = doc((), "カメラ（ない場所もある）。", "Cameras; a kiosk may have none.")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the rule's hours are read."""
        return ZoneInfo(self.site.time_zone)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        seen: set[str] = set()
        for camera in self.camera:
            if camera.id in seen:
                raise refuse(
                    field="camera",
                    ja=f"カメラ「{camera.id}」が二度あります。",
                    en=f'The camera "{camera.id}" is there twice.',
                    do_ja="別の id にします",
                    do_en="give each its own id",
                )
            seen.add(camera.id)
        return self


def load_site(path: Path) -> Site:
    """Read a site file (or the ``site.toml`` of a site's directory).

    Raises:
        SiteUnreadable: no such file, or not UTF-8.
        SiteSyntax: not TOML.
        SiteInvalid: with every mistake and its line.
    """
    file = path / "site.toml" if is_folder(path) else path
    return read_model(read_document(file, SITE), Site)


def dump_site(site: Site) -> str:
    """The site as the text of a site file, every value that differs from its default."""
    lines = ["# 設備 / equipment. The rule is in policy.toml; passwords are in recorder/secrets.toml.", ""]
    lines += _table("site", site.site)
    lines += _table("recorder", site.recorder)
    for camera in site.camera:
        lines += _table("camera", camera, array=True)
    return "\n".join(lines)


def _table(name: str, section: Section, *, array: bool = False) -> list[str]:
    lines = [f"[[{name}]]" if array else f"[{name}]"]
    below: list[str] = []
    for field in type(section).model_fields:
        value = getattr(section, field)
        if field not in section.model_fields_set or value is None:
            continue
        if isinstance(value, Section):
            below += _table(f"{name}.{field}", value)
        else:
            lines.append(f"{field} = {_value(value)}")
    return [*lines, "", *below]


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
