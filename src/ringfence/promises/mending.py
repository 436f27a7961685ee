"""What would mend a promise that is not kept, in words for the person who has to decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ringfence.model.answers import PromiseAnswer


def mending(answer: PromiseAnswer) -> tuple[str, ...]:
    """Steps that would help, from the witness alone; none for a promise that is kept.

    A seal needs all of its steps: one for each way in.
    """
    if answer.answer == "kept":
        return ()
    steps = tuple(dict.fromkeys(_steps(answer)))
    return steps or ("look at the witness: no single step is known to mend it",)


def _steps(answer: PromiseAnswer) -> Iterable[str]:
    witness = answer.witness
    match answer.kind:
        case "sealed":
            yield from (str(leak["mend"]) for leak in witness["leaks"])
        case "contained":
            yield from (f"clear {one['segment']}, or log that it is clear" for one in witness["occupied"])
            if answer.answer == "unknown" and not witness["occupied"]:
                yield "sweep the perimeter, and log the sweep"
        case "site_open":
            yield from _site_steps(answer)
        case "exit_open":
            yield from (
                f"staff or open a gate so that {category} can leave {_shown(streets)}"
                for category, found in witness["streets"].items()
                if (streets := found["cut_off"]["streets"])
            )
        case "foot_open":
            yield from (f"leave a gap at {barrier}" for barrier in witness["barriers_without_gap"])
        case "access":
            if streets := witness.get("cut_off", {}).get("streets"):
                yield f"staff or open a gate towards {_shown(streets)}"
            elif answer.answer == "broken" and "site" in witness:
                yield f"staff or open a gate on the way to {witness['site']}"


def _site_steps(answer: PromiseAnswer) -> Iterable[str]:
    if answer.answer == "unknown":
        yield "ask there whether it is open, and log the answer"
    elif "site" in answer.witness:
        yield f"staff or open a gate on the way to {answer.witness['site']}"
    else:
        yield "open the site, or log that it is open"


def _shown(streets: list[Any]) -> str:
    named = ", ".join(map(str, streets[:3]))
    return named if len(streets) <= 3 else f"{named} and {len(streets) - 3} more streets"
