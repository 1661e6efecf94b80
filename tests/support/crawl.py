"""Every page of the office that a person can come to by following links, as each role, found with Django's own client.

Pages of one view differ in their rows, not in what they are made of; ``Page.skeleton`` tells them apart by that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

MOST_OF_A_VIEW = 3
"""Addresses of one view that are opened for each role; the rest are alike."""
SKIPPED = ("/static/", "/account/logout/")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was opened. ``skeleton``: tags, roles and classes of its content, each run of alike rows once."""

    address: str
    view: str
    status: int
    kind: str
    skeleton: str
    body: str = ""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.found: list[str] = []
        self._main = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href") and "download" not in told:
            self.links.append(told["href"] or "")
        if tag == "img" and told.get("src"):
            self.links.append(told["src"] or "")
        if tag == "main":
            self._main = 1
        if self._main:
            marks = " ".join(
                f"{name}={told[name]}" for name in ("class", "role", "type", "aria-live") if told.get(name)
            )
            self.found.append(f"{tag} {marks}".strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._main = 0


def _skeleton(tags: list[str]) -> str:
    """A list of ten rows is made like one of three."""
    text = "\n".join(tags)
    for _ in range(4):
        text = re.sub(r"((?:[^\n]+\n){1,40}?)\1+", r"\1", text + "\n").rstrip("\n")
    return text


def view_of(address: str) -> str:
    """``app:name`` of the view behind an address; empty where there is none."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return ""
    return found.view_name or found._func_path


def crawl(
    client: Client,
    starts: tuple[str, ...] = ("/",),
    on: Callable[[str], None] = lambda _: None,
    most: int = MOST_OF_A_VIEW,
    follow: Callable[[str], bool] = lambda _: True,
) -> Iterator[Page]:
    """Follow every link from ``starts``; forms are not sent. ``on`` is told each address first; ``follow`` says
    whether to go there."""
    waiting, seen, opened = list(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        view = view_of(address)
        if opened.get(view, 0) >= most and view:
            continue
        opened[view] = opened.get(view, 0) + 1
        on(address)
        reply = client.get(address, secure=True)
        kind = reply.get("Content-Type", "").split(";")[0]
        body = b"".join(reply.streaming_content) if reply.streaming else reply.content
        tags = _Tags()
        if kind == "text/html":
            tags.feed(body.decode())
        links = [*tags.links, *([reply["Location"]] if reply.has_header("Location") else [])]
        for link in links:
            target = urljoin(address, link).split("#")[0]
            parts = urlsplit(target)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc in ("", "testserver", "localhost") and path.startswith("/") and path not in seen:
                seen.add(path)
                if not path.startswith(SKIPPED) and follow(path):
                    waiting.append(path)
        shown = body.decode() if kind == "text/html" else ""
        yield Page(address, view, reply.status_code, kind, _skeleton(tags.found), shown)


def all_views() -> set[str]:
    """Names of all views of our own apps."""

    def walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, each.namespace or space)
            elif each.name and space:
                yield f"{space}:{each.name}"

    return set(walk(get_resolver().url_patterns, ""))
