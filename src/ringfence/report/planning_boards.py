"""Boards of a planner for a terminal: the front, reasons, other plans, stages, two cordons beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from rich import box
from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ringfence.base.measures import Burden, Measure
from ringfence.base.times import show_time
from ringfence.base.traffic import Threat
from ringfence.model.plans import (
    Alternative,
    ArmReason,
    Comparison,
    Front,
    FrontPoint,
    Moved,
    Placing,
    Plan,
    PlanQuestion,
    Side,
    Stage,
    Stages,
)
from ringfence.report.words import clean, counted, driver_shown, is_count, least_of

BAR_WIDTH = 24

NO_CORDON = Text("NO CORDON EXISTS within this limit: `ringfence plan` shows a way in.", "bold red")

MUCH_LESS = 2
"""So many times less must a further barrier buy for a choice to be one to look at first."""
_BURDENS = {
    Burden.ADDRESSES: "Addresses enclosed",
    Burden.STREET: "Street enclosed",
    Burden.THROUGH: "Importance of the streets closed",
}


def front_board(front: Front) -> RenderableType:
    """Each choice with its bar, and what the front does not say."""
    driver = driver_shown(front.threat, front.vehicle_class)
    heading = Text(f"Every choice against {driver}", style="bold")
    if not front.points:
        return Group(heading, NO_CORDON)
    table = _table()
    # Figures never give way to bars and words where the terminal is narrow.
    table.add_column(_cost_heading([point.plan for point in front.points], front.measure), justify="right", min_width=5)
    table.add_column("Sites", justify="right", min_width=5)
    table.add_column(_BURDENS[front.against], justify="right", min_width=10)
    table.add_column("", min_width=4, max_width=BAR_WIDTH)
    table.add_column("Each further one saves", justify="right", min_width=8)
    table.add_column("Proof", overflow="fold")
    most = max(point.burden for point in front.points) or 1
    before = None
    for point in front.points:
        saves = ""
        if before is not None:
            per = (before.burden - point.burden) / (point.cost - before.cost)
            saves = _burden_shown(per, front.against)
        proof = f"open by {point.gap}" if point.gap else _choice_proof(point)
        bar = Bar(most, 0, point.burden)
        burden = _burden_shown(point.burden, front.against)
        table.add_row(str(point.cost), str(point.plan.sites), burden, bar, saves, proof)
        before = point
    if front.complete:
        says = "Complete: no other choice is as cheap and as light as one of these."
        says += " Proof: by ways in that the checker has followed, or by the solver alone."
    else:
        gaps = ", ".join(f"{cheap} and {light}" for cheap, light in front.open_between)
        says = f"Not complete: between {gaps} there may be more." if gaps else "Not complete: some are open by a gap."
    if front.measure is Measure.IMPORTANCE and front.against is Burden.THROUGH:
        says += " The cost counts a barrier on a street of importance 0 as 1, and prices as they were given;"
        says += " the streets closed are counted as they are."
    advice = advice_on([(point.cost, point.burden) for point in front.points if point.supported])
    return Group(heading, table, Text(says), *([Text(advice, style="bold")] if advice else []))


def _choice_proof(point: FrontPoint) -> str:
    """On what it rests that no plan as cheap burdens less. A proof without weights is of the cost alone."""
    if point.is_proven:
        return "paths"
    return "cost: ways in, burden: solver" if point.plan.optimal else "solver"


def advice_on(supported: Sequence[tuple[int, int]]) -> str:
    """Which choices to look at first, where there are any behind which a further barrier buys much less.

    Parameters
    ----------
    supported : sequence of (int, int)
        Cost and burden of the choices that some weighing makes the best, in order.
    """
    slopes = [(burden - less) / (more - cost) for (cost, burden), (more, less) in pairwise(supported)]
    turns = [
        str(cost)
        for (cost, _), before, behind in zip(supported[1:], slopes, slopes[1:], strict=False)
        if behind * MUCH_LESS <= before
    ]
    if not turns:
        return ""
    says = f"Look first at {', '.join(turns)}: beyond, each further one saves half as much, or less."
    return f"{says} --pick shows a choice with its barriers."


def reasons_board(reasons: Sequence[ArmReason]) -> RenderableType:
    """One line for each barrier."""
    if not reasons:
        return NO_CORDON
    table = _table()
    table.add_column("Barrier at", ratio=2, overflow="fold")
    table.add_column("Alone it holds", justify="right", no_wrap=True)
    table.add_column("Without it one drives in by", ratio=2, overflow="fold")
    table.add_column("One street nearer", justify="right")
    table.add_column("One street farther", justify="right")
    for reason in reasons:
        way = " > ".join(clean(street) for street in reason.opens) or "nothing: it holds nothing alone"
        table.add_row(
            Text(clean(reason.place)),
            f"{reason.holds_m:,.0f} m",
            Text(way),
            _moved(reason, "in", reason.further_in, "into the area"),
            _moved(reason, "out", reason.further_out, "beyond the limit"),
        )
    legend = (
        "Alone it holds: what protected street one can drive to once this barrier alone is gone. "
        "Nearer, farther: what the cheapest plan costs more if the line runs one street nearer to the area there, "
        "or farther."
    )
    return Group(Text("Why each barrier stands where it does", style="bold"), table, Text(legend, style="dim"))


def alternatives_board(found: Sequence[Alternative], *, possible: bool = True) -> RenderableType:
    """One line for each plan. `possible` says whether any cordon exists at all."""
    if not possible:
        return NO_CORDON
    if not found:
        return Text("There is no other plan that differs so much.")
    table = _table()
    table.add_column("", justify="right")
    table.add_column(_cost_heading([other.plan for other in found], found[0].plan.measure), justify="right")
    table.add_column("Sites", justify="right")
    table.add_column("Street enclosed", justify="right")
    table.add_column("Without", justify="right")
    table.add_column("Barriers at (ids, as options take them)", ratio=1, overflow="fold")
    for number, other in enumerate(found, start=1):
        plan = other.plan
        places = "; ".join(f"{clean(barrier.place)} ({clean(barrier.id)})" for barrier in plan.barriers)
        cells = (str(number), str(plan.cost), str(plan.sites), f"{plan.enclosed_street_m:,.0f} m")
        table.add_row(*cells, counted(other.differs, "arm"), Text(places))
    parts: list[RenderableType] = [Text("Other plans, the cheapest first", style="bold"), table]
    if any(other.gap for other in found):
        parts.append(Text("Not all are proven the cheapest that are left."))
    if found[-1].may_be_more:
        parts.append(Text("There may be more: the solver came to no end."))
    parts.append(Text("--pick shows one by its number, with its barriers; --save and --export keep and write it."))
    return Group(*parts)


def stages_board(stages: Stages, first: str, second: str) -> RenderableType:
    """One line for each step."""
    sealed = all(step.order != "all at once" for step in stages.steps)
    while_moving = "sealed all the while" if sealed else "with a moment that is not sealed"
    heading = Text(f"From {clean(first)} to {clean(second)}, {while_moving}", style="bold")
    if stages.asked is not None:
        heading.append(f"\nAsked for as the cheapest: {question_shown(stages.asked)}.", "not bold")
    if not stages.steps:
        return Group(heading, Text("They are the same: nothing moves."))
    table = _table()
    table.add_column("Step", justify="right")
    table.add_column("Put up", ratio=1, overflow="fold")
    table.add_column("Take away", ratio=1, overflow="fold")
    table.add_column("Order")
    table.add_column("Then stand", justify="right")
    table.add_column("Street enclosed", justify="right")
    for number, step in enumerate(stages.steps, start=1):
        put_up, away = (
            Text("; ".join(clean(stages.places.get(arm, arm)) for arm in arms) or "-")
            for arms in (step.put_up, step.take_away)
        )
        enclosed = f"{step.enclosed_street_m:,.0f} m"
        table.add_row(str(number), put_up, away, _order_shown(step), str(step.stand), enclosed)
    at_most = f"At most {counted(stages.most_at_once, 'barrier')} stand at once"
    there = f", beside what is closed already and stays so: {counted(len(stages.fixed), 'arm')}"
    return Group(heading, table, Text(at_most + (there if stages.fixed else "") + "."))


def _order_shown(step: Stage) -> Text:
    if step.order == "all at once":
        return Text("ALL AT ONCE: in either order one can drive in meanwhile", style="bold red")
    return Text(step.order if step.put_up and step.take_away else "-")


def comparison_board(compared: Comparison, zone: ZoneInfo) -> RenderableType:
    """Figures beside each other, then the places of one and of the other. A cordon that leaks encloses nothing."""
    sides = (compared.first, compared.second)
    table = _table()
    table.add_column("")
    for side in sides:
        table.add_column(Text(clean(side.name)), justify="right")
    table.add_row("Seals", *(_seals(side) for side in sides))
    table.add_row("Arms", *(str(len(side.arms) - len(side.fixed)) for side in sides))
    if any(side.fixed for side in sides):
        table.add_row("There already", *(str(len(side.fixed)) for side in sides))
    for label, name in (("Sites", "sites"), ("Blocks", "blocks"), ("Staff", "staff")):
        table.add_row(label, *(str(getattr(side, name)) for side in sides))
    table.add_row("Street enclosed", *(f"{side.enclosed_street_m:,.0f} m" if side.seals else "-" for side in sides))
    if compared.first.enclosed_addresses is not None:
        table.add_row("Addresses enclosed", *(f"{side.enclosed_addresses:,}" if side.seals else "-" for side in sides))
    table.add_row("Importance of the streets closed", *(str(side.through) for side in sides))
    driver = driver_shown(compared.threat, compared.vehicle_class)
    when = f", as installed on {show_time(compared.at, zone)}" if compared.at is not None else ""
    heading = Text(f"Two cordons beside each other, against {driver}{when}", style="bold")
    parts: list[RenderableType] = [heading, table]
    if compared.asked is not None:
        parts.append(Text(f"Asked for as the cheapest: {question_shown(compared.asked)}."))
    lists = (
        ("In both", compared.common),
        (f"Only in {clean(compared.first.name)}", compared.only_first),
        (f"Only in {clean(compared.second.name)}", compared.only_second),
    )
    for label, arms in lists:
        if arms:
            parts.append(Text(f"\n{label}", style="bold"))
            parts += [Text(f"  {clean(compared.places.get(arm, arm))} ({clean(arm)})") for arm in arms]
    for side in sides:
        if side.elsewhere:
            names = ", ".join(clean(name) for name in side.elsewhere)
            parts.append(
                Text(
                    f"\n{clean(side.name)}: not every arm stands on a street of the ring that {driver} can use: {names}"
                )
            )
    return Group(*parts)


def kept_board(
    plans: Sequence[tuple[str, str, Measure, int, Threat, str | None]], damaged: Sequence[str] = ()
) -> RenderableType:
    """The plans that are kept: name, title, measure, cost, drivers, and what has changed since where one is stale.

    Below them a sentence for each file that can't be read.
    """
    if not plans and not damaged:
        return Text("No plan is kept: `ringfence plan OP --save NAME` keeps one.")
    table = _table()
    for heading in ("Name", "Title", "Cost", "Drivers", "Streets and outlines unchanged"):
        table.add_column(heading, overflow="fold")
    for name, title, measure, cost, threat, stale in plans:
        holds = Text("yes") if stale is None else Text(f"NO: {clean(stale)}", style="bold red")
        table.add_row(Text(clean(name)), Text(clean(title)), f"{cost:,} {measure}", threat.value, holds)
    unread = [Text(clean(says), style="bold red") for says in damaged]
    return Group(*([table] if plans else []), *unread)


def question_shown(question: PlanQuestion) -> str:
    """What was asked for, beside area and drivers: ``the fewest blocks, never on hill-street-4``."""
    demands = (
        ("with", question.must),
        ("never on", question.must_not),
        ("free of charge", question.fixed),
        ("both or neither", [" and ".join(pair) for pair in question.together]),
        ("priced", [f"{name} at {cost:,}" for name, cost in sorted(question.costs.items())]),
    )
    said = [f"{word} {', '.join(map(clean, names))}" for word, names in demands if names]
    if question.site_charge:
        said.append(f"a site for {question.site_charge:,} more")
    if question.placing != Placing():
        said.append("other placing rules than the usual")
    return ", ".join([least_of(question.measure), *(said or ["without demands"])])


def _cost_heading(plans: Sequence[Plan], measure: Measure) -> str:
    """What the costs are: counted by the measure alone, or with prices that somebody gave."""
    return measure.value.capitalize() if all(map(is_count, plans)) else "Cost"


def _seals(side: Side) -> Text:
    if side.seals:
        return Text("yes", style="bold green")
    return Text("NO: by " + ", ".join(clean(street) for street in side.leaks[:3]), style="bold red")


def _burden_shown(burden: float, against: Burden) -> str:
    if against is Burden.STREET:
        return f"{burden / 10:,.0f} m"
    return f"{burden:,.0f}" if float(burden).is_integer() else f"{burden:,.1f}"


def _moved(reason: ArmReason, side: Moved, price: int | None, where: str) -> str:
    """The price of moving the line by a street, or why it can't be; a barrier that holds nothing has no line."""
    proven = side not in reason.unproven
    if side in reason.barred:
        return "may not be closed"
    if price is None:
        return "not found" if not proven else where if reason.opens else "-"
    says = "the same" if price == 0 else f"{abs(price)} {'more' if price > 0 else 'less'}"
    return says if proven else f"{says}, or less"


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False)
