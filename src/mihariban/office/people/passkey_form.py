"""Logging in with a passkey alone."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms

from mihariban.office.people.actions.refuse_session import refuse_session


class PasskeyLoginForm(LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """allauth's, with an entry where the key is refused. Whose account it claims is not entered: that part comes from
    whoever sends it."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()
        except forms.ValidationError:
            refuse_session(None, "passkey")
            raise
