"""The application: the routes, behind the gate, with one envelope for every error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.responses import Response

from ringfence.server.alarm_routes import alarm_router
from ringfence.server.api import Api, document_bytes
from ringfence.server.asking import House
from ringfence.server.etags import Body
from ringfence.server.events import Feed
from ringfence.server.gate import Armour, BodyReader, Doorkeeper
from ringfence.server.limits import Limits
from ringfence.server.pages import CONSOLE, Pages
from ringfence.server.planning_routes import planning_router
from ringfence.server.problems import add_handlers
from ringfence.server.record_routes import record_router
from ringfence.server.responses import PREFIX
from ringfence.server.review_routes import review_router
from ringfence.server.routes import router
from ringfence.server.workers import Shared, Workers

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk


def create_app(
    live: LiveDesk, *, limits: Limits | None = None, hosts: Iterable[str] = (), console: Path = CONSOLE
) -> FastAPI:
    """The server for one operation, as an ASGI application.

    Parameters
    ----------
    live : LiveDesk
        Stays the caller's to close.
    limits : Limits, optional
    hosts : iterable of str
        Names beside ``localhost`` under which it may be addressed. With ``0.0.0.0`` or ``::`` any address may.
    console : Path
        The folder of the built console.
    """
    limits = limits or Limits()
    workers = Workers(limits)
    house = House(live, limits, workers, Feed(live, workers, limits), Shared())
    app = Api(
        lifespan=_lifespan,
        middleware=[
            Middleware(Armour),
            Middleware(Doorkeeper, limits=limits, hosts=tuple(hosts)),
            Middleware(BodyReader, limits=limits),
        ],
    )
    app.state.house = house
    routers = (router, planning_router, review_router, record_router, alarm_router)
    routes = [route for one in routers for route in one.routes]
    add_handlers(app, [route for route in routes if isinstance(route, APIRoute)])

    async def openapi(request: Request) -> Response:
        document = await workers.run("question", lambda: Body.of(document_bytes(), gzip_bytes=limits.gzip_bytes))
        return document.response(request.headers)

    app.add_route(f"{PREFIX}/openapi.json", openapi, ["GET"])
    app.add_route("/{path:path}", Pages(workers, limits.gzip_bytes, console).serve, ["GET"])
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch the ledger for as long as the application runs."""
    house: House = app.state.house
    watch = asyncio.create_task(house.feed.watch())
    try:
        yield
    finally:
        house.feed.close()
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        house.workers.close()
