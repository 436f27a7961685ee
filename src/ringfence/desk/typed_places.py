"""Where, in a typed line: from the words that are left to a barrier, a site or a street of the operation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.desk import Desk
from ringfence.desk.typed_text import Reading
from ringfence.model.answers import PlaceReading
from ringfence.operation import Operation
from ringfence.places import find_places
from ringfence.places.names import fold_words

WORDS_MAX = 200
EQUAL_SCORE = 0.02
"""Readings so near to the best are as good."""
PIECES_MAX = 6
_AND = re.compile(r"\s+(?:and|&|\+)\s+|\s*[;,]\s*(?:and\s+)?", re.IGNORECASE)
_SAYS_WHERE = re.compile(
    r"\b(?:at|on|in|near|outside|behind|opposite|along|beside|corner of|cnr|rear of|in front of|next to)\b",
    re.IGNORECASE,
)


@dataclass
class Spot:
    """What words of place come to: the fields they give an entry, what to say of them, what is wrong with them."""

    fields: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    faults: tuple[Fault, ...] = ()


class Ground:
    """The places of one operation, asked for what can be in a state: a barrier, a gate, a site, a street."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._desk = Desk(operation)
        self._folded = {
            barrier.id: [fold_words(name) for name in (barrier.id, barrier.name, *barrier.places)]
            for barrier in operation.barriers
        }

    def barrier_ids(self) -> tuple[str, ...]:
        """All barriers."""
        return tuple(barrier.id for barrier in self._operation.barriers)

    def gate_ids(self) -> frozenset[str]:
        """The barriers that are gates."""
        return frozenset(barrier.id for barrier in self._operation.barriers if barrier.gate)

    def known_barrier(self, words: str) -> str | None:
        """The barrier that bears exactly this name, one of its wordings or this id."""
        folded = fold_words(words)
        found = [name for name, forms in self._folded.items() if folded and folded in forms]
        return found[0] if len(found) == 1 else None

    def barriers(self, words: str) -> Spot:
        """The barriers that words name: one, or several joined by "and"."""
        whole = self._barrier(words)
        pieces = [one for one in _AND.split(words) if one.strip()]
        if not whole.faults or not 1 < len(pieces) <= PIECES_MAX:
            return whole
        several = [self._barrier(one) for one in pieces]
        if any(one.faults for one in several):
            return whole
        ids = tuple(dict.fromkeys(name for one in several for name in one.fields["barriers"]))
        return Spot({"barriers": ids}, " and ".join(one.says for one in several))

    def _barrier(self, words: str) -> Spot:
        known = self.known_barrier(words)
        if known is not None:
            return Spot({"barriers": (known,)}, f"barrier {known}")
        called = self._called(words)
        if len(called) > 1:
            return Spot(faults=(self._which(words, called),))
        try:
            readings = self._desk.places(words)
        except BadInput as error:
            return Spot(faults=error.faults)
        if readings[0].flagged:
            found = f"a place where that is not quite true: {' '.join(readings[0].reasons)}"
            expected = "a place that is there in so many words"
            return Spot(faults=(Fault("loose-place", words, expected, found, "Word it otherwise."),))
        best = [one for one in readings if one.score >= readings[0].score - EQUAL_SCORE]
        here = list(dict.fromkeys(name for one in best for name in self._standing_at(one)))
        if len(here) == 1:
            return Spot({"barriers": (here[0],)}, f"barrier {here[0]}")
        return Spot(faults=(self._which(words, here),))

    def _called(self, words: str) -> list[str]:
        """The barriers whose names or wordings begin with these words: one street may have several."""
        folded = fold_words(words)
        return [
            name
            for name, forms in self._folded.items()
            if folded and any(form[: len(folded)] == folded for form in forms)
        ]

    def _standing_at(self, reading: PlaceReading) -> list[str]:
        return [
            barrier.id
            for barrier in self._operation.barriers
            for arm in barrier.arms
            if arm.segment == reading.segment and abs(arm.offset_m - reading.offset_m) < 0.01
        ]

    def _which(self, words: str, found: Sequence[str]) -> Fault:
        barriers = [one for one in self._operation.barriers if not found or one.id in found]
        names = "; ".join(f"{one.name} ({one.id})" for one in barriers[:8])
        if not names:
            return Fault("no-barrier-there", words, "a barrier of the operation", "none", "The operation has none.")
        if found:
            return Fault("several-barriers", words, "one barrier", ", ".join(found), f"Say which: {names}.")
        expected, none = "a place where a barrier of the operation stands", "none stands there"
        return Fault("no-barrier-there", words, expected, none, f"The operation has: {names}.")

    def site(self, words: str) -> Spot:
        """The site that bears this name."""
        folded = fold_words(words)
        found = [
            site.id
            for site in self._operation.sites
            if folded and any(folded == fold_words(name) for name in (site.id, site.name, *site.aliases))
        ]
        if len(found) == 1:
            return Spot({"site": found[0]}, f"site {found[0]}")
        names = "; ".join(self.names(words)) or "; ".join(site.name for site in self._operation.sites[:8])
        do = f"Perhaps: {names}." if names else "The operation has no sites."
        return Spot(faults=(Fault("unknown-site", words, "a site of the operation", ", ".join(found) or "none", do),))

    def street(self, words: str) -> Spot:
        """The segments of the street, or of the stretch of it, that words name."""
        try:
            readings = find_places(self._operation.network, self._operation.sites, words)
        except BadInput as error:
            return Spot(faults=error.faults)
        top = readings[0]
        if top.flagged:
            expected, found = "a stretch of street that is there in so many words", " ".join(top.reasons)
            return Spot(faults=(Fault("loose-place", words, expected, found, "Word it otherwise."),))
        folded, named = fold_words(words), [fold_words(name) for name in top.streets]
        if len(named) == 1 and folded == named[0][: len(folded)]:
            segments = tuple(dict.fromkeys(one.segment for one in readings))  # the street alone: all of it
        else:
            segments = tuple(dict.fromkeys(one.segment for one in readings if one.score >= top.score - EQUAL_SCORE))
            if len(segments) > 1:
                do = "Say between which streets: A between B and C."
                found = f"{len(segments)} stretches: {', '.join(segments[:6])}"
                return Spot(faults=(Fault("several-stretches", words, "one stretch of a street", found, do),))
        return Spot({"segments": segments[:200]}, f"{', '.join(top.streets)}: {', '.join(segments[:6])}")

    def anywhere(self, words: str) -> Spot:
        """Any place that can be found, for an entry that changes nothing."""
        site = self.site(words)
        if not site.faults:
            return Spot({}, site.says)
        try:
            top = self._desk.places(words)[0]
        except BadInput as error:
            return Spot(faults=error.faults)
        return Spot({}, f"{', '.join(top.streets)}: {top.segment}")

    def names(self, words: str) -> list[str]:
        """Names that resemble the words, or their last part."""
        return [one.name for one in self._desk.place_names(words[:WORDS_MAX], 5).names] if words.strip() else []


def is_said_to_be_a_place(reading: Reading, start: int) -> bool:
    """Whether "at", "near" or the like stands before these words, or begins them."""
    before = list(_SAYS_WHERE.finditer(reading.text, max(start - 30, 0), start))
    return bool(_SAYS_WHERE.match(reading.text, start)) or (
        bool(before) and not reading.text[before[-1].end() : start].strip(" the")
    )


def phrases(reading: Reading) -> list[tuple[int, int]]:
    """Where the words of a place may stand in what is left: each piece, and each from its first "at", "near" on."""
    found: list[tuple[int, int]] = []
    for start, end in list(reading.pieces())[:PIECES_MAX]:
        found.append((start, end))
        for match in list(_SAYS_WHERE.finditer(reading.text, start, end))[:3]:
            after = match.start() if match[0].casefold() not in {"at", "on", "in", "along"} else match.end()
            while after < end and reading.text[after].isspace():
                after += 1
            if start < after < end:
                found.append((after, end))
    return found
