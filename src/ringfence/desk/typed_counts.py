"""Counts in a typed line: what, how many, the parts they are made of, and on which basis."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringfence.desk.part_words import category, known_parts
from ringfence.desk.typed_text import READ, Reading
from ringfence.operation import Operation

_NOUNS = (
    r"arrests?|injur(?:y|ies)|casualties|casualty|deaths?|patients?|protest[eo]rs?|demonstrators?|people|persons?|officers?|staff|"
    r"residents?|cars?|vehicles?|trucks?|vans?|buses|bus|motorbikes?|motorcycles?|ambulances?|tents?|caravans?|trailers?|portaloos?|"
    r"arrested|injured|hurt|detained|held|cases?|positives?|children|pupils|students|drivers|pedestrians|permits?"
)
_MORE = (
    r"arrested|injured|hurt|held|detained|leaving|left|entering|entered|inside|outside|present|remaining|parked|towed|isolating|"
    r"positive|out|gone|on duty|in custody|in hospital|in(?! total| all)|taken to hospital|admitted|refused|turned back"
)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_ABOUT = (
    r"about|around|approx(?:imately)?\.?|roughly|some|nearly|almost|~"
    r"|at least|more than|over|up to|at most|fewer than|under"
)
_UNIT = rf"(?:(?:police|community|new|protest|other)\s+)?(?:{_NOUNS})(?:\s+(?:{_MORE}))*"
_NUMBER_FIRST = re.compile(
    rf"(?<![\w.:,/+-])(?:(?P<rough>{_ABOUT})\s*)?(?P<number>{_NUMBER})\s+(?P<unit>{_UNIT})(?!\w)", re.IGNORECASE
)
_UNIT_FIRST = re.compile(
    rf"(?<!\w)(?P<unit>{_UNIT})\s*[:=]?\s*(?:(?P<rough>{_ABOUT})\s*)?(?P<number>{_NUMBER})(?![\w/:.-]*[\w/:-])",
    re.IGNORECASE,
)
_PART = rf"(?P<number>{_NUMBER})\s+(?:for\s+)?(?P<name>[^\W\d][^0-9+,;:()=.{READ}\n]{{0,60}}?)"
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
    r"\b(?:(?P<since>since\s+(?:(?P<h>[01]?[0-9]|2[0-3]):?(?P<m>[0-5][0-9])(?![0-9])|midnight|noon|yesterday"
    r"|this morning))"
    r"|(?P<total>in total|total|altogether|so far|in all|all told|cumulative)|(?P<today>so far today|today)"
    r"|(?P<held>(?:still |now )*in custody(?: now)?|held now|still held)|(?P<now>at the moment|right now|at present))"
    r"(?!\w)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:by|per|from|gate|post|patrol|crew|team|sector|checkpoint|channel|ch|phase|level|day)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
NUMBER_MAX = 10**15


def read_count(reading: Reading, operation: Operation) -> dict[str, Any]:
    """The fields of a count that the line holds; empty if it is none. Read before times: "since 0600" is a basis."""
    match = next((one for one in _NUMBER_FIRST.finditer(reading.left) if not _names_somebody(reading, one)), None)
    match = match or _UNIT_FIRST.search(reading.left)
    if match is None:
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
        return _time_or_number(reading, match, operation)
    unit = " ".join(match["unit"].casefold().split())
    fields: dict[str, Any] = {"kind": "count", "number": number, "unit": unit}
    reading.take_match(match, "number", f"{number} {unit}")
    found = _read_basis(reading, also_held=False)
    parts = _PARTS.match(reading.left, match.end())
    if parts:
        _read_parts(reading, parts, fields, known_parts(operation))
    for aside in list(_ASIDE.finditer(reading.left)):
        reading.take(aside.start("aside"), aside.end("aside"), None)
        _doubt_aside(reading, aside["aside"])
    fields["basis"] = _basis(reading, [*found, *_read_basis(reading, also_held=True)], match["rough"], unit)
    return fields


def _names_somebody(reading: Reading, match: re.Match[str]) -> bool:
    """Whether it is the name of a post ("gate 2 officers") or of a source ("reported by 2 officers")."""
    return _NAMED.search(reading.left, 0, match.start()) is not None


def _opens_line(reading: Reading, match: re.Match[str]) -> bool:
    return not reading.left[: match.start("number")].strip(f" \t\n([{READ}")


def _time_or_number(reading: Reading, match: re.Match[str], operation: Operation) -> dict[str, Any]:
    """Four digits that open the line are its time, as everywhere; with a leading zero or a further number surely."""
    rest = reading.left[: match.start("number")] + READ * 4 + reading.left[match.end("number") :]
    whole, reading.left = reading.left, rest
    fields = read_count(reading, operation)
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


def _read_basis(reading: Reading, *, also_held: bool) -> list[str]:
    """The bases that stand in the line; not those of another count, such as "2 held in total"."""
    found = []
    for match in list(_BASIS.finditer(reading.left)):
        clause = re.split(r"[,;:(+]", reading.left[: match.start()])[-1]
        if not also_held and (match["held"] or _HELD.search(clause)):
            continue
        if match["since"]:
            words = f"since {int(match['h']):02}:{match['m']}" if match["h"] else match["since"].casefold()
        else:
            names = {"total": "total", "today": "today", "held": "in custody now", "now": "now"}
            words = next(name for group, name in names.items() if match[group])
        reading.take_match(match, "number", f"basis: {words}")
        found.append(words)
    return found


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
