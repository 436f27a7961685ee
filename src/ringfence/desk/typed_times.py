"""When, in a typed line: clock times, dates and spans, read as a duty officer means them at a moment."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from ringfence.base.errors import BadInput, Fault
from ringfence.base.times import find_day
from ringfence.desk.typed_dates import (
    CLEAR,
    CLOCK,
    DATE,
    ENDS,
    ISO,
    ISO_MOMENT,
    MOMENT,
    MONTH,
    MONTH_DAY,
    SIDE_DAY,
    WEEKDAY_NAME,
    WHOLE_DAY,
    Clockwork,
    date_in,
    dates,
    in_iso,
    instant,
    read_clock,
    within_years,
)
from ringfence.desk.typed_slips import doubt_half_days, doubt_part_of_day, doubt_slips, doubt_spans_of_days
from ringfence.desk.typed_text import READ, Reading
from ringfence.model.spans import Span

_NIGHT_MAX = timedelta(hours=12)
"""How long two times without dates may lie apart across a midnight: beyond that, they stand the wrong way round."""
_WITH_HALF = re.compile(r"[0-9]\s?[ap]\.?m\b", re.IGNORECASE)
_FIGURES = re.compile(r"[0-9]")

_ABOUT = r"about|around|approx(?:imately)?\.?|roughly|circa|ca?\.|c|~"
_SIDES = r"(?:just\s+|shortly\s+|soon\s+)?(?:before|after)|by|since|from|as\s+of"
_SIDE = rf"(?:{_ABOUT}|{_SIDES})\s*(?P<side_day>{SIDE_DAY})(?![0-9A-Za-z])"
"""A day that is no time by itself, since it is left open whether it is meant too."""
_BETWEEN = rf"(?:between|from)\s+(?P<one>{MOMENT})\s+(?:and|to|until|till?)\s+(?P<two>{MOMENT}){ENDS}"
_TO = r"\s?(?:-|–|—|\b(?:to|until|till?)\b)\s?"
_RANGE = rf"(?P<one>{MOMENT}){_TO}(?P<two>{MOMENT}){ENDS}"
_OPENS = rf"(?:^|(?<=[\s,;(\[{READ}]))"
_FIRST = re.compile(
    rf"^[\s(\[]*(?:{_RANGE}|(?P<single>{MOMENT}){ENDS}|(?P<day>{WHOLE_DAY}|{MONTH_DAY})(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    rf"{_OPENS}(?:(?P<until>(?:not\s+)?(?:until|till?))|up\s+to|(?:not?\s+)?(?:later|earlier)\s+than|prior\s+to"
    rf"|not\s+(?:before|after))\s+(?:{MOMENT}{ENDS}|(?:{SIDE_DAY})(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
"""A time until which something was so, or one put in a roundabout way: its end alone is stated, or its contrary."""
_MOMENT_BEFORE = re.compile(rf"{MOMENT}\s?$", re.IGNORECASE)
_WITHIN = re.compile(
    rf"{_OPENS}(?:{_BETWEEN}|(?P<single>(?:{DATE}),?\s+at\s+(?:{CLOCK})){ENDS}|(?:reported|received|rec'd)\s+(?P<told_at>at\s+)?(?P<told>{MOMENT}|{WHOLE_DAY}){ENDS}"
    rf"|(?!afternoon)(?P<q>(?:at\s+)?(?:{_ABOUT})|{_SIDES}|at)\s*(?P<after_q>{MOMENT}){ENDS}"
    rf"|{_SIDE})",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"{_OPENS}(?:{_RANGE.replace(MOMENT, f'(?:{CLEAR})')}|(?P<single>{ISO_MOMENT}|(?:{DATE}),?\s+(?:at\s+)?(?:{CLOCK})"
    rf"|(?:{CLEAR})(?:,?\s+(?:on\s+)?(?:{DATE}))?|{ISO}){ENDS})",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"{_OPENS}(?:on\s+(?P<on_day>{MONTH_DAY})|(?:on\s+)?(?P<day>{WHOLE_DAY}))(?![0-9A-Za-z])", re.IGNORECASE
)
_BY_NAME = re.compile(rf"\b(?:by|from|per)\s+(?P<name>{WEEKDAY_NAME})(?![0-9A-Za-z])", re.IGNORECASE)
_NOW = re.compile(
    rf"(?:^[\s(\[]*|(?<=,)\s*|(?<=;)\s*|\bas of |\bright )(?P<just>just\s+)?now(?=\s*(?:[,;:.{READ}]|$)|\s)"
    rf"|(?<=\s)(?P<just_too>just\s+)?now(?=\s*[.!]?\s*$)",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:(?:late|early)\s+)?(?:this|yesterday|last|in the)\s+(?:late\s+|early\s+)?(?:morning|afternoon|evening"
    r"|night)\b|\b(?:tonight|overnight|earlier|"
    r"recently|a while ago|just now|[0-9]+\s?(?:min(?:ute)?s?|h(?:ours?)?)\s+ago)\b",
    re.IGNORECASE,
)
_YEAR_OR_TIME = re.compile(
    rf"(?:{MONTH})\.?,?\s+(?P<digits>20[0-9]{{2}})(?![0-9:])(?!,?\s+(?:at\s+)?{CLOCK})"
    rf"|(?<![\w.:/+-])(?P<first>20[0-9]{{2}}),?\s+(?:{MONTH})\.?\s+[0-9]{{1,2}}(?![0-9:])",
    re.IGNORECASE,
)
_TOLD_BEFORE = re.compile(r"\breported\s+by\b[^,;.]*$", re.IGNORECASE)
"""In "reported by gate 6 at 0415" the time is the report's."""


