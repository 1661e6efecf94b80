"""``mihariban office``: the office's pages, until it is told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihariban.cli._common import FOLDER, JSON, console

if TYPE_CHECKING:
    from mihariban.base.clock import Clock


class _Office(click.Group):
    """``mihariban office DIR`` serves; ``mihariban office check DIR`` looks at the settings."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Office)
def command() -> None:
    """The office's pages: mihariban office DIR [--host …] [--port …]; its settings: mihariban office check DIR."""


@command.command()
@FOLDER
@JSON
def check(directory: Path, as_json: bool) -> int:
    """Show every setting of the office in DIR, refuse unknown ones, and try database, certificate and files.

    Exit status 0: it can start. 1: something would not work. 121: a setting is wrong.
    """
    from mihariban.cli._office_check import show
    from mihariban.recorder.site_folder import require_part

    require_part(directory, "office")
    return show(directory, as_json=as_json)


@command.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8443, show_default=True, type=int, help="Port to listen on (TLS).")
def serve(directory: Path, host: str, port: int) -> None:
    """Serve the office of the site in DIR over TLS: brings its database up to date first."""
    from mihariban.base.process import keep_to_itself
    from mihariban.office.web.logs import log_as_lines
    from mihariban.recorder.site_clock import running_clock, told
    from mihariban.recorder.site_folder import require_part

    require_part(directory, "office")
    keep_to_itself()
    log_as_lines()
    files = web_certificate(directory, host)
    with running_clock(directory) as clock:
        sentence = told(directory, clock)
        _open(directory / "office", clock, real=not sentence)
        if sentence:
            console().print(sentence)
        _serve(directory, files, host, port)


def _open(folder: Path, clock: Clock, *, real: bool) -> None:
    from mihariban.base.ntp import quality
    from mihariban.office.base.ledger import open_book
    from mihariban.office.web.setup import configure, migrate

    configure(folder, clock)
    migrate("default")
    open_book(quality if real else lambda: "unknown")


def _serve(directory: Path, files: tuple[Path, Path], host: str, port: int) -> None:
    import uvicorn

    from mihariban.office.web.asgi import Application
    from mihariban.office.web.background import background

    config = uvicorn.Config(
        Application(),
        host=host,
        port=port,
        ssl_certfile=str(files[0]),
        ssl_keyfile=str(files[1]),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    console().print(f"office: https://{host}:{port}/ (certificates: {directory / 'office' / 'tls' / 'ca.pem'})")
    _tell_first_step(directory / "office", f"https://{host}:{port}")
    with background():
        uvicorn.Server(config).run()


def _tell_first_step(folder: Path, address: str) -> None:
    """Where nobody has an account yet: how the first one is made."""
    from mihariban.office.people.setup import is_untouched
    from mihariban.office.wizard.code import set_up_code

    if is_untouched():
        console().print(f"nobody has an account yet: open {address}/wizard/begin/ and type {set_up_code(folder)}")


def web_certificate(directory: Path, host: str) -> tuple[Path, Path]:
    """Certificate and key of the pages, signed by the site's CA; made anew where it does not name what the office is
    called by, or ends within 30 days.

    Raises:
        LedgerMissing: there is no office with a CA.
    """
    import socket

    from mihariban.base.clock import SystemClock
    from mihariban.ledger.errors import LedgerMissing
    from mihariban.office.web.config import load_config
    from mihariban.recorder.api.tls import Files, issue, still_good

    folder = directory / "office" / "tls"
    ca = Files(folder / "ca.pem", folder / "ca.key")
    if not ca.certificate.exists():
        raise LedgerMissing(path=folder, why="no ca.pem: make the site with mihariban init")
    named = {"localhost", "127.0.0.1", socket.gethostname(), *load_config(directory / "office").hosts}
    hosts = sorted(named | ({host} - {"0.0.0.0", "::"}))  # noqa: S104  # names none of them
    files, wall = Files(folder / "web.pem", folder / "web.key"), SystemClock().wall()
    if not still_good(files, hosts, wall):
        issue(ca, folder, name="web", role="web", wall=wall, hosts=hosts)
    return files.certificate, files.key
