"""Boards for looking back: counts and rival claims with their sources, then beside now, histories, hindsight, replay.

Every word of the log stands with who said it and with its times, never more exact than they were stated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ringfence.base.times import show_time
from ringfence.model.answers import AnswerWord, PromiseAnswer
from ringfence.model.entries import Figure
from ringfence.model.reviews import (
    AnswerStretch,
    HindsightStretch,
    PlayAnswer,
    PlayBegin,
    PlayEntry,
    PlayEvent,
    PromiseHistory,
    Said,
)
from ringfence.operation import Operation
from ringfence.picture import BarrierWordings, BasisCount, Count, CountHistory, CountSaid, Picture, Rivals
from ringfence.report.board import STYLES, Board, plain
from ringfence.report.tables import show_span
from ringfence.report.words import (
    OUTSIDE_ITS_DAYS,
    SHAPES,
    barrier_state_shown,
    clean,
    counted,
    duration_shown,
    moment_shown,
)

_STANDING = {"open": "? OPEN", "confirmed": "✔ SETTLED, one side confirmed", "withdrawn": "✔ SETTLED, one taken back"}

Lines = list[RenderableType]


def review_board(
    operation: Operation,
    *,
    at: datetime,
    known_at: datetime,
    promises: Sequence[tuple[PromiseAnswer, PromiseAnswer, Sequence[Said]]],
    pictures: tuple[Picture, Picture],
    told: RenderableType,
    entries_later: int,
) -> RenderableType:
    """A moment as it was known, beside what is known of it now.

    Parameters
    ----------
    promises : sequence of (answer as known then, answer as known now, entries that changed it)
    pictures : (as known then, as known now)
    told : renderable
        What was counted, disputed and worded, as `told_board` gives it.
    entries_later : int
        How many entries of now were not known then.
    """
    zone = operation.zone

    def build(ascii_only: bool) -> RenderableType:
        lines: Lines = [
            Text(clean(operation.file.title), style="bold"),
            Text(f"{moment_shown(at, zone)}, as known on {moment_shown(known_at, zone)}"),
        ]
        if not operation.file.starts <= at <= operation.file.ends:
            lines.append(Text(OUTSIDE_ITS_DAYS, "bold yellow"))
        lines.append(Text(f"{counted(entries_later, 'entry', 'entries')} about it became known later\n"))
        for then, now, changed_by in promises:
            lines += _promise_lines(then, now, changed_by, operation, ascii_only)
        lines += [Text("\nBarriers", style="bold"), *_barrier_lines(operation, *pictures)]
        return Group(*lines, told)

    return Board(build)


def told_board(
    operation: Operation,
    *,
    counts: Sequence[Count],
    rivals: Sequence[Rivals],
    wordings: Sequence[BarrierWordings],
    new_counts: Sequence[Count] = (),
    new_rivals: Sequence[Rivals] = (),
) -> RenderableType:
    """What was counted, what is disputed, and how barriers were worded; what is known otherwise now comes after it."""

    def build(ascii_only: bool) -> RenderableType:
        lines: Lines = []
        for heading, some, more in (
            ("Counts", counts, rivals),
            ("What is known otherwise now", new_counts, new_rivals),
        ):
            if some:
                lines += [
                    Text(f"\n{heading}", style="bold"),
                    *(line for one in some for line in _count(one, operation)),
                ]
            if more:
                title = "Rival claims" if more is rivals else "Rival claims, as known now"
                lines += [Text(f"\n{title}", style="bold")]
                lines += [line for one in more for line in _rivals(one, operation, ascii_only)]
        return Group(*lines, *_worded(wordings, operation))

    return Board(build)


def history_board(
    operation: Operation,
    *,
    known_at: datetime | None,
    promises: Sequence[PromiseHistory],
    counts: Sequence[CountHistory],
    rivals: Sequence[Rivals],
    wordings: Sequence[BarrierWordings],
) -> RenderableType:
    """Each promise from when to when, and by which entries; then all that was counted, disputed and worded."""
    zone = operation.zone

    def build(ascii_only: bool) -> RenderableType:
        known = "as known now" if known_at is None else f"as known on {moment_shown(known_at, zone)}"
        lines: Lines = [Text(f"{clean(operation.file.title)}, {known}", style="bold")]
        for promise in promises:
            lines.append(Text(f"\n{clean(promise.text)} ({promise.promise})", style="bold"))
            for stretch in promise.stretches:
                lines += _stretch(stretch, operation, ascii_only)
        if counts:
            lines.append(Text("\nCounts, in order of report", style="bold"))
        for count in counts:
            lines.append(Text(f"  {_what(count.unit, count.place)} ({_basis_shown(count.basis)})"))
            lines += [_indented(Text(_figure(said, operation)), 4) for said in count.said]
        if rivals:
            lines.append(Text("\nRival claims", style="bold"))
        lines += [line for one in rivals for line in _rivals(one, operation, ascii_only)]
        return Group(*lines, *_worded(wordings, operation))

    return Board(build)


def hindsight_board(operation: Operation, stretches: Sequence[HindsightStretch]) -> RenderableType:
    """What was believed from when to when, what turned out so, and the entries that changed it."""
    zone = operation.zone

    def build(ascii_only: bool) -> RenderableType:
        lines: Lines = [Text(f"{clean(operation.file.title)}: hindsight", style="bold")]
        if not stretches:
            lines.append(Text("At every minute each promise was believed to be what it is known to have been."))
        for one in stretches:
            lines += [
                Text(f"\n{_from_to(one.since, one.until, zone)}  {clean(one.text)} ({one.promise})", style="bold"),
                _indented(_answer(one.believed, one.believed_certain, ascii_only, "was believed  "), 2),
                _indented(Text(clean(one.believed_says)), 16),
                _indented(_answer(one.turned_out, one.turned_out_certain, ascii_only, "turned out so "), 2),
                _indented(Text(clean(one.turned_out_says)), 16),
                *(_indented(Text(f"by {said_shown(said, operation)}"), 2) for said in one.changed_by),
            ]
        return Group(*lines)

    return Board(build)


def play_line(operation: Operation, event: PlayEvent) -> RenderableType:
    """One line of a replay."""
    at = f"{show_time(event.at, operation.zone):<16}"

    def build(ascii_only: bool) -> RenderableType:
        if isinstance(event, PlayEntry):
            return Text.assemble((at, "bold"), f"  {said_shown(event.said, operation, recorded=False)}")
        if isinstance(event, PlayAnswer):
            told = _answer(event.after, event.certain, ascii_only, f"{at}  ")
            return Text.assemble(
                told, (f"  {clean(event.text)}", "bold"), f" (was {event.before}): {clean(event.says)}"
            )
        if isinstance(event, PlayBegin):
            lines: Lines = [Text(f"{at}  {counted(event.entries_known, 'entry', 'entries')} known", style="bold")]
            for one in event.answers:
                lines.append(Text.assemble(_answer(one.answer, one.certain, ascii_only, "  "), f"  {clean(one.text)}"))
            return Group(*lines)
        later = f"; {event.entries_later:,} more can't be shown to have been known by then" * bool(event.entries_later)
        return Text(f"{at}  {counted(event.entries_known, 'entry', 'entries')} known{later}", style="bold")

    return Board(build)


def said_shown(said: Said, operation: Operation, *, recorded: bool = True) -> str:
    """An entry as somebody's word: id, who, how certain, what, where, and its times."""
    via = f", {said.source.via}" if said.source.via else ""
    place = f" ({said.place})" if said.place else ""
    return (
        f"{said.entry}  {clean(said.source.by + via)}, {said.certainty}: {clean(said.what + place)} "
        f"[{_times(said, operation, recorded=recorded)}]"
    )


