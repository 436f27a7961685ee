"""From a question to its answer on the wire: in a thread, and once for all who ask the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from ringfence.server.etags import Body, json_bytes
from ringfence.server.events import Feed
from ringfence.server.limits import Limits
from ringfence.server.workers import Kind, Shared, Workers

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk

Question = Callable[["LiveDesk"], BaseModel]


@dataclass(frozen=True)
class House:
    """What the routes work with."""

    live: LiveDesk
    limits: Limits
    workers: Workers
    feed: Feed
    shared: Shared


def house_of(request: Request) -> House:
    """The house that the application was made for."""
    return cast("House", request.app.state.house)


async def ask(request: Request, question: Question, *, kind: Kind = "question") -> Response:
    """Answer one request."""
    house = house_of(request)
    body = await house.workers.run(kind, lambda: body_of(house, question(house.live)))
    return body.response(request.headers)


async def ask_shared(request: Request, name: str, version: Hashable, question: Question) -> Response:
    """Answer all requests that want the same, at one version, with one piece of work."""
    house = house_of(request)

    async def make() -> Body:
        return await house.workers.run("question", lambda: body_of(house, question(house.live)))

    return (await house.shared.get(name, version, make)).response(request.headers)


def body_of(house: House, record: BaseModel) -> Body:
    """A record as the body of an answer."""
    return Body.of(json_bytes(record), gzip_bytes=house.limits.gzip_bytes)
