"""The API's routes for looking back: a moment then and now, histories of promises, hindsight."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ringfence.desk.review import Hindsight, History, Review
from ringfence.server.asking import ask
from ringfence.server.responses import PREFIX, answers, no_strange_query
from ringfence.server.routes import Moment

PromiseId = Annotated[str | None, Query(max_length=200, description="only this promise")]

review_router = APIRouter(prefix=PREFIX, dependencies=[Depends(no_strange_query)])


@review_router.get("/review", response_model=Review, responses=answers("GET"), tags=["watch"])
async def get_review(request: Request, at: Moment = None, known_at: Moment = None) -> Response:
    """A moment as it was known, beside what is known of it now

    Promises, picture, counts, rival claims and wordings of both, and the entries that made the difference. Without
    `known_at`: as known at that moment itself.
    """
    return await ask(request, lambda live: live.review(at=at, known_at=known_at), kind="slow")


@review_router.get("/history", response_model=History, responses=answers("GET"), tags=["watch"])
async def get_history(request: Request, promise: PromiseId = None, known_at: Moment = None) -> Response:
    """From when to when each promise was kept, broken or unknown, and by which entries

    Without `promise`: all of them, with everything that was counted, disputed and worded.
    """
    return await ask(request, lambda live: live.history(promise=promise, known_at=known_at), kind="slow")


@review_router.get("/hindsight", response_model=Hindsight, responses=answers("GET"), tags=["watch"])
async def get_hindsight(request: Request, promise: PromiseId = None) -> Response:
    """Every stretch of time in which a promise was believed another than it is known to have been

    With the entries that changed it.
    """
    return await ask(request, lambda live: live.hindsight(promise=promise), kind="slow")
