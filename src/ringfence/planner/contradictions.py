"""What is wrong with demands: names that are no arms, and what can't be had at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from ringfence.base.errors import Fault
from ringfence.model.plans import Demands


def faults_of_demands(
    demands: Demands, known: Collection[str], found: Callable[[str], str], rules: Mapping[str, str]
) -> list[Fault]:
    """Everything that is wrong with demands, against the arms there are.

    Parameters
    ----------
    known : collection of str
        The arms that there are.
    found : callable
        What somebody named who named no arm, in words.
    rules : mapping of str to str
        Arms on which the placing rules allow no barrier, with the reason.
    """
    named = {
        "must": demands.must,
        "must not": demands.must_not,
        "fixed": demands.fixed,
        "together": {arm for pair in demands.together for arm in pair},
        "costs": demands.costs,
    }
    faults = [
        Fault(
            "unknown-arm",
            f"plan, {demand}",
            "the id of a street in the ring between area and limit that this driver uses",
            found(arm),
            _suggest(arm, known),
        )
        for demand, arms in named.items()
        for arm in sorted(arms)
        if arm not in known
    ]
    faults += in_two_lists({"must": demands.must, "must not": demands.must_not, "fixed": demands.fixed})
    faults += [tied_to_itself(repr(one)) for one, other in sorted(demands.together) if one == other]
    faults += _parted_by_demands(demands)
    return faults + _parted_by_rules(demands, rules)


def in_two_lists(named: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """What was named in two lists of which it can be in one only: by whatever names."""
    for code, one, other in (
        ("must-and-must-not", "must", "must not"),
        ("fixed-and-must-not", "fixed", "must not"),
        ("must-and-fixed", "must", "fixed"),
    ):
        for arm in sorted(set(named[one]) & set(named[other])):
            yield Fault(code, "plan", "an arm to be in one list", repr(arm), "Take it out of the other.")


def tied_to_itself(found: str) -> Fault:
    """Of a street that was named twice where two go together: one of them is a slip, and nobody knows for what."""
    expected, do = "two streets, to close both or neither", "Name another one, or leave the pair out."
    return Fault("paired-with-itself", "plan, together", expected, f"one street twice: {found}", do)


def _parted_by_demands(demands: Demands) -> list[Fault]:
    """Arms that must be closed, and go together with one that must not."""
    closed, barred = demands.must | demands.fixed, tied_to(demands.must_not, demands.together)
    return [
        Fault(
            "parted-pair",
            "plan",
            "arms that go together to be asked for alike",
            f"{arm!r}, which must be closed, and goes together with one that must not",
            "Change one of the demands.",
        )
        for arm in sorted(closed & barred)
        if arm not in demands.must_not
    ]


def _parted_by_rules(demands: Demands, rules: Mapping[str, str]) -> list[Fault]:
    """Arms that must be closed, and go together with one on which the placing rules allow no barrier."""
    closed = demands.must | demands.fixed
    return [
        Fault(
            "parted-pair",
            "plan",
            "arms that go together to be asked for alike",
            f"{arm!r}, which must be closed, and goes together with {barred!r}, which can't be: {why}",
            "Change one of the demands, or the placing rules.",
        )
        for barred, why in sorted(rules.items())
        if barred not in closed and barred not in demands.must_not
        for arm in sorted(closed & tied_to([barred], demands.together))
    ]


def tied_to(arms: Collection[str], together: Collection[tuple[str, str]]) -> frozenset[str]:
    """The arms, and all that go together with one of them, directly or not."""
    tied, before = set(arms), -1
    while len(tied) != before:
        before = len(tied)
        tied |= {arm for pair in together if not tied.isdisjoint(pair) for arm in pair}
    return frozenset(tied)


def _suggest(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=5, cutoff=0.5)
    return f"Close to it: {', '.join(close)}." if close else "`ringfence place OP WORDS` gives the ids near a place."
