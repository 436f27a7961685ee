"""When, in a typed line: clock times, dates and spans, read as a duty officer means them at a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ringfence.base.errors import BadInput, Fault
from ringfence.base.times import find_day, parse_time, show_time
from ringfence.desk.typed_slips import doubt_half_days, doubt_part_of_day, doubt_slips
from ringfence.desk.typed_text import READ, Reading
from ringfence.model.record import YEAR_MAX, YEAR_MIN
from ringfence.model.spans import Span

TOLERANCE = timedelta(minutes=15)
"""How far ahead of the desk's clock a stated time may lie: clocks differ."""

_NIGHT_MAX = timedelta(hours=12)
"""How long two times without dates may lie apart across a midnight: beyond that, they stand the wrong way round."""
_HALF = re.compile(r"[0-9]\s?[ap]\.?m\b", re.IGNORECASE)
_FIGURES = re.compile(r"[0-9]")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAY = r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
OFFSET = r"(?:Z|\+[0-9]{2}:?[0-9]{2})"
ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_PLAIN = rf"(?:[01][0-9]|2[0-3])[0-5][0-9](?:\s?[ap]\.?m\b\.?)?(?:{OFFSET})?"
_CLEAR = (
    rf"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:\s?[ap]\.?m\b\.?)?(?:{OFFSET})?"
    r"|(?:0?[1-9]|1[0-2])(?:\.[0-5][0-9])?\s?[ap]\.?m\b\.?|noon|midnight"
    rf"|(?:[01][0-9]|2[0-3])[0-5][0-9](?:{OFFSET})?\s?(?:hrs|hours|hr|h)\b"
)
"""A clock time that nothing else looks like; four digits alone are one only where a time is due."""
_CLOCK = rf"(?:{_CLEAR}|{_PLAIN})(?:\s?(?:hrs|hours|hr|h)\b)?"
_YEAR = rf"(?:19|20|21)[0-9]{{2}}(?=,?\s+(?:at\s+)?(?:{_CLOCK})(?![0-9A-Za-z]))"
_DATE = (
    rf"yesterday|today|(?:{_WEEKDAY})?,?\s?[0-9]{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b\.?(?:,?\s+{_YEAR})?"
    rf"|(?:{_MONTH})\.?\s+[0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9:])(?:,?\s+{_YEAR})?|(?:{_WEEKDAY})\b"
)
_WHOLE_DAY = (
    rf"yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day|[0-9]{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
_MOMENT = rf"(?:{ISO}|(?:{_DATE}),?\s+(?:at\s+)?(?:{_CLOCK})|(?:{_CLOCK})(?:,?\s+(?:on\s+)?(?:{_DATE}))?)"
_ENDS = r"(?![0-9A-Za-z])(?!\s?[%+=])"
_QUALIFIER = (
    r"(?:at\s+)?(?:about|around|approx(?:imately)?\.?|roughly|circa|ca?\.|c|~)|(?:just\s+|shortly\s+|soon\s+)?"
    r"(?:before|after)|by|since|from|at"
)
_DATED_DAY = rf"yesterday|[0-9]{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
_SIDE = (
    r"(?:(?:about|around|approx(?:imately)?\.?|roughly|circa|ca?\.|c|~|(?:just\s+|shortly\s+|soon\s+)?(?:before|after)"
    rf"|since)\s*(?P<side_day>{_WHOLE_DAY})|(?:by|from)\s+(?P<by_day>{_DATED_DAY}))(?![0-9A-Za-z])"
)
"""A day that is no time by itself, since it is left open whether it is meant too. By and from have sources as well."""
_BETWEEN = rf"(?:between|from)\s+(?P<one>{_MOMENT})\s+(?:and|to)\s+(?P<two>{_MOMENT}){_ENDS}"
_RANGE = rf"(?P<one>{_MOMENT})\s?(?:-|–|—|\bto\b|\buntil\b)\s?(?P<two>{_MOMENT}){_ENDS}"
_OPENS = rf"(?:^|(?<=[\s,;(\[{READ}]))"
_FIRST = re.compile(
    rf"^[\s(\[]*(?:{_RANGE}|(?P<single>{_MOMENT}){_ENDS}|(?P<day>{_WHOLE_DAY})(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    rf"{_OPENS}(?:{_BETWEEN}|(?:reported|received|rec'd)\s+(?P<told_at>at\s+)?(?P<told>{_MOMENT}|{_WHOLE_DAY}){_ENDS}"
    rf"|(?!afternoon)(?P<q>{_QUALIFIER})\s*(?P<after_q>{_MOMENT}){_ENDS}"
    rf"|{_SIDE})",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"{_OPENS}(?:{_RANGE.replace(_MOMENT, f'(?:{_CLEAR})')}|(?P<single>{ISO}|(?:{_DATE}),?\s+(?:at\s+)?(?:{_CLOCK})"
    rf"|(?:{_CLEAR})(?:,?\s+(?:on\s+)?(?:{_DATE}))?){_ENDS})",
    re.IGNORECASE,
)
_DAY = re.compile(rf"{_OPENS}(?:on\s+)?(?P<day>{_WHOLE_DAY})(?![0-9A-Za-z])", re.IGNORECASE)
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
_YEAR_OR_TIME = re.compile(rf"(?:{_MONTH})\.?,?\s+(?P<digits>20[0-9]{{2}})(?![0-9:])(?!,?\s+(?:at\s+)?{_CLOCK})", re.I)


_TOLD_BEFORE = re.compile(r"\breported\s+by\b[^,;.]*$", re.IGNORECASE)
"""In "reported by gate 6 at 0415" the time is the report's."""


@dataclass(frozen=True)
class Clockwork:
    """The moment at which a line is typed, and the zone in which its times are meant."""

    now: datetime
    zone: ZoneInfo

    @property
    def limit(self) -> datetime:
        """The last moment that a stated time can mean."""
        return (self.now.astimezone(UTC) + TOLERANCE).astimezone(self.zone)


def read_times(reading: Reading, clock: Clockwork) -> tuple[Span, Span | None]:
    """When it was so, and when it was reported if the line says so. Nothing stated: unknown, never now."""
    found: list[Span] = []
    reported: list[Span] = []
    _doubt_year(reading, clock)
    doubt_half_days(reading)
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
        if int(match["digits"][2:]) < 60 and abs(int(match["digits"]) - clock.now.year) <= 1:
            digits = match["digits"]
            reading.doubt(
                "year-or-time",
                "time",
                expected="a year or a time",
                found=f"{digits}, which may be either",
                do=f"Write {digits[:2]}:{digits[2:]} for the time; or the year, and then the time.",
            )


def _one_of(reading: Reading, found: list[Span]) -> Span:
    different = list(dict.fromkeys(found))
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
            expected=f"a time that is past at {show_time(clock.now, clock.zone)}",
            found=show_span(span, clock.zone) if span.precision == "day" else show_time(max(ends), clock.zone),
            do="Correct the time, or keep the line as a note: an entry says what was so.",
        )
    # "reported at 0415": the word belongs to the source, if one follows.
    told = "told_at" if groups.get("told_at") else "told" if groups.get("told") else 0
    start = match.start(told)
    reading.take(start, match.end(), "time", ("reported " if reported else "") + show_span(span, clock.zone))
    return [span]


def show_span(span: Span, zone: ZoneInfo) -> str:
    """A span in words."""
    start, end = (show_time(one, zone) if one else "" for one in (span.from_, span.to))
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
    aside = groups.get("side_day") or groups.get("by_day")
    if aside:
        _moment(_dates(aside, clock, clock.limit)[0].isoformat(), clock, clock.limit)  # refused: it has no hour
    words = (groups.get("day") or groups.get("told") or groups.get("after_q") or groups.get("single") or "").strip()
    qualifier = (groups.get("q") or "at").casefold().split()[-1]
    if qualifier == "at" and re.fullmatch(_WHOLE_DAY, words, re.IGNORECASE):
        return _day(words, clock)
    moment = _moment(words, clock, clock.limit)
    if qualifier in {"before", "by"}:
        return Span(precision="before", to=moment)
    if qualifier == "after":
        return Span(precision="after", from_=moment)
    return Span(precision="exact" if qualifier in {"at", "since", "from"} else "about", from_=moment, to=moment)


def _between(one: str, two: str, clock: Clockwork) -> Span:
    """From one time to the other; across midnight only if that is the shorter way round the clock."""
    # "22 Feb 2315-0010": the second is the next such time; "0400-0430": the first is the last such time before it.
    if _date_words(one) and not _date_words(two):
        start = _moment(one, clock, clock.limit)
        end = _next(two, start, clock)
    else:
        end = _moment(two, clock, clock.limit)
        start = _moment(one, clock, end)
    as_typed = f"{one.strip()} to {two.strip()}"
    if {bool(_HALF.search(words)) for words in (one, two) if _FIGURES.search(words)} == {True, False}:
        expected, do = "am or pm at both times, or at none", "Write both by 24 hours: 1612-1630."
        raise BadInput([Fault("unclear-time", "time", expected, as_typed, do)])
    is_dated = bool(_date_words(one) and _date_words(two))
    wraps = start.astimezone(clock.zone).time() > end.astimezone(clock.zone).time()
    if start > end or (wraps and not is_dated and end - start > _NIGHT_MAX):
        expected, do = "a start, and then the end", "Turn them round, or write both with their dates."
        raise BadInput([Fault("end-before-start", "time", expected, as_typed, do)])
    return Span(precision="between", from_=start, to=end)


def _date_words(words: str) -> str:
    found = re.search(rf"{_DATE}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}", words, re.IGNORECASE)
    return found[0] if found else ""


def _day(words: str, clock: Clockwork) -> Span:
    bounds = find_day(_dates(words, clock, clock.limit)[0].isoformat(), clock.zone)
    assert bounds is not None, "a date by itself is one"
    start, end = (_within_years(one, clock) for one in bounds)
    return Span(precision="day", from_=start, to=end)


def _local(text: str, clock: Clockwork) -> datetime:
    return _within_years(parse_time(text, clock.zone), clock)


def _within_years(moment: datetime, clock: Clockwork) -> datetime:
    if not YEAR_MIN < moment.astimezone(UTC).year < YEAR_MAX:
        parse_time(f"a year from {YEAR_MIN} to {YEAR_MAX}", clock.zone)
    return moment


def _next(words: str, start: datetime, clock: Clockwork) -> datetime:
    """The first such clock time from `start` on."""
    local = start.astimezone(clock.zone)
    at, offset = _clock(words)
    day = local.date() if at >= local.time().replace(tzinfo=None) else local.date() + timedelta(days=1)
    return _local(datetime.combine(day, at).isoformat() + offset, clock)


def read_moment(words: str, clock: Clockwork) -> datetime:
    """The latest instant that a clock time or a date with one can mean; raises `BadInput` if there is none, or two."""
    return _moment(words, clock, clock.limit)


def _moment(words: str, clock: Clockwork, limit: datetime) -> datetime:
    """The instant that words mean: with a date that one, else the latest such time that is not later than `limit`."""
    words = words.strip()
    if re.fullmatch(rf"{ISO}", words, re.IGNORECASE):
        return _local(words, clock)
    at, offset = _clock(words)
    dated = _date_words(words)
    days = _dates(dated, clock, limit) if dated else _days_back(limit.astimezone(clock.zone).date(), 1)
    for day in days:
        text = datetime.combine(day, at).isoformat()
        # On the day of a clock change the earlier of its two meanings decides whether it can be meant.
        earliest = _local(text + offset, clock) if offset else datetime.combine(day, at, clock.zone)
        if earliest.astimezone(UTC) <= limit.astimezone(UTC) or day == days[-1]:
            return _local(text + offset, clock)
    return _local(words, clock)  # refused: it is no time


def _days_back(day: date, count: int) -> list[date]:
    return [day - timedelta(days=back) for back in range(count + 1)]


def _dates(words: str, clock: Clockwork, limit: datetime) -> list[date]:
    """The dates that words may mean, latest first."""
    folded = words.casefold().strip()
    today = clock.now.astimezone(clock.zone).date()
    if folded in {"yesterday", "today"}:
        return [today - timedelta(days=1 if folded == "yesterday" else 0)]
    if re.fullmatch(r"[0-9-]+", folded):
        day = find_day(folded, clock.zone)
        return [day[0].date() if day else _local(folded, clock).date()]
    if re.fullmatch(_WEEKDAY, folded):
        back = (today.weekday() - _WEEKDAYS.index(folded[:3])) % 7
        return [today - timedelta(days=back), today - timedelta(days=back + 7)]
    month = next(ix for ix, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}", folded))
    numbers = [int(one) for one in re.findall(r"[0-9]+", folded)]
    years = numbers[1:] or [limit.astimezone(clock.zone).year - back for back in range(9)]
    days = []
    for year in years:
        try:
            days.append(date(year, month, numbers[0]))
        except ValueError:
            continue
    if len(numbers) == 1:  # without a year: the last one that is past, or else the coming one, which is then refused
        days = [day for day in days if day <= limit.astimezone(clock.zone).date()][:1] or days[:1]
    # No such day, as the 31st of February: refused in the words of the room that reads times.
    return days or [_local(words, clock).date()]


def clock_time(words: str) -> str:
    """A clock time such as "6am" by 24 hours."""
    return f"{_clock(words)[0]:%H:%M}"


def _clock(words: str) -> tuple[time, str]:
    """The clock time in words, and the offset if one is written."""
    folded = words.casefold()
    if "noon" in folded or "midnight" in folded:
        return time(12 if "noon" in folded else 0), ""
    found = re.search(
        rf"(?<![0-9])(?:(?P<h>[0-9]{{1,2}})[:.](?P<m>[0-9]{{2}})(?::(?P<s>[0-9]{{2}}))?|(?P<p>[0-9]{{4}})"
        rf"(?!\s*,?\s+(?:at\s+)?{_CLOCK})|(?P<a>[0-9]{{1,2}})(?=\s?[ap]\.?m))\s?(?P<half>[ap](?=\.?m))?[a-z.]*"
        rf"(?P<offset>{OFFSET})?",
        folded,
        re.IGNORECASE,
    )
    if found is None:
        return time(), ""
    plain = found["p"]
    hour = int(plain[:2] if plain else found["h"] or found["a"])
    minute = int(plain[2:] if plain else found["m"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    offset = (found["offset"] or "").upper()
    return time(hour, minute, int(found["s"] or 0)), offset.replace("Z", "+00:00")
