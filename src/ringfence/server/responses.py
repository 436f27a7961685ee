"""What the API document says of every answer, and how every question is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any, Literal, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from ringfence.base.errors import BadInput, Fault
from ringfence.base.strict_json import parse_json
from ringfence.desk.plan_views import MEDIA_TYPES
from ringfence.model.record import Record
from ringfence.server.etags import JSON
from ringfence.server.problems import MEDIA_TYPE, FaultView, Refusal

PREFIX = "/api/v1"

RecordT = TypeVar("RecordT", bound=Record)
Responses = dict[int | str, dict[str, Any]]

_ALWAYS = (400, 408, 413, 414, 421, 422, 431, 500, 503)
"""Any request can be malformed, slow, too big, sent to a wrong host, or come when the server fails or is busy."""
_POSTED = (403, 415)

_WORDS = {
    400: "The request is no HTTP or no JSON, or an event id is none.",
    403: "A page of another site asks.",
    404: "There is no such thing.",
    408: "The request came too slowly.",
    409: "The key was used for another entry.",
    413: "The body is too long.",
    414: "The URL is too long.",
    415: "The body is not sent as application/json.",
    421: "The host is not this server.",
    422: "The request can't be used; every fault is named.",
    431: "The headers are too long.",
    500: "Ringfence failed; the log has the instance.",
    503: "Too many ask at once, or nothing can be written here.",
}


class HeadView(Record):
    """A desk's last line: its number and hash. Written down elsewhere, it shows later that no line was cut off."""

    seq: int
    hash: str


class VerifyReport(Record):
    """What a look at every line of the ledger found; `faults` is empty if everything holds."""

    lines: int
    heads: dict[str, HeadView]
    withheld: int = Field(description="texts that never came here")
    erased: int = Field(description="texts that were erased")
    faults: tuple[FaultView, ...]


def answers(method: Literal["GET", "POST"], *more: int, new: type[BaseModel] | None = None) -> Responses:
    """Every answer but the model itself that a route can give."""
    statuses = (*_ALWAYS, *more, *(_POSTED if method == "POST" else ()))
    found: Responses = {status: _problem(status) for status in sorted(statuses)}
    if method == "GET":
        etag = {"schema": {"type": "string"}, "description": "strong; another one for the packed form"}
        found[200] = {"description": "The answer.", "headers": {"ETag": etag}}
        found[304] = {"description": "The client holds this answer already (If-None-Match)."}
    if new is not None:
        location = {"schema": {"type": "string"}, "description": "where the entry can be read"}
        found[201] = {"description": "Stored.", "headers": {"Location": location}}
        found[200] = {"description": "Stored before, under the same key.", "model": new}
    return found


def json_body(model: type[RecordT]) -> Callable[[Request], Awaitable[RecordT]]:
    """A dependency that reads a body strictly: what is no JSON string is no time, and no string is a number.

    It must be declared as JSON, which keeps plain forms of other sites out. The reader stops at 200 levels by itself.
    """

    async def read(request: Request) -> RecordT:
        refuse_other_than_json(request)
        return read_strictly(model, await request.body())

    return read


def refuse_other_than_json(request: Request) -> None:
    """Refuse a body that is not declared as JSON."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != JSON:
        fault = Fault("not-json", "header Content-Type", JSON, repr(kind[:100]), "Send JSON, and say so.")
        raise Refusal(415, fault)


def read_strictly(model: type[RecordT], body: bytes) -> RecordT:
    """What a body says; see `json_body`.

    Raises
    ------
    RequestValidationError
        With everything that doesn't fit.
    """
    try:
        _refuse_twice(body)
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(found) from None


def _refuse_twice(body: bytes) -> None:
    """Refuse a name that stands twice in one object, which the reader passes over; it says itself what is no JSON."""
    try:
        parse_json(body.decode("utf-8", "replace"))
    except (JSONDecodeError, RecursionError):
        return
    except ValueError as error:
        said = str(error)
        problem = {"type": "json_invalid", "loc": ("body",), "msg": said, "input": None, "ctx": {"error": said}}
        raise RequestValidationError([problem]) from None


def wants(model: type[BaseModel]) -> dict[str, Any]:
    """What the API document says of a body that `json_body` reads."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


async def no_strange_query(request: Request) -> None:
    """Refuse query parameters that the route doesn't know, or knows only once: a misspelt filter must not be missed."""
    fields = {field.alias: field for field in request.scope["route"].dependant.query_params}
    faults = []
    for name in dict.fromkeys(request.query_params):
        field = fields.get(name)
        if field is None:
            known = ", ".join(fields) or "no parameter"
            faults.append(
                Fault("unknown-query", "query", known, repr(name[:100]), "Correct or leave out the parameter.")
            )
        elif not isinstance(field.get_default(), tuple) and len(request.query_params.getlist(name)) > 1:
            faults.append(Fault("repeated-query", f"query {name}", "one value", "several", "Send it once."))
    if faults:
        raise BadInput(faults[:100])


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": _WORDS.get(status, HTTPStatus(status).phrase),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


EXPORTS: Responses = {
    **{status: _problem(status) for status in (*_ALWAYS, 404)},
    304: {"description": "The client holds this answer already (If-None-Match)."},
    200: {
        "description": "The file.",
        "headers": {"ETag": {"schema": {"type": "string"}, "description": "strong; another one for the packed form"}},
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "object" if form == "geojson" else "string"}}
            for form, kind in MEDIA_TYPES.items()
        },
    },
}
"""What the export of a plan can answer."""

JSON_LINES = "application/jsonl"

DISCLOSURES: Responses = {
    **EXPORTS,
    200: {**EXPORTS[200], "description": "The lines.", "content": {JSON_LINES: {"schema": {"type": "string"}}}},
}
"""What a disclosure can answer."""

_EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["entry", "promises", "alarm"]},
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "data": {"type": "string", "contentMediaType": JSON},
        "retry": {"type": "integer"},
    },
}

EVENTS: Responses = {
    **{status: _problem(status) for status in _ALWAYS},
    200: {
        "description": "Events: `entry` (id: its position; data: a LogItem) and `promises` (data: a PromisesEvent, at "
        "the start, and whenever an entry or the clock alone changed an answer, or `left_out` or `texts` is another); "
        "`alarm` (data: an AlarmEvent, whenever one is raised, acknowledged or over: read /alarms for those that are); "
        "comments while nothing happens.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
}
"""What the stream of events can answer."""
