"""The console's files, as Vite built them beside this module."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ringfence.base.errors import Fault
from ringfence.server.etags import Body
from ringfence.server.problems import Refusal
from ringfence.server.workers import Workers

CONSOLE = Path(__file__).parent / "console"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""What a console consists of; other files are not handed out."""

_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Pages:
    """The files of one folder; what was read once is kept until the file changes."""

    workers: Workers
    gzip_bytes: int
    folder: Path = CONSOLE
    _held: dict[str, tuple[tuple[int, int], Body]] = field(default_factory=dict)

    async def serve(self, request: Request) -> Response:
        """One file; the folder itself stands for its index.html.

        Raises
        ------
        Refusal
            503 if the console is not built.
        HTTPException
            404 if there is no such file.
        """
        name = request.path_params["path"] or "index.html"
        if name.startswith("api/"):
            raise HTTPException(405)  # or 404: whoever answers looks whether the API has that path
        body = await self.workers.run("question", lambda: self._find(name))
        if body is None and name == "index.html":
            do = "Run make in the checkout; the API is at /api/v1 all the same."
            raise Refusal(503, Fault("no-console", "/", "the console", "none that is built", do))
        if body is None:
            raise HTTPException(404)
        return body.response(request.headers, cache=_FOREVER if name.startswith("assets/") else "no-cache")

    def _find(self, name: str) -> Body | None:
        """The file of that name; None if there is none, or if it lies elsewhere."""
        media_type = _TYPES.get(Path(name).suffix)
        if media_type is None or "\0" in name or {"", ".", ".."} & set(name.split("/")):
            return None  # one name for each file, so that what is held is as much as there is
        try:
            path = (self.folder / name).resolve(strict=True)
            if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
                return None
            state = path.stat()
            mark = (state.st_mtime_ns, state.st_size)
            held = self._held.get(name)
            if held is None or held[0] != mark:
                body = Body.of(path.read_bytes(), gzip_bytes=self.gzip_bytes, media_type=media_type)
                held = self._held[name] = (mark, body)
        except (OSError, ValueError):
            return None
        return held[1]
