"""``mihariban init``: a new site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.cli._common import NEW_FOLDER, growing

if TYPE_CHECKING:
    from mihariban.base.clock import Clock
    from mihariban.policy import Site


@click.command()
@NEW_FOLDER
@click.option("--policy", "policy_file", required=True, type=click.Path(path_type=Path), help="The rule (TOML).")
@click.option("--site", "site_file", type=click.Path(path_type=Path), help="The equipment (TOML), instead of options.")
@click.option("--id", "site_id", default=None, help="Id of the site, unique in a fleet [folder's name].")
@click.option("--source", default="demo:", show_default=True, help="The camera: rtsp://…, v4l2:…, demo:, or a file.")
@click.option("--credentials", default=None, help="Name of the camera's login in recorder/secrets.toml.")
@click.option("--size", default=None, help="Size of the ring (such as 2TB) [from the rule's hours and the bit rate].")
@click.option("--region-size", default=None, help="Size of a region [16MiB].")
@click.option("--kbit-s", type=int, default=3000, show_default=True, help="Expected bit rate of a camera.")
@click.option("--policy-site", default=None, help="The site of the rule, where it names several [the first].")
@click.option("--allow-cow", is_flag=True, help="Trial sites only: accept a file system that copies on write (E0).")
def command(
    directory: Path,
    policy_file: Path,
    site_file: Path | None,
    site_id: str | None,
    source: str,
    credentials: str | None,
    size: str | None,
    region_size: str | None,
    kbit_s: int,
    policy_site: str | None,
    allow_cow: bool,
) -> None:
    """Make a new site in DIR: keys, a ring written once from end to end, the books of recorder and office."""
    from mihariban.base.clock import SystemClock
    from mihariban.policy import load_site
    from mihariban.recorder.new_site import describe_site
    from mihariban.recorder.site_clock import keep_clock, new_site_clock
    from mihariban.recorder.site_folder import create_site

    site = (
        load_site(site_file)
        if site_file is not None
        else describe_site(
            site_id=site_id or directory.resolve().name,
            policy_file=policy_file,
            policy_site=policy_site,
            source=source,
            credentials=credentials,
            size=size,
            region_size=region_size,
            kbit_s=kbit_s,
        )
    )
    clock = new_site_clock(site, policy_file, SystemClock())
    with growing("ring.vol") as progress:
        create_site(directory, policy_file=policy_file, site=site, clock=clock, progress=progress, allow_cow=allow_cow)
    _office(directory, site, clock)
    keep_clock(directory, clock)
    print(f"{directory}: site {site.site.id}, recorder {site.recorder.id}, cameras: {len(site.camera)}")


def _office(directory: Path, site: Site, clock: Clock) -> None:
    """The office's book and keys beside the recorder's, each told the other's public keys."""
    import socket

    from mihariban.base.clock import SystemClock
    from mihariban.office.book import OfficeBook
    from mihariban.office.trust import trust
    from mihariban.recorder.api.tls import lay_certificates

    office, recorder = directory / "office", directory / "recorder"
    OfficeBook.create(office, name=f"mihariban/{site.site.id}/office", clock=clock).close()
    party = trust(recorder, office, site=site.site.id, recorder=site.recorder.id)
    hosts = {socket.gethostname(), "localhost", "127.0.0.1"}
    if site.recorder.door.address is not None:
        hosts.add(site.recorder.door.address[0])
    name, wall = site.site.id, SystemClock().wall()  # browsers look at certificates on the machine's time
    lay_certificates(recorder / "tls", office / "tls", name=name, wall=wall, hosts=sorted(hosts))
    print(f"key of the recorder's ledger (keep it on paper): {party.keys.ledger.text()}")