def read_times(reading: Reading, clock: Clockwork, known: Collection[str] = ()) -> tuple[Span, Span | None]:
    """When it was so, and when it was reported if the line says so. Nothing stated: unknown, never now.

    `known` are the sources of the log, casefolded: behind "by" one of them is no day, whatever it is called.
    """
    named = [one.span("name") for one in _BY_NAME.finditer(reading.left) if one["name"].casefold() in known]
    for start, end in named:
        reading.left = reading.left[:start] + READ * (end - start) + reading.left[end:]
    times = _read_all(reading, clock)
    for start, end in named:
        reading.left = reading.left[:start] + reading.text[start:end] + reading.left[end:]
    return times


def _read_all(reading: Reading, clock: Clockwork) -> tuple[Span, Span | None]:
    found: list[Span] = []
    reported: list[Span] = []
    _doubt_year(reading, clock)
    doubt_half_days(reading)
    doubt_spans_of_days(reading)
    _doubt_asides(reading)
    first = _FIRST.search(reading.left)
    if first:
        found += _span_of(reading, first, clock)
    # Every pattern is tried until it finds nothing, for what was read is blanked out.
    for pattern in (_WITHIN, _ALONE, _DAY, _NOW):
        for match in pattern.finditer(reading.left):
            groups = match.groupdict()
            told = bool(groups.get("told")) or _TOLD_BEFORE.search(reading.text[: match.start()]) is not None
            (reported if told else found).extend(_span_of(reading, match, clock, reported=told))
    doubt_slips(reading)
    ends = (end for span in (*found, *reported) if span.precision != "day" for end in (span.from_, span.to) if end)
    doubt_part_of_day(reading, {end.astimezone(clock.zone).hour for end in ends})
    for match in _VAGUE.finditer(reading.left):
        reading.take_match(match, None)
        if not found:
            reading.doubt(
                "vague-time",
                "time",
                expected="an hour, or two hours that it lies between",
                found=match[0].strip(),
                do="It is kept as unknown. Write a time if one was stated.",
                matters=False,
            )
    return _one_of(reading, found), _one_of(reading, reported) if reported else None


def _doubt_year(reading: Reading, clock: Clockwork) -> None:
    for match in _YEAR_OR_TIME.finditer(reading.left):
        digits = match["digits"] or match["first"]
        if int(digits[2:]) < 60 and abs(int(digits) - clock.now.year) <= 1:
            reading.doubt(
                "year-or-time",
                "time",
                expected="a year or a time",
                found=f"{digits}, which may be either",
                do=f"Write {digits[:2]}:{digits[2:]} for the time; or the year, and then the time.",
            )


