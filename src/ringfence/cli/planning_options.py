"""The options by which a planner asks for a cordon: the same for every command that works one out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from ringfence.base.errors import BadInput, Fault, gathering, refuse_if
from ringfence.base.measures import Measure
from ringfence.base.traffic import Threat
from ringfence.cli.output import Operation, open_desk

if TYPE_CHECKING:
    from ringfence.desk import Desk
    from ringfence.model.plans import PlanQuestion

Against = Annotated[
    Threat | None,
    typer.Option("--threat", help="Drivers who obey the rules, or only what is physical. Default: lawful."),
]
MeasureOption = Annotated[
    Measure | None, typer.Option("--measure", help="What is to be as little as possible. Default: arms.")
]
Arm = Annotated[list[str] | None, typer.Option(metavar="ARM", help="Close it in any case (repeatable).")]
NotArm = Annotated[list[str] | None, typer.Option(metavar="ARM", help="Never close it (repeatable).")]
FixedArm = Annotated[list[str] | None, typer.Option(metavar="ARM", help="Closed already, free of charge (repeatable).")]
TogetherArms = Annotated[list[str] | None, typer.Option(metavar="ARM=ARM", help="Close both or neither (repeatable).")]
CostOfArm = Annotated[
    list[str] | None,
    typer.Option(metavar="ARM=N", help="What closing it costs; of a barrier: each of its arms (repeatable)."),
]
SiteCharge = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="What each junction with barriers costs on top.")
]
PlacingRule = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE=VALUE", help="Where barriers may stand, such as turn_back_m=30 (repeatable)."),
]
DrawnArea = Annotated[
    Path | None,
    typer.Option(
        "--area",
        metavar="FILE",
        help="Other outlines than the operation's: GeoJSON with roles protected, limit; or the protected area alone.",
    ),
]
Like = Annotated[str | None, typer.Option(metavar="NAME", help="As a saved plan was asked, but for what is said here.")]


def _options(
    *,
    threat: Against = None,
    measure: MeasureOption = None,
    must: Arm = None,
    must_not: NotArm = None,
    fixed: FixedArm = None,
    together: TogetherArms = None,
    cost: CostOfArm = None,
    site_charge: SiteCharge = None,
    placing: PlacingRule = None,
    area: DrawnArea = None,
    like: Like = None,
) -> None:
    """The options of a question."""


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a function of a desk and a question: it gets an operation and the options of a question."""
    options = inspect.signature(_options, eval_str=True).parameters
    plain = inspect.signature(command).parameters
    own = {name: one for name, one in plain.items() if name not in {"desk", "question"}}
    written = SimpleNamespace(__annotations__={name: one.annotation for name, one in own.items()})
    meant = get_type_hints(written, command.__globals__, include_extras=True)
    place = inspect.Parameter("op", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Operation)
    named = inspect.Parameter.KEYWORD_ONLY
    taken = [place, *options.values()]
    taken += [one.replace(kind=named, annotation=meant[name]) for name, one in own.items()]

    @wraps(command)
    def run(op: Operation, **given: Any) -> None:
        desk = open_desk(op)
        asked = {name: given.pop(name) for name in options}
        command(desk, _question(desk, **asked), **given)

    run.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in taken}
    return run


def _question(
    desk: Desk, *, cost: list[str] | None, placing: list[str] | None, area: Path | None, like: str | None, **given: Any
) -> PlanQuestion:
    """The question that the options ask: what is not said is as a saved plan was asked, or the default."""
    from ringfence.model.plans import PlanQuestion
    from ringfence.operation import validate

    faults: list[Fault] = []
    document: dict[str, Any] = {}
    if like is not None:
        with gathering(faults):
            document = desk.planning.kept.read(like).question.model_dump()
    if given["together"]:
        pair_form = "ARM=ARM, such as hill-street-1=hill-street-2"
        given["together"] = _parted(given["together"], "--together", pair_form, faults)
    document |= {
        name: tuple(said) if isinstance(said, list) else said for name, said in given.items() if said not in (None, [])
    }
    if cost:
        document["costs"] = _prices(cost, faults)
    if placing:
        rules = dict(_parted(placing, "--placing", "RULE=VALUE, such as turn_back_m=30", faults))
        document["placing"] = {**document.get("placing", {}), **_known_rules(rules, faults)}
    if area is not None:
        with gathering(faults):
            document |= _outlines(area)
    question = validate(document, "the command line", PlanQuestion, faults)
    refuse_if(faults)
    assert question is not None
    return question


def _known_rules(rules: dict[str, str], faults: list[Fault]) -> dict[str, str]:
    """A rule of another name is a slip; the names that there are help more than that it is none."""
    from ringfence.model.plans import Placing

    known = Placing.model_fields
    for name in sorted(rules.keys() - known.keys()):
        expected = f"one of {', '.join(known)}"
        faults.append(Fault("bad-field", "--placing", expected, repr(name), "`docs/placing.md` says what each is."))
    return {name: value for name, value in rules.items() if name in known}


def _prices(texts: list[str], faults: list[Fault]) -> dict[str, str]:
    """A price for each arm or barrier; that one is priced twice is a slip, and nobody knows which was meant."""
    prices: dict[str, str] = {}
    for name, price in _parted(texts, "--cost", "ARM=N, such as hill-street-1=3", faults):
        if prices.setdefault(name, price) != price:
            found = f"{name!r} at {prices[name]} and at {price}"
            faults.append(Fault("two-prices", "--cost", "one price for an arm", found, "Leave one of them out."))
    return prices


def _outlines(path: Path) -> dict[str, Any]:
    from ringfence.desk.drawn_area import read_outlines

    try:
        data = path.read_bytes()
    except OSError as error:
        found, do = f"{path}: {error.strerror}", "Name another."
        raise BadInput([Fault("cannot-read", "--area", "a file that can be read", found, do)]) from None
    return read_outlines(data, str(path))


def _parted(texts: list[str], option: str, form: str, faults: list[Fault]) -> list[tuple[str, str]]:
    """Both sides of those that have two."""
    pairs = [(first, second) for first, _, second in (text.rpartition("=") for text in texts)]
    wrong = [text for text, pair in zip(texts, pairs, strict=True) if not all(pair)]
    faults += [Fault("bad-option", option, form, repr(text), "Write both.") for text in wrong]
    return [pair for pair in pairs if all(pair)]
