"""The API's routes for alarms: what is not kept, and a role that acknowledges it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from ringfence.base.errors import Fault
from ringfence.desk.views import LogItem
from ringfence.model.alarms import AcknowledgementDraft, Alarms
from ringfence.server.adding import IdempotencyKey
from ringfence.server.asking import ask, house_of
from ringfence.server.etags import JSON, json_bytes
from ringfence.server.problems import Refusal
from ringfence.server.responses import PREFIX, answers, json_body, no_strange_query, wants
from ringfence.server.routes import Moment

alarm_router = APIRouter(prefix=PREFIX, dependencies=[Depends(no_strange_query)])


@alarm_router.get("/alarms", response_model=Alarms, responses=answers("GET"), tags=["watch"])
async def get_alarms(request: Request, at: Moment = None, known_at: Moment = None) -> Response:
    """Every promise that is not kept, the newest first

    With witness, since when, what would mend it, and the role that has acknowledged it. Without `at`: now, held to the
    operation's days.
    """
    return await ask(request, lambda live: live.alarms(at=at, known_at=known_at))


@alarm_router.post(
    "/alarms/{promise}/acknowledgement",
    response_model=LogItem,
    status_code=201,
    responses=answers("POST", 404, 409, new=LogItem),
    tags=["watch"],
    openapi_extra=wants(AcknowledgementDraft),
)
async def post_acknowledgement(
    request: Request,
    promise: Annotated[str, Path(max_length=200)],
    draft: Annotated[AcknowledgementDraft, Depends(json_body(AcknowledgementDraft))],
    key: IdempotencyKey,
) -> Response:
    """Acknowledge an alarm

    An entry of the log, by a role and with a reason. The alarm stays; it is raised again when the answer gets worse, or
    breaks anew. 409 where the promise is kept. 200 instead of 201: it had been stored before, under the same key.
    """
    house = house_of(request)

    def add() -> tuple[str, bytes, bool]:
        if all(one.id != promise for one in house.live.desk.operation.promises):
            fault = Fault("no-such-promise", "path promise", "the id of a promise", repr(promise), "Read the alarms.")
            raise Refusal(404, fault)
        item, new = house.live.acknowledge(promise, by=draft.by, why=draft.why, key=key)
        return item.entry.id, json_bytes(item), new

    entry_id, body, new = await house.workers.run("write", add)
    house.feed.announce()
    location = f"{PREFIX}/log/{quote(entry_id, safe='')}"
    return Response(body, 201 if new else 200, {"location": location, "cache-control": "no-store"}, JSON)
