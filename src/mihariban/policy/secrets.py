"""Logins of cameras, recorder/secrets.toml: a file of its own, readable by the recorder's user alone."""

from __future__ import annotations

import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from mihariban.policy.errors import SecretsExposed, SecretsUnusable


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login; its password never shows in a repr."""

    user: str
    password: str = field(repr=False)


def load_secrets(path: Path) -> dict[str, Credentials]:
    """Every login of the file: ``[credentials.NAME]`` with ``user`` and ``password``.

    Raises:
        SecretsExposed: group or others may read the file.
        SecretsUnusable: missing, not TOML, or a login without user or password.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise SecretsExposed(file=path, mode=f"{mode:04o}")
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("credentials", {})
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SecretsUnusable(file=path, name="*", why_ja=why, why_en=why) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        # the message of the parser may quote the line, and with it the password
        raise SecretsUnusable(file=path, name="*", why_ja="TOML ではありません", why_en="it is not TOML") from None
    if not isinstance(tables, dict):
        raise SecretsUnusable(
            file=path, name="*", why_ja="[credentials.名前] がありません", why_en="no [credentials.NAME]"
        )
    return {name: _login(path, name, table) for name, table in tables.items()}


def credentials(path: Path, name: str) -> Credentials:
    """The login called ``name``.

    Raises:
        SecretsExposed, SecretsUnusable: as ``load_secrets``; also where the name is not there.
    """
    logins = load_secrets(path)
    if name not in logins:
        raise SecretsUnusable(
            file=path,
            name=name,
            why_ja=f"[credentials.{name}] がありません",
            why_en=f"there is no [credentials.{name}]",
        )
    return logins[name]


def _login(path: Path, name: str, table: object) -> Credentials:
    user, password = (table.get("user"), table.get("password")) if isinstance(table, dict) else (None, None)
    if not isinstance(user, str) or not isinstance(password, str) or not user:
        raise SecretsUnusable(
            file=path,
            name=name,
            why_ja="user と password を文字列で書きます",
            why_en="it needs user and password as strings",
        )
    return Credentials(user, password)