def _doubt_asides(reading: Reading) -> None:
    """Until when it was so is not when; and who writes "not before 0412" does not mean before it."""
    for match in _ASIDE.finditer(reading.left):
        if match["until"] and _MOMENT_BEFORE.search(reading.left, max(0, match.start() - 60), match.start()):
            continue  # 0400 until 0430
        reading.doubt(
            "unclear-time",
            "time",
            expected="when it was so, in one word",
            found=" ".join(match[0].split()),
            do="Write before or after and a time; of what lasted, when it began; or its end as what was so then.",
        )
        reading.take_match(match, "time", "a time that is not clear")


def _one_of(reading: Reading, found: list[Span]) -> Span:
    different = _without_their_days(list(dict.fromkeys(found)))
    if len(different) == 2 and {one.precision for one in different} == {"after", "before"}:
        ends = {one.precision: one for one in different}
        start, end = ends["after"].from_, ends["before"].to
        if start is not None and end is not None and start <= end:
            return Span(precision="between", from_=start, to=end)
    if len(different) > 1:
        reading.doubt(
            "two-times",
            "time",
            expected="one time, or two as 0400-0430",
            found=f"{len(different)} times",
            do="Leave one out. The time of the report is written as: reported at 0415 by gate 6.",
        )
    return different[0] if different else Span(precision="unknown")


def _without_their_days(different: list[Span]) -> list[Span]:
    """The times without the days in which they all lie: "0412 barrier moved, today" states one time."""
    timed = [one for one in different if one.precision != "day"]
    ends = [end for one in timed for end in (one.from_, one.to) if end]
    rest = []
    for one in different:
        start, end = one.from_, one.to
        is_around = one.precision == "day" and ends and start and end and all(start <= at <= end for at in ends)
        if not is_around:
            rest.append(one)
    return rest


def _span_of(reading: Reading, match: re.Match[str], clock: Clockwork, *, reported: bool = False) -> list[Span]:
    """The span that a pattern found, taken from the line; none if it is no time after all."""
    groups = match.groupdict()
    try:
        span = _read_span(groups, clock)
    except BadInput as error:
        span = None
        for fault in error.faults:
            reading.doubt_fault(fault, "time")
    if span is None:
        reading.take_match(match, "time", "a time that is not clear")
        return []
    ends = [one for one in (span.from_, span.to) if one is not None]
    stated = ends[:1] if span.precision == "day" else ends  # of today the end is not past
    if any(one > clock.limit for one in stated):
        reading.doubt(
            "future-time",
            "time",
            expected=f"a time that is past at {clock.show(clock.now)}",
            found=show_span(span, clock) if span.precision == "day" else clock.show(max(ends)),
            do="Correct the time, or keep the line as a note: an entry says what was so.",
        )
    # "reported at 0415": the word belongs to the source, if one follows.
    told = "told_at" if groups.get("told_at") else "told" if groups.get("told") else 0
    start = match.start(told)
    reading.take(start, match.end(), "time", ("reported " if reported else "") + show_span(span, clock))
    return [span]


def show_span(span: Span, clock: Clockwork) -> str:
    """A span in words, with the year where it is not the present one."""
    start, end = (clock.show(one) if one else "" for one in (span.from_, span.to))
    if span.precision == "day":
        return start[:-6]
    return {
        "exact": start,
        "about": f"about {start}",
        "between": f"between {start} and {end}",
        "after": f"after {start}",
        "before": f"before {end}",
    }.get(span.precision, "not stated")


def _read_span(groups: dict[str, str | None], clock: Clockwork) -> Span | None:
    if any(name in groups for name in ("just", "just_too")):
        about = groups.get("just") or groups.get("just_too")
        return Span(precision="about" if about else "exact", from_=clock.now, to=clock.now)
    one, two = groups.get("one"), groups.get("two")
    if one and two:
        return _between(one, two, clock)
    aside = groups.get("side_day")
    if aside:
        instant(dates(aside, clock, clock.limit)[0].isoformat(), clock)  # refused: it has no hour
    words = next(
        (of for name in ("day", "on_day", "told", "after_q", "single") if (of := groups.get(name))), ""
    ).strip()
    qualifier = (groups.get("q") or "at").casefold().split()[-1]
    if qualifier == "at" and re.fullmatch(rf"{WHOLE_DAY}|{MONTH_DAY}", words, re.IGNORECASE):
        return _day(words, clock)
    moment = _moment(words, clock, clock.limit)
    if qualifier in {"before", "by"}:
        return Span(precision="before", to=moment)
    if qualifier == "after":
        return Span(precision="after", from_=moment)
    return Span(precision="exact" if qualifier in {"at", "since", "from", "of"} else "about", from_=moment, to=moment)


