"""The API's routes for the log as a record: notes of what could be no entry, texts erased, and all of it for a role."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from ringfence.desk.disclosing import disclose_live
from ringfence.desk.erasing import Erased, ErasureQuestion, erase
from ringfence.desk.notes import NoteQuestion
from ringfence.desk.views import LogItem
from ringfence.model.entries import EntryDraft
from ringfence.server.adding import IdempotencyKey, note_draft, store_entry
from ringfence.server.asking import house_of
from ringfence.server.etags import JSON, Body, json_bytes
from ringfence.server.responses import DISCLOSURES, JSON_LINES, PREFIX, answers, json_body, no_strange_query, wants

record_router = APIRouter(prefix=PREFIX, dependencies=[Depends(no_strange_query)])


@record_router.post(
    "/log/{entry_id}/erasure",
    response_model=Erased,
    status_code=201,
    responses=answers("POST", 404, new=Erased),
    tags=["log"],
    openapi_extra=wants(ErasureQuestion),
)
async def post_erasure(
    request: Request,
    entry_id: Annotated[str, Path(min_length=1, max_length=200)],
    asked: Annotated[ErasureQuestion, Depends(json_body(ErasureQuestion))],
) -> Response:
    """Erase free texts of an entry for good

    The chain still verifies, and a new entry says what went, by whom and under which power. It needs no key: what is
    erased can't be erased again, and 200 instead of 201 names the entry that said so before.
    """
    house = house_of(request)

    def work() -> tuple[str, bytes, bool]:
        told, new = erase(house.live, entry_id, asked)
        return told.erasure.entry.id, json_bytes(told), new

    erasure_id, body, new = await house.workers.run("write", work)
    house.feed.announce()
    location = f"{PREFIX}/log/{quote(erasure_id, safe='')}"
    return Response(body, 201 if new else 200, {"location": location, "cache-control": "no-store"}, JSON)


@record_router.post(
    "/notes",
    response_model=LogItem,
    status_code=201,
    responses=answers("POST", 409, new=LogItem),
    tags=["log"],
    openapi_extra=wants(NoteQuestion),
)
async def post_note(
    request: Request, note: Annotated[EntryDraft, Depends(note_draft)], key: IdempotencyKey
) -> Response:
    """Keep what was typed as a note

    For what can't be an entry: its words are kept, characters that can't be seen written out, and nothing is read
    from them. An entry that /log refused can be sent as it is, as `typed`. Of what is too long for an entry the
    beginning is kept, and the SHA-256 of all: up to 16 MiB are taken here, more than anywhere else.
    """
    return await store_entry(request, note, key, typed="")


@record_router.get("/disclosure", responses=DISCLOSURES, response_class=Response, tags=["log"])
async def get_disclosure(
    request: Request,
    role: Annotated[
        str, Query(min_length=1, max_length=200, description="`public`, `court`, or a role of the operation's own")
    ],
) -> Response:
    """The whole ledger for a role, as JSON Lines

    Texts that the role may not read are withheld, their commitments stay: so the chain verifies all the same.
    """
    house = house_of(request)

    def work() -> Body:
        text = disclose_live(house.live, role).text
        return Body.of(text.encode(), gzip_bytes=house.limits.gzip_bytes, media_type=JSON_LINES)

    return (await house.workers.run("slow", work)).response(request.headers)
