"""Entries on their way into the ledger: read strictly, stored once, and kept as a note where they can't be one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from ringfence.desk.notes import NoteQuestion, keepable, note_of, typed_document, with_way_out
from ringfence.model.entries import EntryDraft
from ringfence.model.typed import TypedQuestion
from ringfence.server.asking import house_of
from ringfence.server.etags import JSON, json_bytes
from ringfence.server.gate import NOTES
from ringfence.server.problems import Refusal, told_of
from ringfence.server.responses import PREFIX, json_body, read_strictly, refuse_other_than_json

KEEP = f"POST what was typed to {NOTES}"

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern="^[ -~]+$",
        description="the same key with the same entry is stored once, however often it is sent",
    ),
]

LONG_BYTES = 64 * 1024
"""A note of more is read one at a time."""

_read_draft = json_body(EntryDraft)
_read_line = json_body(TypedQuestion)


async def entry_draft(request: Request) -> EntryDraft:
    """A dependency: the body as a draft; what is wrong with it comes with the way to keep it all the same."""
    try:
        return await _read_draft(request)
    except RequestValidationError as error:
        status, faults = told_of(error)
        raise Refusal(status, *with_way_out(faults, typed_of(await request.body()), KEEP)) from None


async def typed_question(request: Request) -> TypedQuestion:
    """A dependency: a line to be understood; what is wrong with it comes with the way to keep it all the same."""
    try:
        return await _read_line(request)
    except RequestValidationError as error:
        status, faults = told_of(error)
        typed = typed_of(await request.body())
        line = typed.get("text") if isinstance(typed, dict) else typed
        told = with_way_out(faults, line, KEEP) if isinstance(line, str) else faults
        raise Refusal(status, *told) from None


async def note_draft(request: Request) -> EntryDraft:
    """A dependency: what was typed as a note. It may be long, so a thread reads it: the event loop only waits."""
    refuse_other_than_json(request)
    body = await request.body()

    def read() -> EntryDraft:
        asked = read_strictly(NoteQuestion, body)
        return note_of(asked.typed, asked.by)

    return await house_of(request).workers.run("slow" if len(body) > LONG_BYTES else "question", read)


def typed_of(body: bytes) -> str | dict[str, Any]:
    """What a body holds, to be kept as a note: the fields of an object, or the text as it is."""
    return typed_document(body.decode("utf-8", "surrogateescape"))


async def store_entry(request: Request, draft: EntryDraft, key: str, *, typed: str | dict[str, Any]) -> Response:
    """Have the ledger take an entry, and tell everybody."""
    house = house_of(request)

    def add() -> tuple[str, bytes, bool]:
        with keepable(typed, KEEP):
            item, new = house.live.add(draft, key=key)
        return item.entry.id, json_bytes(item), new

    entry_id, body, new = await house.workers.run("write", add)
    house.feed.announce()
    location = f"{PREFIX}/log/{quote(entry_id, safe='')}"
    return Response(body, 201 if new else 200, {"location": location, "cache-control": "no-store"}, JSON)
