"""Sites for tests: Saga's rule, one camera, a small ring."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mihariban.base.clock import TurnedClock, from_datetime
from mihariban.recorder.new_site import describe_site
from mihariban.recorder.site_folder import SiteFolder, create_site

JAPAN = ZoneInfo("Asia/Tokyo")
SAGA = Path(__file__).parents[2] / "policies" / "saga-kiosk-2016.toml"


def moment(text: str) -> int:
    """A local time in Japan such as "2026-11-24 08:30:00" as wall ns."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=JAPAN))


def make_site(path: Path, *, source: str = "none.mp4", size: str = "8MiB", wall: int = 0) -> SiteFolder:
    """A new site in ``path``."""
    site = describe_site(site_id="test", policy_file=SAGA, source=source, size=size, region_size="512KiB")
    return create_site(path, policy_file=SAGA, site=site, clock=TurnedClock(wall or moment("2026-11-24 08:00:00")))
