"""Area ``office``: pages after five years against pages after a month, fifty clerks at once, the weight of pages.

Real servers in processes of their own, over TLS, asked by httpx. The two ages are asked in turn.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import httpx

from bench.rows import Row, row

YEARS, MONTH = 1826, 30
ROUNDS = 41
CLERKS, WRITERS, SECONDS = 50, 5, 60.0
MOST_BYTES, MOST_RATIO = 200_000, 1.5
LEAST_S = 0.005
"""Below this a ratio measures the machine; both ages count as alike."""
PASSWORD = "mihon-no-password"  # noqa: S105  # of the sample people
_VARIABLE = "MIHARIBAN_OFFICE_DATABASE"
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """An office that answers."""

    folder: Path
    port: int
    address: str

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def client(self, username: str) -> httpx.Client:
        """Somebody who logged in."""
        context = ssl.create_default_context(cafile=str(self.folder / "office" / "tls" / "ca.pem"))
        client = httpx.Client(base_url=self.url, verify=context, timeout=_PATIENCE_S, follow_redirects=True)
        client.headers["Referer"] = f"{self.url}/"
        sent = {**hidden(client.get("/account/login/").text), "login": username, "password": PASSWORD}
        reply = client.post("/account/login/", data=sent)
        assert reply.status_code == httpx.codes.OK and "/account/login" not in str(reply.url), username
        return client

    @property
    def pages(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "pages.json").read_text(encoding="utf-8"))
        return found


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


@contextmanager
def place() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="mihariban-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def make(folder: Path, days: int, address: str = "") -> None:
    """An office with so many days of entries, in SQLite or at ``address``."""
    command = [sys.executable, "-m", "bench.office_site", str(folder), str(days)]
    subprocess.run(command, check=True, env=_environment(address))


@contextmanager
def serve(folder: Path, address: str = "") -> Iterator[Served]:
    """A server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "mihariban.cli.main", "office", str(folder), "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=_environment(address), stdout=log, stderr=log)
    try:
        end = time.monotonic() + _PATIENCE_S
        while True:
            with socket.socket() as asked:
                if not asked.connect_ex(("127.0.0.1", port)):
                    break
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.1)
        yield Served(folder, port, address)
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _environment(address: str) -> dict[str, str]:
    return {**os.environ, _VARIABLE: address} if address else {**os.environ}


# Pages


def page_rows() -> list[Row]:
    """Both databases."""
    with place() as folder:
        make(folder / "month", MONTH)
        make(folder / "years", YEARS)
        rows = _compared("SQLite", (folder / "month", ""), (folder / "years", ""))
    why = _no_postgres()
    if why:
        return [*rows, row("any page, five years against one month, PostgreSQL", why, "")]
    with place() as folder, _postgres() as (month, years):
        make(folder / "month", MONTH, month)
        make(folder / "years", YEARS, years)
        return [*rows, *_compared("PostgreSQL", (folder / "month", month), (folder / "years", years))]


def _compared(name: str, month: tuple[Path, str], years: tuple[Path, str]) -> list[Row]:
    with ExitStack() as stack:
        servers = [stack.enter_context(serve(*each)) for each in (month, years)]
        clients = [stack.enter_context(closing(each.client("manager"))) for each in servers]
        shared = sorted(set(servers[0].pages) & set(servers[1].pages))
        for server, client in zip(servers, clients, strict=True):  # templates and caches of all pages first
            for view in shared:
                client.get(server.pages[view])
        figures = {view: _p95(clients, [each.pages[view] for each in servers]) for view in shared}
    ratios = {view: _ratio(*both) for view, both in figures.items()}
    worst = max(ratios, key=lambda view: ratios[view])
    over = sorted(view for view, ratio in ratios.items() if ratio > MOST_RATIO)
    young, old = figures[worst]
    return [
        row(
            f"any page, five years against one month, p95, {name}: the worst",
            ratios[worst],
            "x",
            target=f"{MOST_RATIO} x or less",
            met=ratios[worst] <= MOST_RATIO,
            page=worst,
            month=f"{young * 1e3:.0f} ms",
            five_years=f"{old * 1e3:.0f} ms",
            pages=len(shared),
            median=f"{statistics.median(ratios.values()):.2f} x",
            over=", ".join(f"{view} {ratios[view]:.2f}" for view in over) or "none",
        )
    ]


def _ratio(young: float, old: float) -> float:
    return max(old, LEAST_S) / max(young, LEAST_S)


def _p95(clients: list[httpx.Client], addresses: list[str]) -> tuple[float, float]:
    """Seconds for each age, asked in turn."""
    costs: list[list[float]] = [[], []]
    for number in range(ROUNDS + 2):
        for client, address, cost in zip(clients, addresses, costs, strict=True):
            began = time.perf_counter()
            reply = client.get(address)
            if number >= 2:  # the first fill caches
                cost.append(time.perf_counter() - began)
            assert reply.status_code == httpx.codes.OK, (address, reply.status_code)
    young, old = (sorted(cost)[int(0.95 * len(cost))] for cost in costs)
    return young, old


def _no_postgres() -> str:
    from tests.support.postgres import missing

    return missing()


