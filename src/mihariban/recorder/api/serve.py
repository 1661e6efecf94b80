"""Serving the API from inside the recorder's process, on a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket as sockets
import ssl
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn

from mihariban.base.ids import Random
from mihariban.recorder.api.app import create_app
from mihariban.recorder.api.context import BODY_SECONDS, READ_SECONDS, Api
from mihariban.recorder.api.door import RecorderDoor
from mihariban.recorder.api.guard import where
from mihariban.recorder.api.protocol import MAX_HEAD, DoorProtocol
from mihariban.recorder.contract.errors import DoorTaken, RecorderUnavailable

_log = structlog.get_logger(__name__)

SOCKET = "recorder.sock"
"""Name of the socket in DIR/recorder."""

KEEP_ALIVE_S = 5
"""How long a connection may idle after an answer."""

_THREADS = 6
_GRACE_S = 5
_START_S = 20.0


@dataclass(frozen=True, slots=True)
class TlsAddress:
    """Where the API is also served with mutual TLS. ``port`` 0 takes a free one."""

    host: str
    port: int
    context: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers. ``port`` of the TLS address, None without one."""

    socket: Path | None
    port: int | None


@contextmanager
def serve(
    door: RecorderDoor,
    *,
    socket: Path | None,
    tls: TlsAddress | None = None,
    random: Random = os.urandom,
    body_seconds: float = BODY_SECONDS,
    read_seconds: float = READ_SECONDS,
) -> Iterator[Served]:
    """Serve while the ``with`` lasts: it answers when the body begins, and has ended in order when it is left.

    Args:
        door: the recorder behind it.
        socket: path of the local socket (0660); a file left by a dead server is replaced.
        tls: where to listen for callers with certificates.
        random: of the secret under which session tokens are made.
        body_seconds, read_seconds: how long a caller may take to send, and to take footage.

    Raises:
        DoorTaken: another server answers there, or the path is no socket.
        RecorderUnavailable: an address cannot be listened on, or the server does not start.
    """
    with ExitStack() as stack:
        listening: list[tuple[sockets.socket, ssl.SSLContext | None]] = []
        if socket is not None:
            stack.enter_context(_only_one(socket))
            local = _bind_local(socket)
            stack.callback(local.close)
            listening.append((local, None))
            stack.callback(socket.unlink, missing_ok=True)
        port = None
        if tls is not None:
            bound = _bind_tls(tls)
            stack.callback(bound.close)
            listening.append((bound, tls.context))
            port = int(bound.getsockname()[1])
        threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="door")
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        server = _Server(Api(door, random(32), threads, body_seconds, read_seconds), listening)
        stack.enter_context(server.running())
        yield Served(socket, port)


class _Server:
    """The loop and its listeners."""

    def __init__(self, api: Api, listening: list[tuple[sockets.socket, ssl.SSLContext | None]]) -> None:
        self._api = api
        app = create_app(api)
        self._servers = [(uvicorn.Server(_config(app, context)), bound) for bound, context in listening]
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._error: BaseException | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, name="recorder-api", daemon=True)
        thread.start()
        try:
            if not self._ready.wait(_START_S) or self._error is not None:
                why = type(self._error).__name__ if self._error else "it does not start"
                raise RecorderUnavailable(address="", why=why) from self._error
            yield
        finally:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(_GRACE_S * 3)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001  # the outer supervisor: recording goes on without the door
            self._error = error
            _log.error("the recorder's door ended", **where(error))
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.ensure_future(server.serve(sockets=[bound])) for server, bound in self._servers]
        while not all(server.started for server, _ in self._servers):
            for task in tasks:
                if task.done():
                    task.result()
                    raise RecorderUnavailable(address="", why="a listener ended at once")
            await asyncio.sleep(0.005)
        self._ready.set()
        await self._stop.wait()
        self._api.stopping.set()
        for server, _ in self._servers:
            server.should_exit = True
        await asyncio.gather(*tasks)


def _config(app: object, context: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        http=DoorProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,  # paths and queries may name a request
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=MAX_HEAD,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_context_factory=None if context is None else lambda _config, _default: context,
    )


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the lock beside the socket: it falls with the process, so nothing stale can be left of it."""
    lock = path.with_name(path.name + ".lock")
    fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DoorTaken(socket=path) from None
        if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
            raise DoorTaken(socket=path)
        yield
    finally:
        os.close(fd)


def _bind_local(path: Path) -> sockets.socket:
    """Bound aside and renamed: whoever finds the socket finds it with its final mode."""
    aside = path.with_name(".new.sock")  # no longer than the name itself: a path of a socket has 107 bytes at most
    aside.unlink(missing_ok=True)
    bound = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    try:
        bound.bind(str(aside))
        aside.chmod(0o660)
        bound.listen(128)
        aside.replace(path)
    except OSError as error:
        bound.close()
        raise RecorderUnavailable(address=path, why=str(error)) from error
    return bound


def _bind_tls(address: TlsAddress) -> sockets.socket:
    try:
        return sockets.create_server((address.host, address.port))
    except OSError as error:
        raise RecorderUnavailable(address=f"{address.host}:{address.port}", why=str(error)) from error
