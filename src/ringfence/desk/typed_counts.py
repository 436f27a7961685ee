"""Counts in a typed line: what, how many, the parts they are made of, and on which basis."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.base.times import find_day
from ringfence.desk.part_words import category, known_parts
from ringfence.desk.typed_dates import CLOCK, DATE, ISO, OFFSET, SIDE_DAY, Clockwork, clock_time
from ringfence.desk.typed_text import READ, Reading
from ringfence.desk.typed_times import day_or_moment, read_moment
from ringfence.desk.typed_words import LINKS, MAY, NAMED, NAMED_POST, NOT, NOUNS, PART_OF, UNREAL
from ringfence.operation import Operation

_MORE = (
    r"arrested|injured|hurt|held|detained|leaving|left|entering|entered|inside|outside|present|remaining|parked|towed|isolating|"
    r"positive|out|gone|on duty|in custody|in hospital|in(?! total| all)|taken to hospital|admitted|refused|turned back"
)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_ABOUT = (
    r"about|around|approx(?:imately)?\.?|roughly|some|nearly|almost|~"
    r"|(?:not? )?(?:more|fewer|less) than|at least|over|up to|at most|under"
)
_UNIT = rf"(?:(?:police|community|new|protest|other)\s+)?(?:{NOUNS})(?:\s+(?:{_MORE}))*"
_NUMBER_FIRST = re.compile(
    rf"(?<![\w.:,/+-])(?:(?P<rough>{_ABOUT})\s*)?(?P<number>{_NUMBER})\s+(?P<unit>{_UNIT})(?!\w)", re.IGNORECASE
)
_UNIT_FIRST = re.compile(
    rf"(?<!\w)(?P<unit>{_UNIT})\s*[:=]?\s*(?:(?P<rough>{_ABOUT})\s*)?(?P<number>{_NUMBER})(?![\w/:.-]*[\w/:])"
    r"(?P<to>\s*(?:-|–|—|\bto\b|\bor\b)\s*[0-9]+)?(?![\w/:.-]*[\w/:-])",
    re.IGNORECASE,
)
_GROUPED = re.compile(
    rf"(?<![\w.:,/+-])(?P<number>[0-9]{{1,3}}(?:[ \u00a0\u2009\u202f'’][0-9]{{3}})+)\s+(?P<unit>{_UNIT})(?!\w)",
    re.IGNORECASE,
)
"""A thousand with a gap in it: as well two numbers, one of which belongs to something else."""
_RANGE_BEFORE = re.compile(
    r"(?:(?<![\w.:/-])(?P<first>[0-9]+)\s*(?:-|–|—|\bto\b|\bor\b)|\bbetween\s+[0-9]+\s+and)\s*$", re.IGNORECASE
)
_IS_RANGE = re.compile(r"[0-9]+\s?(?:[-–—]|to\b|or\b)\s?[0-9]", re.IGNORECASE)
_TIMES_OR_NUMBERS = re.compile(rf"^[\s(\[]*[0-9]{{4}}\s*(?:-|–|—|\bto\b)\s*[0-9]{{4}}\s+{_UNIT}(?!\w)", re.IGNORECASE)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_FIGURE = r"[0-9][0-9.,]*(?:k|m|st|nd|rd|th)?"
_FIGURES = rf"[+–—−-]?\s?{_FIGURE}(?:\s?(?:[-–—]|to|or|and)\s?{_FIGURE}){{0,3}}"
_NOT_READ = re.compile(
    rf"(?<![\w.:,/])(?:{_FIGURES}|(?:(?:no|zero|{_ONES}|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    rf"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[ -](?:{_ONES}))?|(?:half\s+)?a|half|hundreds?|thousands?"
    rf"|dozens?|scores|and|of|to|or)\s++){{1,8}})\s*+(?:more\s+|further\s+)?{_UNIT}(?!\w)",
    re.IGNORECASE,
)
"""Something that is counted behind what says how many, however that is written."""
_NO_COLON = r"(?:[^\w:]|:(?!\s))"
_NOT_COUNTED = re.compile(
    rf"(?:\b(?:expect\w*|plan(?:s|ned|ning)?|if|unless)\b(?:\W+\w+){{0,3}}?\W*$"
    rf"|(?:{NOT}|\b{MAY}|\b(?:might|would|will)\b)(?:\W*|(?:{_NO_COLON}+\w+){{1,3}}?{_NO_COLON}*)$)",
    re.IGNORECASE,
)
"""A colon ends what was not so: "would not disperse: 8 arrests"."""
_NAME_BEFORE = re.compile(
    r"\b(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?|bus|truck|van|car|ambulance|unit)\s+$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;.\n]|:(?=\s)")
_CORRECTION = dict(LINKS)["correction"]
_EARLIER = re.compile(r"[0-9]|\b(?:figure|number|count|earlier|previous|former|old)\b", re.IGNORECASE)
_PART = (
    rf"(?P<number>{_NUMBER})\s+(?:for\s+)?+(?P<name>[^\W\d](?:[^0-9+,;:()=.{READ}\n]{{0,59}}?[^0-9+,;:()=.{READ}\s])??)"
)
_PARTS = re.compile(
    rf"[\s{READ}]*[:=(]\s*(?P<parts>{_PART.replace('?P<number>', '?:').replace('?P<name>', '?:')}"
    rf"(?:\s*(?:\+|,|;|\band\b|&)\s*{_PART.replace('?P<number>', '?:').replace('?P<name>', '?:')})*)"
    rf"\s*\)?(?=[.{READ}\n;,]|$)",
    re.IGNORECASE,
)
_ONE_PART = re.compile(rf"(?P<join>^|\+|,|;|\band\b|&)\s*{_PART}\s*(?=\+|,|;|\band\b|&|$)", re.IGNORECASE)
_HELD = re.compile(r"\b(?:held|in custody|detained|released|bailed|charged|in hospital)\b", re.IGNORECASE)
_ASIDE = re.compile(
    rf"[,;{READ}]\s*(?P<aside>(?:{_NUMBER})\s+(?:of (?:them|whom)\s+)?(?:are\s+)?(?:still\s+)?{_HELD.pattern}"
    r"(?:\s+(?:now|still))?)",
    re.IGNORECASE,
)
_BASIS = re.compile(
    rf"\b(?:(?P<since>since\s+(?:(?P<day>(?:{DATE}),?\s+(?:at\s+)?(?:{CLOCK})(?![\w:])|{ISO}|{SIDE_DAY}"
    rf"|(?:{CLOCK})\s+on\s+(?:{DATE}))|(?P<h>[01]?[0-9]|2[0-3]):?(?P<m>[0-5][0-9])(?P<offset>{OFFSET})?"
    r"(?:\s?(?:hours|hrs|hr|h)\b)?(?![\w:+-]|\.[0-9]|\s?[ap]\.?m\b)"
    r"|(?P<half>(?:0?[1-9]|1[0-2])(?:[:.][0-5][0-9])?\s?[ap]\.?m\b\.?)|midnight|noon|this morning))"
    r"|(?P<total>in total|total|altogether|so far|in all|all told|cumulative)|(?P<today>so far today|today)"
    r"|(?P<held>(?:still |now )*in custody(?: now)?|held now|still held)|(?P<now>at the moment|right now|at present))"
    r"(?!\w)",
    re.IGNORECASE,
)
NUMBER_MAX = 10**15


def read_count(reading: Reading, operation: Operation, clock: Clockwork) -> dict[str, Any]:
    """The fields of a count that the line holds; empty if it is none. Read before times: "since 0600" is a basis."""
    if _doubt_grouped(reading):
        return {}
    match = next((one for one in _NUMBER_FIRST.finditer(reading.left) if _is_whole(reading, one)), None)
    if match is None:
        _doubt_range(reading)
    match = match or _UNIT_FIRST.search(reading.left)
    if match and match.groupdict().get("to"):
        _doubt_not_read(reading, match[0])
        match = None
    if match is None:
        if any(one.code == "number-not-read" for one in reading.doubts):
            _read_basis(reading, clock, also_held=False)  # "8 to 10 arrests since 0600": no second time
        return {}
    number = _figure(match["number"])
    if number is None:
        reading.doubt(
            "number-too-large",
            "number",
            expected=f"a number up to {NUMBER_MAX}",
            found=match["number"],
            do="Correct the number.",
        )
        return {}
    if re.fullmatch(r"(?:[01][0-9]|2[0-3])[0-5][0-9]", match["number"]) and _opens_line(reading, match):
        return _time_or_number(reading, match, operation, clock)
    if _doubt_part_of(reading, match) or _doubt_not_so(reading, match):
        return {}
    unit = " ".join(match["unit"].casefold().split())
    fields: dict[str, Any] = {"kind": "count", "number": number, "unit": unit}
    reading.take_match(match, "number", f"{number} {unit}")
    found = _read_basis(reading, clock, also_held=False)
    parts = _PARTS.match(reading.left, match.end())
    if parts:
        _read_parts(reading, parts, fields, known_parts(operation))
    for aside in list(_ASIDE.finditer(reading.left)):
        reading.take(aside.start("aside"), aside.end("aside"), None)
        _doubt_aside(reading, aside["aside"])
    fields["basis"] = _basis(reading, [*found, *_read_basis(reading, clock, also_held=True)], match["rough"], unit)
    return fields


def doubt_number_not_read(reading: Reading, unread: str, *, only_ranges: bool) -> None:
    """A number of something that is counted, and was not read: in words, as a range, or as 12k. `unread` is what was
    left before people were read as those who did it. In a line that says more than that, only ranges are told.
    """
    for match in _NOT_READ.finditer(unread):
        words = re.sub(r"^[–—−-] ", "", " ".join(match[0].split()))
        if re.match(r"(?:a(?! (?:dozen|hundred|thousand))|and|of|to|or) ", words, re.IGNORECASE) or _names_somebody(
            reading, match
        ):
            continue
        if only_ranges and not _IS_RANGE.match(words):
            continue
        if not any(one.code == "number-not-read" and words in one.found for one in reading.doubts):
            _doubt_not_read(reading, words)


def _doubt_not_read(reading: Reading, words: str) -> None:
    reading.doubt(
        "number-not-read",
        "number",
        expected="one number in figures",
        found=words,
        do="It is in the words alone, and counts nothing. To have it counted, write one whole number: 8 arrests.",
        matters=False,
    )


def _doubt_grouped(reading: Reading) -> bool:
    match = next((one for one in _GROUPED.finditer(reading.left) if not _names_somebody(reading, one)), None)
    if match is None:
        return False
    reading.doubt(
        "unclear-number",
        "number",
        expected="a number without gaps",
        found=f"{match['number']} {match['unit']}",
        do=f"Write {re.sub('[^0-9]', '', match['number'])}, or set what stands before the number off with a comma.",
    )
    reading.take_match(match, "number", "not clear")
    return True


def _doubt_part_of(reading: Reading, match: re.Match[str]) -> bool:
    """Whether only a part of the number is meant: "4 of the 8 arrests"."""
    whole = PART_OF.search(reading.left[max(0, match.start("number") - 80) : match.start("number")])
    if whole is None:
        return False
    expected, do = (
        "one number, and not the whole of which it is a part",
        "Write the one that is meant alone: 8 arrests.",
    )
    reading.doubt("unclear-number", "number", expected=expected, found=whole[0] + match[0], do=do)
    reading.take_match(match, "number", "not clear")
    return True


def _doubt_range(reading: Reading) -> None:
    """Two numbers of four digits before what is counted open the line: they would be read as its time."""
    match = _TIMES_OR_NUMBERS.search(reading.left)
    if match:
        reading.doubt(
            "time-or-number",
            "time",
            expected="a time or a number",
            found=f"{' '.join(match[0].split())}, which may be either",
            do="Write 10:00-12:00 for the time; or one number, as about 1100, after the time.",
        )


def _doubt_not_so(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the line says that nobody counted this: it is not so, not yet, or only played."""
    clause = re.sub(rf"[\s{READ}]+", " ", re.split(r"[,;.\n]", reading.left[: match.start()])[-1])
    before, unreal = _NOT_COUNTED.search(clause[-80:]), _unreal(reading, match)
    if before is None and not unreal:
        return False
    words = " ".join((before[0] + match[0]).split()) if before else f"{match[0]}, and {unreal.strip(' -:.,0123456789')}"
    do = "Write what was counted, or keep the line as a note."
    reading.doubt("not-so", "number", expected="what was counted, not what was not, or not yet", found=words, do=do)
    reading.take_match(match, "number", f"not {match[0].casefold()}, or not yet")
    return True


