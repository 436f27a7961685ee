"""Reading and showing instants. A time without a zone is local time of the operation's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ringfence.base.errors import BadInput, Fault


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
        If it is no time, or names a local hour that the clocks skip or pass twice.
    """
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


def show_time(moment: datetime, zone: ZoneInfo) -> str:
    """Short local form for people, such as ``Mon 21 Feb 07:36``."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
