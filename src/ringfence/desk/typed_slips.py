"""What was meant as a time in a typed line and can't be read as one, in digits or words: asked about, never guessed."""

from __future__ import annotations

import re

from ringfence.desk.typed_dates import MONTH, WEEKDAY_NAME
from ringfence.desk.typed_text import READ, Reading
from ringfence.desk.typed_words import NAMED_POST, NOUNS

_HALF_DAY = re.compile(
    r"(?<![\w.:/+-])(?P<hour>[0-9]{1,2})(?:[:.]?[0-9]{2}(?::[0-9]{2})?)?\s?[ap]\.?m\b\.?", re.IGNORECASE
)
_HALF_A_RANGE = re.compile(
    r"(?<![\w.:/+-])[0-9]{1,2}\s?(?:-|–|—|\b(?:to|or|and)\b)\s?[0-9]{1,2}(?:[:.]?[0-9]{2})?\s?[ap]\.?m\b\.?",
    re.IGNORECASE,
)
_DUE = re.compile(r"(?:^[\s(\[]*|\b(?:at|about|around|by|since)\s+)$", re.IGNORECASE)
"""What stands before a time: the start of the line, or one of these words."""
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
_THEN = r"(?:\s?[ap]\.?m\b\.?)?(?![\w/:.-]*[\w/:-])"
_IN_WORDS = re.compile(
    rf"\b(?:(?:half|{_MINUTES}|[0-9]{{1,2}}(?: minutes?)?)[ -]past[ -]{_OF_THE_HOUR}"
    rf"|(?:(?:a )?quarter|[0-9]{{1,2}} minutes?)[ -](?:to|before|after)[ -]{_OF_THE_HOUR}"
    rf"|(?:{_HOUR}|[0-9]{{1,2}})[ ]?o['’]?[ ]?clock|(?:zero|oh)[ -]{_HOUR}[ -][a-z]+(?:[ -](?:hundred|hours))?"
    rf"|{_HOUR} hundred hours){_THEN}",
    re.IGNORECASE,
)
_NUMBERS_OR_TIME = re.compile(
    rf"\b(?:{_MINUTES}[ -](?:to|before|after)[ -]{_OF_THE_HOUR}|half[ -](?:{_HOUR}|[0-9]{{1,2}})(?=\s)"
    rf"|{_HOUR}[ -](?:(?:oh|o)[ -])?(?:five|ten|fifteen|twenty|thirty|forty|fifty)(?:[ -](?:one|two|three|four|five|six"
    rf"|seven|eight|nine))?|(?:(?<=at )|(?<=since )){_HOUR} hundred){_THEN}",
    re.IGNORECASE,
)
"""Plain numbers as well: a time only where one is due."""
_COUNTED = re.compile(
    rf"[ \t]+(?:more |other |new )?(?:{NOUNS}|tonnes?|tons?|foot|feet|ft|m|km|met(?:re|er)s?|yards?|minutes?|hours?)\b",
    re.IGNORECASE,
)
_PART_OF_DAY = re.compile(
    r"\b(?:(?:this|yesterday|last|in the|at|the same)\s+)+(?P<part>morning|afternoon|evening|night)\b"
    r"|\b(?P<tonight>tonight)\b",
    re.IGNORECASE,
)
_LITTLE = r"(?:(?:at|about|around|by|on|of|the|just|early|late|since|before|after)\s+)"
_BESIDE_BEFORE = re.compile(rf"{READ}[\s,(]*{_LITTLE}{{0,2}}$", re.IGNORECASE)
_BESIDE = re.compile(rf"[\s,)]*{_LITTLE}{{0,2}}{READ}", re.IGNORECASE)
_HOURS = {"morning": range(12), "afternoon": range(12, 19), "evening": range(16, 24)}
_NIGHT = frozenset((*range(17, 24), *range(8)))