@contextmanager
def _postgres() -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases of a PostgreSQL of our own, with its usual settings."""
    from tests.support.postgres import _programs, _run

    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="mihariban-pg-", dir="/tmp"))  # a socket's path must be short
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, tool = folder / "data", str(programs / "pg_ctl")
    _run(str(programs / "initdb"), "-D", str(data), "-U", "office", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
    options = f"-k {folder} -c listen_addresses= -c max_connections=200"
    _run(tool, "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        for name in ("month", "years"):
            _run(str(programs / "createdb"), "-h", str(folder), "-U", "office", name)
        yield f"postgresql://office@/month?host={folder}", f"postgresql://office@/years?host={folder}"
    finally:
        _run(tool, "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


# Clerks


@dataclass(slots=True)
class Crowd:
    """What happened to everybody."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


def clerk_rows() -> list[Row]:
    """Fifty at once for a minute on five years of entries; every tenth writes."""
    with place() as folder:
        make(folder / "years", YEARS)
        with serve(folder / "years") as served:
            crowd = _crowd(served)
        lost = [what for what in crowd.written if what not in _things(folder / "years")]
    p95 = sorted(crowd.seconds)[int(0.95 * len(crowd.seconds))]
    told = {"requests": len(crowd.seconds), "written": len(crowd.written), "p95": f"{p95 * 1e3:.0f} ms"}
    first = "; ".join(sorted(set(crowd.errors))[:3]) or "none"
    name = f"{CLERKS} clerks at once for a minute, {WRITERS} of them writing"
    return [
        row(f"{name}: errors", len(crowd.errors), "", target="0", met=not crowd.errors, **told, first=first),
        row(f"{name}: lost changes", len(lost), "", target="0", met=not lost and bool(crowd.written)),
    ]


def _crowd(served: Served) -> Crowd:
    crowd, pages = Crowd(), list(served.pages.values())
    clients = [served.client(f"clerk{number}") for number in range(CLERKS)]
    end = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=_work, args=(crowd, client, number, pages, end))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    return crowd


def _work(crowd: Crowd, client: httpx.Client, number: int, pages: list[str], end: float) -> None:
    """A clerk reads a page, looks at it for about a second, reads the next; one of ten enters things instead."""
    choose, count = random.Random(number), 0
    while time.monotonic() < end:
        try:
            if number < WRITERS:
                count += 1
                _write(crowd, client, f"{number}-{count}")
            else:
                _ask(crowd, lambda: client.get(choose.choice(pages)))
        except httpx.HTTPError as error:
            crowd.errors.append(type(error).__name__)
        time.sleep(choose.uniform(0.5, 1.5))


def _ask(crowd: Crowd, call: Callable[[], httpx.Response]) -> httpx.Response:
    began = time.perf_counter()
    reply = call()
    crowd.seconds.append(time.perf_counter() - began)
    if reply.status_code not in (200, 403):  # what the manager sees an operator may be refused
        crowd.errors.append(f"{reply.request.url.path} {reply.status_code}")
    return reply


def _write(crowd: Crowd, client: httpx.Client, what: str) -> None:
    """Enter a paper gone wrong, as the form sends it."""
    page = _ask(crowd, lambda: client.get("/found/new/")).text
    moment = re.search(r'name="found_at"[^>]*value="([^"]*)"', page)
    sent = {**hidden(page), "kind": "misprint", "what": f"見本 {what}", "pieces": "1", "kept_at": "箱", "yen": ""}
    sent |= {"kiosk": "k1", "finder": "", "remark": "", "found_at": moment[1] if moment else ""}
    reply = _ask(crowd, lambda: client.post("/found/new/", data=sent))
    if "/new/" in str(reply.url):
        crowd.errors.append(f"not entered: {reply.status_code}")
    else:
        crowd.written.append(f"見本 {what}")


def _things(folder: Path) -> set[str]:
    from mihariban.base import sqlite

    db = sqlite.connect(folder / "office" / "office.db", synchronous="FULL", readonly=True)
    try:
        return {what for (what,) in db.execute("SELECT what FROM found_thing WHERE what LIKE '見本%'")}
    finally:
        db.close()


# Weight


def weight_rows() -> list[Row]:
    """Bytes as they come over the line for each page with its styles, scripts and pictures, nothing from a cache."""
    with place() as folder:
        make(folder / "years", YEARS)
        with serve(folder / "years") as served, closing(served.client("manager")) as client:
            weights = {view: _weight(client, address) for view, address in served.pages.items()}
    worst = max(weights, key=lambda view: weights[view])
    middle = round(statistics.median(weights.values()) / 1000)
    return [
        row("page weight without fonts: the heaviest", weights[worst] / 1000, "kB", target="200 kB or less",
            met=weights[worst] <= MOST_BYTES, page=worst, median=f"{middle} kB", pages=len(weights))
    ]  # fmt: skip


def _weight(client: httpx.Client, address: str) -> int:
    reply = client.get(address)
    parts = re.findall(r'<(?:script|img)[^>]*src="([^"]+)"|<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', reply.text)
    total = reply.num_bytes_downloaded
    for part in {src or href for src, href in parts}:
        if not part.startswith("data:"):
            total += client.get(urljoin(str(reply.url), part)).num_bytes_downloaded
    return total


PARTS: dict[str, Callable[[], list[Row]]] = {"pages": page_rows, "clerks": clerk_rows, "weight": weight_rows}
