"""The equipment of a new site with one camera, from a few words."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from mihariban.base.units import MIB, parse_size
from mihariban.policy import Site, load_policy, load_site


def describe_site(
    *,
    site_id: str,
    policy_file: Path,
    policy_site: str | None = None,
    source: str = "demo:",
    credentials: str | None = None,
    size: str | None = None,
    region_size: str | None = None,
    kbit_s: int = 3000,
) -> Site:
    """A site with one recorder and one camera.

    Raises:
        SiteInvalid: a value that a site file cannot take.
    """
    sites = [site.id for site in load_policy(policy_file).policy.sites]
    place = policy_site or (sites[0] if sites else None)
    if region_size is None and size is not None and _small(size):
        region_size = "4MiB"
    lines = [
        "[site]",
        _line("id", site_id),
        *([_line("policy_site", place)] if place else []),
        "[recorder]",
        _line("id", f"{site_id}-r1"),
        "[recorder.volume]",
        f"expected_kbit_s = {kbit_s}",
        *([_line("size", size)] if size else []),
        *([_line("region_size", region_size)] if region_size else []),
        "[[camera]]",
        'id = "cam1"',
        _line("source", source),
        *([_line("credentials", credentials)] if credentials else []),
        *_demo_zone(source),
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.toml"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_site(file)


def _line(name: str, value: str) -> str:
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"


def _small(size: str) -> bool:
    try:
        return parse_size(size) < 1024 * MIB
    except ValueError:
        return False  # the site file's own check says what is wrong


def _demo_zone(source: str) -> list[str]:
    if not source.startswith("demo:"):
        return []
    from mihariban.recorder.sources.demo import DEMO_ZONE

    return [f"zones = [{json.dumps([list(point) for point in DEMO_ZONE])}]"]
