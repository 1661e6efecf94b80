"""Write the generated reference pages, or with ``--check`` fail where one has drifted or a thing lacks its line."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

import click
import django

import mihariban
from mihariban.base.errors import BRANCHES, MiharibanError, all_errors
from mihariban.cli.main import root

SHARED_STATUS = 121
"""Of errors that a browser shows: no shell ever tells them apart, and statuses are few."""

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
_HEAD = "<!-- Written by `make docs` from the code; changes here are lost. -->\n\n"


def load_everything() -> None:
    """Import every module, so that every error class and command is known. The office's models want Django set up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mihariban.office.web.plain")
    django.setup()
    for module in pkgutil.walk_packages(mihariban.__path__, "mihariban."):
        importlib.import_module(module.name)


def errors_page() -> str:
    """All errors with code, exit status and both sentences."""
    lines = [
        "# Errors\n",
        "Each class has a stable code and its own exit status. 0 is fine, 1 a finding, 2 wrong usage.\n",
        "| code | exit | class | English | 日本語 |",
        "|---|---|---|---|---|",
    ]
    lines.extend(
        f"| {error.code} | {error.exit_status} | `{error.__name__}` | {_cell(error.en)} | {_cell(error.ja)} |"
        for error in sorted(set(all_errors()), key=lambda each: each.code)
    )
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The help of every command, as the command line prints it."""
    parts = ["# Commands\n"]
    context = click.Context(root, info_name="mihariban")
    parts.append(_help(root, context))
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(f"## mihariban {name}\n\n{_help(command, inner)}")
        if isinstance(command, click.Group):
            for child in command.list_commands(inner):
                leaf = command.get_command(inner, child)
                if leaf is not None:
                    leaf_context = click.Context(leaf, info_name=child, parent=inner)
                    parts.append(f"### mihariban {name} {child}\n\n{_help(leaf, leaf_context)}")
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> str:
    context.max_content_width = 100
    context.terminal_width = 100
    return f"```text\n{command.get_help(context).rstrip()}\n```\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def policy_page() -> str:
    """Every field of the policy file."""
    reference: Callable[[], str] = importlib.import_module("mihariban.policy").reference
    return reference()


def tags_page() -> str:
    """Every tag of the ledger."""
    page: Callable[[], str] = importlib.import_module("mihariban.ledger.sentences").tags_page
    return page()


def settings_page() -> str:
    """Every setting of the office."""
    page: Callable[[], str] = importlib.import_module("mihariban.office.web.settings_page").settings_page
    return page()


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "errors.md": errors_page,
    "ledger-tags.md": tags_page,
    "policy.md": policy_page,
    "settings.md": settings_page,
}


def _is_shown_in_a_browser(error: type[MiharibanError]) -> bool:
    """The office's errors become pages; a program that starts the office needs one exit status for all of them."""
    return error.__module__.startswith("mihariban.office.") and error.exit_status == SHARED_STATUS


def findings() -> list[str]:
    """What is wrong with codes and pages; empty when all is well."""
    found: list[str] = []
    errors = sorted(set(all_errors()), key=lambda each: each.__qualname__)
    for attribute in ("code", "exit_status"):
        seen: dict[object, type[MiharibanError]] = {}
        for error in errors:
            value = getattr(error, attribute)
            if attribute == "exit_status" and _is_shown_in_a_browser(error):
                continue
            if attribute not in vars(error):
                found.append(f"{error.__qualname__} has no {attribute} of its own")
            elif value in seen and value != SHARED_STATUS:
                found.append(f"{error.__qualname__} and {seen[value].__qualname__} share {attribute} {value}")
            seen[value] = error
    found.extend(f"{branch.__name__} must not carry a code" for branch in BRANCHES if "code" in vars(branch))
    found.extend(importlib.import_module("mihariban.ledger.sentences").findings())
    for name, page in PAGES.items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != _HEAD + page():
            found.append(f"docs/reference/{name} has drifted: run make docs")
    return found


def main() -> int:
    """Write the pages, or check them."""
    load_everything()
    if "--check" in sys.argv:
        found = findings()
        for line in found:
            print(f"docs: {line}", file=sys.stderr)
        return 1 if found else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(_HEAD + page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
