"""Free texts, and the salted hashes that stand for them in a line, so that a text can go and its line stay."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from ringfence.model.entries import ERASED, WITHHELD, TextField
from ringfence.model.record import Id, Record, Text

SALT_BYTES = 16
"""128 bits: nobody tries them all to find out which text it was."""

Salts = Callable[[], bytes]
"""Gives `SALT_BYTES` bytes that nobody can foresee, others each time."""


class KeptText(Record):
    """A text and the salt (lower-case hexadecimal) that it was committed to with."""

    salt: Annotated[str, Field(pattern=f"^[0-9a-f]{{{2 * SALT_BYTES}}}$")]
    text: Text


class RevealedText(KeptText):
    """A text of an entry with its salt, as it is handed to somebody who has the line without it."""

    entry: Id
    field: TextField


Texts = dict[TextField, KeptText | None]
"""An entry's texts by field. None: it was erased. Not named: it was withheld."""


def fresh_salt() -> bytes:
    """A salt from the operating system's source of secrets."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: str, text: str) -> str:
    """SHA-256 over the bytes of the salt and then of the text in UTF-8."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def commit(document: dict[str, Any], salts: Salts) -> tuple[dict[str, Any], dict[str, Any]]:
    """An entry's document with a commitment in the place of each text; and the texts, each with its salt."""
    written, texts = _copy(document), {}
    for field, holder, name in _places(written):
        salt, text = salts().hex(), holder[name]
        texts[field] = {"salt": salt, "text": text}
        holder[name] = {"sha256": commitment(salt, text)}
    return written, texts


def fill(written: dict[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's document as people read it: each text in its place, or the word for what became of it.

    What is no commitment is left as it is: the record says what is wrong with it.
    """
    document = _copy(written)
    for field, holder, name in _places(document):
        if _committed(holder[name]) is not None:
            holder[name] = _read(texts.get(field, WITHHELD))
    return document


def blank(document: dict[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """A plain entry's document with the texts blanked that are not in `texts`, so that the rest can be compared."""
    document = _copy(document)
    for field, holder, name in _places(document):
        if texts.get(field) is None:
            holder[name] = _read(texts.get(field, WITHHELD))
    return document


def commitments(written: Mapping[str, Any]) -> dict[str, str | None]:
    """Each text's commitment, by field; None where something else stands."""
    return {field: _committed(holder[name]) for field, holder, name in _places(written)}


def broken(written: Mapping[str, Any], texts: Mapping[str, KeptText | None]) -> list[str]:
    """Fields whose text is not the one that was committed to."""
    committed = commitments(written)
    return [
        field
        for field, kept in texts.items()
        if kept is not None and commitment(kept.salt, kept.text) != committed.get(field)
    ]


def named(fields: Iterable[str], written: Mapping[str, Any]) -> list[str]:
    """The fields of an entry that are meant: ``ref`` means each reference. What it does not have is left as it is."""
    found: list[str] = []
    for field in fields:
        found += [one for one in commitments(written) if one.startswith("ref.")] if field == "ref" else [field]
    return list(dict.fromkeys(found))


def _places(document: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Every place where a text is said: its field, and what holds it under which name."""
    for name in ("what", "why", "place"):
        if document.get(name) is not None:
            yield name, document, name
    source, references = document.get("source"), document.get("ref")
    if isinstance(source, dict):
        for name in ("by", "via"):
            if source.get(name) is not None:
                yield f"source.{name}", source, name
    if isinstance(references, list):
        for number in range(len(references)):
            yield f"ref.{number}", references, number


def _copy(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy as deep as texts lie."""
    copy = dict(document)
    if isinstance(copy.get("source"), dict):
        copy["source"] = dict(copy["source"])
    if isinstance(copy.get("ref"), list):
        copy["ref"] = list(copy["ref"])
    return copy


def _committed(value: Any) -> str | None:
    if isinstance(value, dict) and set(value) == {"sha256"} and isinstance(value["sha256"], str):
        found: str = value["sha256"]
        if len(found) == 64 and not set(found) - set("0123456789abcdef"):
            return found
    return None


def _read(kept: Any) -> Any:
    """What is read for a text that is kept (as a record or a document), erased (None) or withheld."""
    if kept is None:
        return ERASED
    if isinstance(kept, KeptText):
        return kept.text
    return kept.get("text") if isinstance(kept, dict) else kept
