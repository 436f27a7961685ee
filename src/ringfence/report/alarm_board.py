"""Alarms for a terminal: what is not kept, since when, what would mend it, who knows."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from ringfence.model.alarms import Alarm, Alarms
from ringfence.operation import Operation
from ringfence.report.board import STYLES, Board, plain
from ringfence.report.words import answer_shown, clean, knowledge_shown, moment_shown, since_shown

STEPS_SHOWN_MAX = 4


def alarms_board(operation: Operation, found: Alarms) -> RenderableType:
    """Every alarm, the newest first, and of which moment they are; those that a role knows of are quiet."""
    moment = moment_shown(found.at, operation.zone)
    if found.known_at is not None:
        moment += f", {knowledge_shown(found.known_at, operation.zone)}"

    def build(ascii_only: bool) -> RenderableType:
        loud = sum(alarm.acknowledged is None for alarm in found.alarms)
        count = len(found.alarms)
        if not found.alarms:
            return Text(f"No alarm on {moment}: every promise is kept.", style="bold green")
        head = Text(
            f"{count} {'alarm' if count == 1 else 'alarms'}, {loud} not acknowledged, on {moment}", style="bold"
        )
        return Group(head, *(_alarm(operation, found, alarm, ascii_only) for alarm in found.alarms))

    return Board(build)


def _alarm(operation: Operation, found: Alarms, alarm: Alarm, ascii_only: bool) -> Text:
    answer, known = alarm.answer, alarm.acknowledged
    mark = "ALARM" if known is None else "acknowledged"
    style = f"bold {STYLES[answer.answer]}" if known is None else "dim"
    since = " ".join(part for part in since_shown(answer, found.at, operation.zone) if part)
    text = Text.assemble(
        (f"\n{mark}  {plain(answer_shown(answer), ascii_only)}  ", style),
        (f"{clean(answer.text)} [{clean(answer.id)}]", "bold"),
        f"\n  since {since}: {clean(answer.says)}",
    )
    for step in alarm.mend[:STEPS_SHOWN_MAX]:
        text.append(f"\n  to mend it: {clean(step)}")
    if len(alarm.mend) > STEPS_SHOWN_MAX:
        text.append(f"\n  and {len(alarm.mend) - STEPS_SHOWN_MAX} more steps: --json names them all")
    if known is not None:
        when = known.at.astimezone(operation.zone)
        text.append(f"\n  acknowledged {when:%A %H:%M} by {clean(known.source.by)}: {clean(known.why)}")
    return text
