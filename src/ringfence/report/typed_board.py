"""A typed line for a terminal: its parts under it, the entry that it makes, and what is not clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ringfence.model.entries import EntryDraft
from ringfence.model.typed import TypedLine, TypedPart
from ringfence.operation import Operation
from ringfence.report.tables import show_span
from ringfence.report.words import clean

_MARKED_CELLS_MAX = 110
"""A line that is longer would break, and its marks with it."""


def typed_board(operation: Operation, line: TypedLine, now: datetime) -> RenderableType:
    """The line with its parts marked, each part as it was read, the entry as a table, and the doubts.

    `now` is the moment at which it would be recorded: times in another year say so.
    """
    shown = clean(line.text)
    parts: list[RenderableType] = [Text(shown, style="bold")]
    if cell_len(shown) <= _MARKED_CELLS_MAX and len(shown) == len(line.text):
        parts.append(Text(_marks(shown, line.parts)))
    read = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for ix, part in enumerate(line.parts):
        read.add_row(_letter(ix), part.read_as, Text(clean(part.text)), Text(f"→ {clean(part.says)}"))
    if line.parts:
        parts.append(read)
    entry = Table(title="This would be logged" if line.ready else "This is what was understood", title_justify="left")
    entry.add_column("Field")
    entry.add_column("Value", overflow="fold")
    for name, value in _fields(operation, line.draft, now.astimezone(operation.zone).year):
        entry.add_row(name, Text(clean(value)))
    parts += [Text(""), entry]
    for doubt in line.doubts:
        sign, style = ("✖ ", "bold red") if doubt.matters else ("? ", "yellow")
        said = f"{doubt.about}: expected {doubt.expected}; found {doubt.found}. {doubt.do}"
        parts.append(Text.assemble((sign, style), clean(said)))
        if doubt.choices:
            parts.append(Text(f"  Known: {clean('; '.join(doubt.choices))}"))
    return Group(*parts)


def _letter(ix: int) -> str:
    """a to z; from the 27th part on two letters."""
    first, second = divmod(ix, 26)
    return (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + second)


def _marks(shown: str, parts: tuple[TypedPart, ...]) -> str:
    """The letter of each part under its first character, and a rule under the rest of it."""
    marks = ""
    for ix, part in enumerate(parts):
        start, width = cell_len(shown[: part.start]), cell_len(shown[part.start : part.end])
        marks += " " * (start - len(marks)) + (_letter(ix) + "─" * width)[: max(width, 1)]
    return marks


def _fields(operation: Operation, draft: EntryDraft, year: int) -> Iterator[tuple[str, str]]:
    names = {barrier.id: barrier.name for barrier in operation.barriers}
    yield "kind", draft.kind
    yield "when", show_span(draft.so, operation, year=year)
    if draft.reported:
        yield "reported", show_span(draft.reported, operation, year=year)
    if draft.place:
        yield "place", draft.place
    yield "source", draft.source.by + (f", by {draft.source.via}" if draft.source.via else "")
    yield "certainty", draft.certainty
    if draft.number is not None:
        of = " + ".join(f"{number:,} {name}" for name, number in draft.breakdown.items())
        yield "number", f"{draft.number:,} {draft.unit or ''}".strip() + (f" = {of}" if of else "")
    if draft.basis:
        yield "basis", draft.basis
    if draft.state:
        yield "barriers", f"{', '.join(names.get(one, one) for one in draft.barriers)}: {draft.state}"
    if draft.staffed is not None:
        gates = ", ".join("all gates" if one == "*" else names.get(one, one) for one in draft.gates)
        yield "gates", f"{gates}: {'staffed' if draft.staffed else 'not staffed'}"
    if draft.site:
        yield "site", f"{draft.site}: {draft.site_state}"
    if draft.swept:
        yield "swept", draft.swept
    for name, words in (("why", draft.why), ("under which power", draft.power)):
        if words:
            yield name, words
    for name in ("occupied", "cleared", "relates_to", "disputes", "follows", "retracts"):
        if getattr(draft, name):
            yield name.replace("_", " "), ", ".join(getattr(draft, name))
