"""Boards for a terminal that can be read at a glance: promises, plans, and promises across moments.

Every board is a rich renderable without side effects. Answers are told by word, shape and colour; without colour the
word and the shape remain, and where the terminal can't show the shapes, ASCII ones stand for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ringfence.base.measures import Measure
from ringfence.model.answers import AnswerWord, Leak, PromiseAnswer
from ringfence.model.plans import Plan
from ringfence.operation import Operation
from ringfence.report.words import (
    NOT_CERTAIN,
    NOTHING_BETWEEN,
    OUTSIDE_ITS_DAYS,
    SHAPES,
    allowed_by,
    answer_shown,
    clean,
    counted,
    driver_shown,
    enclosed_shown,
    is_count,
    is_doubted,
    knowledge_shown,
    leaks_of,
    least_shown,
    letter,
    moment_shown,
    planned_place_shown,
    proof_mark,
    proof_shown,
    since_shown,
    streets_shown,
    tally,
    why_dearer,
)

STYLES: dict[AnswerWord, str] = {"kept": "bold green", "broken": "bold red", "unknown": "bold yellow"}
"""Colours that repeat what word and shape say."""
_ASCII = str.maketrans({"✔": "+", "✖": "X", "→": ">", "·": "-", "–": "-", "…": "."})
_ARROW_ASCII = "->"

LEAKS_SHOWN_MAX = 5
"""More ways in for one promise are a list for machines, not a board."""


@dataclass(frozen=True)
class Board:
    """A renderable that is built when it is known what the terminal can show."""

    build: Callable[[bool], RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.build(options.ascii_only)


def promise_board(
    operation: Operation, answers: Sequence[PromiseAnswer], *, at: datetime, known_at: datetime | None
) -> RenderableType:
    """Every promise of an operation at a moment: the answer, since when, why; then each way in and its mend.

    Parameters
    ----------
    answers : sequence of PromiseAnswer
        As the checker gave them, for `at` and `known_at`; shown in this order.
    known_at : datetime or None
        None if the answers use all that the log holds.
    """

    def build(ascii_only: bool) -> RenderableType:
        counts = Text("   ").join(
            Text(plain(f"{SHAPES[word]} {count} {word}", ascii_only), style=STYLES[word])
            for word, count in tally(answers)
        )
        heading = Text(clean(operation.file.title), style="bold")
        moment = Text(f"{moment_shown(at, operation.zone)}, {knowledge_shown(known_at, operation.zone)}")
        if not operation.file.starts <= at <= operation.file.ends:
            moment.append(f"\n{OUTSIDE_ITS_DAYS}", "bold yellow")
        table = _promise_table(operation, answers, at, ascii_only)
        bare = (
            [] if operation.barriers else [Text("No barrier is planned yet: ringfence plan finds the fewest.", "bold")]
        )
        return Group(heading, moment, counts, table, *bare, *_leak_lines(answers, ascii_only))

    return Board(build)


def plan_board(
    plan: Plan, real_barriers_count: int | None = None, *, real_arms_count: int | None = None
) -> RenderableType:
    """The fewest barriers: how many arms at how many sites, proven or not, one line for each place.

    Parameters
    ----------
    real_barriers_count, real_arms_count : int or None
        What the operation has, to set beside the plan.
    """

    def build(ascii_only: bool) -> RenderableType:
        driver = driver_shown(plan.threat, plan.vehicle_class)
        least = least_shown(plan)
        heading = Text(f"{least[:1].upper()}{least[1:]} against {driver}", style="bold")
        if not plan.possible:
            parts: list[RenderableType] = [
                heading,
                Text(plain("✖ NO CORDON EXISTS", ascii_only), "bold red"),
            ]
            if plan.witness:
                way = streets_shown(plan.witness, _arrow(ascii_only))
                parts.append(Text(f"A way in that no barrier may close: {way}"))
            parts += [Text(f"  {clean(one.street)} ({clean(one.arm)}): {clean(one.why)}") for one in plan.cannot_close]
            parts += [Text(says) for says in allowed_by(plan)]
            if not plan.cannot_close:
                parts.append(Text(NOTHING_BETWEEN))
            return Group(*parts)
        proven, (words, comma, more) = proof_mark(plan)[0], proof_mark(plan)[1].partition(",")
        mark, style = ("✔", "bold green") if proven else ("?", "bold yellow")
        summary = Text.assemble(
            (plain(f"{mark} {words.upper()}{comma}{more}", ascii_only), style),
            f"  {_cost_shown(plan)}{counted(plan.arms, 'arm')} at {counted(plan.sites, 'site')}, "
            f"{counted(plan.blocks, 'block')}, {plan.staff} staff; {enclosed_shown(plan)} enclosed beside the area",
        )
        beside = [*_lines(why_dearer(plan)), *_beside(real_barriers_count, real_arms_count)]
        return Group(heading, summary, *beside, _plan_table(plan, ascii_only), Text(proof_shown(plan)))

    return Board(build)


def comparison_board(columns: Sequence[tuple[str, Sequence[PromiseAnswer]]]) -> RenderableType:
    """Promises down, moments across. A promise that a moment has no answer for shows a dash."""

    def build(ascii_only: bool) -> RenderableType:
        texts = {answer.id: answer.text for _, answers in columns for answer in answers}
        table = _table_of(ascii_only)
        table.add_column("Promise", ratio=1, overflow="fold")
        for label, _ in columns:
            table.add_column(Text(clean(label)), no_wrap=True)
        found = [{answer.id: answer for answer in answers} for _, answers in columns]
        for promise_id, text in texts.items():
            cells = [_answer_cell(answers.get(promise_id), ascii_only) for answers in found]
            table.add_row(Text(clean(text)), *cells)
        doubted = any(is_doubted(answer) for _, answers in columns for answer in answers)
        note = [Text(f"A question mark after the word: {NOT_CERTAIN}, the log leaves it open.")] if doubted else []
        return Group(table, *note)

    return Board(build)


def tour_board(
    operation: Operation,
    columns: Sequence[tuple[str, str, Sequence[PromiseAnswer]]],
    plans: Sequence[RenderableType],
    notes: Sequence[str],
) -> RenderableType:
    """A tour: the ways in at each moment, the plans, and last, where the eye rests, the promises over the moments.

    Parameters
    ----------
    columns : sequence of (short label, caption, answers)
        One for each moment.
    plans : sequence of renderables
        As `plan_board` gives them.
    notes : sequence of str
        Lines for the end.
    """

    def build(ascii_only: bool) -> RenderableType:
        parts: list[RenderableType] = [Text(clean(operation.file.title), style="bold")]
        for label, caption, answers in columns:
            ways = _leak_lines(answers, ascii_only)
            parts.append(Text(f"\n{clean(label)}  {clean(caption)}" + ("" if ways else ": no way in"), style="bold"))
            parts += ways[1:]
        for plan in plans:
            parts += [Text(), plan]
        parts += [Text(), comparison_board([(label, answers) for label, _, answers in columns])]
        return Group(*parts, *(Text(clean(note), style="bold") for note in notes))

    return Board(build)


def _promise_table(
    operation: Operation, answers: Sequence[PromiseAnswer], at: datetime, ascii_only: bool
) -> RenderableType:
    table = _table_of(ascii_only)
    table.add_column("Answer", no_wrap=True)
    table.add_column("Promise, and what was found", ratio=1, overflow="fold")
    table.add_column("Since", min_width=17, max_width=17)
    for answer in answers:
        cell = _answer_cell(answer, ascii_only)
        if is_doubted(answer):
            cell.append(f"\n{NOT_CERTAIN}")
        found = Text.assemble((clean(answer.text), "bold"), "\n", clean(answer.says))
        since = Text("\n".join(part for part in since_shown(answer, at, operation.zone) if part))
        table.add_row(cell, found, since)
    return table


def _leak_lines(answers: Sequence[PromiseAnswer], ascii_only: bool) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for answer in answers:
        leaks = leaks_of(answer)
        if not leaks:
            continue
        heading = Text.assemble(_answer_cell(answer, ascii_only), "  ", (clean(answer.text), "bold"))
        shown = [_leak_text(leak, ascii_only) for leak in leaks[:LEAKS_SHOWN_MAX]]
        if len(leaks) > LEAKS_SHOWN_MAX:
            shown.append(Text(f"and {len(leaks) - LEAKS_SHOWN_MAX} more ways in: --json names them all"))
        lines += [Text(), heading, *(Padding(leak, (0, 0, 0, 2)) for leak in shown)]
    return lines


def _leak_text(leak: Leak, ascii_only: bool) -> Text:
    arrow = _arrow(ascii_only)
    return Text.assemble(
        ("through ", "bold"),
        clean(leak.through),
        "" if leak.certain else f" [{NOT_CERTAIN}]",
        (f"\n{arrow} by streets ", "bold"),
        streets_shown(leak.path, arrow),
        ("\nto mend it: ", "bold"),
        clean(leak.mend),
    )


def _cost_shown(plan: Plan) -> str:
    """The cost where no other figure shows it."""
    if is_count(plan) and plan.measure is not Measure.IMPORTANCE:
        return ""
    counted_in = "" if plan.measure is Measure.ARMS else f" in {plan.measure}"
    return f"a cost of {plan.cost:,}{counted_in}: "


def _plan_table(plan: Plan, ascii_only: bool) -> Table:
    table = _table_of(ascii_only)
    table.add_column("", no_wrap=True)
    table.add_column("Arm at", ratio=1, overflow="fold")
    table.add_column("Id", overflow="fold")
    table.add_column("Lon, lat", no_wrap=True)
    for position, barrier in enumerate(plan.barriers):
        inferred = " (inferred street)" if barrier.inferred else ""
        place = Text(planned_place_shown(barrier) + inferred)
        for note in barrier.notes:
            place.append(f"\n{clean(note)}")
        table.add_row(letter(position), place, Text(clean(barrier.id)), f"{barrier.lon:.5f}, {barrier.lat:.5f}")
    return table


def _lines(words: str) -> list[RenderableType]:
    return [Text(words)] if words else []


def _beside(barriers_count: int | None, arms_count: int | None) -> list[RenderableType]:
    if barriers_count is None:
        return []
    arms = f" with {counted(arms_count, 'arm')}" if arms_count is not None else ""
    return [Text(f"The operation has {counted(barriers_count, 'barrier')}{arms}.")]


def _answer_cell(answer: PromiseAnswer | None, ascii_only: bool) -> Text:
    if answer is None:
        return Text(plain("–", ascii_only))
    return Text(plain(answer_shown(answer), ascii_only), style=STYLES[answer.answer])


def _table_of(ascii_only: bool) -> Table:
    return Table(box=box.ASCII if ascii_only else box.SIMPLE_HEAD, expand=True, show_lines=False, pad_edge=False)


def plain(text: str, ascii_only: bool) -> str:
    """Text with ASCII shapes where the terminal can show no others."""
    return text.translate(_ASCII) if ascii_only else text


def _arrow(ascii_only: bool) -> str:
    return _ARROW_ASCII if ascii_only else "→"
