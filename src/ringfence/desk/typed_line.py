"""One line of typing into the draft of an entry, shown with its parts and its doubts before anything is saved.

Pure and deterministic: the same operation, line and moment give the same reading. Nothing is guessed: what can be read
in two ways, or leads nowhere, is a doubt that says what to write.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.notes import DUTY_OFFICER
from ringfence.desk.opening import system_clock
from ringfence.desk.typed_corrections import doubt_correction
from ringfence.desk.typed_counts import doubt_number_not_read, read_count
from ringfence.desk.typed_dates import Clockwork
from ringfence.desk.typed_decisions import HEAD as DECISION
from ringfence.desk.typed_decisions import take_power_and_reason
from ringfence.desk.typed_happenings import Happenings, read_happenings, settle_places
from ringfence.desk.typed_places import Ground
from ringfence.desk.typed_sources import Said, read_links, read_source
from ringfence.desk.typed_text import Reading
from ringfence.desk.typed_times import read_times
from ringfence.desk.typed_words import KIND_HEAD, KIND_HEADS, OWN, read_certainty
from ringfence.model.entries import Certainty, EntryDraft, EntryKind, Source
from ringfence.model.record import Text
from ringfence.model.spans import Span
from ringfence.model.typed import LINE_LETTERS_MAX, TypedLine, TypedPart
from ringfence.operation import Operation

if TYPE_CHECKING:
    from rich.console import RenderableType

SEEN_KINDS: frozenset[EntryKind] = frozenset(
    ("barrier", "staffing", "street", "site_notice", "sweep", "count", "observation")
)
"""Kinds of which a gate or patrol is an eyewitness."""

_TEXT: TypeAdapter[str] = TypeAdapter(Text)


def read_typed_line(operation: Operation, text: str, now: datetime) -> TypedLine:
    """What is understood of a line such as "0412 barrier moved Bunny/Featherston, reported by gate 6".

    Parameters
    ----------
    operation : Operation
        Its barriers, sites, streets and entries are what the line can speak of.
    text : str
        The line. All of it becomes the entry's `what`, word for word.
    now : datetime
        The moment at which it is typed. A time without a date is the latest such time up to a quarter of an hour
        after it.

    Raises
    ------
    BadInput
        ``empty-line``, ``line-too-long`` or ``bad-text``: what no entry can hold.
    """
    _refuse_what_no_entry_holds(text)
    clock = Clockwork(now.astimezone(operation.zone), operation.zone, operation.file.starts)
    read = _read(operation, text, clock)
    if read.decided:  # its reason and its figures are not what happened: they are set aside, and the rest is read anew
        read = _read(operation, text, clock, decided_by=read.reading.parts)
    reading, fields = read.reading, read.fields
    _doubt_what_is_missing(reading, read.said, fields)
    draft = EntryDraft.model_validate(fields)
    return TypedLine(
        text=text,
        draft=draft,
        parts=tuple(sorted(reading.parts, key=lambda part: (part.start, part.end))),
        doubts=tuple(reading.doubts),
        ready=not any(doubt.matters for doubt in reading.doubts),
        note=as_note(text, draft, time_is_clear=not any(one.about == "time" and one.matters for one in reading.doubts)),
    )


class _Read(NamedTuple):
    """A line with the fields of its entry, who says so, and whether it is a decision."""

    reading: Reading
    fields: dict[str, Any]
    said: Said
    decided: bool


def _read(operation: Operation, text: str, clock: Clockwork, *, decided_by: list[TypedPart] | None = None) -> _Read:
    """One reading; of a line known to be a decision with the parts of its first reading."""
    reading = Reading.of(text)
    ground = Ground(operation)
    fields: dict[str, Any] = {}
    if decided_by is None:
        fields |= read_count(reading, operation, clock)
    else:
        fields |= take_power_and_reason(reading, decided_by)
    count = dict(fields) if decided_by is None else {}
    sources = {entry.source.by.casefold() for entry in operation.entries}
    so, reported = read_times(reading, clock, sources)
    links = read_links(reading, operation)
    said = read_source(reading, links, sources)
    decided = _is_decision(reading, by_verb=said.verb.startswith("decide"))
    stated = read_certainty(reading, spare=said.certainty is not None)
    head = KIND_HEAD.search(reading.left)
    if head:
        reading.take(head.start("head"), head.end(), "kind", head["head"].casefold())
    unread = reading.left
    happened = Happenings() if decided else read_happenings(reading)
    if not decided:
        doubt_number_not_read(reading, unread, only_ranges=bool(count or happened.states))
    kind = _kind(links, decided, head, count, happened, stated or said.certainty)
    fields |= links.fields
    if not decided:
        fields |= settle_places(reading, ground, happened, is_count=bool(count))
    own = said.by is not None and (OWN.fullmatch(said.by) is not None or ground.known_barrier(said.by) is not None)
    fields |= {
        "kind": kind,
        "what": text,
        "source": {"by": said.by or DUTY_OFFICER, "via": said.via},
        "certainty": _certainty(stated, said, links, kind, own=own),
        "so": so,
        "reported": reported,
    }
    if kind == "correction":
        of = [entry for entry in operation.entries if entry.id in links.fields["relates_to"]]
        doubt_correction(reading, of, fields, is_stated=bool(stated or said.certainty), now=clock.now)
    return _Read(reading, fields, said, decided)


def as_note(text: str, draft: EntryDraft | None = None, *, time_is_clear: bool = True) -> EntryDraft:
    """The line as a note: its words, by whoever said them or the duty officer, claiming nothing more.

    Raises
    ------
    BadInput
        ``empty-line``, ``line-too-long`` or ``bad-text``: what no entry can hold.
    """
    _refuse_what_no_entry_holds(text)
    return EntryDraft(
        kind="note",
        what=text,
        place=draft.place if draft else None,
        source=draft.source if draft else Source(by=DUTY_OFFICER),
        certainty="claimed",
        so=draft.so if draft and time_is_clear else Span(precision="unknown"),
    )


def typed_board(operation: Operation, line: TypedLine, now: datetime | None = None) -> RenderableType:
    """A line with its parts, the entry it makes and its doubts, for a terminal; `now` is when it would be recorded."""
    from ringfence.report.typed_board import typed_board

    return typed_board(operation, line, now or system_clock())


def refuse_while_in_doubt(line: TypedLine) -> None:
    """Raise `BadInput` with the doubts that matter, if there are any; each says how the line can be kept anyway."""
    faults = [
        Fault(one.code, f"line, {one.about}", one.expected, one.found, f"{one.do} Or keep it: --as-note --save.")
        for one in line.doubts
        if one.matters
    ]
    if faults:
        raise BadInput(faults)


def _refuse_what_no_entry_holds(text: str) -> None:
    """Refused before any work: nothing, too much, or characters that steer a terminal."""
    if len(text) > LINE_LETTERS_MAX:
        expected, found = f"at most {LINE_LETTERS_MAX:,} characters", f"{len(text):,}"
        do = "Write what matters in a line or two, and keep the rest as a file: name it in the words."
        raise BadInput([Fault("line-too-long", "line", expected, found, do)])
    expected, do = "what happened, in a line", "Type when, what, where and who says so."
    empty = Fault("empty-line", "line", expected, "nothing", do)
    if not text.strip():
        raise BadInput([empty])
    do = "Type the line anew: pasted text may hold characters that are not seen."
    half = next((letter for letter in text if "\ud800" <= letter <= "\udfff"), None)  # of bytes that are no UTF-8
    if half is not None:
        raise BadInput([Fault("bad-text", "line", "text in UTF-8", f"U+{ord(half):04X}, half a character", do)])
    try:
        _TEXT.validate_python(text)
    except ValidationError as error:
        said = error.errors()[0]
        if said["type"] == "blank_text":  # of characters that leave no mark
            raise BadInput([empty]) from None
        found = said.get("ctx", {}).get("found", "other text")
        raise BadInput([Fault("bad-text", "line", said["msg"], found, do)]) from None


def _is_decision(reading: Reading, *, by_verb: bool) -> bool:
    """Whether the line is a decision. What was decided has not happened, so no state or count is read from it."""
    match = DECISION.search(reading.left)
    if match:
        reading.take(match.start("head"), match.end("head"), "kind", "decision")
    return match is not None or by_verb


def _kind(
    links: Said,
    decided: bool,
    head: re.Match[str] | None,
    count: dict[str, Any],
    happened: Happenings,
    certainty: Certainty | None,
) -> EntryKind:
    """The kind of entry: what it does to other entries goes first, then what it says of itself, then what happened."""
    if links.kind:
        return links.kind
    if decided or certainty == "denied":
        return "decision" if decided else "denial"
    if head:
        return KIND_HEADS[head["head"].casefold()]
    if count or happened.kind:
        return "count" if count else happened.kind or "note"
    of_certainty: dict[Certainty | None, EntryKind] = {"observed": "observation", "claimed": "claim"}
    return of_certainty.get(certainty, "note")


def _certainty(stated: Certainty | None, said: Said, links: Said, kind: EntryKind, *, own: bool) -> Certainty:
    """As the line says; else as sure as such a source can be of such a thing, and never more."""
    if kind == "confirmation":
        return "confirmed"
    if kind == "denial":
        return "denied"
    if stated or said.certainty:
        return stated or said.certainty or "claimed"
    if kind == "retraction" and (own or (said.by or "").casefold() in links.sources):
        return "confirmed"  # whoever said it, or the operation itself, takes it back by saying so
    if kind == "decision" and own:
        return "confirmed"
    return "observed" if own and (kind in SEEN_KINDS or kind == "correction") else "claimed"


def _doubt_what_is_missing(reading: Reading, said: Said, fields: dict[str, Any]) -> None:
    kind, so = fields["kind"], fields["so"]
    if said.by is None:
        reading.doubt(
            "no-source",
            "source",
            expected="who says so",
            found="nobody",
            do="Add reported by, and an organisation, office or role.",
        )
    if fields.get("retracts") and fields["certainty"] not in {"confirmed", "observed"}:
        reading.doubt(
            "unsure-retraction",
            "certainty",
            expected="a retraction that is confirmed or observed",
            found=str(fields["certainty"]),
            do="Add confirmed, if it is; or write denies instead of takes back.",
        )
    is_told = any(doubt.about == "time" for doubt in reading.doubts)
    timeless = {"note", "correction", "retraction", "confirmation", "denial"}
    if so.precision == "unknown" and kind not in timeless and not is_told:
        reading.doubt(
            "no-time",
            "time",
            expected="when it was so",
            found="nothing stated",
            do="It is kept as unknown. Begin the line with a time, or now, if it is known.",
            matters=False,
        )
    rest = [reading.text[start:end] for start, end in reading.pieces()]
    if rest and kind in SEEN_KINDS - {"observation", "sweep"}:  # beside a sweep they are no small matter
        reading.doubt(
            "not-read",
            "line",
            expected="words that change nothing more",
            found="; ".join(rest)[:200],
            do="They stay in the words of the entry, and were read as nothing else.",
            matters=False,
        )