def _between(one: str, two: str, clock: Clockwork) -> Span:
    """From one time to the other; across midnight only if that is the shorter way round the clock."""
    # "22 Feb 2315-0010": the second is the next such time; "0400-0430": the first is the last such time before it.
    if date_in(one) and not date_in(two):
        start = _moment(one, clock, clock.limit)
        end = _next(two, start, clock)
    else:
        end = _moment(two, clock, clock.limit)
        start = _moment(one, clock, end)
    as_typed = f"{one.strip()} to {two.strip()}"
    if {bool(_WITH_HALF.search(words)) for words in (one, two) if _FIGURES.search(words)} == {True, False}:
        expected, do = "am or pm at both times, or at none", "Write both by 24 hours: 1612-1630."
        raise BadInput([Fault("unclear-time", "time", expected, as_typed, do)])
    is_dated = bool(date_in(one) and date_in(two))
    wraps = start.astimezone(clock.zone).time() > end.astimezone(clock.zone).time()
    if start > end or (wraps and not is_dated and end - start > _NIGHT_MAX):
        expected, do = "a start, and then the end", "Turn them round, or write both with their dates."
        raise BadInput([Fault("end-before-start", "time", expected, as_typed, do)])
    return Span(precision="between", from_=start, to=end)


def _day(words: str, clock: Clockwork) -> Span:
    bounds = find_day(dates(words, clock, clock.limit)[0].isoformat(), clock.zone)
    assert bounds is not None, "a date by itself is one"
    start, end = (within_years(one, clock) for one in bounds)
    return Span(precision="day", from_=start, to=end)


def _next(words: str, start: datetime, clock: Clockwork) -> datetime:
    """The first such clock time from `start` on."""
    local = start.astimezone(clock.zone)
    at, offset = read_clock(words)
    day = local.date() if at >= local.time().replace(tzinfo=None) else local.date() + timedelta(days=1)
    return instant(datetime.combine(day, at).isoformat() + offset, clock)


def read_moment(words: str, clock: Clockwork) -> datetime:
    """The latest instant that a clock time or a date with one can mean; raises `BadInput` if there is none, or two."""
    return _moment(words, clock, clock.limit)


def day_or_moment(words: str, clock: Clockwork) -> str:
    """A day, or a day and an hour, as ISO 8601 has it: what is counted since Monday stays so next week."""
    if re.fullmatch(ISO, words, re.IGNORECASE):
        return in_iso(words)
    if re.fullmatch(SIDE_DAY, words, re.IGNORECASE):
        return dates(words, clock, clock.limit)[0].isoformat()
    return read_moment(words, clock).isoformat(timespec="minutes")


def _moment(words: str, clock: Clockwork, limit: datetime) -> datetime:
    """The instant that words mean: with a date that one, else the latest such time that is not later than `limit`."""
    words = words.strip()
    if re.fullmatch(rf"{ISO}", words, re.IGNORECASE):
        return instant(words, clock)
    dated = date_in(words)
    at, offset = read_clock(words.replace(dated, " ", 1) if dated else words)
    days = dates(dated, clock, limit) if dated else _days_back(limit.astimezone(clock.zone).date(), 1)
    for day in days:
        text = datetime.combine(day, at).isoformat()
        # On the day of a clock change the earlier of its two meanings decides whether it can be meant.
        earliest = instant(text + offset, clock) if offset else datetime.combine(day, at, clock.zone)
        if earliest.astimezone(UTC) <= limit.astimezone(UTC) or day == days[-1]:
            return instant(text + offset, clock)
    return instant(words, clock)  # refused: it is no time


def _days_back(day: date, count: int) -> list[date]:
    return [day - timedelta(days=back) for back in range(count + 1)]
