"""Answers with a strong ETag, packed where the client unpacks, and 304 where it holds them already (RFC 9110)."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.responses import Response

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an answer, plain and perhaps packed; each form has an ETag of its own."""

    plain: bytes
    packed: bytes | None
    digest: str
    media_type: str = JSON

    @classmethod
    def of(cls, plain: bytes, *, gzip_bytes: int, media_type: str = JSON) -> Body:
        """Pack what is long enough, if that makes it shorter. The same bytes always give the same packed ones."""
        packed = gzip.compress(plain, 6, mtime=0) if len(plain) >= gzip_bytes else None
        if packed is not None and len(packed) >= len(plain):
            packed = None
        return cls(plain, packed, hashlib.sha256(plain).hexdigest(), media_type)

    def response(self, asked: Headers, *, cache: str = "no-cache") -> Response:
        """200 with the form that the client takes, or 304 if it holds that one."""
        packed = self.packed if self.packed is not None and takes_gzip(asked.get("accept-encoding", "")) else None
        etag = f'"{self.digest}"' if packed is None else f'"{self.digest}-gzip"'
        headers = {"etag": etag, "cache-control": cache}
        if self.packed is not None:
            headers["vary"] = "accept-encoding"
        if holds(asked.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        if packed is not None:
            headers["content-encoding"] = "gzip"
        return Response(self.plain if packed is None else packed, 200, headers, self.media_type)


def json_bytes(record: BaseModel) -> bytes:
    """A record as JSON, in ASCII."""
    return record.model_dump_json(by_alias=True, ensure_ascii=True).encode("ascii")


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip. A client that names no encoding gets none."""
    for part in accept_encoding.lower().split(","):
        name, _, weight = (text.strip() for text in part.partition(";"))
        if name in {"gzip", "x-gzip"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def holds(if_none_match: str, etag: str) -> bool:
    """Whether the client holds the form with this ETag."""
    held = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in held or "*" in held
