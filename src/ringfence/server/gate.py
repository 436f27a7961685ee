"""Who and what gets in: plain ASGI, in front of the application. Nothing behind it sees a hostile size or origin."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ringfence.base.errors import Fault
from ringfence.server.limits import Limits
from ringfence.server.problems import Refusal, our_fault

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, whoever gives it."""

NOTES = "/api/v1/notes"
_KEPT_AS_NOTE = frozenset({NOTES, "/api/v1/log", "/api/v1/typed-line"})
"""Where what a person typed is sent."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})
_CLOSE = {"connection": "close"}
"""With every answer that is given before the body is read."""


class Armour:
    """Puts the security headers on every answer, answers HEAD as GET, and keeps failures from showing the inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_armoured(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        if scope["method"] == "HEAD" and not scope["path"].endswith("/events"):
            scope = {**scope, "method": "GET"}  # the server leaves the body out
        try:
            await self._app(scope, receive, send_armoured)
        except Exception as error:
            if started:
                raise
            await our_fault(error)(scope, receive, send_armoured)


class Doorkeeper:
    """Refuses hosts that are not ours (DNS rebinding), foreign pages that would change something, and huge URLs."""

    def __init__(self, app: ASGIApp, *, limits: Limits, hosts: Iterable[str]) -> None:
        self._app, self._limits = app, limits
        self._names, self._any_address = _names_of(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "http":
            try:
                self._check(scope)
            except Refusal as refusal:
                await refusal.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        url_bytes = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if url_bytes > self._limits.url_bytes:
            fault = Fault(
                "url-too-long",
                "url",
                f"at most {self._limits.url_bytes} bytes",
                f"{url_bytes}",
                "Ask for less at once.",
            )
            raise Refusal(414, fault, headers=_CLOSE)
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(_host_name(host)):
            known = ", ".join(sorted(self._names))
            do = "Open the address that the server named when it started, or serve with that host."
            raise Refusal(
                421, Fault("foreign-host", "header Host", f"one of {known}", repr(host[:100]), do), headers=_CLOSE
            )
        if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            _check_origin(headers, f"{scope['scheme']}://{host}")

    def _is_ours(self, name: str | None) -> bool:
        if name is None:
            return False
        return name in self._names or (self._any_address and _is_address(name))


class BodyReader:
    """Reads a body whole before anything behind it runs: not too long, and not too slowly.

    What is to be kept as a note may be longer than other bodies, few at a time.
    """

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._long_ones = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers({})
        if "transfer-encoding" not in headers and headers.get("content-length", "0") == "0":
            await self._app(scope, receive, send)
            return
        body = _Body(scope["path"], self._limits)
        try:
            await self._serve(body, headers, scope, receive, send)
        finally:
            self._long_ones -= body.is_long

    async def _serve(self, body: _Body, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            is_whole = await self._read(body, headers, receive)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        if not is_whole:  # the client has gone
            return
        unread = True

        async def receive_read() -> Message:
            nonlocal unread
            if unread:
                unread = False
                whole = b"".join(body.parts)
                body.parts.clear()  # it is held once
                return {"type": "http.request", "body": whole, "more_body": False}
            return await receive()

        await self._app(scope, receive_read, send)

    async def _read(self, body: _Body, headers: Headers, receive: Receive) -> bool:
        """Whether the body came whole."""
        announced = headers.get("content-length", "0")
        if not announced.isdigit() or len(announced) > 15:
            raise body.too_long(None)
        self._let_in(body, int(announced))
        length = 0
        try:
            async with asyncio.timeout(self._limits.body_s):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return False
                    body.parts.append(message.get("body", b""))
                    length += len(body.parts[-1])
                    self._let_in(body, length)
                    if not message.get("more_body", False):
                        return True
        except TimeoutError:
            expected, found = f"the whole body within {self._limits.body_s:g} s", f"{length} bytes so far"
            fault = Fault("too-slow", "body", expected, found, "Send it again, faster.")
            raise Refusal(408, fault, headers=_CLOSE) from None

    def _let_in(self, body: _Body, length: int) -> None:
        """Refuse a body of this length, or more; a long one takes one of the few places for such."""
        if length > body.bytes_max:
            raise body.too_long(length)
        if body.is_long or length <= self._limits.body_bytes:
            return
        if self._long_ones >= self._limits.notes_at_once:
            expected = (
                f"at most {self._limits.notes_at_once} bodies of more than {self._limits.body_bytes} bytes at once"
            )
            fault = Fault("too-busy", "server", expected, "more", "Send it again soon.")
            raise Refusal(503, fault, headers={**_CLOSE, "retry-after": "2"})
        body.is_long = True
        self._long_ones += 1


class _Body:
    """A body that is being read, and how long it may be where it was sent to."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.parts: list[bytes] = []
        self.is_long = False
        self._limits = limits
        self._can_be_note = path in _KEPT_AS_NOTE
        self.bytes_max = max(limits.note_bytes, limits.body_bytes) if path == NOTES else limits.body_bytes

    def too_long(self, length: int | None) -> Refusal:
        """What is answered; `length` is how long it is, or how much came."""
        do = "Send less at once."
        if self._can_be_note:
            takes = f"which takes {self._limits.note_bytes} bytes"
            is_more = length is None or length > self._limits.note_bytes
            what = "keep it as a file, and POST its beginning" if is_more else "keep it as a note: POST what was typed"
            do = f"{do} Or {what} to {NOTES}, {takes}."
        fault = Fault("too-long", "body", f"at most {self.bytes_max} bytes", "more", do)
        return Refusal(413, fault, headers=_CLOSE)


def _check_origin(headers: Headers, own: str) -> None:
    """Pages of other origins may not change anything, whatever they send it as."""
    origin = headers.get("origin")
    foreign = origin is not None and origin.lower() != own.lower()
    if foreign or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        found = repr((origin or "a page of another site")[:100])
        raise Refusal(
            403, Fault("foreign-origin", "header Origin", own, found, "Use this server's own console."), headers=_CLOSE
        )


def _host_name(host: str) -> str | None:
    """The name in a Host header, without the port; None if it is none."""
    try:
        parts = urlsplit(f"//{host}")
        well_formed = parts.netloc == host and "@" not in host and (parts.port is None or parts.port >= 0)
    except ValueError:
        return None
    return parts.hostname.rstrip(".") if well_formed and parts.hostname else None


def _names_of(hosts: Iterable[str]) -> tuple[frozenset[str], bool]:
    """The names that are ours, and whether any address is, because the server listens on all of them.

    A page can have any name point here, but no address: so an address in Host proves that no name was turned.
    """
    given = {host.strip("[]").lower() for host in hosts}
    everywhere = bool(given & _EVERYWHERE)
    own = {socket.gethostname().lower()} if everywhere else set[str]()
    return LOOPBACK | (given - _EVERYWHERE) | own, everywhere


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
