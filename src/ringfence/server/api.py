"""The API as an application without an operation, and its document."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from ringfence.desk.erasing import ErasureQuestion
from ringfence.desk.notes import NoteQuestion
from ringfence.desk.plan_views import (
    AlternativesQuestion,
    CompareQuestion,
    FrontQuestion,
    ReasonsQuestion,
    SaveQuestion,
    StagesQuestion,
)
from ringfence.desk.views import WhatIf
from ringfence.model.alarms import AcknowledgementDraft, AlarmEvent
from ringfence.model.entries import EntryDraft
from ringfence.model.plans import PlanQuestion
from ringfence.model.typed import TypedQuestion
from ringfence.server.alarm_routes import alarm_router
from ringfence.server.events import PromisesEvent
from ringfence.server.planning_routes import planning_router
from ringfence.server.problems import Problem
from ringfence.server.record_routes import record_router
from ringfence.server.review_routes import review_router
from ringfence.server.routes import router

_SAYS = """Watch a street cordon: its log, its picture, its promises, and what would be if.

Times are ISO 8601 with an offset. Questions (GET, and POST to /what-if, /typed-line and /plan) change nothing.
Every GET has an ETag, but for the stream of events.
Everything that goes wrong is told as application/problem+json (RFC 9457) with every fault that was found.
Unknown query parameters are refused. There are no roles yet: who can reach the server may write to the log."""

_REF = "#/components/schemas/"

_BODIES: tuple[type[BaseModel], ...] = (
    EntryDraft,
    ErasureQuestion,
    NoteQuestion,
    AcknowledgementDraft,
    WhatIf,
    TypedQuestion,
    PlanQuestion,
    FrontQuestion,
    AlternativesQuestion,
    ReasonsQuestion,
    StagesQuestion,
    CompareQuestion,
    SaveQuestion,
)

_TAGS = [
    {"name": "operation", "description": "What stays the same."},
    {"name": "watch", "description": "What holds at any moment, and what changes."},
    {"name": "log", "description": "The append-only log."},
    {"name": "places", "description": "Places as people word them."},
    {
        "name": "plan",
        "description": "The cheapest cordon, the choices beside it, plans kept, and what would be if.",
    },
]


class Api(FastAPI):
    """The routes of the API, and their document."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            title="Ringfence",
            version="1",
            description=_SAYS,
            openapi_tags=_TAGS,
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            redirect_slashes=False,
            generate_unique_id_function=lambda route: route.name,
            **options,
        )
        self.include_router(router)
        self.include_router(planning_router)
        self.include_router(review_router)
        self.include_router(record_router)
        self.include_router(alarm_router)

    def openapi(self) -> dict[str, Any]:
        """The document, with the schemas that no route's model brings in."""
        if self.openapi_schema is None:
            document = super().openapi()
            schemas = document["components"]["schemas"]
            schemas |= _schemas(
                [(Problem, "serialization"), (PromisesEvent, "serialization"), (AlarmEvent, "serialization")]
            )
            bodies = _schemas([(body, "validation") for body in _BODIES])
            apart = [name for name in bodies if schemas.get(name, bodies[name]) != bodies[name]]
            schemas |= {_asked(name, apart): schema for name, schema in _of_bodies(bodies, apart).items()}
            document["components"]["schemas"] = dict(sorted(schemas.items()))
            for path in document["paths"].values():
                for operation in path.values():
                    if "requestBody" in operation:
                        operation["requestBody"] = _of_bodies(operation["requestBody"], apart)
                    for parameter in operation.get("parameters", ()):
                        _never_null(parameter["schema"])
                    operation["responses"] = dict(sorted(operation["responses"].items()))
                    operation["summary"], *rest = operation["description"].split("\n\n", 1)
                    operation["description"] = rest[0] if rest else operation["summary"]
        assert self.openapi_schema is not None
        return self.openapi_schema


def _schemas(models: Sequence[tuple[type[BaseModel], JsonSchemaMode]]) -> dict[str, Any]:
    """Schemas of models and of all that they hold, by name."""
    _, found = models_json_schema(models, ref_template=f"{_REF}{{model}}")
    return dict(found["$defs"])


def _asked(name: str, apart: Collection[str]) -> str:
    """A schema's name in a body: one of its own where an answer's schema of that name is another one.

    What may be left out of a body is always there in an answer.
    """
    return f"{name}-Input" if name in apart else name


def _of_bodies(schema: dict[str, Any], apart: Collection[str]) -> dict[str, Any]:
    """A part of the document, with its references as they are named in bodies."""
    text = json.dumps(schema)
    for name in apart:
        text = text.replace(f'"{_REF}{name}"', f'"{_REF}{_asked(name, apart)}"')
    renamed: dict[str, Any] = json.loads(text)
    return renamed


def _never_null(schema: dict[str, Any]) -> None:
    """A parameter is there or not; it can't be null on the wire."""
    kinds = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) == 1:
        schema.update(kinds[0])
    elif kinds:
        schema["anyOf"] = kinds


@cache
def document_bytes() -> bytes:
    """The document as it is served and stored, in ASCII. It is the same for every operation, and takes a second."""
    return (json.dumps(Api().openapi(), indent=1) + "\n").encode("ascii")
