"""The HTTP door: the API of `docs/openapi.json`, live events, and the console's files."""

from ringfence.server.app import create_app
from ringfence.server.limits import Limits
from ringfence.server.serve import serve

__all__ = ["Limits", "create_app", "serve"]