def _times(said: Said, operation: Operation, *, recorded: bool = True) -> str:
    spans = [("so", said.so), ("reported", said.reported), *([("recorded", said.recorded)] if recorded else [])]
    return "; ".join(f"{word} {show_span(span, operation)}" for word, span in spans)


def _promise_lines(
    then: PromiseAnswer, now: PromiseAnswer, changed_by: Sequence[Said], operation: Operation, ascii_only: bool
) -> Lines:
    told = _answer(then.answer, then.certain, ascii_only)
    if (then.answer, then.certain) == (now.answer, now.certain):
        lines: Lines = [Text.assemble(told, (f"  {clean(then.text)}", "bold"))]
    else:
        known_now = _answer(now.answer, now.certain, ascii_only, "; known now: ")
        lines = [Text.assemble(told, known_now, (f"  {clean(then.text)}", "bold"))]
    lines.append(_indented(Text(clean(then.says)), 4))
    if then.says != now.says:
        lines.append(_indented(Text(f"known now: {clean(now.says)}"), 4))
    return [*lines, *(_indented(Text(f"by {said_shown(said, operation)}"), 4) for said in changed_by)]


def _barrier_lines(operation: Operation, then: Picture, now: Picture) -> Lines:
    lines: Lines = []
    for barrier, before, after in zip(operation.barriers, then.barriers, now.barriers, strict=True):
        was, is_known = barrier_state_shown(barrier, before), barrier_state_shown(barrier, after)
        more = "" if was == is_known else f"; known now: {is_known} ({' '.join(after.entries)})"
        entries = f" ({' '.join(before.entries)})" if before.entries else ""
        lines.append(_indented(Text(f"{clean(barrier.name)}: {was}{entries}{more}"), 2))
    return lines


def _count(count: Count, operation: Operation) -> Lines:
    lines: Lines = [Text(f"  {_what(count.unit, count.place)}")]
    for basis in count.bases:
        lines += [_indented(line, 4) for line in _basis(basis, operation)]
    return lines


