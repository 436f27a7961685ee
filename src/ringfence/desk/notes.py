"""What was typed and can't be an entry, kept as a note: its words, and nothing read from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Annotated, Any

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.strict_json import parse_json
from ringfence.model.entries import EntryDraft, Source
from ringfence.model.record import Record, Text, is_blank
from ringfence.model.typed import LINE_LETTERS_MAX

DUTY_OFFICER = "duty officer"
"""Whose word a note is where nobody is named."""

MARK_LETTERS = 200
"""Room for what is said of a text of which only the beginning is kept."""

_TEXT: TypeAdapter[str] = TypeAdapter(Text)

_ELSEWHERE = frozenset(
    (
        "read-only",
        "cannot-write",
        "cannot-read",
        "no-ledger",
        "ledger-damaged",
        "bad-key",
        "bad-clock",
        "erasure-by-hand",
    )
)
"""Faults that a note would meet as well, or that have another way out."""


class NoteQuestion(Record):
    """What was typed: a line, or the fields of an entry that was refused; and who says so."""

    typed: Annotated[
        str | dict[str, JsonValue], Field(description="a text of any kind, or an object such as a refused entry")
    ]
    by: Text | None = None


def note_of(typed: str | Mapping[str, Any], by: str | None = None) -> EntryDraft:
    """What was typed as a note that claims nothing more than its words.

    Of fields, the words come first and the rest after them, so that nothing is lost. What can't be seen, such as
    a control character or one that turns the direction of a line, is written out as ``[U+202E]``. Of what is too long
    for an entry the beginning is kept, and the SHA-256 of the whole, by which it is known again where it is kept.

    Raises
    ------
    BadInput
        ``empty-note``.
    """
    words = typed if isinstance(typed, str) else _in_words(typed)
    if is_blank(words):
        do = "Type what happened, in a line."
        refuse_if([Fault("empty-note", "note", "something that was typed", "nothing", do)])
    what = "" if len(words) > LINE_LETTERS_MAX else _visible(words.strip())
    if not 0 < len(what) <= LINE_LETTERS_MAX:
        what = _beginning(words)
    return EntryDraft(kind="note", what=what, source=Source(by=_said_by(typed, by)), certainty="claimed")


def typed_document(text: str) -> str | dict[str, Any]:
    """A text as the fields that it holds, if it is a JSON object; else as it is."""
    try:
        document = parse_json(text)
    except (ValueError, RecursionError):
        return text
    return document if isinstance(document, dict) else text


@contextmanager
def keepable(typed: str | Mapping[str, Any], how: str) -> Iterator[None]:
    """Errors raised inside say how to keep what was typed as a note, where that can be done; `how` is the way."""
    try:
        yield
    except BadInput as error:
        raise type(error)(with_way_out(error.faults, typed, how)) from None


def with_way_out(faults: Sequence[Fault], typed: str | Mapping[str, Any], how: str) -> tuple[Fault, ...]:
    """The faults, the last one with the way to keep what was typed."""
    if any(fault.code in _ELSEWHERE for fault in faults):
        return tuple(faults)
    try:
        note_of(typed)
    except (BadInput, ValidationError):
        return tuple(faults)
    *others, last = faults
    return (*others, Fault(last.code, last.where, last.expected, last.found, f"{last.do} Or keep it as a note: {how}."))


def _in_words(typed: Mapping[str, Any]) -> str:
    """Fields as a line: the words as they are, everything else by its name."""
    what = typed.get("what")
    rest = {name: value for name, value in typed.items() if name != "what" or not isinstance(what, str)}
    if rest.get("kind") == "note":
        del rest["kind"]  # which it is
    told = "; ".join(f"{name}: {_one(value)}" for name, value in rest.items())
    parts = [what] if isinstance(what, str) else []
    return "\n".join([*parts, *([f"(typed with it: {told})"] if told else [])])


def _one(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _said_by(typed: str | Mapping[str, Any], by: str | None) -> str:
    source = typed.get("source", typed) if isinstance(typed, Mapping) else None
    said = by or (source.get("by") if isinstance(source, Mapping) else None)
    words = _visible(said.strip()) if isinstance(said, str) and len(said) <= LINE_LETTERS_MAX else ""
    return words if not is_blank(words) and len(words) <= LINE_LETTERS_MAX else DUTY_OFFICER


def _beginning(words: str) -> str:
    """As much of the words as fits beside a mark that says how much that is, and what the whole was."""
    begins, kept = "", 0
    for letter in words:
        shown = _shown(letter)
        if len(begins) + len(shown) > LINE_LETTERS_MAX - MARK_LETTERS:
            break
        begins, kept = begins + shown, kept + 1
    whole = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    return (
        f"{begins.strip()}\n(cut: the first {kept:,} of {len(words):,} characters; SHA-256 of all, in UTF-8: {whole})"
    )


def _visible(text: str) -> str:
    """The text with each character that no text may hold written out."""
    return text if _is_text(text) else "".join(map(_shown, text))


def _shown(letter: str) -> str:
    return letter if _is_text(f".{letter}") else f"[U+{ord(letter):04X}]"


def _is_text(text: str) -> bool:
    try:
        _TEXT.validate_python(text)
    except ValidationError:
        return False
    return True
