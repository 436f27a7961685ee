"""The API's routes: each takes a question apart, asks the desk in a thread, and puts the answer on the wire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from starlette.responses import Response

from ringfence.base.errors import Fault
from ringfence.desk import CheckReport
from ringfence.desk.notes import keepable
from ringfence.desk.typed_line import read_typed_line
from ringfence.desk.views import (
    AreaMap,
    Knowledge,
    LogItem,
    LogPage,
    OperationView,
    PlaceAnswer,
    PlaceNames,
    Replay,
    StreetMap,
    WhatIf,
    WhatIfAnswer,
    WholePicture,
)
from ringfence.ledger import heads_as_told
from ringfence.model.entries import EntryDraft, EntryKind
from ringfence.model.typed import TypedLine, TypedQuestion
from ringfence.server.adding import KEEP, IdempotencyKey, entry_draft, store_entry, typed_of, typed_question
from ringfence.server.asking import ask, ask_shared, body_of, house_of
from ringfence.server.etags import JSON, Body, json_bytes
from ringfence.server.events import POSITION, EventStream, parse_position
from ringfence.server.problems import FaultView, Refusal
from ringfence.server.responses import EVENTS, PREFIX, VerifyReport, answers, json_body, no_strange_query, wants

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk

Moment = Annotated[
    str | None,
    Query(
        max_length=60,
        description="ISO 8601 with an offset, or local time of the operation",
        examples=["2022-02-22T12:00"],
    ),
]
Filter = Annotated[str | None, Query(max_length=200)]


router = APIRouter(prefix=PREFIX, dependencies=[Depends(no_strange_query)])


LOG_PAGE_MAX = 1000
"""Entries that one answer holds at most."""


@router.get("/operation", response_model=OperationView, responses=answers("GET"), tags=["operation"])
async def get_operation(request: Request) -> Response:
    """What stays the same over the days of an operation

    Barriers, sites, promises and rules as planned; `now` is the present, held to the operation's days.
    """
    second = int(time.monotonic())  # `now` moves; within a second it is one answer
    return await ask_shared(request, "operation", (second, house_of(request).live.state), lambda live: live.operation())


@router.get("/streets", response_model=StreetMap, responses=answers("GET"), tags=["operation"])
async def get_streets(request: Request) -> Response:
    """The street network as GeoJSON"""
    return await ask_shared(request, "streets", None, lambda live: live.streets())


@router.get("/area", response_model=AreaMap, responses=answers("GET"), tags=["operation"])
async def get_area(request: Request) -> Response:
    """The protected area and the limit as GeoJSON"""
    return await ask_shared(request, "area", None, lambda live: live.area())


@router.get("/replay", response_model=Replay, responses=answers("GET"), tags=["watch"])
async def get_replay(request: Request, knowledge: Knowledge = "all") -> Response:
    """The whole operation, frame by frame

    Exact: between two frames nothing changes that a promise rests on.
    """
    house = house_of(request)

    async def make() -> Body:
        replay = await house.feed.replay(knowledge)
        return await house.workers.run("question", lambda: body_of(house, replay))

    return (await house.shared.get(f"replay {knowledge}", house.live.state, make)).response(request.headers)


@router.get("/promises", response_model=CheckReport, responses=answers("GET"), tags=["watch"])
async def get_promises(request: Request, at: Moment = None, known_at: Moment = None) -> Response:
    """Every promise at a moment, as known at a moment

    Without `at`: now, or the end of an operation that is long over. Without `known_at`: with all that is known by now.
    """
    return await ask(request, lambda live: live.promises(at=at, known_at=known_at))


@router.get("/picture", response_model=WholePicture, responses=answers("GET"), tags=["watch"])
async def get_picture(request: Request, at: Moment = None, known_at: Moment = None) -> Response:
    """The state folded from the log at a moment, as known at a moment

    Barriers, gates, sites and streets; what was counted, what is disputed, and how barriers' places were worded.
    """
    return await ask(request, lambda live: live.picture(at=at, known_at=known_at))


@router.get("/log", response_model=LogPage, responses=answers("GET"), tags=["log"])
async def get_log(
    request: Request,
    kind: Annotated[tuple[EntryKind, ...], Query(max_length=50, description="only these kinds")] = (),
    place: Filter = None,
    source: Filter = None,
    text: Filter = None,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="only entries before this position")] = None,
    limit: Annotated[int, Query(ge=1, le=LOG_PAGE_MAX)] = 500,
) -> Response:
    """Part of the log, newest in the ledger first"""

    def page(live: LiveDesk) -> LogPage:
        return live.log(kinds=kind, place=place, source=source, text=text, before=before, limit=limit)

    if limit == LOG_PAGE_MAX and not (kind or place or source or text or before):  # what every screen asks for
        return await ask_shared(request, "log", house_of(request).live.state, page)
    return await ask(request, page)


@router.get("/log/verify", response_model=VerifyReport, responses=answers("GET", 404), tags=["log"])
async def get_verification(request: Request) -> Response:
    """Whether every line of the ledger is as it was written"""

    def verify(live: LiveDesk) -> VerifyReport:
        found = live.verify()
        faults = [FaultView.model_validate(fault, from_attributes=True) for fault in found.faults]
        counted = {"lines": found.lines, "withheld": found.withheld, "erased": found.erased}
        return VerifyReport.model_validate({**counted, "heads": heads_as_told(found.heads), "faults": faults})

    return await ask(request, verify, kind="slow")


@router.get("/log/{entry_id}", response_model=LogItem, responses=answers("GET", 404), tags=["log"])
async def get_entry(request: Request, entry_id: Annotated[str, Path(max_length=200)]) -> Response:
    """One entry of the log"""

    def find(live: LiveDesk) -> LogItem:
        item = live.find_item(entry_id)
        if item is None:
            fault = Fault("no-such-entry", "path entry_id", "the id of an entry", repr(entry_id), "Read the log.")
            raise Refusal(404, fault)
        return item

    return await ask(request, find)


@router.post(
    "/log",
    response_model=LogItem,
    status_code=201,
    responses=answers("POST", 409, new=LogItem),
    tags=["log"],
    openapi_extra=wants(EntryDraft),
)
async def post_entry(
    request: Request,
    draft: Annotated[EntryDraft, Depends(entry_draft)],
    key: IdempotencyKey,
) -> Response:
    """Write an entry to the ledger

    It is on the disk when this answers. 200 instead of 201: it had been stored before, under the same key. What is
    refused can be kept as a note: see /notes.
    """
    return await store_entry(request, draft, key, typed=typed_of(await request.body()))


@router.post(
    "/typed-line",
    response_model=TypedLine,
    responses=answers("POST"),
    tags=["log"],
    openapi_extra=wants(TypedQuestion),
)
async def post_typed_line(request: Request, question: Annotated[TypedQuestion, Depends(typed_question)]) -> Response:
    """What is understood of one line of typing?

    Its parts, the draft of the entry that it makes, and what is not clear. Changes nothing: the draft, or the note, is
    sent to /log by whoever has seen it.
    """
    house = house_of(request)

    def read() -> bytes:
        live = house.live
        now = question.now or live.desk.now_of_entries(live.clock())
        with keepable(question.text, KEEP):
            return json_bytes(read_typed_line(live.desk.operation, question.text, now))

    return Response(await house.workers.run("question", read), 200, {"cache-control": "no-store"}, JSON)


@router.get("/places", response_model=PlaceAnswer, responses=answers("GET"), tags=["places"])
async def get_places(request: Request, words: Annotated[str, Query(min_length=1, max_length=300)]) -> Response:
    """Where is that?

    Readings of a place as people word it, best first. An unknown or ambiguous one is refused with suggestions.
    """
    return await ask(request, lambda live: live.places(words))


@router.get("/places/names", response_model=PlaceNames, responses=answers("GET"), tags=["places"])
async def get_place_names(
    request: Request,
    starts: Annotated[str, Query(max_length=300)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
) -> Response:
    """Names that begin with, hold, or resemble what was typed, best first"""
    return await ask(request, lambda live: live.place_names(starts, limit))


@router.post(
    "/what-if",
    response_model=WhatIfAnswer,
    responses=answers("POST"),
    tags=["plan"],
    openapi_extra=wants(WhatIf),
)
async def post_what_if(request: Request, question: Annotated[WhatIf, Depends(json_body(WhatIf))]) -> Response:
    """What would the promises answer, were these things so?

    Changes nothing.
    """
    house = house_of(request)
    body = await house.workers.run("question", lambda: json_bytes(house.live.what_if(question)))
    return Response(body, 200, {"cache-control": "no-store"}, JSON)


@router.get("/events", status_code=200, response_class=EventStream, responses=EVENTS, tags=["watch"])
async def get_events(
    request: Request,
    query: Annotated[
        str, Query(alias="last_event_id", json_schema_extra=POSITION, description="entries behind it are sent first")
    ] = "",
    header: Annotated[
        str, Header(alias="Last-Event-ID", json_schema_extra=POSITION, description="goes before the query")
    ] = "",
) -> Response:
    """New entries, which promises changed, and what happened to alarms, as they come

    A position beyond the end means the end: `last_position` of the event `promises` then shows that the ledger is
    another one.
    """
    house = house_of(request)
    in_query, in_header = parse_position(query, "query last_event_id"), parse_position(header, "header Last-Event-ID")
    return EventStream(house.feed, in_query if in_header is None else in_header, house.limits)