def _unreal(reading: Reading, match: re.Match[str]) -> str:
    """The words that say that it is not true. In a correction they may speak of the figure that was there before."""
    unreal = UNREAL.search(reading.text)
    if unreal is None:
        return ""
    start = max((one.end() for one in _CLAUSE.finditer(reading.text, 0, unreal.start())), default=0)
    end = _CLAUSE.search(reading.text, unreal.end())
    clause = (start, end.start() if end else len(reading.text))
    is_elsewhere = match.end() <= clause[0] or clause[1] <= match.start()
    if is_elsewhere and _CORRECTION.search(reading.text) and _EARLIER.search(reading.text, *clause):
        return ""
    return unreal[0]


def _is_whole(reading: Reading, match: re.Match[str]) -> bool:
    """Whether it is all of a number, and no end of a range; and no part of a name."""
    if _names_somebody(reading, match):
        return False
    spread = _RANGE_BEFORE.search(reading.left, 0, match.start())
    if spread is None:
        return True
    first = spread["first"]
    if first is not None and (
        (len(first) >= 4 and len(match["number"].replace(",", "")) < 4)
        or (
            spread[0].rstrip()[-1] in "-–—"
            and any(one.search(reading.left, 0, spread.start("first")) for one in (NAMED_POST, _NAME_BEFORE))
        )
    ):
        return True  # a time, a name or a date, and then a dash
    _doubt_not_read(reading, " ".join((spread[0] + match[0]).split()))
    return False


