"""HTTP itself: what is malformed, too big or too slow before there is a request gets the envelope too.

Clients that ask and take no answer are let go here: the application can't do it, since uvicorn would wait for them to
take an apology.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ringfence.base.errors import Fault
from ringfence.server.gate import SECURITY_HEADERS
from ringfence.server.limits import Limits
from ringfence.server.problems import MEDIA_TYPE, problem_body

_log = logging.getLogger(__name__)

_LINGER_BYTES = 64 * 1024 * 1024
"""How much of a body that was refused is read and thrown away, so that its sender gets to see the answer."""
_LINGER_S = 3.0


def protocol(limits: Limits) -> type[H11Protocol]:
    """uvicorn's protocol under `limits`."""
    return cast("type[H11Protocol]", type("Wire", (_Wire,), {"limits": limits}))


class _Wire(H11Protocol):
    limits: Limits

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", _Leave(transport, self, self.limits)))
        if len(self.connections) > self.limits.connections:
            fault = Fault(
                "too-many-connections", "server", f"at most {self.limits.connections}", "more", "Come back later."
            )
            self._refuse(503, fault)
        self._deadline = self.loop.call_later(self.limits.header_s, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._set_deadline(on=False)
        self._end_patience()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came; between a request's first byte and its last header the deadline runs."""
        if cast("_Leave", self.transport).leaving:
            cast("_Leave", self.transport).throw_away(data)
            return
        super().data_received(data)
        self._set_deadline(on=self.conn.their_state is h11.IDLE)

    def pause_writing(self) -> None:
        """Wait until the client takes more of what it is sent, but only as long as it takes any of it."""
        super().pause_writing()
        self._be_patient()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._end_patience()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's hook for what is no HTTP; h11 says what it would rather be called."""
        error = sys.exception()
        status = getattr(error, "error_status_hint", 400)
        if status == 431:
            expected = f"at most {self.limits.header_bytes} bytes of headers"
            fault = Fault("headers-too-long", "headers", expected, "more", "Send less.")
        else:
            fault = Fault("bad-http", "request", "HTTP/1.1", msg, "Correct the client.")
        self._refuse(status if status == 431 else 400, fault)

    def _set_deadline(self, *, on: bool) -> None:
        if on and self._deadline is None:
            self._deadline = self.loop.call_later(self.limits.header_s, self._too_slow)
        elif not on and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _be_patient(self) -> None:
        waits = self.transport.get_write_buffer_size()
        self._patience = self.loop.call_later(self.limits.take_s, self._is_it_taken, waits)

    def _end_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _is_it_taken(self, waited: int) -> None:
        if self.transport.get_write_buffer_size() < waited:
            self._be_patient()
            return
        _log.info("a client took nothing for %g s; its connection was closed", self.limits.take_s)
        self.transport.abort()  # at once: whatever works on its answers would wait for ever to send them

    def _too_slow(self) -> None:
        self._deadline = None
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            return
        if not self.conn.trailing_data[0]:  # not one byte: nothing was asked, so nothing is answered
            self.transport.close()
            return
        expected = f"all headers within {self.limits.header_s:g} s"
        self._refuse(408, Fault("too-slow", "headers", expected, "part of them", "Send them again, faster."))

    def _refuse(self, status: int, fault: Fault) -> None:
        """Answer if that is still possible, and close."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whoever works on the request learns that nobody waits
            self.cycle.message_event.set()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = problem_body(status, [fault])
            headers = {
                **SECURITY_HEADERS,
                "content-type": MEDIA_TYPE,
                "content-length": str(len(body)),
                "cache-control": "no-store",
                "connection": "close",
            }
            raw = [(name.encode(), text.encode()) for name, text in headers.items()]
            for event in (h11.Response(status_code=status, headers=raw), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Leave:
    """A transport that leaves politely: it says that it is done, listens a little longer, and never waits for ever.

    Closed at once, with part of a request unread, the system would reset the connection, and the answer be lost.
    """

    def __init__(self, transport: asyncio.Transport, wire: _Wire, limits: Limits) -> None:
        self._transport, self._wire, self._limits = transport, wire, limits
        self._thrown_away = 0
        self.leaving = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        return self.leaving or self._transport.is_closing()

    def close(self) -> None:
        if self.is_closing():
            return
        loop = self._wire.loop
        loop.call_later(self._limits.leave_s, self._transport.abort)
        http = self._wire.conn
        half_read = http.their_state in {h11.SEND_BODY, h11.ERROR} or bool(http.trailing_data[0])
        if not half_read or not self._transport.can_write_eof():
            self._transport.close()
            return
        self.leaving = True
        self._transport.write_eof()
        self._transport.resume_reading()
        loop.call_later(_LINGER_S, self._transport.close)

    def throw_away(self, data: bytes) -> None:
        self._thrown_away += len(data)
        if self._thrown_away > _LINGER_BYTES:
            self._transport.abort()
