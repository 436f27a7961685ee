"""`ringfence log add`: one entry, from options, from a draft, or as a note."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.cli import entry_options as of
from ringfence.cli.output import AsJson, Operation, show

if TYPE_CHECKING:
    from ringfence.desk.views import LogItem


def add(
    context: typer.Context,
    op: Operation,
    what: of.What = None,
    kind: of.Kind = "note",
    by: of.By = None,
    via: of.Via = None,
    certainty: of.Certainty = None,
    place: of.Place = None,
    ref: of.Ref = None,
    so: of.So = None,
    about: of.About = None,
    after: of.After = None,
    before: of.Before = None,
    reported: of.Reported = None,
    barrier: of.Barrier = None,
    state: of.State = None,
    gate: of.Gate = None,
    staffed: of.Staffed = None,
    site: of.Site = None,
    site_state: of.SiteState = None,
    occupied: of.Occupied = None,
    cleared: of.Cleared = None,
    swept: of.Swept = False,
    rule: of.Rule = None,
    in_force: of.InForce = None,
    number: of.Number = None,
    unit: of.Unit = None,
    basis: of.Basis = None,
    breakdown: of.Breakdown = None,
    why: of.Why = None,
    power: of.Power = None,
    relates_to: of.RelatesTo = None,
    disputes: of.Disputes = None,
    follows: of.Follows = None,
    retracts: of.Retracts = None,
    draft: of.Draft = None,
    as_note: of.AsNote = False,
    key: of.Key = None,
    as_json: AsJson = False,
) -> None:
    """Add an entry to the ledger. Nothing is ever edited: put things right with --kind correction or --retracts."""
    from ringfence.desk.drafts import read_draft
    from ringfence.desk.live import LiveDesk
    from ringfence.desk.notes import keepable, note_of, typed_document

    if draft is not None and what is not None:
        refuse_if([Fault("two-entries", "--draft", "either words or a draft", "both", "Leave one out.")])
    data = None if draft is None else _read_draft(draft, whole=as_note)
    typed = of.stated(context) if data is None else typed_document(data.decode("utf-8", "surrogateescape"))
    live = LiveDesk.open(op)
    with keepable(typed, "the same command with --as-note"):
        if as_note:
            entry = note_of(typed)
        else:
            made = of.document(of.stated(context), live.desk.zone) if data is None else data
            entry = read_draft(made, str(draft or "entry"))
        item, was_new = live.add(entry, key=key)
    show_logged(item, was_new=was_new, as_json=as_json)


def show_logged(item: LogItem, *, was_new: bool, as_json: bool, read: object = None) -> None:
    """The entry as it was logged, with what is odd about it; for machines also the line as it was `read`, if any."""
    if as_json:
        told = {} if read is None else {"read": read}
        show({"new": was_new, **told, **item.model_dump(mode="json", by_alias=True)})
        return
    head = f"{'Logged' if was_new else 'Was logged before'} as {item.entry.id}, line {item.position} of the ledger."
    show("\n".join([head, *(f"⚑ {flag.says}" for flag in item.flags)]))


def read_file(path: Path) -> bytes:
    """A file that somebody named.

    Raises
    ------
    BadInput
        ``missing-file``, if it can't be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise BadInput([Fault("missing-file", str(path), "a readable file", found, "Name another.")]) from None


def _read_draft(draft: Path, *, whole: bool) -> bytes:
    from ringfence.desk.drafts import DRAFT_BYTES_MAX

    if str(draft) != "-":
        return read_file(draft)
    return sys.stdin.buffer.read() if whole else sys.stdin.buffer.read(DRAFT_BYTES_MAX + 1)
