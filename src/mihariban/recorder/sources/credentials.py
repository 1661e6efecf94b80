"""A camera's user and password: kept apart from its address, and kept out of everything a person or a log could see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

_USERINFO = re.compile(r"(?<=://)[^/?#\s'\"]*@")
# Some cameras take the password as a part of the path or the query.
_NAMED = re.compile(r"(?i)((?:pass(?:word|wd)?|pwd|token|auth)=)[^&_/\s'\"]*")
_HIDDEN = "***"
# RFC 3986 allows these in a user or password as they are; the colon would end the user.
_PLAIN = "!$&'()*+,;=-._~"
LONGEST_LOGIN = 127
"""Bytes libavformat keeps of ``user:password`` in percent-encoding; more would be cut off in silence."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The login of one camera.

    Attributes:
        user: without a colon (RFC 7617).
        password: any text; never shown.
    """

    user: str
    password: str = field(repr=False)

    def usable(self) -> str | None:
        """Why a camera could not take this login, or None."""
        if ":" in self.user:
            return "a user name with a colon cannot be sent"
        if len(self.userinfo()) > LONGEST_LOGIN:
            return f"user and password are longer than {LONGEST_LOGIN} bytes in percent-encoding"
        return None

    def userinfo(self) -> str:
        """``user:password`` for an address. Only for the call into libav; nothing else may see it."""
        return f"{quote(self.user, safe=_PLAIN)}:{quote(self.password, safe=_PLAIN)}"

    def scrub(self, text: str) -> str:
        """``text`` without this login, however it was written."""
        text = scrub(text.replace(self.userinfo(), _HIDDEN))
        for secret in (self.password, quote(self.password, safe=_PLAIN), quote(self.password, safe="")):
            if secret:
                text = text.replace(secret, _HIDDEN)
        return text


def scrub(text: str) -> str:
    """``text`` without anything that looks like a login inside an address."""
    return _NAMED.sub(rf"\1{_HIDDEN}", _USERINFO.sub("", text))


def has_userinfo(url: str) -> bool:
    """An address that carries a login."""
    return _USERINFO.search(url) is not None
