"""Prints the API document: `python -m ringfence.server.openapi > docs/openapi.json`."""

from __future__ import annotations

from ringfence.server.api import document_bytes

if __name__ == "__main__":
    print(document_bytes().decode("ascii"), end="")