_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_OR_SO = r"(?:\s?[-–—/&]\s?|\s+(?:to|and|or|until|till?)\s+(?:the\s+)?)"
_SPAN_OF_DAYS = re.compile(
    rf"(?<![\w.:/+-])(?:{_NTH}{_OR_SO}{_NTH}\s?(?:of\s+)?(?:{MONTH})\b"
    rf"|(?:{MONTH})\.?\s+{_NTH}{_OR_SO}{_NTH}(?![0-9:A-Za-z]|[.-][0-9]|\s?[ap]\.?m\b))",
    re.IGNORECASE,
)
_DAY_OF = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH_OF = r"(?:0?[1-9]|1[0-2])"
_CENTURY = r"(?:19|20|21)[0-9]{2}"
_DATE_LEFT = re.compile(
    rf"(?<![\w.:/+-])(?:{_CENTURY}[-/.](?:{_MONTH_OF}[-/.]{_DAY_OF}(?![0-9])|(?:W[0-9]|{MONTH}\b))[\w:/+-]*"
    rf"|(?:{_DAY_OF}[-/.]{_MONTH_OF}|{_MONTH_OF}[-/.]{_DAY_OF})[-/.]{_CENTURY}(?![\w/:+-])"
    rf"|{_DAY_OF}(?:st|nd|rd|th)?(?:[-/.]?|\s+of\s+)(?:{MONTH})\b(?:[-/.][0-9]+)*"
    rf"|{_CENTURY}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:T[0-9]{{4,6}}Z?)?(?![\w/:+-]))"
    rf"|(?<={READ})\s?[-–—/]\s?(?:{_NTH}\s?(?:{MONTH})|{WEEKDAY_NAME})\b",
    re.IGNORECASE,
)
"""A date in figures, or beside a month, that nothing read."""
_DAY_AND_MONTH = re.compile(rf"(?<![\w.:/+-])(?:{_DAY_OF}/{_MONTH_OF}|{_MONTH_OF}/{_DAY_OF})(?![\w/:+-]|\.[0-9])")
_DATE_DUE = re.compile(
    r"(?:^[\s(\[]*(?:the\s+)?|\b(?:on|of|about|around|by|since|from|until|till?|before|after|reported)\s+(?:the\s+)?)$",
    re.IGNORECASE,
)
_LEFT_WHERE_DUE = re.compile(
    rf"(?<![\w.:/+-])(?:[0-9]{{4}}(?:[-/.][0-9]+)+[\w:/+-]*|{_DAY_OF}[-/]{_MONTH_OF}[-/][0-9]{{2}}(?![\w/:+-])"
    rf"|(?:{MONTH})\.?\s+{_NTH}(?![\w:]|\.[0-9])|{_DAY_OF}(?:st|nd|rd|th)(?=\s*(?:[,;.){READ}]|$)))",
    re.IGNORECASE,
)
"""What may be a date, if it stands where one is due."""
_CLAUSE_ENDS = re.compile(rf"\s*(?:[,;.){READ}]|$)")
_ALWAYS = "24/7"
_AS_DATE = "Write it as 2022-02-21 or 21 Feb, if it is the date."


def doubt_spans_of_days(reading: Reading) -> None:
    """Before any time is read: of "21-22 Feb" the second half alone would be read."""
    for match in _SPAN_OF_DAYS.finditer(reading.left):
        is_post = NAMED_POST.search(reading.left, 0, match.start())
        if not is_post and not _COUNTED.match(reading.left, match.end()):
            _doubt_date(reading, match, "Write one day; or the two moments it lies between, with their hours.")


def _doubt_dates(reading: Reading) -> None:
    """Once every time has been read: what is left of a date, in a form that may mean another day, or none."""
    for match in _DATE_LEFT.finditer(reading.left):
        _doubt_date(reading, match, _AS_DATE)
    for match in _DAY_AND_MONTH.finditer(reading.left):
        if match[0] == _ALWAYS or _COUNTED.match(reading.left, match.end()):
            continue
        is_due = _is_date_due(reading, match)
        ends_clause = _CLAUSE_ENDS.match(reading.left, match.end()) is not None
        if is_due or max(map(int, match[0].split("/"))) > 12:  # a house number otherwise, or 9/10 of something
            _doubt_date(reading, match, _AS_DATE, matters=is_due or ends_clause)
    for match in _LEFT_WHERE_DUE.finditer(reading.left):
        if _is_date_due(reading, match) and not _COUNTED.match(reading.left, match.end()):
            _doubt_date(reading, match, _AS_DATE)


