"""Who says so in a typed line, through which channel, and which entries it answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringfence.desk.typed_text import READ, Reading
from ringfence.desk.typed_words import BARE_SOURCES, CHANNELS, LINKS, OWN, SOURCES, STATES, SUBJECT
from ringfence.model.entries import Certainty, Entry, EntryKind
from ringfence.operation import Operation

_VERBS: tuple[tuple[str, Certainty], ...] = (
    ("confirm", "confirmed"), ("den", "denied"), ("claim", "claimed"), ("alleg", "claimed"),
    ("understood", "understood"), ("understands", "understood"), ("seen", "observed"), ("saw", "observed"),
    ("sees", "observed"),
    ("observe", "observed"), ("witness", "observed"), ("said", "claimed"), ("say", "claimed"), ("tell", "claimed"),
    ("told", "claimed"),
)  # fmt: skip
_NOBODY = frozenset(
    (
        "it",
        "we",
        "he",
        "she",
        "they",
        "there",
        "this",
        "that",
        "it is",
        "it was",
        "who",
        "which",
        "and",
        "not",
        "also",
        "been",
    )
)
_BEFORE_LINK = re.compile(rf"(?:^|(?<=[,;:{READ}]))\s*(?:the\s+)?(?P<who>[^\s,;:{READ}][^,;:{READ}]{{0,80}}?)\s*$")
_BY_AFTER = re.compile(
    rf"^[\s{READ}]*by\s+(?:the\s+)?(?P<who>[^\s,;:{READ}][^,;:{READ}]{{0,80}}?)\s*(?=[,;:{READ}.]|$)", re.IGNORECASE
)
_WORDS_MAX = 9
_TOKEN = re.compile(r"(?<![\w.-])(?=[A-Za-z._-]*[0-9])[A-Za-z](?:[\w.-]*[A-Za-z0-9])?(?!\w)")
"""What may be the id of an entry."""


@dataclass
class Said:
    """A source with its channel and how sure its verb is; or the links of a line, with the kind that they make it."""

    by: str | None = None
    via: str | None = None
    verb: str = ""
    certainty: Certainty | None = None
    kind: EntryKind | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    sources: frozenset[str] = frozenset()


def read_links(reading: Reading, operation: Operation) -> Said:
    """The entries that the line corrects, confirms, denies, takes back, follows or answers."""
    known = {entry.id.casefold(): entry for entry in operation.entries}
    found = Said()
    links: dict[str, list[str]] = {}
    for link, pattern in LINKS:
        for match in list(pattern.finditer(reading.left)):
            ids = re.split(r"\s*(?:,|&|\band\b|\+)\s*", match["ids"], flags=re.IGNORECASE)
            missing = [one for one in ids if one.casefold() not in known]
            if missing and link in {"follows", "answers"} and len(missing) == len(ids):
                continue  # "see A320": no entry is meant
            if missing:
                reading.doubt(
                    "unknown-entry",
                    "link",
                    expected="ids of entries in the log",
                    found=", ".join(missing[:5]),
                    do="Look the entry up: ringfence log list.",
                )
            held = [known[one.casefold()] for one in ids if one.casefold() in known]
            _take_speaker(reading, match, found, link)
            reading.take_match(match, "link", f"{link} of {', '.join(one.id for one in held) or 'no entry'}")
            links.setdefault(link, []).extend(one.id for one in held)
            found.sources |= frozenset(one.source.by.casefold() for one in held)
            if link not in {"follows", "answers"}:
                _set_kind(reading, found, link)
    found.fields = _link_fields(links)
    _doubt_named(reading, known)
    return found


def _doubt_named(reading: Reading, known: Mapping[str, Entry]) -> None:
    """Entries of the log that the line names, and does nothing to."""
    named = dict.fromkeys(known[one.casefold()].id for one in _TOKEN.findall(reading.left) if one.casefold() in known)
    if named:
        one = next(iter(named))
        reading.doubt(
            "not-linked",
            "link",
            expected="what the line does to the entries that it names",
            found=", ".join(named),
            do=f"Write denies {one}, confirms {one}, correction {one}: …, takes back {one}, or re {one}."
            " As it stands nothing leads from the one to the other.",
            matters=False,
        )


def _set_kind(reading: Reading, found: Said, link: str) -> None:
    kinds: dict[str, EntryKind] = {
        "correction": "correction", "confirmation": "confirmation", "denial": "denial", "retraction": "retraction",
    }  # fmt: skip
    if found.kind not in {None, kinds[link]}:
        reading.doubt(
            "two-links",
            "link",
            expected="one thing done to other entries",
            found=f"{found.kind} and {link}",
            do="Write a line for each.",
        )
    found.kind = found.kind or kinds[link]


def _link_fields(links: dict[str, list[str]]) -> dict[str, Any]:
    unique = {link: list(dict.fromkeys(ids))[:200] for link, ids in links.items()}
    related = [one for link in ("correction", "confirmation", "denial", "answers") for one in unique.get(link, ())]
    return {
        "relates_to": tuple(dict.fromkeys(related))[:200],
        "disputes": tuple(unique.get("denial", ())),
        "retracts": tuple(unique.get("retraction", ())),
        "follows": tuple(unique.get("follows", ())),
    }


def _take_speaker(reading: Reading, match: re.Match[str], found: Said, link: str) -> None:
    """Who stands before "confirms W045", or behind "W045 ... by"."""
    before = _BEFORE_LINK.search(reading.left[: match.start()])
    after = _BY_AFTER.search(reading.left[match.end() :])
    if link in {"follows", "answers"} or found.by:
        return
    if before and _is_somebody(before["who"]):
        found.by = before["who"]
        reading.take(before.start("who"), before.end("who"), "source", found.by)
    elif after and _is_somebody(after["who"]):
        found.by = after["who"]
        reading.take(match.end(), match.end() + after.end("who"), "source", found.by)


def read_source(reading: Reading, links: Said, known: Collection[str]) -> Said:
    """Who says so, and through which channel. `known` are the sources of the log, casefolded."""
    said = Said(by=links.by)
    for pattern in CHANNELS:
        match = pattern.search(reading.left)
        if match and said.via is None:
            said.via = match["via"]
            reading.take_match(match, "channel", said.via)
    if said.by is not None:
        return said
    for pattern in SOURCES:
        for match in pattern.finditer(reading.left):
            who = match["who"].strip().rstrip(".")
            if not _is_somebody(who):
                continue
            if _says_more(who):
                reading.doubt(
                    "unclear-source",
                    "source",
                    expected="a source that ends at a comma",
                    found=who[:100],
                    do="Put the source last: , reported by gate 6.",
                )
                continue
            said.by, said.verb = who, match["verb"].casefold()
            said.certainty = next((sure for start, sure in _VERBS if said.verb.startswith(start)), None)
            _take_source(reading, match, said)
            _doubt_second(reading)
            return said
    for pattern in BARE_SOURCES:
        bare = pattern.search(reading.left)
        colon = pattern is BARE_SOURCES[0]
        if bare and (bare["who"].casefold() in known or (colon and OWN.fullmatch(bare["who"]))):
            said.by = bare["who"]
            reading.take(bare.start("who"), bare.end("who"), "source", said.by)
            return said
    return said


def _doubt_second(reading: Reading) -> None:
    """Somebody else who says something: whose word it is then, and how sure, is not clear."""
    for pattern in (SOURCES[0], SOURCES[-1]):
        for match in pattern.finditer(reading.left):
            who = match["who"].strip()
            if _is_somebody(who) and not _says_more(who):
                reading.doubt(
                    "two-sources",
                    "source",
                    expected="one source",
                    found=f"{who} {match['verb']} as well",
                    do="Write a line for each. What somebody heard from another is that one's word.",
                )


def _take_source(reading: Reading, match: re.Match[str], said: Said) -> None:
    """The verb is part of the source, unless it says more: how sure it is, or that it is a decision."""
    start, end = match.span("verb")
    more = said.certainty or ("decision" if said.verb.startswith("decide") else None)
    if more is None:
        reading.take_match(match, "source", said.by or "")
        return
    reading.take(start, end, "kind" if more == "decision" else "certainty", more)
    stretch = (end, match.end()) if match.start("who") > start else (match.start("who"), match.end("who"))
    reading.take(*stretch, "source", said.by or "")
    reading.take_match(match, None)


def _is_somebody(who: str) -> bool:
    return who.casefold() not in _NOBODY and any(letter.isalpha() for letter in who)


def _says_more(who: str) -> bool:
    """Whether words that would be a source hold what happened as well."""
    if OWN.fullmatch(who):
        return False
    return (
        len(who.split()) > _WORDS_MAX or bool(SUBJECT.search(who)) or any(words.search(who) for _, _, words in STATES)
    )
