"""Every setting of the office with its line: for the reference page and for ``mihariban office check``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mihariban.office.base.text import T
from mihariban.office.web.config import DATABASE_VARIABLE, FILE, Mail, OfficeConfig, Oidc, load_config

PREFIX = "MIHARIBAN_OFFICE_"
SECRET = ("database",)
"""May hold a password: never printed."""

LINES: dict[str, T] = {
    "database": T(
        "空なら DIR/office/office.db（SQLite）。PostgreSQL は postgresql://利用者@ホスト/名前",
        "Empty: DIR/office/office.db (SQLite). PostgreSQL: postgresql://user@host/name",
    ),
    "hosts": T(
        "職員が画面を開くときの名前（localhost のほか）", "Names by which clerks call the pages, beside localhost"
    ),
    "zone": T("日付と時刻の地域", "Time zone of dates and times"),
    "idle_minutes": T("操作がないとログアウトするまでの分", "Minutes without a click after which a login ends"),
    "failures": T("何回のまちがいでログインを止めるか", "Failures after which login is locked"),
    "lockout_minutes": T("ログインを止める分", "Minutes for which login is locked"),
    "oidc": T("市のシングルサインオン（なくてもよい）", "The city's single sign-on; may be left out"),
    "oidc.name": T("ログイン画面に出る名前", "Its name on the login page"),
    "oidc.server": T("発行者のアドレス（https）", "Address of the issuer (https)"),
    "oidc.client_id": T("このアプリの識別子", "Id of this application there"),
    "oidc.secret_file": T("秘密の値が入ったファイル", "File that holds the secret"),
    "oidc.ca_file": T(
        "発行者の証明書を出した CA（市独自のとき）", "CA of the issuer's certificate, where it is the city's own"
    ),
    "oidc.ask_again": T(
        "毎回パスワードを尋ねさせる（共用の画面では必要）",
        "Let it ask for the password each time; needed at a shared screen",
    ),
    "mail": T("保守業者と管理者へのメール（なくてもよい）", "Mail to vendors and the manager; may be left out"),
    "mail.host": T("送信サーバー", "Server for outgoing mail"),
    "mail.port": T("そのポート", "Its port"),
    "mail.sender": T("差出人のアドレス", "Address of the sender"),
}

ENVIRONMENT: dict[str, T] = {
    DATABASE_VARIABLE: T("database の代わり。ファイルより優先", "Instead of database; stands above the file"),
    "MIHARIBAN_LANG": T("コマンドの文の言語（ja, en）", "Language of the commands' sentences (ja, en)"),
    "TPM2TOOLS_TCTI": T("根鍵の TPM（録画装置）", "The TPM of the root key (recorder)"),
}

From = Literal["default", "file", "environment"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it stands. ``shown``: its value for people, never a password."""

    name: str
    shown: str
    told_by: From
    line: T


def fields(model: type[BaseModel] = OfficeConfig, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its full name; those of a table after the table."""
    for name, field in model.model_fields.items():
        yield prefix + name, field
        for table in (Oidc, Mail):
            if table in get_args(field.annotation):
                yield from fields(table, f"{prefix}{name}.")


def unknown_names(environment: Mapping[str, str] | None = None) -> list[str]:
    """Names in the environment that look like settings of the office and are none."""
    env = os.environ if environment is None else environment
    return sorted(name for name in env if name.startswith(PREFIX) and name not in ENVIRONMENT)


def settings_now(folder: Path, environment: Mapping[str, str] | None = None) -> list[Setting]:
    """Every setting of the office in ``folder`` as it stands.

    Raises:
        OfficeMisconfigured: one is wrong, or has a name that nobody knows.
    """
    import tomllib

    env = os.environ if environment is None else environment
    config = load_config(folder, env)
    path = folder / FILE
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = []
    for name, _ in fields():
        value, there = _value(config, name)
        by: From = "file" if _in(told, name) else "default"
        if name == "database" and DATABASE_VARIABLE in env:
            by = "environment"
        if there:
            found.append(Setting(name, _shown(name, value), by, LINES[name]))
    return found


def _value(config: BaseModel, name: str) -> tuple[Any, bool]:
    value: Any = config
    for part in name.split("."):
        if value is None:
            return None, False
        value = getattr(value, part)
    return value, True


def _in(told: Any, name: str) -> bool:
    for part in name.split("."):
        if not isinstance(told, dict) or part not in told:
            return False
        told = told[part]
    return True


def _shown(name: str, value: Any) -> str:
    if value is None or value in ((), ""):
        return "-"
    if name in SECRET:
        return "postgresql://…"
    if isinstance(value, BaseModel):
        return "[…]"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def settings_page() -> str:
    """The reference page."""
    lines = [
        "# Settings of the office\n",
        f"In `DIR/office/{FILE}` (TOML); the environment stands above it. A name that is not here is refused.",
        "`mihariban office check DIR` shows what holds and tries it.\n",
        "| setting | default | limits | English | 日本語 |",
        "|---|---|---|---|---|",
    ]
    for name, field in fields():
        default = "required" if field.is_required() else f"`{_default(field)}`"
        lines.append(f"| `{name}` | {default} | {_limits(field)} | {LINES[name].en} | {LINES[name].ja} |")
    lines += ["", "| environment | English | 日本語 |", "|---|---|---|"]
    lines += [f"| `{name}` | {line.en} | {line.ja} |" for name, line in ENVIRONMENT.items()]
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    value = field.get_default()
    return "-" if value is None or value in ((), "") else str(value)


def _limits(field: FieldInfo) -> str:
    parts = []
    for each in field.metadata:
        parts += [f"{word} {getattr(each, name)}" for name, word in (("ge", "≥"), ("le", "≤")) if hasattr(each, name)]
    return ", ".join(parts) or "-"
