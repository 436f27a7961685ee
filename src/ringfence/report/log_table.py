"""The log as a terminal shows it: a paper log, in which nothing is rubbed out and what was struck says by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ringfence.model.entries import Entry
from ringfence.operation import Operation
from ringfence.picture import Flag
from ringfence.report.tables import show_span
from ringfence.report.words import clean, counted


class Became(NamedTuple):
    """What became of an entry: who takes it back, who corrects it, who says otherwise; and what is odd about it."""

    retracted_by: Sequence[str] = ()
    corrected_by: Sequence[str] = ()
    rivals: Sequence[str] = ()
    flags: Sequence[Flag] = ()


STANDS = Became()


def log_table(operation: Operation, entries: Sequence[Entry], became: Mapping[str, Became]) -> RenderableType:
    """Log entries in order: when it was so, what, where, who said so, how certain; what it changes; what became of it.

    What was taken back or corrected is struck through, and says so in words where a terminal can strike nothing.
    """
    parts: list[RenderableType] = [
        Text(f"{clean(operation.file.title)}: {counted(len(entries), 'entry', 'entries')}", style="bold")
    ]
    for entry in entries:
        fate = became.get(entry.id, STANDS)
        when = show_span(entry.so, operation)
        head = Text.assemble((f"{entry.id}  ", "bold"), f"{when}  {entry.kind}  ", (entry.certainty, "italic"))
        struck = _struck_by(fate)
        place = f" ({entry.place})" if entry.place else ""
        via = f", {entry.source.via}" if entry.source.via else ""
        reported = f"; reported {show_span(entry.reported, operation)}"
        body = Text(clean(entry.what + place), style="strike" if struck else "")
        told = Text(f"{clean(entry.source.by + via)}{reported}", style="dim")
        mark = [Text(f"STRUCK: {struck}", style="bold red")] if struck else []
        facts = [Text(clean(fact)) for fact in _facts(entry)]
        if fate.rivals:
            facts.append(Text(f"others say otherwise: {_listed(fate.rivals)}", style="yellow"))
        odd = [Text(clean(f"⚑ {flag.says}"), style="yellow") for flag in fate.flags]
        parts += [head, *(Padding(text, (0, 0, 0, 4)) for text in (*mark, body, told, *facts, *odd))]
    return Group(*parts)


def _struck_by(fate: Became) -> str:
    told = [("taken back by", fate.retracted_by), ("corrected by", fate.corrected_by)]
    return "; ".join(f"{word} {_listed(ids)}" for word, ids in told if ids)


def _facts(entry: Entry) -> Iterator[str]:
    """What it says beyond its words, a line for each matter that it has."""
    for line in (_figure(entry), "; ".join(_changes(entry)), "; ".join(_links(entry))):
        if line:
            yield line
    for name, text in (("why", entry.why), ("power", entry.power)):
        if text:
            yield f"{name}: {text}"


def _figure(entry: Entry) -> str:
    number = "" if entry.number is None else f"{entry.number}"
    told = " ".join(part for part in (number, entry.unit) if part)
    if entry.breakdown:
        told += f" ({', '.join(f'{part} {figure}' for part, figure in entry.breakdown.items())})"
    if entry.basis:
        told += f", basis: {entry.basis}"
    return f"count: {told.removeprefix(', ')}" if told else ""


def _changes(entry: Entry) -> Iterator[str]:
    if entry.barriers and entry.state:
        yield f"{_listed(entry.barriers)}: {entry.state}"
    if entry.gates and entry.staffed is not None:
        yield f"{_listed(entry.gates)}: {'staffed' if entry.staffed else 'not staffed'}"
    if entry.site and entry.site_state:
        yield f"{entry.site}: {entry.site_state}"
    if entry.rules and entry.in_force is not None:
        yield f"{_listed(entry.rules)}: {'in force' if entry.in_force else 'no longer in force'}"
    for word, names in (("occupied", entry.occupied), ("cleared", entry.cleared)):
        if names:
            yield f"{word}: {_listed(names)}"
    if entry.swept:
        yield f"swept: {entry.swept}"
    if entry.promise:
        yield f"alarm of: {entry.promise}"


def _links(entry: Entry) -> Iterator[str]:
    about = {"correction": "corrects", "confirmation": "confirms", "erasure": "erases texts of"}.get(entry.kind, "see")
    if entry.certainty == "denied":
        about = "denies"
    for word, names in (
        ("takes back", entry.retracts),
        (about, tuple(one for one in entry.relates_to if one not in entry.disputes)),
        ("disputes", entry.disputes),
        ("follows", entry.follows),
    ):
        if names:
            yield f"{word} {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
