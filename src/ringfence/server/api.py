"""The API as an application without an operation, and its document."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from ringfence.desk.views import WhatIf
from ringfence.model.entries import EntryDraft
from ringfence.server.events import PromisesEvent
from ringfence.server.problems import Problem
from ringfence.server.routes import router

_SAYS = """Watch a street cordon: its log, its picture, its promises, and what would be if.

Times are ISO 8601 with an offset. Questions (GET, and POST /what-if) change nothing. Every GET has an ETag.
Everything that goes wrong is told as application/problem+json (RFC 9457) with every fault that was found.
Unknown query parameters are refused. There are no roles yet: who can reach the server may write to the log."""

_TAGS = [
    {"name": "operation", "description": "What stays the same."},
    {"name": "watch", "description": "What holds at any moment, and what changes."},
    {"name": "log", "description": "The append-only log."},
    {"name": "places", "description": "Places as people word them."},
    {"name": "plan", "description": "The fewest barriers, and what would be if."},
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

    def openapi(self) -> dict[str, Any]:
        """The document, with the schemas that no route's model brings in."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, extra = models_json_schema(
                [
                    (Problem, "serialization"),
                    (PromisesEvent, "serialization"),
                    (EntryDraft, "validation"),
                    (WhatIf, "validation"),
                ],
                ref_template="#/components/schemas/{model}",
            )
            schemas = document["components"]["schemas"]
            document["components"]["schemas"] = dict(sorted({**extra["$defs"], **schemas}.items()))
            for path in document["paths"].values():
                for operation in path.values():
                    for parameter in operation.get("parameters", ()):
                        _never_null(parameter["schema"])
                    operation["responses"] = dict(sorted(operation["responses"].items()))
                    operation["summary"], *rest = operation["description"].split("\n\n", 1)
                    operation["description"] = rest[0] if rest else operation["summary"]
        assert self.openapi_schema is not None
        return self.openapi_schema


def _never_null(schema: dict[str, Any]) -> None:
    """A parameter is there or not; it can't be null on the wire."""
    kinds = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) == 1:
        schema.update(kinds[0])
    elif kinds:
        schema["anyOf"] = kinds


def document_bytes(api: FastAPI) -> bytes:
    """The document as it is served and stored, in ASCII."""
    return (json.dumps(api.openapi(), indent=1) + "\n").encode("ascii")
