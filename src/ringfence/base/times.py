"""Reading and showing instants. A time without a zone is local time of the operation's zone."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ringfence.base.errors import BadInput, Fault

YEAR_MIN, YEAR_MAX = 1900, 2200
"""Years that a cordon can lie in, so that no sum of times overflows."""


def find_zone(name: str) -> ZoneInfo | None:
    """The IANA time zone of that name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def parse_time(text: str, zone: ZoneInfo) -> datetime:
    """An instant from ISO 8601 text, with a zone or in local time of `zone`.

    Raises
    ------
    BadInput
        If it is no time, or names a local hour that the clocks skip or pass twice. A date alone is no instant: who
        writes it does not mean midnight, and `find_day` reads it as the day that it is.
    """
    day = find_day(text, zone)
    if day:
        begins, ends = (one.isoformat(timespec="minutes") for one in day)
        refuse_day(text, zone, f"Add the hour you mean: that day begins at {begins} and ends at {ends}.")
    shown = text if len(text) <= 60 else text[:57] + "..."
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is not None:
            return moment.astimezone(zone)
        earlier, later = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
        skipped = earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
    except (ValueError, OverflowError):
        raise BadInput(
            [
                Fault(
                    "bad-time",
                    "time",
                    "ISO 8601, such as 2022-02-21T07:36 or 2022-02-21T07:36+13:00",
                    repr(shown),
                    "Write year-month-day, T, hour:minute; add an offset to name the zone.",
                )
            ]
        ) from None
    if earlier.utcoffset() != later.utcoffset():
        kind = "is skipped" if skipped else "comes twice"
        raise BadInput(
            [
                Fault(
                    "clock-change",
                    "time",
                    f"a local time that comes once in {zone.key}",
                    f"{shown!r}, which {kind} when the clocks change",
                    f"Add the offset you mean: {later.isoformat()} or {earlier.isoformat()}.",
                )
            ]
        )
    return earlier


def find_day(text: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The local day that a date alone names, from its first moment to that of the next; None if it is no date alone.

    On the days of a clock change it has 23 or 25 hours, or begins at another hour than midnight.

    Raises
    ------
    BadInput
        ``bad-time``: a date that the zone leaves out, as Samoa did 2011-12-30, or next to the end of the calendar.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    with suppress(OverflowError):
        begins, ends = (_first_moment(one, zone) for one in (day, day + timedelta(days=1)))
        if begins.astimezone(UTC) < ends.astimezone(UTC):
            return begins, ends
    fault = Fault("bad-time", "time", f"a day that there is in {zone.key}", repr(text.strip()), "Correct the date.")
    raise BadInput([fault])


def _first_moment(day: date, zone: ZoneInfo) -> datetime:
    """Of a midnight that comes twice the first; where it is skipped, the moment at which the clocks go on."""
    return datetime.combine(day, time(), zone).astimezone(UTC).astimezone(zone)


def refuse_day(text: str, zone: ZoneInfo, do: str) -> None:
    """Refuse a date alone where a day makes no sense; `do` says what to write instead.

    Raises
    ------
    BadInput
        ``bad-time``
    """
    if find_day(text, zone):
        expected, found = "a date with its hour, such as 2022-02-21T07:36", f"{text.strip()!r}, which is a whole day"
        raise BadInput([Fault("bad-time", "time", expected, found, do)])


def show_time(moment: datetime, zone: ZoneInfo) -> str:
    """Short local form for people, such as ``Mon 21 Feb 07:36``."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
