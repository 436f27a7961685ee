"""`ringfence alarms`, `acknowledge`, `watch`: what is not kept, who knows of it, a board that follows the log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from ringfence.cli.output import NO, YES, AsJson, At, KnownAt, Operation, open_desk, show

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk
    from ringfence.model.alarms import Alarms

LOOK_S = 0.5
"""Between two looks for what other processes wrote, and at the clock."""

PromiseId = Annotated[str, typer.Argument(metavar="PROMISE", help="The promise's id.", show_default=False)]
By = Annotated[str, typer.Option(help="The role that acknowledges: an office, not a person.", show_default=False)]
Why = Annotated[str, typer.Option(help="Why the alarm stands for now.", show_default=False)]


def alarms(op: Operation, at: At = None, known_at: KnownAt = None, as_json: AsJson = False) -> None:
    """Every promise that is not kept: since when, why, what would mend it, who knows. Exit 1 if nobody knows of one."""
    from ringfence.desk.alarms import alarms_board, alarms_of

    desk = open_desk(op)
    found = alarms_of(desk, at=desk.moment(at), known_at=desk.moment(known_at) if known_at is not None else None)
    show(found if as_json else alarms_board(desk, found))
    raise typer.Exit(YES if found.all_acknowledged else NO)


def acknowledge(
    op: Operation,
    promise: PromiseId,
    by: By,
    why: Why,
    key: Annotated[str | None, typer.Option(help="Sent again with the same key, it is stored once.")] = None,
    as_json: AsJson = False,
) -> None:
    """Log that a role knows of an alarm, and why it stands. It is raised again if it gets worse, or breaks anew."""
    from ringfence.desk.live import LiveDesk

    live = LiveDesk.open(op)
    try:
        item, was_new = live.acknowledge(promise, by=by, why=why, key=key)
    finally:
        live.close()
    if as_json:
        show({"new": was_new, **item.model_dump(mode="json", by_alias=True)})
    else:
        show(f"{'Acknowledged' if was_new else 'Acknowledged before'}: {promise}, as entry {item.entry.id}")


def watch(op: Operation, as_json: AsJson = False) -> None:
    """The promises and alarms as they are, following the log that others write. Ctrl-C stops.

    With --json: JSON Lines, first the alarms there are, then one line for each that is raised, acknowledged or over.
    """
    from ringfence.desk.live import LiveDesk

    live = LiveDesk.open(op)
    try:
        with suppress(KeyboardInterrupt):
            (follow if as_json else draw)(live, time.sleep)
    finally:
        live.close()


def follow(live: LiveDesk, sleep: Callable[[float], None]) -> None:
    """One line for each thing that happens."""
    from ringfence.desk.alarms import alarm_events

    before: Alarms | None = None
    while True:
        now = live.alarms()
        for event in [now] if before is None else alarm_events(before, now):
            print(json.dumps(event.model_dump(mode="json", by_alias=True)))
            sys.stdout.flush()
        before = now
        sleep(LOOK_S)
        live.refresh()


def draw(live: LiveDesk, sleep: Callable[[float], None]) -> None:
    """The board, drawn anew when anything has changed: in its place, or, where nobody looks, one below the other."""
    from rich.live import Live

    in_place = Live(auto_refresh=False, screen=True) if sys.stdout.isatty() else None
    with in_place or nullcontext():
        before: object = None
        while True:
            found = live.alarms()
            now = (found.alarms, live.version, found.at.replace(second=0, microsecond=0) if in_place else None)
            if now != before:
                if in_place is not None:
                    in_place.update(live.watch_board(), refresh=True)
                else:
                    show(live.watch_board())
                    sys.stdout.flush()
                before = now
            sleep(LOOK_S)
            live.refresh()
