"""Prints the API document: `python -m ringfence.server.openapi > docs/openapi.json`."""

from __future__ import annotations

from ringfence.server.api import Api, document_bytes

if __name__ == "__main__":
    print(document_bytes(Api()).decode("ascii"), end="")
