"""A server of an operation in this process: what a process of its own costs is only imports."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ringfence.desk.live import LiveDesk
from ringfence.desk.opening import system_clock
from ringfence.server import Limits, create_app
from ringfence.server.pages import CONSOLE
from ringfence.server.serve import listen, server_of, url_of

LIMITS = Limits()


@contextmanager
def running(
    folder: Path,
    *,
    limits: Limits = LIMITS,
    hosts: Iterable[str] = (),
    console: Path = CONSOLE,
    clock: Callable[[], datetime] = system_clock,
    held_bytes: int | None = None,
) -> Iterator[str]:
    """A real server in a thread; its URL without the last slash. `held_bytes`: what the system takes off its hands."""
    listener, live, listening = listen("127.0.0.1", 0), LiveDesk.open(folder, clock=clock), threading.Event()
    if held_bytes is not None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, held_bytes)  # connections inherit it
    app = create_app(live, limits=limits, hosts=hosts, console=console)
    server = server_of(app, listener, limits=limits, ready=lambda _: listening.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert listening.wait(20)
        yield url_of(listener, "127.0.0.1").rstrip("/")
    finally:
        server.should_exit = True
        thread.join(20)
        live.close()
        assert not thread.is_alive(), "the server does not stop"
