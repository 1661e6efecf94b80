"""What an administrator may set: DIR/office/office.toml, and the environment above it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mihariban.office.base.errors import OfficeMisconfigured

FILE = "office.toml"
DATABASE_VARIABLE = "MIHARIBAN_OFFICE_DATABASE"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Oidc(_Strict):
    """Single sign-on of the city (OpenID Connect).

    ``server``: the issuer. ``ca_file``: certificate of the CA that signed the issuer's, where it is the city's own.
    ``ask_again``: the provider asks for the password each time; without it who comes to a shared screen second may be
    logged in as who left it.
    """

    name: str
    server: Annotated[str, Field(pattern="^https://")]
    client_id: str
    secret_file: Path
    ca_file: Path | None = None
    ask_again: bool = True


class Mail(_Strict):
    """Where mail goes out: to vendors about faults, to the manager about keys."""

    host: str
    port: int = 25
    sender: str


class OfficeConfig(_Strict):
    """The office's settings.

    ``database``: empty for SQLite in the office's folder, or ``postgresql://…``. ``hosts``: names under which clerks
    call the office, beside localhost. ``idle_minutes``: after how long without a click a session ends.
    """

    database: Annotated[str, Field(pattern="^($|postgres(ql)?://)")] = ""
    hosts: tuple[str, ...] = ()
    zone: str = "Asia/Tokyo"
    idle_minutes: Annotated[int, Field(ge=1, le=480)] = 15
    failures: Annotated[int, Field(ge=3, le=20)] = 5
    lockout_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    oidc: Oidc | None = None
    mail: Mail | None = None


def load_config(folder: Path, environment: Mapping[str, str] | None = None) -> OfficeConfig:
    """The settings of the office in ``folder``.

    Raises:
        OfficeMisconfigured: the file or the environment says something wrong.
    """
    env = os.environ if environment is None else environment
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if DATABASE_VARIABLE in env:
            told["database"] = env[DATABASE_VARIABLE]
        return OfficeConfig.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]  # never the value: it may be a password
        where = ".".join(map(str, first["loc"])) or FILE
        raise OfficeMisconfigured(where=where, why=first["msg"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise OfficeMisconfigured(where=str(path), why=str(error)) from error