def _names_somebody(reading: Reading, match: re.Match[str]) -> bool:
    """Whether it is the name of a post ("gate 2 officers") or of a source ("reported by 2 officers")."""
    return NAMED.search(reading.left, 0, match.start()) is not None


def _opens_line(reading: Reading, match: re.Match[str]) -> bool:
    return not reading.left[: match.start("number")].strip(f" \t\n([{READ}")


def _time_or_number(reading: Reading, match: re.Match[str], operation: Operation, clock: Clockwork) -> dict[str, Any]:
    """Four digits that open the line are its time, as everywhere; with a leading zero or a further number surely."""
    rest = reading.left[: match.start("number")] + READ * 4 + reading.left[match.end("number") :]
    whole, reading.left = reading.left, rest
    fields = read_count(reading, operation, clock)
    start, end = match.span("number")
    reading.left = reading.left[:start] + whole[start:end] + reading.left[end:]
    if not fields and not match["number"].startswith("0"):
        digits = match["number"]
        reading.doubt(
            "time-or-number",
            "time",
            expected="a time or a number",
            found=f"{digits} {match['unit']}, which may be either",
            do=f"Write {digits[:2]}:{digits[2:]} for the time, or a time before the number.",
        )
    return fields


def _figure(digits: str) -> int | None:
    plain = digits.replace(",", "")
    return int(plain) if len(plain) <= 15 else None


