"""What an administrator may set."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.office.base.errors import OfficeMisconfigured
from mihariban.office.web.config import DATABASE_VARIABLE, load_config
from mihariban.office.web.settings import database, settings_for
from tests.support.office_web import COST


def test_nothing_set_is_sqlite_and_a_quarter_of_an_hour(tmp_path: Path) -> None:
    """The key of the sessions is made once, for its owner alone."""
    made = settings_for(tmp_path, load_config(tmp_path, {}))
    assert made["DATABASES"]["default"]["ENGINE"] == "mihariban.office.base.sqlite_backend"
    assert made["OFFICE_CONFIG"].idle_minutes == 15
    assert (tmp_path / "web.key").stat().st_mode & 0o777 == 0o600
    assert settings_for(tmp_path, load_config(tmp_path, {}))["SECRET_KEY"] == made["SECRET_KEY"]


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    """PostgreSQL by one setting."""
    (tmp_path / "office.toml").write_text('database = "postgresql://a/b"\nhosts = ["office.example"]\n')
    config = load_config(tmp_path, {DATABASE_VARIABLE: "postgresql://u:p@h:5/d?sslmode=require"})
    made = database(tmp_path, config)
    assert (made["NAME"], made["USER"], made["PASSWORD"], made["HOST"], made["PORT"]) == ("d", "u", "p", "h", "5")
    assert made["OPTIONS"] == {"sslmode": "require"}
    assert "office.example" in settings_for(tmp_path, config)["ALLOWED_HOSTS"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("idle_minutes = 0", "idle_minutes"),
        ("idle_minute = 5", "idle_minute"),
        ('database = "mysql://secret@x/y"', "database"),
        ('[oidc]\nname = "x"\nserver = "http://x"\nclient_id = "c"\nsecret_file = "s"', "oidc.server"),
        ("not toml", "office.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, where: str) -> None:
    """And its value, which may be a password, is not."""
    (tmp_path / "office.toml").write_text(text)
    with pytest.raises(OfficeMisconfigured, match=where) as refused:
        load_config(tmp_path, {})
    assert "secret" not in refused.value.text("en")


def test_single_sign_on_by_setting(tmp_path: Path) -> None:
    """The city's provider stands on the login page only where it was set."""
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "office.toml").write_text(
        f'[oidc]\nname = "市の認証"\nserver = "https://idp.example"\nclient_id = "c"\nsecret_file = "{tmp_path}/secret"\n'
    )
    made = settings_for(tmp_path, load_config(tmp_path, {}))
    assert "allauth.socialaccount.providers.openid_connect" in made["INSTALLED_APPS"]
    assert made["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"][0]["secret"] == "s3cret"
    (tmp_path / "secret").unlink()
    with pytest.raises(OfficeMisconfigured, match="oidc"):
        settings_for(tmp_path, load_config(tmp_path, {}))


def test_a_stolen_password_is_costly_to_guess(tmp_path: Path) -> None:
    """Argon2 with the library's own cost, and no other; tests alone do with less."""
    hashers = settings_for(tmp_path, load_config(tmp_path, {}))["PASSWORD_HASHERS"]
    assert hashers == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    passes, memory, _ = COST
    assert passes >= 2 and memory >= 19 * 1024  # what OWASP asks for at the least
