"""The office of the demo behind its real door: TLS with the site's own CA, called by programs and browsers."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from mihariban.base.clock import SystemClock
from mihariban.demo.office import Account
from mihariban.recorder.api.tls import Files, issue

PATIENCE_S = 30.0
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class ServedOffice:
    """Where it answers. ``ca``: the certificate to trust."""

    url: str
    ca: Path


@contextmanager
def serve_office(path: Path, *, port: int = 0, listening: bool = True) -> Iterator[ServedOffice]:
    """Serve the office in ``path``, which is set up in this process, while the ``with`` lasts.

    Args:
        port: 0 for any that is free.
        listening: hear of the recorders meanwhile, as the office does in earnest.
    """
    import uvicorn

    from mihariban.office.web.asgi import Application
    from mihariban.office.web.background import background

    files = _certificate(path / "office" / "tls")
    door = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        Application(),
        ssl_certfile=str(files.certificate),
        ssl_keyfile=str(files.key),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, name="office", daemon=True)
    with ExitStack() as stack:
        if listening:
            stack.enter_context(background())
        thread.start()
        try:
            _wait(server, thread)
            yield ServedOffice(f"https://127.0.0.1:{door.getsockname()[1]}", path / "office" / "tls" / "ca.pem")
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            door.close()


def _certificate(folder: Path) -> Files:
    ca, hosts = Files(folder / "ca.pem", folder / "ca.key"), ["127.0.0.1", "localhost"]
    return issue(ca, folder, name="web", role="web", wall=SystemClock().wall(), hosts=hosts)


def _wait(server: object, thread: threading.Thread) -> None:
    """Until it answers: the server tells nobody when it has begun."""
    clock, event = SystemClock(), threading.Event()
    while not getattr(server, "started", False) and thread.is_alive():
        clock.wait(event, _POLL_S)


def check_office(served: ServedOffice, account: Account, *, sign: bool) -> list[str]:
    """Log in over TLS as an operator would, open today; ``sign``: do one morning check. What is wrong, in English."""
    context = ssl.create_default_context(cafile=str(served.ca))
    with httpx.Client(base_url=served.url, verify=context, follow_redirects=True, timeout=PATIENCE_S) as client:
        client.headers["Referer"] = f"{served.url}/"
        if client.get("/healthz").json() != {"healthy": True}:
            return ["the office says that it is not healthy"]
        login = client.post("/account/login/", data=_form(client, "/account/login/", account))
        if account.name not in login.text:
            return ["the sample account cannot log in"]
        today = client.get("/today/")
        if today.status_code != httpx.codes.OK:
            return [f"today's page answers {today.status_code}"]
        return _morning_check(client) if sign else []


def _form(client: httpx.Client, path: str, account: Account) -> dict[str, str]:
    return {**_hidden(client.get(path).text), "login": account.username, "password": account.password}


def _morning_check(client: httpx.Client) -> list[str]:
    index = client.get("/checks/").text
    found = re.search(r'href="(/checks/[^"/]+/\d{4}-\d\d-\d\d/)"', index)
    if found is None:
        return ["there is no check to do today"]
    path = found[1]
    page = client.get(path).text
    if "<fieldset" not in page:
        return ["today's check cannot be filled in"]
    answers = dict.fromkeys(re.findall(r'name="(state_[^"]+)"', page), "ok")
    remarks = dict.fromkeys(re.findall(r'name="(remark[^"]*)"', page), "")
    signed = client.post(path, data={**_hidden(page), **remarks, **answers, "do": "sign"})
    if signed.status_code != httpx.codes.OK or "<fieldset" in signed.text:
        return [f"the morning check could not be signed ({signed.status_code})"]
    return []


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of the forms of a page; the last of a name counts."""
    found = {}
    for field in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if name:
            found[name[1]] = value[1] if value else ""
    return found