def _read_parts(reading: Reading, match: re.Match[str], fields: dict[str, Any], known: Mapping[str, str]) -> None:
    """The parts, if each is a category. A name stands in no line that nothing erases: then all stay in the words."""
    breakdown: dict[str, int] = {}
    unknown: list[str] = []
    for part in _ONE_PART.finditer(match["parts"]):
        number, words = _figure(part["number"]), " ".join(part["name"].split())
        if number is None:
            continue
        if part["join"] != "+" and (breakdown or unknown) and _HELD.search(words):
            _doubt_aside(reading, f"{part['number']} {words}")  # another count, on another basis: no part of the sum
            continue
        name = category(words, known)
        if name is None:
            unknown.append(words)
        else:
            breakdown[name] = breakdown.get(name, 0) + number
    if unknown:
        reading.take(match.start("parts"), match.end("parts"), None)
        reading.doubt(
            "unknown-part",
            "number",
            expected="parts by category: what they did, were or had",
            found=", ".join(unknown)[:200],
            do="The parts stay in the words alone: only there can a name be erased. Write obstruction, officers,"
            " minor injuries or others, and they are kept as figures.",
            matters=False,
        )
        return
    limit = 50
    fields["breakdown"] = dict(list(breakdown.items())[:limit])
    says = " + ".join(f"{number} {name}" for name, number in breakdown.items())
    reading.take(match.start("parts"), match.end("parts"), "number", f"parts: {says}")
    if sum(breakdown.values()) != fields["number"] or len(breakdown) > limit:
        reading.doubt(
            "parts-do-not-add-up",
            "number",
            expected=f"parts that make {fields['number']}",
            found=f"{says} = {sum(breakdown.values())}"
            if len(breakdown) <= limit
            else f"{len(breakdown)} parts, of which {limit} are kept",
            do="Saved as stated, and flagged. Correct it if it was mistyped.",
            matters=False,
        )


