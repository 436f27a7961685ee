"""What was meant as a time in a typed line and can't be read as one, in digits or words: asked about, never guessed."""

from __future__ import annotations

import re

from ringfence.desk.typed_text import READ, Reading

_HALF_DAY = re.compile(
    r"(?<![\w.:/+-])(?P<hour>[0-9]{1,2})(?:[:.]?[0-9]{2}(?::[0-9]{2})?)?\s?[ap]\.?m\b\.?", re.IGNORECASE
)
_LEADING = re.compile(
    r"^[\s(\[]*(?P<digits>[0-9]{4}|[0-9]{1,2}[:.][0-9]{2}|[0-9]{1,2} [0-9]{2}(?=\s+[^\W\d]))(?![\w/:+-]|\.[0-9])"
)
"""Where a time is due, and what is left there once every time has been read."""
_DOTTED = re.compile(
    r"(?<![\w/.:+$£€-])(?P<hour>[01]?[0-9]|2[0-3])[.h](?P<minute>[0-5][0-9])(?![\w/:+%-]|\.[0-9])"
    r"(?!\s?(?:m|km|metres?|kilometres?|kg|tonnes?|per ?cent|million|k)\b)",
    re.IGNORECASE,
)
_STRAY = re.compile(r"(?<![\w/.:+-])(?:[01][0-9]|2[0-3])[0-5][0-9](?![\w/.:+-])")

_HOUR = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MINUTES = r"(?:(?:a )?quarter|five|ten|twenty(?:[ -]five)?)(?: minutes?)?"
_OF_THE_HOUR = rf"(?:{_HOUR}|[0-9]{{1,2}}|noon|midnight|the hour)"
_IN_WORDS = re.compile(
    rf"\b(?:(?:half|{_MINUTES}|[0-9]{{1,2}}(?: minutes?)?)[ -]past[ -]{_OF_THE_HOUR}"
    rf"|(?:{_MINUTES}|[0-9]{{1,2}} minutes?)[ -](?:to|before|after)[ -]{_OF_THE_HOUR}"
    rf"|half[ -](?:{_HOUR}|[0-9]{{1,2}})(?=\s)|(?:{_HOUR}|[0-9]{{1,2}})[ ]?o['’]?[ ]?clock"
    rf"|{_HOUR}[ -](?:(?:oh|o)[ -])?(?:five|ten|fifteen|twenty|thirty|forty|fifty)(?:[ -](?:one|two|three|four|five|six"
    rf"|seven|eight|nine))?|(?:zero|oh)[ -]{_HOUR}[ -][a-z]+(?:[ -](?:hundred|hours))?|{_HOUR} hundred(?: hours)?)"
    r"(?:\s?[ap]\.?m\b\.?)?(?![\w/:.-]*[\w/:-])",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[ \t]+(?:more |other |new )?(?:people|persons?|cars|vehicles|arrests?|protest[eo]rs|officers|tents)\b", re.I
)
_PART_OF_DAY = re.compile(
    r"\b(?:(?:this|yesterday|last|in the|at|the same)\s+)+(?P<part>morning|afternoon|evening|night)\b"
    r"|\b(?P<tonight>tonight)\b",
    re.IGNORECASE,
)
_HOURS = {"morning": range(12), "afternoon": range(12, 19), "evening": range(16, 24)}
_NIGHT = frozenset((*range(17, 24), *range(8)))


def doubt_half_days(reading: Reading) -> None:
    """Before any time is read: "13:00am" and "16 pm" are two ways of writing at once, so one of them is a slip."""
    for match in _HALF_DAY.finditer(reading.left):
        if not 1 <= int(match["hour"]) <= 12:
            _doubt_no_such_time(
                reading, match[0].strip(), "Write it as 0412 or 04:12, without am or pm; or correct it."
            )
            reading.take_match(match, "time", "no time of the day")


def doubt_slips(reading: Reading) -> None:
    """Once every time has been read: what is left that was meant as one, or perhaps."""
    slip = _LEADING.search(reading.left)
    if slip and not any(one.match(reading.left, slip.start("digits")) for one in (_STRAY, _DOTTED)):
        _doubt_no_such_time(reading, slip["digits"], "Correct it; a number that is no time stands behind a word.")
        reading.take(slip.start("digits"), slip.end("digits"), "time", "no time of the day")
    for match in _HALF_DAY.finditer(reading.left):
        _doubt_unclear(reading, match, "Write it as 0412 or 04:12.")
    for match in _IN_WORDS.finditer(reading.left):
        if not _COUNTED.match(reading.left, match.end()):
            _doubt_unclear(reading, match, "Write it in figures: 0412 or 04:12.")
    for match in _DOTTED.finditer(reading.left):
        written = f"{int(match['hour']):02}:{match['minute']}"
        _doubt_unclear(reading, match, f"Write {written}, if it is the time.")
    for match in _STRAY.finditer(reading.left):
        reading.doubt(
            "stray-number",
            "time",
            expected="a time at the start of the line, or after at",
            found=match[0],
            do=f"Write at {match[0]}, if it is the time.",
        )
        reading.take_match(match, "time", "perhaps a time")


def doubt_part_of_day(reading: Reading, hours: set[int]) -> None:
    """A part of the day beside a clock time of another part: "04:12 this afternoon" may be 16:12."""
    for match in _PART_OF_DAY.finditer(reading.left):
        part = "night" if match["tonight"] else match["part"].casefold()
        within = _HOURS.get(part, _NIGHT)
        if hours and not any(hour in within for hour in hours):
            reading.doubt(
                "unclear-time",
                "time",
                expected="a time within the part of the day",
                found=" and ".join([*(f"{hour:02} h" for hour in sorted(hours)), match[0]]),
                do="Write the time by 24 hours, such as 1612, and leave the part of the day out.",
            )


def _doubt_no_such_time(reading: Reading, found: str, do: str) -> None:
    expected = "a time of the day, such as 0412 or 04:12"
    reading.doubt("no-such-time", "time", expected=expected, found=found, do=do)


def _doubt_unclear(reading: Reading, match: re.Match[str], do: str) -> None:
    expected = "a time in figures, such as 0412 or 04:12"
    reading.doubt("unclear-time", "time", expected=expected, found=match[0].strip(f" {READ}"), do=do)
    reading.take_match(match, "time", "a time that is not clear")
