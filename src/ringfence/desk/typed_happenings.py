"""What a typed line says happened: to barriers, gates, streets, sites or on the perimeter; and to which of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from ringfence.base.errors import Fault
from ringfence.desk.typed_places import Ground, Spot, is_said_to_be_a_place, phrases
from ringfence.desk.typed_text import READ, Reading
from ringfence.desk.typed_words import (
    ACTORS,
    EXCEPTED,
    NAMED_POST,
    NOT_SO,
    PART_OF,
    STATES,
    SUBJECT,
    UNCLEAR,
    UNREAL,
    Family,
)
from ringfence.model.entries import EntryKind
from ringfence.model.operation import EVERYWHERE

_KINDS: dict[Family, EntryKind] = {
    "barrier": "barrier", "gate": "staffing", "street": "street", "site": "site_notice", "sweep": "sweep",
}  # fmt: skip
_UNDER_WAY = re.compile(
    rf"^[\s{READ}]*(?:has |is |was )?(?:begins?|began|begun|starts?|started|starting|under ?way|continues|ongoing"
    r"|in progress|due|planned|expected|incomplete|not|abandoned|interrupted|stopped)\b",
    re.IGNORECASE,
)
_NONE_AFTER = re.compile(
    rf"^[ \t:=,–—-]*(?:none|nil|zero|0+|not?)(?: of (?:them|these))?(?=[ \t]*(?:[,;.!)\n{READ}]|$))", re.IGNORECASE
)
"""Right behind a state: "barriers moved: none"."""
_PLACES_TRIED_MAX = 8
_BARRIERS_MAX = 200
_UPON = re.compile(
    rf"(?:^[\s(]*(?:at|by|about|around)|\b(?:past|to|till?|until|before|after|since))[\s{READ}]*$", re.IGNORECASE
)
"""Words before a number that make it the hour of a time."""
_OF_A_SWEEP = re.compile(
    r"\b(?:the|our|a|an|is|was|has|have|had|been|and|at|on|in|of|by|it|we|that|now|just|again|also|then|all|whole"
    r"|entire|full|fully|complete(?:d|ly)?|done|finished|over|(?:all )?clear|all ok(?:ay)?|ok(?:ay)?"
    r"|(?:nothing|nil)(?: (?:found|seen|finds?|to report))?|no (?:issues?|finds?|problems?|concerns?)"
    r"|nobody (?:found|there))\b",
    re.IGNORECASE,
)
"""Words beside a sweep that take nothing away from it."""


@dataclass
class Happenings:
    """What happened, by what it happened to (each at most once), and what the line calls that."""

    states: dict[Family, str] = field(default_factory=dict)
    noun: str = ""
    everywhere: bool = False
    number: int | None = None
    unit: str = ""

    @property
    def kind(self) -> EntryKind | None:
        """The kind of entry that it makes; a barrier named with no state is of the barrier kind as well."""
        for family in ("barrier", "gate", "street", "site", "sweep"):
            if family in self.states:
                return _KINDS[cast("Family", family)]
        return "barrier" if self.noun == "barrier" else None


def read_happenings(reading: Reading) -> Happenings:
    """The states that the line says; a state that is denied, wished for, or clear to nobody is a doubt."""
    found = Happenings()
    subject = SUBJECT.search(reading.left)
    if subject:
        found.noun = "gate" if subject["noun"].casefold().startswith("gate") else "barrier"
    for pattern, do in UNCLEAR:
        for match in pattern.finditer(reading.left):
            reading.doubt("unclear-state", "state", expected="words with one meaning", found=match[0], do=do)
            reading.take_match(match, "state", "not clear")
    for family, state, pattern in STATES:
        for match in pattern.finditer(reading.left):
            _read_state(reading, found, family, state, match)
    _read_subjects(reading, found)
    excepted = EXCEPTED.search(reading.text)
    if found.states and excepted:
        do = "Name each that it is true of, in words without an exception; or keep the line as a note."
        reading.doubt("exception", "place", expected="what is true of all that is named", found=excepted[0], do=do)
    for match in ACTORS.finditer(reading.left):
        reading.take_match(match, None)
    return found


def _read_state(reading: Reading, found: Happenings, family: Family, state: str, match: re.Match[str]) -> None:
    words = match[0].casefold()
    if found.noun and family == "street":
        if state != "occupied" or not words.startswith("blocked"):
            do = "Write obstructed, removed or put back."
            reading.doubt("unclear-state", "state", expected="a state of a barrier", found=match[0], do=do)
            reading.take_match(match, "state", "not clear")
            return
        family, state = "barrier", "obstructed"
    if found.noun == "barrier" and family == "gate" and state == "unstaffed":
        family = "barrier"
    if family == "barrier" and not found.noun:
        reading.doubt(
            "no-subject",
            "state",
            expected="what was so: a barrier or blocks, a gate",
            found=match[0],
            do=f"Write barrier {match[0]}, if it was one. As it stands nothing changes.",
            matters=False,
        )
        return
    denied = _denied(reading, match, family)
    if denied:
        reading.doubt(
            "not-so",
            "state",
            expected="what was so, not what was not, or not yet",
            found=denied,
            do="Write the state it is in, or keep the line as a note.",
        )
        reading.take_match(match, "state", f"not {match[0].casefold()}, or not yet")
        return
    held = found.states.get(family)
    if held not in {None, state}:
        do = "Write a line for each, or leave out what was before."
        reading.doubt("two-states", "state", expected="one state", found=f"{held} and {state}", do=do)
    found.states.setdefault(family, state)
    says = {"gate": f"gate {state}", "street": f"street {state}", "site": f"site {state}"}.get(family, state)
    reading.take_match(
        match, "kind" if family == "sweep" else "state", "sweep of the perimeter" if family == "sweep" else says
    )


def _denied(reading: Reading, match: re.Match[str], family: Family) -> str:
    """The words that say that it is not so; empty if it is."""
    clause = re.split(r"[,;.\n]", reading.left[: match.start()])[-1]
    unreal = UNREAL.search(reading.text)
    if unreal:
        return f"{match[0]}, and {unreal[0].strip(' -:.,0123456789')}"
    # What was read before (a time, a source) says nothing about this.
    before = NOT_SO.search(re.sub(rf"[\s{READ}]+", " ", clause)[-80:])
    if before:
        return " ".join((before[0] + match[0]).split())
    rest = reading.left[match.end() :]
    if re.match(rf"[^.;{READ}]*\?", rest) or reading.text.rstrip().endswith("?"):
        return f"{match[0]}?"
    after = _NONE_AFTER.search(rest)
    if after:
        return f"{match[0]}{after[0]}"
    under_way = _UNDER_WAY.search(rest) if family == "sweep" else None
    return f"{match[0]} {under_way[0].strip(f' {READ}')}" if under_way else ""


def _read_subjects(reading: Reading, found: Happenings) -> None:
    for match in SUBJECT.finditer(reading.left):
        many = (match["many"] or "").casefold().split()
        noun = match["noun"].casefold()
        figures = [int(word) for word in many if word.isdigit()]
        is_one = not noun.endswith("s")
        before = reading.left[: match.start()]
        start = match.start()
        if figures and NAMED_POST.search(before):  # "gate 6 barrier": the number belongs to the gate
            figures, start = [], match.start("noun")
        if figures and (PART_OF.search(before) or (is_one and figures != [1]) or _UPON.search(before)):
            reading.doubt(
                "unclear-number",
                "number",
                expected="how many they are, or a time",
                found=match[0],
                do=f"Write {figures[0]} {noun}{'s' if is_one else ''} after the time, or the time as 04:12.",
            )
            figures = []
        reading.take(start, match.end(), "kind", "gate" if noun.startswith("gate") else "barrier")
        if figures:
            found.number, found.unit = figures[0], noun
        if many and many[0] in {"all", "every"}:
            found.everywhere = True


def settle_places(reading: Reading, ground: Ground, found: Happenings, *, is_count: bool) -> dict[str, Any]:
    """The fields that say what changed where, and the place in words."""
    fields: dict[str, Any] = {}
    if found.number is not None and not is_count:
        fields |= {"number": found.number, "unit": found.unit}
    if "sweep" in found.states:
        return fields | _sweep(reading)
    if found.everywhere and found.states.keys() & {"barrier", "gate"}:
        return fields | _everywhere(reading, ground, found)
    tried = phrases(reading)[:_PLACES_TRIED_MAX]
    if not found.states:
        return fields | _somewhere(reading, ground, tried, is_count=is_count)
    if not tried:
        do = "Name the place: Bunny/Featherston, or Hill Street near Guildford Terrace."
        reading.doubt("no-place", "place", expected="where it was so", found="nothing stated", do=do)
        return fields
    spots = [_spot(ground, found, reading.text[start:end]) for start, end in tried]
    chosen = next((ix for ix, spot in enumerate(spots) if not spot.faults), None)
    if chosen is None:
        return fields | _nowhere(reading, ground, found, tried, spots)
    start, end = tried[chosen]
    reading.take(start, end, "place", spots[chosen].says)
    return fields | {"place": reading.text[start:end]} | spots[chosen].fields


def _nowhere(
    reading: Reading, ground: Ground, found: Happenings, tried: list[tuple[int, int]], spots: list[Spot]
) -> dict[str, Any]:
    """The place in words, where none of them leads anywhere, with what is wrong with it."""
    if _doubt_torn(reading, ground, found, tried):
        return {}
    start, end = tried[0]
    for fault in spots[0].faults if len(tried) == 1 else spots[1].faults:
        _doubt_place(reading, ground, fault, reading.text[start:end])
    reading.take(start, end, "place", "not found, or not clear")
    return {"place": reading.text[start:end]}


def _doubt_torn(reading: Reading, ground: Ground, found: Happenings, tried: list[tuple[int, int]]) -> bool:
    """Whether words on either side of what happened make a place only together; then it is asked to write them so."""
    for (start, end), (other, last) in pairwise(tried):
        words = f"{reading.text[start:end]} {reading.text[other:last]}"
        if other >= end and not _spot(ground, found, words).faults:
            reading.doubt(
                "torn-place",
                "place",
                expected="the words of the place side by side",
                found=f"{reading.text[start:end]} … {reading.text[other:last]}",
                do=f"Write them together: {words}.",
            )
            return True
    return False


def _doubt_place(reading: Reading, ground: Ground, fault: Fault, words: str) -> None:
    reading.doubt(
        fault.code,
        "place",
        expected=fault.expected,
        found=fault.found,
        do=fault.do,
        choices=ground.names(words) if fault.code == "unknown-place" else (),
    )


def _sweep(reading: Reading) -> dict[str, Any]:
    """A sweep counts for the whole perimeter: whatever else the line says may be an exception, or a find."""
    besides = [
        part.text
        for part in reading.parts
        if part.read_as in {"number", "state"} or (part.read_as == "kind" and part.says in {"barrier", "gate"})
    ]
    left = (words.strip(" \t,.:-()") for words in re.split(rf"[{READ}\n]+", reading.left))
    besides += [words for words in left if any(letter.isalnum() for letter in _OF_A_SWEEP.sub("", words))]
    if besides:
        do = "Write the sweep alone, and what else there was in a line of its own; of a part of it, keep a note."
        expected = "a sweep of the whole perimeter, and no more beside it"
        reading.doubt("part-sweep", "place", expected=expected, found="; ".join(besides)[:200], do=do)
    return {} if besides else {"swept": "perimeter"}


def _everywhere(reading: Reading, ground: Ground, found: Happenings) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if "barrier" in found.states:
        ids = ground.barrier_ids()
        fields |= {"barriers": ids[:_BARRIERS_MAX], "state": found.states["barrier"]}
        if len(ids) > _BARRIERS_MAX:
            expected, do = f"at most {_BARRIERS_MAX} barriers in one entry", "Write a line for each part of them."
            reading.doubt("too-many-barriers", "place", expected=expected, found=f"{len(ids)}", do=do)
    if "gate" in found.states:
        fields |= {"gates": (EVERYWHERE,), "staffed": found.states["gate"] == "staffed"}
    there = len(ground.gate_ids() if found.noun == "gate" else ground.barrier_ids())
    if found.number not in {None, there}:
        do = f"Leave out the number, or name those that are meant: there are {there}."
        expected = f"all {there} {found.unit}"
        reading.doubt("all-or-some", "number", expected=expected, found=f"all {found.number}", do=do)
    rest = [reading.text[start:end] for start, end in reading.pieces()]
    if rest:
        do = "Leave out all, or the place."
        reading.doubt("all-or-some", "place", expected="all of them, or a place", found=rest[0][:100], do=do)
    return fields


def _spot(ground: Ground, found: Happenings, words: str) -> Spot:
    """What the words come to for everything that happened there."""
    fields: dict[str, Any] = {}
    says = ""
    if found.states.keys() & {"barrier", "gate"}:
        spot = ground.barriers(words)
        if spot.faults:
            return spot
        ids, says = spot.fields["barriers"], spot.says
        no_gates = [one for one in ids if one not in ground.gate_ids()]
        if "gate" in found.states and no_gates:
            expected, found_there = "a gate", f"{', '.join(no_gates)}, which is none"
            return Spot(faults=(Fault("no-gate", words, expected, found_there, "Only gates are staffed."),))
        if "barrier" in found.states:
            fields |= {"barriers": ids, "state": found.states["barrier"]}
        if "gate" in found.states:
            fields |= {"gates": ids, "staffed": found.states["gate"] == "staffed"}
    elif "street" in found.states:
        spot = ground.street(words)
        if spot.faults:
            return spot
        says = spot.says
        fields |= {found.states["street"]: spot.fields["segments"]}
    if "site" in found.states and not says:
        spot = ground.site(words)
        if spot.faults:
            return spot
        says = spot.says
        fields |= spot.fields | {"site_state": found.states["site"]}
    return Spot(fields, says)


def _somewhere(reading: Reading, ground: Ground, tried: list[tuple[int, int]], *, is_count: bool) -> dict[str, Any]:
    """The place of an entry that changes nothing: words that are found on the map, or that can only be a place."""
    for start, end in tried:
        words = reading.text[start:end]
        if words.islower() and " " not in words and "/" not in words:
            continue  # a word of prose, though there may be a May Street
        spot = ground.anywhere(words)
        if not spot.faults:
            reading.take(start, end, "place", spot.says)
            return {"place": reading.text[start:end]}
    for start, end in tried:
        words = reading.text[start:end]
        if "/" in words or (is_count and is_said_to_be_a_place(reading, start)):
            for fault in ground.anywhere(words).faults:
                reading.doubt(
                    fault.code, "place", expected=fault.expected, found=fault.found, do=fault.do, matters=False
                )
            reading.take(start, end, "place", "not found on the map")
            return {"place": words}
    return {}