def _doubt_aside(reading: Reading, words: str) -> None:
    reading.doubt(
        "another-count",
        "number",
        expected="one count in a line",
        found=words,
        do="It stays in the words of the entry. To be counted, it needs a line of its own.",
        matters=False,
    )


def _read_basis(reading: Reading, clock: Clockwork, *, also_held: bool) -> list[str]:
    """The bases that stand in the line; not those of another count, such as "2 held in total"."""
    found = []
    for match in list(_BASIS.finditer(reading.left)):
        clause = re.split(r"[,;:(+]", reading.left[: match.start()])[-1]
        if not also_held and (match["held"] or _HELD.search(clause)):
            continue
        if match["since"]:
            words = _since(reading, match, clock)
        else:
            names = {"total": "total", "today": "today", "held": "in custody now", "now": "now"}
            words = next(name for group, name in names.items() if match[group])
        reading.take_match(match, "number", f"basis: {words}")
        found.append(words)
    return found


def _since(reading: Reading, match: re.Match[str], clock: Clockwork) -> str:
    """From when on it is counted, in words; an hour that the clocks pass twice, or never, is a doubt."""
    try:
        at = match["day"] and day_or_moment(match["day"], clock)
        at = at or (match["half"] and clock_time(match["half"]))
        at = at or (match["h"] and f"{int(match['h']):02}:{match['m']}{match['offset'] or ''}")
        if at is None:
            return " ".join(match["since"].casefold().split())
        if find_day(at, clock.zone) is None:  # counted since a day is counted since it began
            read_moment(at, clock)
    except BadInput as error:
        for fault in error.faults:
            reading.doubt_fault(fault, "number")
        return "since a time that is not clear"
    return f"since {at}"


def _basis(reading: Reading, found: list[str], rough: str | None, unit: str) -> str | None:
    if not found and re.search(r"\b(?:held|in custody|detained)\b", unit):
        found.append("in custody now")
    if not found:
        reading.doubt(
            "no-basis",
            "number",
            expected="what the number is counted on",
            found="nothing stated",
            do="Add total, today, or since 0600. Without a basis it is never summed with other numbers.",
            matters=False,
        )
    if rough:
        words = " ".join(rough.casefold().strip("~.").split()) or "about"
        found.insert(0, "about" if words in {"around", "approx", "approximately", "roughly", "some"} else words)
    return ", ".join(dict.fromkeys(found)) or None
