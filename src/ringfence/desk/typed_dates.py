"""Dates and clock times in a typed line: how they are written, and the days and hours that the words may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ringfence.base.errors import BadInput, Fault
from ringfence.base.times import YEAR_MAX, YEAR_MIN, find_day, parse_time, show_time

TOLERANCE = timedelta(minutes=15)
"""How far ahead of the desk's clock a stated time may lie: clocks differ."""

_COMING_NEAR = timedelta(days=31)
"""A date without a year that comes again so soon is as likely a slip as the one of last year."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAY = r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
WEEKDAY_NAME = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
OFFSET = r"(?:Z|\+[0-9]{2}:?[0-9]{2})"
_FIGURES = (
    r"[0-9]{4}(?:-[0-9]{1,2}-|/[0-9]{1,2}/|\.[0-9]{1,2}\.)[0-9]{1,2}(?![0-9]|[-/.][0-9])"  # 2022-02-21, 2022/2/21
)
_HALF = r"\s?[ap]\.?m\b\.?"
_ISO_TIME = (
    r"[T ](?:[0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?|[0-9]:[0-9]{2}(?::[0-9]{2})?)(?!\s?(?:[ap]\.?m|hrs|hours|hr|h)\b)"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2}(?![-/.]?[0-9]))?+"
)
ISO_MOMENT = rf"{_FIGURES}{_ISO_TIME}"
ISO = rf"{_FIGURES}(?:{_ISO_TIME})?"
_PLAIN = (
    rf"(?:[01][0-9]|2[0-3])[0-5][0-9](?![/.][0-9]|-[0-9]{{1,2}}(?![0-9:]|{_HALF})|[-/.](?:W[0-9]|(?:{MONTH})\b))"
    rf"(?:{_HALF})?(?:{OFFSET})?"
)
"""Four digits, and no year at the beginning of a date: 2022-2-21 is not 20:22."""
CLEAR = (
    rf"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:{_HALF})?(?:{OFFSET})?"
    rf"|(?:0?[1-9]|1[0-2])(?:\.[0-5][0-9])?{_HALF}|noon|midnight"
    rf"|(?:[01][0-9]|2[0-3])[0-5][0-9](?:{OFFSET})?\s?(?:hrs|hours|hr|h)\b"
)
"""A clock time that nothing else looks like; four digits alone are one only where a time is due."""
CLOCK = rf"(?:{CLEAR}|{_PLAIN})(?:\s?(?:hrs|hours|hr|h)\b)?"
_YEAR = rf"(?:19|20|21)[0-9]{{2}}(?=,?\s+(?:at\s+)?(?:{CLOCK})(?![0-9A-Za-z]))"
_NTH = r"(?<![0-9.:])[0-9]{1,2}(?:st|nd|rd|th)?"
_DAY_MONTH = (
    rf"{_NTH}\s+(?:{MONTH})\b"
    r"(?!(?<=may)\s+(?:be|have|not|need|also|still|yet|soon|get|go|come|fall|leave|move|open|close)\b)"
)
"""21 Feb; but not "gate 2 may be"."""
_TODAY = r"(?<!later )today(?!['’])"
DATE = (
    rf"{_FIGURES}|yesterday|{_TODAY}|(?:{_WEEKDAY})?,?\s?{_DAY_MONTH}\.?(?:,?\s+{_YEAR})?"
    rf"|(?:{MONTH})\.?\s+{_NTH}(?![0-9:])(?:,?\s+{_YEAR})?|(?:{_WEEKDAY})\b"
)
WHOLE_DAY = rf"yesterday|{_TODAY}|{WEEKDAY_NAME}|{_DAY_MONTH}|{_FIGURES}"
MONTH_DAY = rf"(?:{MONTH})\.?\s+{_NTH}(?![0-9:])"
"""Feb 21, a day only where nothing but a time is due: police march 12 abreast."""
SIDE_DAY = (
    rf"{WHOLE_DAY}|(?:mon|tues?|wed|thu(?:rs?)?|fri)(?![0-9A-Za-z])|(?-i:Sat|Sun)(?![0-9A-Za-z])"
    rf"|{MONTH_DAY}"
)
"""A day behind a word such as before or by, where nothing but a time is due."""
MOMENT = (
    rf"(?:{ISO_MOMENT}|(?:{DATE}),?\s+(?:at\s+)?(?:{CLOCK})|(?:{CLOCK})(?:,?\s+(?:on\s+)?(?:{DATE}))?"
    rf"|{_FIGURES})"
)
ENDS = r"(?![0-9A-Za-z])(?!\s?[%+=])"
_RANGE_AS_OFFSET = re.compile(r" [0-9]{1,2}:?[0-9]{2}-[0-9]{2}:?[0-9]{2}$")


@dataclass(frozen=True)
class Clockwork:
    """The moment at which a line is typed, the zone in which its times are meant, and when the operation begins."""

    now: datetime
    zone: ZoneInfo
    starts: datetime | None = None

    @property
    def limit(self) -> datetime:
        """The last moment that a stated time can mean."""
        return (self.now.astimezone(UTC) + TOLERANCE).astimezone(self.zone)

    def show(self, moment: datetime) -> str:
        """A moment in words, with the year if it is another than the present one."""
        year, shown = moment.astimezone(self.zone).year, show_time(moment, self.zone)
        return shown if year == self.now.astimezone(self.zone).year else f"{shown[:-6]} {year}{shown[-6:]}"


def in_iso(words: str) -> str:
    """A date in figures, with its time if it has one, as ISO 8601 has it: 2022/2/21 is 2022-02-21."""
    found = re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ]([0-9:]+)(.*))?", words.strip(), re.I)
    if found is None:
        return words
    year, month, day, at, offset = found.groups()
    hours = f"T{at.zfill(len(at) + (at[1:2] == ':'))}{offset.upper()}" if at else ""
    return f"{year}-{month:0>2}-{day:0>2}{hours}"


def date_in(words: str) -> str:
    """The words of a date that stand in those of a time; none if there is no date."""
    found = re.search(DATE, words, re.IGNORECASE)
    return found[0] if found else ""


def instant(words: str, clock: Clockwork) -> datetime:
    """The instant of a date and time in figures.

    Raises
    ------
    BadInput
        As `parse_time` does; and for years in which no cordon lies, and 2022-02-21 0400-0430, which may be a range.
    """
    text = in_iso(words)
    moment = within_years(parse_time(text, clock.zone), clock)
    if _RANGE_AS_OFFSET.search(words.strip()):
        stated = datetime.fromisoformat(text).utcoffset()
        if stated != moment.utcoffset():
            start, end = words.strip().split(" ")[-1].split("-")
            do = f"Write {start} to {end} for the time between them; or T for the blank, and the offset with its colon."
            expected = "one time with its offset, or two times"
            raise BadInput([Fault("unclear-time", "time", expected, words.strip(), do)])
    return moment


def within_years(moment: datetime, clock: Clockwork) -> datetime:
    """The moment, unless no cordon can lie there."""
    year = moment.astimezone(UTC).year
    if not YEAR_MIN < year < YEAR_MAX:
        expected = f"a year from {YEAR_MIN + 1} to {YEAR_MAX - 1}"
        raise BadInput([Fault("bad-time", "time", expected, clock.show(moment), "Correct the year.")])
    return moment


def dates(words: str, clock: Clockwork, limit: datetime) -> list[date]:
    """The dates that words may mean, latest first.

    Raises
    ------
    BadInput
        If there is no such date; and ``unclear-time`` for one that is another day of the week, or that has no year,
        lies before the operation, and comes again within a month: then the one of last year is a guess.
    """
    folded = words.casefold().strip()
    today = clock.now.astimezone(clock.zone).date()
    if folded in {"yesterday", "today"}:
        return [today - timedelta(days=1 if folded == "yesterday" else 0)]
    if re.fullmatch(r"[0-9][0-9/.-]+", folded):
        bounds = find_day(in_iso(folded), clock.zone)
        return [bounds[0].date() if bounds else instant(folded, clock).date()]
    if re.fullmatch(_WEEKDAY, folded):
        back = (today.weekday() - _WEEKDAYS.index(folded[:3])) % 7
        return [today - timedelta(days=back), today - timedelta(days=back + 7)]
    month = next(ix for ix, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}", folded))
    numbers = [int(one) for one in re.findall(r"[0-9]+", folded)]
    year = limit.astimezone(clock.zone).year
    years = numbers[1:] or [year + 1 - back for back in range(10)]
    found = [one_day for one in years if (one_day := _day_of(one, month, numbers[0]))]
    if len(numbers) == 1:  # without a year: the last one that is past
        past = [one for one in found if one <= limit.astimezone(clock.zone).date()]
        coming = [one for one in found if one not in past][-1:]
        found = past[:1] or coming
        _refuse_last_years(words, found, coming, clock)
    _refuse_other_weekday(words, found)
    # No such day, as the 31st of February: refused in the words of the room that reads times.
    return found or [instant(words, clock).date()]


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _refuse_last_years(words: str, found: list[date], coming: list[date], clock: Clockwork) -> None:
    if not (found and coming and clock.starts) or found == coming:
        return
    is_before = found[0] < clock.starts.astimezone(clock.zone).date()
    if is_before and coming[0] - clock.now.astimezone(clock.zone).date() <= _COMING_NEAR:
        do = f"Correct the date, or write it with its year: {found[0].isoformat()}. What is to come is a note."
        expected = f"a date that is past at {clock.show(clock.now)}, or the year"
        told = f"{words.strip()}, which is in {found[0].year} before the operation, or still to come"
        raise BadInput([Fault("unclear-time", "time", expected, told, do)])


def _refuse_other_weekday(words: str, found: list[date]) -> None:
    named = re.match(rf"(?:{_WEEKDAY})\b", words.strip(), re.IGNORECASE)
    if named and found and found[0].weekday() != _WEEKDAYS.index(named[0][:3].casefold()):
        expected = f"a day and a date that go together: {found[0].isoformat()} is a {found[0]:%A}"
        raise BadInput([Fault("unclear-time", "time", expected, words.strip(), "Correct the one or the other.")])


def clock_time(words: str) -> str:
    """A clock time such as "6am" by 24 hours."""
    return f"{read_clock(words)[0]:%H:%M}"


def read_clock(words: str) -> tuple[time, str]:
    """The clock time in words that hold no date, and the offset if one is written."""
    folded = words.casefold()
    if "noon" in folded or "midnight" in folded:
        return time(12 if "noon" in folded else 0), ""
    found = re.search(
        r"(?<![0-9])(?:(?P<h>[0-9]{1,2})[:.](?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}))?|(?P<p>[0-9]{4})"
        r"|(?P<a>[0-9]{1,2})(?=\s?[ap]\.?m))\s?(?P<half>[ap](?=\.?m))?[a-z.]*"
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