def _basis(basis: BasisCount, operation: Operation) -> list[Text]:
    head = f"{_basis_shown(basis.basis)}: "
    if basis.stands is None:
        lines = [Text(f"{head}nothing but a denial")]
    else:
        doubt = "" if basis.newest_certain else " [the log does not tell whether this is the newest]"
        lines = [Text(f"{head}{_figure(basis.stands, operation)}{doubt}")]
    shown = {basis.stands.said.entry} if basis.stands else set()
    lines += [Text(f"also {_figure(one, operation)}") for one in basis.by_source if one.said.entry not in shown]
    lines += [Text(f"denied: {_figure(one, operation)}") for one in basis.denials]
    if basis.spread and basis.spread.low != basis.spread.high:
        spread = basis.spread
        apart = "" if spread.of_one_moment else ", at different moments"
        lows, highs = " ".join(spread.low_by), " ".join(spread.high_by)
        low, high = _number(spread.low), _number(spread.high)
        lines.append(Text(f"from {low} ({lows}) to {high} ({highs}){apart}", "bold"))
    return lines


def _figure(one: CountSaid, operation: Operation) -> str:
    parts = " + ".join(f"{_number(part)} {clean(name)}" for name, part in one.breakdown.items())
    number = "no figure" if one.number is None else _number(one.number)
    flag = f" [the parts are {_number(abs(one.unaccounted))} {'short' if one.unaccounted > 0 else 'too many'}]" if (
        one.unaccounted
    ) else ""  # fmt: skip
    links = [
        f"; {word} {' '.join(ids)}"
        for word, ids in (
            ("denied by", one.denied_by),
            ("in place of", one.corrects),
            ("put right by", one.corrected_by),
        )
        if ids
    ]
    perhaps = "perhaps not yet; " if one.perhaps else ""
    via = f", {one.said.source.via}" if one.said.source.via else ""
    return (
        f"{number}{' = ' if parts and one.number is not None else ', in parts: ' if parts else ''}{parts}{flag}  "
        f"{one.said.entry}  {clean(one.said.source.by + via)}, {one.said.certainty} "
        f"[{perhaps}{_times(one.said, operation)}]{''.join(links)}"
    )


def _rivals(one: Rivals, operation: Operation, ascii_only: bool) -> Lines:
    lines: Lines = [Text(f"  {plain(_STANDING[one.standing], ascii_only)}", style="bold")]
    for side in one.sides:
        links = [
            f"; {word} {' '.join(ids)}"
            for word, ids in (
                ("against", side.against),
                ("confirmed by", side.confirmed_by),
                ("taken back by", side.withdrawn_by),
                ("put right by", side.corrected_by),
            )
            if ids
        ]
        lines.append(_indented(Text(f"{said_shown(side.said, operation)}{''.join(links)}"), 4))
    return lines


def _worded(wordings: Sequence[BarrierWordings], operation: Operation) -> Lines:
    """For each barrier, under a heading; what words several at once stands once, before them."""
    if not wordings:
        return []
    names = {barrier.id: barrier.name for barrier in operation.barriers}
    named = Counter(said.entry for one in wordings for said in one.wordings)
    several = {said.entry: said for one in wordings for said in one.wordings if named[said.entry] > 1}
    lines: Lines = [Text("\nHow the places were worded", style="bold")]
    lines += [Text(f"  {_wording(said, operation)} ({named[said.entry]} barriers)") for said in several.values()]
    for one in wordings:
        lines.append(Text(f"  {clean(names.get(one.barrier, one.barrier))}"))
        entries = [said.entry if said.entry in several else _wording(said, operation) for said in one.wordings]
        lines += [_indented(Text(words), 4) for words in entries]
    return lines


def _wording(said: Said, operation: Operation) -> str:
    reported = show_span(said.reported, operation)
    return f"{said.entry}  {clean(said.source.by)}, reported {reported}: {clean(said.place or '')}"


def _stretch(stretch: AnswerStretch, operation: Operation, ascii_only: bool) -> Lines:
    ways = f", {counted(stretch.ways_in, 'way')} in" if stretch.ways_in else ""
    span = _from_to(stretch.since, stretch.until, operation.zone)
    return [
        _indented(Text.assemble(f"{span}  ", _answer(stretch.answer, stretch.certain, ascii_only), ways), 2),
        *(_indented(Text(f"by {said_shown(said, operation)}"), 6) for said in stretch.by),
        *(_indented(Text(f"disputed by {said_shown(said, operation)}"), 6) for said in stretch.disputed_by),
    ]


def _answer(answer: AnswerWord, certain: bool, ascii_only: bool, before: str = "") -> Text:
    doubt = "" if certain or answer == "unknown" else "?"
    return Text.assemble(before, (plain(f"{SHAPES[answer]} {answer.upper()}{doubt}", ascii_only), STYLES[answer]))


def _from_to(since: datetime, until: datetime, zone: ZoneInfo) -> str:
    return f"{show_time(since, zone)} to {show_time(until, zone)} ({duration_shown(until - since)})"


def _what(unit: str | None, place: str | None) -> str:
    where = "place not stated" if place is None else clean(place)
    return f"{'what was counted is not stated' if unit is None else clean(unit)}, {where}"


def _basis_shown(basis: str | None) -> str:
    return "basis not stated" if basis is None else clean(basis)


def _number(number: Figure) -> str:
    return f"{number:,}"


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns))
