"""Logins stay out of everything that can be read."""

from __future__ import annotations

import pytest

from mihariban.recorder.sources.credentials import LONGEST_LOGIN, Credentials, has_userinfo, scrub

SECRET = "p@ss:w/r%d ?#見本"  # a made-up one


def test_a_login_does_not_show_its_password() -> None:
    """Neither repr nor str nor a format shows it."""
    login = Credentials("viewer", SECRET)
    assert SECRET not in f"{login} {login!r} {login!s}"
    assert "viewer" in repr(login)


def test_every_spelling_of_the_password_is_scrubbed() -> None:
    """As it is, percent-encoded as sent, and percent-encoded throughout."""
    login = Credentials("viewer", SECRET)
    text = (
        f"Connection to rtsp://{login.userinfo()}@cam/1 failed; {SECRET}; p%40ss%3Aw%2Fr%25d%20%3F%23%E8%A6%8B%E6%9C%AC"
    )
    clean = login.scrub(text)
    assert "p@ss" not in clean
    assert "p%40ss" not in clean
    assert "cam/1 failed" in clean


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("rtsp://a:b@cam/x", "rtsp://cam/x"),
        ("rtsp://a:b%40c@cam:554/x", "rtsp://cam:554/x"),
        ("rtsp://cam/user=admin_password=tlJwpbo6_channel=1", "rtsp://cam/user=admin_password=***_channel=1"),
        ("rtsp://cam/s?user=a&pwd=b&n=1", "rtsp://cam/s?user=a&pwd=***&n=1"),
        ("/videos/a@b.mp4", "/videos/a@b.mp4"),
    ],
)
def test_addresses_lose_their_login(dirty: str, clean: str) -> None:
    """User information and named passwords go, the rest stays."""
    assert scrub(dirty) == clean


def test_a_login_in_an_address_is_noticed() -> None:
    """An at sign in the path is not a login."""
    assert has_userinfo("rtsp://u:p@cam/x")
    assert has_userinfo("rtsp://u@cam/x")
    assert not has_userinfo("rtsp://cam/a@b")


def test_a_login_that_would_be_cut_off_is_refused() -> None:
    """libavformat keeps 127 bytes and would send a shorter password without a word."""
    assert Credentials("u", "x" * (LONGEST_LOGIN - 2)).usable() is None
    assert Credentials("u", "x" * (LONGEST_LOGIN - 1)).usable() is not None
    assert Credentials("a:b", "x").usable() is not None
