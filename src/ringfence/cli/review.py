"""The commands that look back: review (then beside now, histories, hindsight) and replay (as it became known)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from ringfence.base.errors import Fault, refuse_if
from ringfence.base.where import Where
from ringfence.cli.output import AsJson, Operation, open_desk, show


def review(
    op: Operation,
    promise: Annotated[
        str | None, typer.Argument(metavar="[PROMISE]", help="Only this one, with --history or --hindsight.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was so. Default: now, within the operation.")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As known to this desk then. Default: as --at; with --history: now."),
    ] = None,
    with_hindsight: Annotated[
        bool, typer.Option("--hindsight", help="Where a promise was believed another than it is known to have been.")
    ] = False,
    with_history: Annotated[
        bool, typer.Option("--history", help="When each promise was kept, broken or unknown, and by which entries.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What was known at a minute, beside what is known of that minute now: promises, picture, counts, rival claims.

    Or, over the whole operation, --history [PROMISE] and --hindsight [PROMISE].
    """
    from ringfence.desk import review as reviewing

    _refuse_mixed(promise, at, known_at, with_hindsight=with_hindsight, with_history=with_history)
    desk = open_desk(op)
    known = desk.moment(known_at) if known_at is not None else None
    answer: reviewing.Review | reviewing.History | reviewing.Hindsight
    if with_hindsight:
        answer = reviewing.hindsight(desk, promise_id=promise)
    elif with_history:
        answer = reviewing.history(desk, promise_id=promise, known_at=known)
    else:
        moment = desk.moment(at)
        answer = reviewing.review(desk, at=moment, known_at=known or moment)
    show(answer if as_json else reviewing.board(desk, answer))


def replay(
    op: Operation,
    speed: Annotated[str, typer.Option(metavar="SPEED", help="60x plays an hour in a minute; max does not wait.")] = (
        "60x"
    ),
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Where it begins. Default: the operation's start.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Where it ends. Default: the operation's end.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The day as it became known: each entry and each change of a promise, when this desk knew of it. Ctrl-C stops.

    With --json: JSON Lines, one event a line.
    """
    play(op, speed, since, until, as_json=as_json, clock=time.monotonic, sleep=time.sleep)


def play(
    op: Where,
    speed: str,
    since: str | None,
    until: str | None,
    *,
    as_json: bool,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Play a log to standard output; clock and sleep are handed in."""
    from ringfence.desk import playing

    times = playing.parse_speed(speed)
    desk = open_desk(op)
    played = playing.events(
        desk,
        since=desk.moment(since) if since is not None else None,
        until=desk.moment(until) if until is not None else None,
    )
    with suppress(KeyboardInterrupt):
        for event in playing.paced(played, times, clock=clock, sleep=sleep):
            if as_json:
                print(json.dumps(event.model_dump(mode="json", by_alias=True)))
            else:
                show(playing.line(desk, event))
            sys.stdout.flush()


def _refuse_mixed(
    promise: str | None, at: str | None, known_at: str | None, *, with_hindsight: bool, with_history: bool
) -> None:
    """Every combination of options that would ask two questions at once."""
    faults = []
    if with_hindsight and with_history:
        faults.append(Fault("two-questions", "review", "--history or --hindsight", "both", "Leave one out."))
    if at is not None and (with_hindsight or with_history):
        expected = "no --at: history and hindsight tell of the whole operation"
        faults.append(Fault("two-questions", "--at", expected, repr(at), "Leave it out."))
    if known_at is not None and with_hindsight:
        expected = "no --known-at: hindsight compares every minute's knowledge with now's"
        faults.append(Fault("two-questions", "--known-at", expected, repr(known_at), "Leave it out."))
    if promise is not None and not (with_hindsight or with_history):
        do = "Add --history or --hindsight, or leave the promise out."
        faults.append(Fault("no-question", "PROMISE", "--history or --hindsight with it", repr(promise), do))
    refuse_if(faults)
