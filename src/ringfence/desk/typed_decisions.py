"""A decision in a typed line: what was decided is not yet so, but why it was, and under which power, can be read."""

from __future__ import annotations

import re

from ringfence.desk.typed_text import READ, Reading
from ringfence.model.typed import TypedPart

HEAD = re.compile(
    rf"(?:^|(?<=[,;:.{READ}]))[\s{READ},.-]*(?P<head>we decided|decided|decision|decides)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_REASON = re.compile(
    rf"\b(?:(?:because(?: of)?|due to)\s+|(?=so that\b|in order to\b))(?P<why>[^{READ}]*)", re.IGNORECASE
)
_NUMBERED = r"[0-9]{1,4}[A-Z]{0,3}(?:\([0-9a-z]{1,4}\))*"
_PLACE_IN_LAW = (
    rf"(?:sections?|sect\.?|ss?\.?|articles?|art\.?|parts?|regulations?|reg\.?|rules?|clauses?|schedules?|sch\.?"
    rf"|paragraphs?|para\.?|principles?)\s*{_NUMBERED}(?:\s*(?:,|and|to|-)\s*{_NUMBERED})*"
)
_LAW = (
    r"(?:[A-Z][\w'’-]*\s+(?:(?:and|of|the|for|on|in|to|&)\s+|\([\w .'’-]{1,60}\)\s+|[A-Z][\w'’-]*\s+){0,12})?"
    r"(?:(?:Act|Ordinance|Regulations?|Order|By-?laws?|Code|Rules|Statute)\s+(?:of\s+)?(?:1[6-9]|2[01])[0-9]{2}"
    r"|Act|Ordinance|By-?laws?|Constitution)(?![\w-])"
)
_POWER = re.compile(
    rf"\b(?i:under|by virtue of|pursuant to)\s+(?i:the\s+)?(?P<power>"
    rf"(?i:{_PLACE_IN_LAW})(?:,?\s+(?:(?i:of)\s+)?(?i:the\s+)?{_LAW})?"
    rf"|{_LAW}(?:,?\s+(?i:{_PLACE_IN_LAW}))?|(?i:common law))"
)
"""A place in the law, or the law: what it was decided under can't be erased, so nothing else is read as that."""
_OTHER_POWER = re.compile(
    r"\b(?:under|by virtue of|pursuant to)\s+(?:the\s+|our\s+|their\s+|his\s+|her\s+)?"
    r"(?:authority|powers?|provisions?|terms|delegation|warrant|directions?|orders?|policy|plan)\b",
    re.IGNORECASE,
)
_AFTER = frozenset(("source", "channel", "power", "link"))
"""Parts at which a reason ends."""
_EDGE = " \t\n,;:–—-"


def take_power_and_reason(reading: Reading, parts: list[TypedPart]) -> dict[str, str]:
    """Read both from a line that is known to be a decision, before its words are read as anything else.

    `parts` are those of a first reading: a reason ends where a source or a channel begins.
    """
    fields: dict[str, str] = {}
    power, other = _POWER.search(reading.left), _OTHER_POWER.search(reading.left)
    if power:
        fields["power"] = " ".join(power["power"].split())
        reading.take_match(power, "power", fields["power"])
    elif other:
        reading.doubt(
            "unclear-power",
            "power",
            expected="the section and the law, or one of them",
            found=other[0],
            do="It stays in the words. Write under section, its number, of the, and the law's name, to have it kept.",
            matters=False,
        )
    reason = _REASON.search(reading.left)
    if reason:
        start = reason.start("why")
        end = min([reason.end("why"), *(one.start for one in parts if one.read_as in _AFTER and one.start > start)])
        why = reading.text[start:end].rstrip(_EDGE)
        if any(letter.isalnum() for letter in why):
            fields["why"] = why
            reading.take(reason.start(), start + len(why), "reason", "why")
    if "why" not in fields:
        reading.doubt(
            "no-reason",
            "reason",
            expected="why it was decided",
            found="nothing stated",
            do="Add because, and the reason.",
            matters=False,
        )
    return fields