def _is_date_due(reading: Reading, match: re.Match[str]) -> bool:
    return _DATE_DUE.search(reading.left, max(0, match.start() - 40), match.start()) is not None


def _doubt_date(reading: Reading, match: re.Match[str], do: str, *, matters: bool = True) -> None:
    expected, found = "a date such as 2022-02-21 or 21 Feb", match[0].strip(f" {READ}-–—/")
    reading.doubt("unclear-time", "time", expected=expected, found=found, do=do, matters=matters)
    if matters:
        reading.take_match(match, "time", "a date that is not clear")


def doubt_half_days(reading: Reading) -> None:
    """Before any time is read: "13:00am" and "16 pm" are two ways of writing at once, so one of them is a slip."""
    for match in _HALF_A_RANGE.finditer(reading.left):
        _doubt_unclear(reading, match, "Write both times by 24 hours: 1600-1700.")
    for match in _HALF_DAY.finditer(reading.left):
        if not 1 <= int(match["hour"]) <= 12:
            _doubt_no_such_time(
                reading, match[0].strip(), "Write it as 0412 or 04:12, without am or pm; or correct it."
            )
            reading.take_match(match, "time", "no time of the day")


def doubt_slips(reading: Reading) -> None:
    """Once every time has been read: what is left that was meant as one, or perhaps."""
    _doubt_dates(reading)
    slip = _LEADING.search(reading.left)
    if slip and not any(one.match(reading.left, slip.start("digits")) for one in (_STRAY, _DOTTED)):
        _doubt_no_such_time(reading, slip["digits"], "Correct it; a number that is no time stands behind a word.")
        reading.take(slip.start("digits"), slip.end("digits"), "time", "no time of the day")
    for match in _HALF_DAY.finditer(reading.left):
        _doubt_unclear(reading, match, "Write it as 0412 or 04:12.")
    for match in _IN_WORDS.finditer(reading.left):
        _doubt_unclear(reading, match, "Write it in figures: 0412 or 04:12.")
    for match in _NUMBERS_OR_TIME.finditer(reading.left):
        if _is_due(reading, match) and not _COUNTED.match(reading.left, match.end()):
            _doubt_unclear(reading, match, "Write it in figures: 0412 or 04:12.")
    for match in _DOTTED.finditer(reading.left):
        written = f"{int(match['hour']):02}:{match['minute']}"
        _doubt_unclear(reading, match, f"Write {written}, if it is the time.", matters=_is_due(reading, match))
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
    """A part of the day beside a clock time of another part: "04:12 this afternoon" may be 16:12.

    Further away it may belong to something else, as in "march planned tonight": then it is only told.
    """
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
                matters=bool(
                    _BESIDE_BEFORE.search(reading.left, 0, match.start()) or _BESIDE.match(reading.left, match.end())
                ),
            )


def _doubt_no_such_time(reading: Reading, found: str, do: str) -> None:
    expected = "a time of the day, such as 0412 or 04:12"
    reading.doubt("no-such-time", "time", expected=expected, found=found, do=do)


def _is_due(reading: Reading, match: re.Match[str]) -> bool:
    return _DUE.search(reading.left[: match.start()]) is not None


def _doubt_unclear(reading: Reading, match: re.Match[str], do: str, *, matters: bool = True) -> None:
    expected = "a time in figures, such as 0412 or 04:12"
    found = match[0].strip(f" {READ}")
    reading.doubt("unclear-time", "time", expected=expected, found=found, do=do, matters=matters)
    if matters:
        reading.take_match(match, "time", "a time that is not clear")
