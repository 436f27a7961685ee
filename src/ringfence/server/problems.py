"""One envelope for everything that goes wrong (RFC 9457), whoever noticed it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ringfence.base.errors import BadInput, Conflict, Fault, shown
from ringfence.model.record import EXPECTED, Record, bound_told, field_in, more_told, told_once

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)

_UNAVAILABLE = ("read-only", "cannot-write", "cannot-read", "ledger-damaged", "not-durable", "erasure-unsettled")
_STATUS_OF_CODE = dict.fromkeys(("no-ledger", "no-such-plan", "no-such-entry"), 404) | dict.fromkeys(_UNAVAILABLE, 503)
"""Codes that mean another status than 422 where bad input is told."""

_OF_KIND = {
    "missing": ("missing-field", "Add it."),
    "extra_forbidden": ("unknown-field", "Leave it out."),
    "json_invalid": ("bad-json", "Send one JSON value in UTF-8."),
}
"""pydantic's words for what is wrong, as codes of ours; everything else is ``bad-value``."""


class FaultView(Record):
    """One thing that is wrong with a request."""

    code: str = Field(description="permanent and machine-readable, such as `unknown-barrier`")
    where: str
    expected: str
    found: str
    do: str = Field(description="the next step for a person")


class Problem(Record):
    """What went wrong (RFC 9457), with every fault that was found."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)  # `instance` is mostly left out

    type: str = Field(description="`about:blank`, or `/problems/` and the code that all faults share or `bad-input`")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="of one failure of ours, also in the server's log")
    faults: tuple[FaultView, ...]


class Refusal(Exception):
    """A request that a door refuses, before or beside what the desk has to say."""

    def __init__(self, status: int, *faults: Fault, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.faults, self.headers = status, faults, headers
        super().__init__("\n".join(str(fault) for fault in faults))

    def response(self) -> Response:
        """The envelope."""
        return problem(self.status, self.faults, headers=self.headers)


def problem_body(status: int, faults: Sequence[Fault], *, detail: str = "", instance: str | None = None) -> bytes:
    """The envelope's bytes: ASCII, so that nothing that was sent can steer whoever reads it."""
    codes = {fault.code for fault in faults}
    code = codes.pop() if len(codes) == 1 else "bad-input"
    phrase = HTTPStatus(status).phrase
    words = detail or (str(faults[0]) if len(faults) == 1 else f"{len(faults)} faults.")
    envelope: dict[str, Any] = {
        "type": f"/problems/{code}" if faults else "about:blank",
        "title": code.replace("-", " ").capitalize() if faults else phrase,
        "status": status,
        "detail": words if faults or detail else f"{phrase}.",
        "faults": [asdict(fault) for fault in faults],
    }
    if instance:
        envelope["instance"] = instance
    return json.dumps(envelope).encode("ascii")


def problem(
    status: int,
    faults: Sequence[Fault] = (),
    *,
    detail: str = "",
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The envelope as a response."""
    body = problem_body(status, faults, detail=detail, instance=instance)
    return Response(body, status, {"cache-control": "no-store", **(headers or {})}, MEDIA_TYPE)


def our_fault(error: BaseException) -> Response:
    """The envelope for what should not have happened: nothing of the inside is shown, the log has it all."""
    instance = f"urn:uuid:{uuid4()}"
    _log.error("request failed, %s", instance, exc_info=error)
    return problem(
        500, detail="Ringfence failed. Please report this, with the instance and the server's log.", instance=instance
    )


def add_handlers(app: FastAPI, routes: Iterable[APIRoute]) -> None:
    """Have `app` answer every kind of error with the envelope; `routes` are those of the API."""
    known = tuple(routes)

    async def plain(request: Request, error: Exception) -> Response:
        return _plain(request, cast("HTTPException", error).status_code, known)

    async def refused(_: Request, error: Exception) -> Response:
        return cast("Refusal", error).response()

    async def bad_input(_: Request, error: Exception) -> Response:
        faults = cast("BadInput", error).faults
        statuses = {_STATUS_OF_CODE.get(fault.code, 422) for fault in faults}
        return problem(statuses.pop() if len(statuses) == 1 else 422, faults)

    async def conflict(_: Request, error: Exception) -> Response:
        return problem(409, cast("Conflict", error).faults)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(BadInput, bad_input)
    app.add_exception_handler(Conflict, conflict)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, plain)


async def _invalid(_: Request, error: Exception) -> Response:
    status, faults = told_of(cast("RequestValidationError", error))
    return problem(status, faults)


def told_of(error: RequestValidationError) -> tuple[int, list[Fault]]:
    """What a validator found, in our words, and the status that goes with it."""
    faults = [_fault_of(one) for one in told_once(error.errors()[:100])]
    return 400 if any(fault.code == "bad-json" for fault in faults) else 422, faults


def _plain(request: Request, status: int, routes: Iterable[APIRoute]) -> Response:
    """Starlette's own answers: no such path, wrong method."""
    path = shown(request.url.path, 100)
    allowed = {"GET", "HEAD"}
    if status == 405 and path.startswith("/api/"):
        allowed = {
            method for route in routes if route.path_regex.match(request.url.path) for method in route.methods or ()
        }
        allowed |= {"HEAD"} if "GET" in allowed and request.method != "HEAD" else set()
        status = 405 if allowed else 404
    if status == 405:
        names = ", ".join(sorted(allowed))
        fault = Fault("wrong-method", path, names, shown(request.method, 40), "Use another method.")
        return problem(405, [fault], headers={"allow": names})
    if status == 404:
        fault = Fault("no-such-path", "path", "a path of the API or a file of the console", path, "Correct the path.")
        return problem(404, [fault])
    return problem(status)


def _fault_of(error: Mapping[str, Any]) -> Fault:
    """pydantic's or FastAPI's finding in our words."""
    code, do = _OF_KIND.get(error["type"], ("bad-value", "Correct it."))
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    expected = {"missing-field": "it to be there", "unknown-field": "no such field"}.get(
        code, EXPECTED.get(error["type"]) or bound_told(error) or said
    )
    if more := more_told(error):
        expected, found, do = more
    elif code == "bad-json":
        expected, found = "one JSON value in UTF-8", str(error.get("ctx", {}).get("error", "something else"))
    else:
        found = "nothing" if code == "missing-field" else _brief(error.get("input"))
    return Fault(code, _place(error["loc"]), expected, found, do)


def _place(loc: Sequence[str | int]) -> str:
    first, *rest = loc
    return f"{first} {field_in(rest)}".strip()


def _brief(value: Any) -> str:
    """What was found, short; containers by size only, since they may be big and deep."""
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)} fields"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, int) and abs(value) > 10**30:
        return "a huge number"
    return shown(repr(value[:100] if isinstance(value, str) else value), 120)
