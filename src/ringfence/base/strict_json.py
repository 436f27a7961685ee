"""JSON as two readers would take it in the same way."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse_json(text: str) -> Any:
    """`json.loads` that refuses what two readers may take in two ways: NaN, infinity, a name twice in one object.

    Raises
    ------
    ValueError, RecursionError
        With what is wrong in words, for the end of a fault.
    """
    return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def no_json(text: str, error: Exception) -> str:
    """What stands where JSON is due, in words, by the error of whoever read it."""
    return str(error)[:100] if text.strip() else "an empty file"


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON number"
    raise ValueError(message)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        message = "a name stands twice in one object"
        raise ValueError(message)
    return document
