"""The fields of the login page."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as Base

from mihariban.office.base.text import T


class LoginForm(Base):  # type: ignore[misc]  # allauth has no types
    """allauth's, without what this office does not have: passwords are not reset by mail."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["login"].label = T("ユーザー名", "User name")
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)
