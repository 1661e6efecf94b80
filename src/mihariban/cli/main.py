"""The entrance: finds a command's module by its name and turns errors into sentences and exit statuses."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys

import click

import mihariban
from mihariban import cli
from mihariban.base.errors import MiharibanError
from mihariban.base.logs import log_to_stderr
from mihariban.base.text import language_of

_NOT_COMMANDS = {"main"}


def command_names() -> list[str]:
    """Names of all commands, sorted: the public modules of this package. A trailing underscore keeps off keywords."""
    found = (module.name for module in pkgutil.iter_modules(cli.__path__))
    return sorted(name.rstrip("_") for name in found if name not in _NOT_COMMANDS and not name.startswith("_"))


class _Commands(click.Group):
    """Loads a command's module only when it is called, so that ``--help`` and short commands stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return command_names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
        if cmd_name not in command_names():
            return None
        module = importlib.import_module(f"mihariban.cli.{cmd_name}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"mihariban.cli.{cmd_name} has no command")
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(mihariban.__version__, prog_name="mihariban")
def root() -> None:
    """Mihariban 見張り番: a recorder and operations book for public-service kiosks."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 fine, 1 finding, 2 usage, else the status of the error's class."""
    log_to_stderr()
    os.umask(os.umask(0o022) | 0o022)  # whatever the shell says: nothing that a command makes is written by others
    try:
        result = root.main(arguments, standalone_mode=False)
    except MiharibanError as error:
        _tell(error)
        sys.exit(error.exit_status)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(result if isinstance(result, int) else 0)


def _tell(error: MiharibanError) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": error.as_json()}, ensure_ascii=False))
    print(f"mihariban: {error.code}: {error.text(language_of())}", file=sys.stderr)


if __name__ == "__main__":
    main()
