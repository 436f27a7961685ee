"""What a duty officer should look at again in an entry that was kept: worked out from the entry alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ringfence.model.entries import Entry, EntryKind, Figure
from ringfence.model.record import Record
from ringfence.picture.effects import Word, is_count, states_figure
from ringfence.picture.figures import unaccounted

TOLERANCE = timedelta(minutes=10)
"""How far clocks may go apart: up to this long after it was recorded, a thing may be said to have been so."""

ANNOUNCED = frozenset({"decision", "advisory", "gate_rule", "level", "site_notice", "statement"})
"""Kinds of entries that can be sure today of what begins tomorrow, unless somebody says to have seen it."""

_LACKS: dict[EntryKind, tuple[str, str, str]] = {
    "barrier": ("barriers", "which barrier is in what state", "Log it again with barrier and state"),
    "gate_rule": ("rules", "which access rule holds from then on, or no longer", "Log it again with rule and in force"),
    "street": ("occupied", "which street is occupied or cleared", "Log it again with the segments"),
    "site_notice": ("site", "which site is open or closed", "Log it again with site and its state"),
    "sweep": ("swept", "what was swept", "Log it again with swept: perimeter"),
    "count": ("number", "how many of what", "Log it again with a number or a unit"),
    "denial": ("relates_to", "which entry it denies", "Log it again with the entry that it relates to or disputes"),
    "confirmation": ("relates_to", "which entry it confirms", "Log it again with the entry that it relates to"),
    "correction": ("relates_to", "which entry it corrects", "Log it again with the entry that it relates to"),
    "retraction": ("retracts", "which entry it takes back", "Log it again with the entry that it retracts"),
}
"""Kinds of entries that are there to change something: the field, what it would say, and what to do."""
_TELLS = frozenset({"barrier", "gate_rule", "street", "site_notice"})
"""Of these kinds, an entry that is about another one may add words to it and change nothing."""

_MEASURED = re.compile(
    r"%|\b(?:per|percent|share|index|average|k?m|kilomet\w+|met(?:re|er)s?|miles?|h|hours?|min(?:utes)?|days?|weeks?"
    r"|tonnes?|tons?|kg|lit(?:re|er)s?|hectares?|ha|acres?|degrees?|dollars?|euros?|pounds?|million|thousand)\b|[$€£°]",
    re.IGNORECASE,
)
"""Units of what is measured and not counted, or counted in thousands."""


class Flag(Record):
    """Something about an entry to look at again. The entry stands as it was said; nothing is put right by itself.

    `about` is the field; `says` what is odd about it, and what to do if it was not meant.
    """

    code: str
    about: str
    says: str


def flags(entry: Entry, corrected: Sequence[Entry] = ()) -> tuple[Flag, ...]:
    """Everything odd about an entry that shows from itself, and from what it corrects.

    ``so-in-future``: so only later than it was recorded, however sure it is, unless its kind announces;
    ``so-after-report``: than it was reported. ``reported-in-future``: reported only later than it was recorded. Times
    that nobody stated are never odd; "now" is when the entry was recorded: no flag goes away by waiting.
    ``parts-do-not-add-up``: a number that is not the sum of its parts.
    ``corrects-nothing``: a correction that leaves an effect or a figure as it is, because it says in words what was
    wrong and not how it was, or relates to several that it can't stand in the place of. ``changes-nothing``: its kind
    is there to change something, and it does not say what. ``odd-count``: fewer than none, or a part of one.
    """
    found = []
    known_at = entry.recorded.latest
    announced = entry.kind in ANNOUNCED or entry.state == "planned"
    is_odd = entry.certainty == "observed" or not announced
    if is_odd and _is_beyond(entry.so.earliest, known_at):
        says = f"It says that it was so {_long(entry.so.earliest - known_at)} after this desk recorded it."
        found.append(Flag(code="so-in-future", about="so", says=f"{says} Log a correction if that was not meant."))
    elif is_odd and _is_beyond(entry.so.earliest, entry.reported.latest):
        says = f"It says that it was so {_long(entry.so.earliest - entry.reported.latest)} after it was reported."
        found.append(Flag(code="so-after-report", about="so", says=f"{says} Log a correction if that was not meant."))
    if _is_beyond(entry.reported.earliest, known_at):
        says = f"It was reported {_long(entry.reported.earliest - known_at)} after this desk recorded it."
        found.append(Flag(code="reported-in-future", about="reported", says=f"{says} Log a correction with the time."))
    rest = unaccounted(entry.number, entry.breakdown)
    if rest:
        parts = _worded(sum(entry.breakdown.values()))
        odd = f"{_worded(rest)} is not accounted for" if rest > 0 else f"{_worded(-rest)} too many"
        says = f"The parts come to {parts}, the number is {_worded(entry.number or 0)}: {odd}."
        found.append(Flag(code="parts-do-not-add-up", about="breakdown", says=f"{says} It is kept as it was said."))
    found += _without_bearing(entry)
    found += _odd_figures(entry)
    if entry.kind == "correction":
        found += _left_as_it_is(entry, [one for one in corrected if one.id in Word.of(entry).meant])
    return tuple(found)


def _without_bearing(entry: Entry) -> Iterator[Flag]:
    """What a desk means by sweep, barrier, denial ... is done by fields; without them the words alone are kept."""
    if entry.kind not in _LACKS or entry.has_effect or entry.disputes or entry.retracts:
        return
    if entry.kind == "count":
        bears = is_count(entry)
    elif entry.kind in {"retraction", "sweep"}:
        bears = False
    else:
        bears = bool(entry.relates_to or (entry.kind in _TELLS and entry.follows))
    if not bears:
        about, lacks, do = _LACKS[entry.kind]
        says = f"It does not say {lacks}, so its words are kept and no answer changes."
        yield Flag(code="changes-nothing", about=about, says=f"{says} {do} if that was meant.")


def _odd_figures(entry: Entry) -> Iterator[Flag]:
    if not is_count(entry):
        return
    told = [("number", entry.number)] if entry.number is not None else []
    told += [("breakdown", part) for part in entry.breakdown.values()]
    is_measured = entry.unit is not None and _MEASURED.search(entry.unit) is not None
    for about, figure in told:
        if figure < 0:
            odd = "less than none"
        elif figure != int(figure) and not is_measured:
            odd = "no whole number"
        else:
            continue
        says = f"{_worded(figure)} is {odd}, and stands as the figure as it was said."
        yield Flag(code="odd-count", about=about, says=f"{says} Log a correction with the number if it was not meant.")
        return


def _left_as_it_is(correction: Entry, meant: Sequence[Entry]) -> Iterator[Flag]:
    with_effect = [one for one in meant if one.has_effect and one.certainty != "denied"]
    counted = [one for one in meant if is_count(one)]
    for matter, bearing, states in (
        ("effect on the map", with_effect, correction.has_effect),
        ("figure", counted, states_figure(correction)),
    ):
        if not bearing or (not states and (correction.has_effect or states_figure(correction))):
            continue  # it puts something else right
        names = ", ".join(one.id for one in bearing)
        if not states:
            says = f"It says in words what was wrong with {names}: the {matter} stays as it was."
            do = "Log a correction that says how it was, or take the entry back."
        elif len(bearing) > 1:
            says = f"It relates to {names}, and can stand in the place of one alone: the {matter} of each stays."
            do = "Log a correction for each."
        else:
            continue
        yield Flag(code="corrects-nothing", about="relates_to", says=f"{says} {do}")


def _is_beyond(moment: datetime, known_at: datetime) -> bool:
    return moment - TOLERANCE > known_at if moment.year > 1 else False  # the beginning of time has nothing before it


def _long(late: timedelta) -> str:
    """How long, in the two largest units."""
    minutes = int(late.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, "d"), (hours, "h"), (minutes % 60, "min")]
    told = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(told[:2])


def _worded(figure: Figure) -> str:
    return str(figure) if isinstance(figure, int) else f"{figure:.10g}"
