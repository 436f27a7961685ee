"""The commands of a planner: plan, front, why, alternatives, stages, compare."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ringfence.base.errors import BadInput, Fault, gathering, refuse_if
from ringfence.base.measures import Burden
from ringfence.base.traffic import Threat
from ringfence.cli.output import NO, YES, AsJson, At, Operation, map_format, open_desk, progress_bar, show, write
from ringfence.cli.planning_options import asks

if TYPE_CHECKING:
    from ringfence.desk import Desk
    from ringfence.desk.plan_views import ExportForm
    from ringfence.model.plans import Plan, PlanQuestion


ThreatOfKept = Annotated[
    Threat | None,
    typer.Option("--threat", help="Against whom. Default: as the saved plans were made, else lawful drivers."),
]
Cordon = Annotated[
    str,
    typer.Argument(metavar="CORDON", help="A saved plan, or: installed, planned, fewest.", show_default=False),
]
Save = Annotated[str | None, typer.Option(metavar="NAME", help="Keep the plan in the operation under this name.")]
Replace = Annotated[bool, typer.Option("--replace", help="Keep it in place of the one of that name.")]
Title = Annotated[str | None, typer.Option(metavar="TEXT", help="What the kept plan is called.")]
Export = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write it: .geojson, .csv, .pdf with crew sheets; .toml: barriers for the operation."
    ),
]
Crews = Annotated[int, typer.Option(metavar="N", min=1, help="How many crews put it up.")]


@asks
def plan(
    desk: Desk,
    question: PlanQuestion,
    save: Save = None,
    replace: Replace = False,
    title: Title = None,
    export: Export = None,
    crews: Crews = 1,
    as_json: AsJson = False,
) -> None:
    """The cheapest barriers that seal the area within its limit, and the proof. Exit 1 if no cordon exists.

    ARM is a street's id as plans name it, or the id of one of the operation's barriers for all its arms.
    """
    faults: list[Fault] = []
    form = _form_asked(desk, question, faults, save, export, replace=replace, title=title, crews=crews)
    refuse_if(faults)
    cheapest = desk.planning.plan(question)
    _tell_choice(desk, question, cheapest, save, title, export, form, replace=replace, crews=crews, as_json=as_json)
    raise typer.Exit(YES if cheapest.possible else NO)


@asks
def front(
    desk: Desk,
    question: PlanQuestion,
    against: Annotated[Burden, typer.Option("--against", help="What it is weighed against.")] = Burden.STREET,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the choices that some weighing makes the best: no integer program.")
    ] = False,
    pick: Annotated[
        int | None, typer.Option(metavar="COST", help="Show the plan that costs so much (and --save, --export it).")
    ] = None,
    save: Save = None,
    replace: Replace = False,
    title: Title = None,
    export: Export = None,
    crews: Crews = 1,
    as_json: AsJson = False,
) -> None:
    """Every choice from the cheapest plan to the least burdensome: what each further barrier buys.

    Exit 1 if no cordon exists.
    """
    from ringfence.desk.plan_views import choice_of

    faults: list[Fault] = []
    form = _form_asked(desk, question, faults, save, export, replace=replace, title=title, crews=crews)
    _refuse_unpicked(faults, "front", "--pick COST, which says which choice", pick, save, export)
    refuse_if(faults)
    with progress_bar(on=not as_json) as progress:
        found = desk.planning.front(question, against, only_supported=quick, progress=progress)
    if pick is not None:
        chosen = choice_of(found, pick)
        _tell_choice(desk, question, chosen, save, title, export, form, replace=replace, crews=crews, as_json=as_json)
    else:
        show(found if as_json else desk.front_board(found))
    raise typer.Exit(YES if found.points else NO)


@asks
def why(
    desk: Desk,
    question: PlanQuestion,
    as_json: AsJson = False,
) -> None:
    """Why each barrier of the cheapest plan stands there: what it holds alone, and the price of one street further."""
    from ringfence.desk.plan_views import PlanReasons

    reasons = desk.planning.reasons(question)
    show(PlanReasons(reasons=reasons) if as_json else desk.reasons_board(reasons))
    raise typer.Exit(YES if reasons else NO)


@asks
def alternatives(
    desk: Desk,
    question: PlanQuestion,
    differ: Annotated[int, typer.Option(metavar="N", min=1, help="Do without so many arms of each before.")] = 1,
    count: Annotated[int, typer.Option(metavar="N", min=1, max=10, help="How many at most.")] = 3,
    pick: Annotated[
        int | None, typer.Option(metavar="N", help="Show the plan of this number (and --save, --export it).")
    ] = None,
    save: Save = None,
    replace: Replace = False,
    title: Title = None,
    export: Export = None,
    crews: Crews = 1,
    as_json: AsJson = False,
) -> None:
    """Other plans that are nearly as good, the cheapest first. Exit 1 if there is none."""
    from ringfence.desk.plan_views import PlanAlternatives, alternative_of

    faults: list[Fault] = []
    form = _form_asked(desk, question, faults, save, export, replace=replace, title=title, crews=crews)
    _refuse_unpicked(faults, "alternatives", "--pick N, which says which plan", pick, save, export)
    refuse_if(faults)
    found = desk.planning.alternatives(question, differ=differ, count=count)
    possible = found is not None
    answer = PlanAlternatives(alternatives=found or (), possible=possible)
    if pick is not None:
        chosen = alternative_of(answer, pick)
        _tell_choice(desk, question, chosen, save, title, export, form, replace=replace, crews=crews, as_json=as_json)
    else:
        show(answer if as_json else desk.alternatives_board(answer.alternatives, possible=possible))
    raise typer.Exit(YES if found else NO)


def plans(
    op: Operation,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show this one. Default: list all.", show_default=False)
    ] = None,
    export: Export = None,
    crews: Crews = 1,
    as_json: AsJson = False,
) -> None:
    """The plans that are kept in the operation; one of them as it was kept, with all that it says verified."""
    desk = open_desk(op)
    if name is None:
        if export is not None:
            expected, do = "NAME, which says which plan", "Add it."
            raise BadInput([Fault("no-name", "plans", expected, "none", do)])
        kept = desk.saved_plans()
        show(kept if as_json else desk.saved_plans_board(kept))
        return
    form = _form_of(export)
    saved = desk.planning.opened(name)
    _export(desk, saved.question, saved.plan, export, form, crews)
    show(saved if as_json else desk.plan_board(saved.plan))
    _tell_what_was_written(saved.plan, None, export, quiet=as_json)


def stages(
    op: Operation,
    first: Cordon,
    second: Cordon,
    at: At = None,
    threat: ThreatOfKept = None,
    as_json: AsJson = False,
) -> None:
    """From one cordon to another in steps, each of which keeps the area sealed: what moves at each."""
    desk = open_desk(op)
    moment = desk.moment(at)
    steps = desk.planning.stages(None, first, second, at=moment, threat=threat)
    show(steps if as_json else desk.stages_board(steps, first, second))


def compare(
    op: Operation,
    first: Cordon,
    second: Cordon,
    at: At = None,
    threat: ThreatOfKept = None,
    map_file: Annotated[Path | None, typer.Option("--map", metavar="FILE", help="Draw both: .svg or .png.")] = None,
    as_json: AsJson = False,
) -> None:
    """Two cordons beside each other: what each takes, encloses and leaves open. Exit 1 if one of them does not seal."""
    desk = open_desk(op)
    moment = desk.moment(at)
    form = None if map_file is None else map_format(map_file, "--map")
    compared = desk.planning.compare(None, first, second, at=moment, threat=threat)
    if map_file is not None and form is not None:
        write(map_file, desk.comparison_map(None, compared, form), option="--map")
    show(compared if as_json else desk.comparison_board(compared))
    if map_file is not None and not as_json:
        show(f"Map written to {map_file}.")
    raise typer.Exit(YES if compared.first.seals and compared.second.seals else NO)


def _refuse_unpicked(
    faults: list[Fault], command: str, expected: str, pick: int | None, save: str | None, export: Path | None
) -> None:
    """Of several plans nothing is kept or written until it is said which."""
    if pick is None and (save or export):
        faults.append(Fault("no-pick", command, expected, "none", "Add it."))


def _tell_choice(
    desk: Desk,
    question: PlanQuestion,
    plan: Plan,
    save: str | None,
    title: str | None,
    export: Path | None,
    form: ExportForm | None,
    *,
    replace: bool,
    crews: int,
    as_json: bool,
) -> None:
    """Keep and write one plan as it was asked, and show it."""
    if plan.possible:
        _keep(desk, question, plan, save, title, replace=replace)
        _export(desk, question, plan, export, form, crews)
    show(plan if as_json else desk.plan_board(plan))
    _tell_what_was_written(plan, save, export, quiet=as_json)


def _keep(
    desk: Desk, question: PlanQuestion, plan: Plan, name: str | None, title: str | None, *, replace: bool
) -> None:
    if name is not None:
        desk.planning.save(name, title or name, question, plan, replace=replace)


def _tell_what_was_written(plan: Plan, save: str | None, export: Path | None, *, quiet: bool) -> None:
    """What became of `--save` and `--export`; that nothing was written is said beside JSON, too."""
    if not plan.possible:
        undone = [f"not kept as {save}"] * (save is not None) + [f"{export} not written"] * (export is not None)
        if undone:
            print(f"Nothing was written, for no cordon exists: {', '.join(undone)}.", file=sys.stderr)
        return
    if quiet:
        return
    if save is not None:
        show(f"Kept in the operation as {save}.")
    if export is not None:
        show(f"Written to {export}.")


def _form_asked(
    desk: Desk,
    question: PlanQuestion,
    faults: list[Fault],
    save: str | None,
    export: Path | None,
    *,
    replace: bool,
    title: str | None,
    crews: int,
) -> ExportForm | None:
    """The form of what is to be written. All that is wrong with options and question is found before that."""
    form = None
    with gathering(faults):
        _refuse_unused(save, export, replace=replace, title=title, crews=crews)
    with gathering(faults):
        form = _form_of(export)
    with gathering(faults):
        desk.planning.ring(question)
    return form


def _refuse_unused(save: str | None, export: Path | None, *, replace: bool, title: str | None, crews: int) -> None:
    """Refuse what would be passed over in silence: options that say how something is kept or written that is not."""
    unused = [("--save NAME", one) for one, given in (("--replace", replace), ("--title", title)) if given and not save]
    unused += [("--export FILE", "--crews")] * (crews > 1 and export is None)
    do = "Add it, or take the other out."
    refuse_if([Fault("unused-option", "plan", wanted, f"only {one}", do) for wanted, one in unused])


def _form_of(export: Path | None) -> ExportForm | None:
    forms: dict[str, ExportForm] = {
        ".geojson": "geojson",
        ".json": "geojson",
        ".csv": "csv",
        ".pdf": "pdf",
        ".toml": "toml",
    }
    if export is None:
        return None
    if export.suffix not in forms:
        found, do = repr(export.name), "Change the ending."
        raise BadInput([Fault("bad-ending", "--export", "a file ending in .geojson, .csv, .pdf or .toml", found, do)])
    if export.suffix == ".toml" and export.exists():  # the log speaks of the barriers that an operation has
        do = "Write it beside, and put it in the other's place yourself."
        raise BadInput([Fault("file-exists", "--export", "the name of a new file", str(export), do)])
    return forms[export.suffix]


def _export(
    desk: Desk, question: PlanQuestion, plan: Plan, export: Path | None, form: ExportForm | None, crews: int
) -> None:
    if export is not None and form is not None:
        write(export, desk.export_plan(question, plan, form, crews=crews), option="--export")
