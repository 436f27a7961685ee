"""Terminal tables of the picture and of places, and spans of time in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ringfence.base.times import show_time
from ringfence.model.answers import PlaceReading
from ringfence.model.spans import Span
from ringfence.operation import Operation
from ringfence.picture import Picture
from ringfence.report.words import OUTSIDE_ITS_DAYS, clean, knowledge_shown, moment_shown

_HOLDS = {"yes": ("■ closed", "green"), "no": ("□ open", "red"), "doubtful": ("? doubtful", "yellow")}


def picture_table(operation: Operation, picture: Picture) -> RenderableType:
    """Barriers by state and sites of a picture; what was counted and is disputed has a board of its own."""
    moment = f"{moment_shown(picture.at, operation.zone)}, {knowledge_shown(picture.known_at, operation.zone)}"
    title = Text(clean(f"{operation.file.title}: {moment}"))
    if not operation.file.starts <= picture.at <= operation.file.ends:
        title.append(f"\n{OUTSIDE_ITS_DAYS}", "bold yellow")
    barriers = Table(title=title, title_justify="left")
    for column in ("Barrier", "State", "Stands", "Staffed", "Entries"):
        barriers.add_column(column)
    names = {barrier.id: barrier.name for barrier in operation.barriers}
    for barrier in picture.barriers:
        words, colour = _HOLDS[barrier.holds]
        claimed = "".join(f", claimed {state}" for state in barrier.states_claimed)
        state = (barrier.state if barrier.certain else f"{' or '.join(barrier.states)}, not certain") + claimed
        barriers.add_row(
            Text(clean(names[barrier.id])),
            Text(state),
            Text(words, style=colour),
            "yes" if barrier.staffed else "not known",
            " ".join(barrier.entries),
        )
    sites = [Text(f"  {site.id}: {site.state}") for site in picture.sites if site.state != "not stated"]
    left_out = Text(f"{picture.entries_known} entries used; {picture.entries_left_out} not known by then or taken back")
    parts: list[RenderableType] = [barriers]
    if sites:
        parts += [Text("\nSites", style="bold"), *sites]
    return Group(*parts, Text(""), left_out)


def places_table(words: str, readings: Sequence[PlaceReading]) -> RenderableType:
    """Readings of a place, best first."""
    table = Table(title=Text(clean(words)), title_justify="left")
    for column in ("Segment", "At", "Lon, lat", "Arms", "Why"):
        table.add_column(column)
    for reading in readings:
        flag = "⚑ " if reading.flagged else ""
        table.add_row(
            Text(clean(reading.segment), overflow="fold"),
            f"{reading.offset_m:.0f} m",
            f"{reading.lon:.5f}, {reading.lat:.5f}",
            Text(clean(", ".join(reading.arms)), overflow="fold"),
            Text(clean(flag + " ".join(reading.reasons))),
        )
    return table


def show_span(span: Span, operation: Operation, *, year: int | None = None) -> str:
    """A span in a few words, no more exact than it was stated; with the year where it is not the operation's.

    `year` is the one that goes without saying, where that is another.
    """
    plain = operation.file.starts.astimezone(operation.zone).year if year is None else year

    def shown(moment: datetime | None) -> str:
        if moment is None:
            return ""
        of = moment.astimezone(operation.zone).year
        told = f" {of}" if of != plain else ""
        return f"{show_time(moment, operation.zone)[:-6]}{told}{show_time(moment, operation.zone)[-6:]}"

    match span.precision:
        case "exact":
            return shown(span.from_)
        case "day":
            return f"{shown(span.from_)[:-6]}, in the day"
        case "between":
            return f"{shown(span.from_)} to {shown(span.to)}"
        case "unknown":
            return "not stated"
        case _:
            return f"{span.precision} {shown(span.from_ or span.to)}"
