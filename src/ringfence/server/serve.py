"""Serving one operation folder until somebody stops it."""

from __future__ import annotations

import gc
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI

from ringfence.base.errors import BadInput, Fault
from ringfence.base.where import Where
from ringfence.server.app import create_app
from ringfence.server.gate import LOOPBACK
from ringfence.server.limits import Limits
from ringfence.server.wire import protocol

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk

_log = logging.getLogger(__name__)

_BACKLOG = 512


def serve(
    where: Where,
    *,
    host: str = "127.0.0.1",
    port: int = 8300,
    names: Iterable[str] = (),
    limits: Limits | None = None,
    ready: Callable[[str], None] | None = None,
    warn: Callable[[str], None] = _log.warning,
) -> None:
    """Serve an operation until the process is interrupted or told to end.

    Parameters
    ----------
    where : Path or OperationPlace
        The operation. Its ledger is made if there is none.
    host : str
        The address to listen at. Beyond this machine everybody who reaches it may write to the log: `warn` says so.
    port : int
        0 takes any that is free.
    names : iterable of str
        Further names under which browsers may address the server.
    limits : Limits, optional
    ready : callable, optional
        Told the URL once it listens.
    warn : callable
        Told what the person who serves should know.

    Raises
    ------
    BadInput
        ``cannot-listen``, before anything else is begun; and all that `LiveDesk.open` raises.
    """
    from ringfence.desk.live import LiveDesk

    limits = limits or Limits()
    listener = listen(host, port)
    with closing(listener):
        if not _is_loopback(host):
            warn(f"There are no roles yet: everybody who can reach {host} may read and write this operation's log.")
        with closing(LiveDesk.open(where)) as live:
            _allow_open_files(limits.connections + 200)
            app = create_app(live, limits=limits, hosts=[host, *names])
            _keep(live)
            server_of(app, listener, host=host, limits=limits, ready=ready).run(sockets=[listener])


def _keep(live: LiveDesk) -> None:
    """Take what was read, and the index of the log, out of the collector's rounds: they stay as long as the process.

    To walk through a million entries holds up whoever asks by a tenth of a second, again and again.
    """
    _ = live.desk.chronicle  # made by whoever asks first
    gc.collect()
    gc.freeze()


def server_of(
    app: FastAPI,
    listener: socket.socket,
    *,
    host: str = "127.0.0.1",
    limits: Limits,
    ready: Callable[[str], None] | None = None,
) -> uvicorn.Server:
    """A server for an application of `create_app`, to be run on a socket that listens; its `should_exit` stops it."""
    return _Server(_config(app, limits), app, url_of(listener, host), ready)


def url_of(listener: socket.socket, host: str) -> str:
    """Where a browser on this machine finds the server."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}/"


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it listens, and ends event streams before it waits for connections to end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, url: str, ready: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._app, self._url, self._ready = app, url, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready(self._url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.house.feed.close()
        await super().shutdown(sockets)


def _config(app: FastAPI, limits: Limits) -> uvicorn.Config:
    options: dict[str, Any] = {
        "http": protocol(limits),
        "ws": "none",
        "loop": "asyncio",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": limits.keep_alive_s,
        "timeout_graceful_shutdown": limits.stop_s,
        "h11_max_incomplete_event_size": limits.header_bytes,
    }
    return uvicorn.Config(app, **options)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at `host` and `port` (0: any that is free).

    Raises
    ------
    BadInput
        ``cannot-listen``, with the system's reason.
    """
    try:
        if not 0 <= port <= 65535:
            raise OSError(None, f"{port} is no port")
        family, kind, number, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, number)
        with suppress(AttributeError, OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        do = "Name another port, or 0 for any that is free; stop what uses this one; or name a host of this machine."
        expected = "an address at which this machine can listen"
        raise BadInput([Fault("cannot-listen", f"{host}:{port}", expected, reason, do)]) from None
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK


def _allow_open_files(count: int) -> None:
    """Let this process have a socket for every connection, as far as the system lets it."""
    try:
        import resource
    except ImportError:  # no such limit on this system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
