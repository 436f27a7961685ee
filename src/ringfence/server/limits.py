"""Every limit of the server, by name and with its unit. Tests narrow them; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the server takes, and for how long.

    Attributes
    ----------
    body_bytes : int
        A request's body, however it is sent.
    note_bytes : int
        The body of what is to be kept as a note: its beginning is, and the SHA-256 of all.
    notes_at_once : int
        Bodies longer than `body_bytes` that are held at a time; more are turned away.
    url_bytes : int
        Path and query together.
    header_bytes : int
        Request line and headers together.
    header_s, body_s : float
        From a request's first byte to the end of its headers; from there to the end of its body.
    keep_alive_s : float
        How long a connection may be idle.
    take_s : float
        How long a client may take nothing of the answers and events that wait for it; then its connection is closed.
    leave_s : float
        How long a client may take to fetch the rest of an answer after which the connection closes.
    connections : int
        Open connections.
    streams : int
        Open event streams.
    stream_s : float
        The life of an event stream; browsers then open another one by themselves, and miss nothing.
    heartbeat_s : float
        Between two signs of life on a quiet stream.
    retry_ms : int
        How soon a browser opens a broken stream again.
    stream_events : int
        Entries handed to one stream at a time.
    refresh_s : float
        Between two looks for entries that other processes wrote.
    threads : int
        Questions answered at the same time.
    waiting : int
        Questions that wait for a thread, of one kind; more are turned away.
    gzip_bytes : int
        Answers at least so long are packed for clients that unpack.
    stop_s : float
        What running requests get to end once the server stops.
    """

    body_bytes: int = 256 * 1024
    note_bytes: int = 16 * 1024 * 1024
    notes_at_once: int = 2
    url_bytes: int = 8 * 1024
    header_bytes: int = 16 * 1024
    header_s: float = 10.0
    body_s: float = 20.0
    keep_alive_s: float = 30.0
    take_s: float = 30.0
    leave_s: float = 30.0
    connections: int = 4000
    streams: int = 1000
    stream_s: float = 3600.0
    heartbeat_s: float = 15.0
    retry_ms: int = 2000
    stream_events: int = 100
    refresh_s: float = 0.5
    threads: int = 4
    waiting: int = 256
    gzip_bytes: int = 8 * 1024
    stop_s: float = 5.0
