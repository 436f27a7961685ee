"""Boards of a planner for a terminal: the front, reasons, other plans, stages, two cordons beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ringfence.base.measures import Burden
from ringfence.model.plans import Alternative, ArmReason, Comparison, Front, Side, Stages
from ringfence.report.words import clean, counted, driver_shown

BAR_WIDTH = 24

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
        return Group(heading, Text("NO CORDON EXISTS within this limit: `ringfence plan` shows a way in.", "bold red"))
    table = _table()
    table.add_column(front.measure.value.capitalize(), justify="right")
    table.add_column("Sites", justify="right")
    table.add_column(_BURDENS[front.against], justify="right")
    table.add_column("", width=BAR_WIDTH)
    table.add_column("Each further one saves", justify="right")
    table.add_column("Proof", no_wrap=True)
    most = max(point.burden for point in front.points) or 1
    before = None
    for point in front.points:
        saves = ""
        if before is not None:
            per = (before.burden - point.burden) / (point.cost - before.cost)
            saves = _burden_shown(per, front.against)
        proof = "paths" if point.plan.certificate else "solver" if not point.gap else f"open by {point.gap}"
        bar = "━" * max(round(BAR_WIDTH * point.burden / most), 1 if point.burden else 0)
        burden = _burden_shown(point.burden, front.against)
        table.add_row(str(point.cost), str(point.plan.sites), burden, bar, saves, proof)
        before = point
    if front.complete:
        says = "Complete: no other choice is as cheap and as light as one of these."
    else:
        gaps = ", ".join(f"{cheap} and {light}" for cheap, light in front.open_between)
        says = f"Not complete: between {gaps} there may be more." if gaps else "Not complete: some are open by a gap."
    return Group(heading, table, Text(says))


def reasons_board(reasons: Sequence[ArmReason]) -> RenderableType:
    """One line for each barrier."""
    if not reasons:
        return Text("NO CORDON EXISTS within this limit: `ringfence plan` shows a way in.", "bold red")
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
            _moved(reason, reason.further_in, "into the area"),
            _moved(reason, reason.further_out, "beyond the limit"),
        )
    return Group(Text("Why each barrier stands where it does", style="bold"), table)


def alternatives_board(found: Sequence[Alternative]) -> RenderableType:
    """One line for each plan."""
    if not found:
        return Text("There is no other plan that differs so much.")
    table = _table()
    table.add_column("", justify="right")
    table.add_column(found[0].plan.measure.value.capitalize(), justify="right")
    table.add_column("Sites", justify="right")
    table.add_column("Street enclosed", justify="right")
    table.add_column("Without", justify="right")
    table.add_column("Barriers at", ratio=1, overflow="fold")
    for number, other in enumerate(found, start=1):
        plan = other.plan
        places = "; ".join(clean(barrier.place) for barrier in plan.barriers)
        cells = (str(number), str(plan.cost), str(plan.sites), f"{plan.enclosed_street_m:,.0f} m")
        table.add_row(*cells, counted(other.differs, "arm"), Text(places))
    return Group(Text("Other plans, the cheapest first", style="bold"), table)


def stages_board(stages: Stages, first: str, second: str) -> RenderableType:
    """One line for each step."""
    heading = Text(f"From {clean(first)} to {clean(second)}, sealed all the while", style="bold")
    if not stages.steps:
        return Group(heading, Text("They are the same: nothing moves."))
    table = _table()
    table.add_column("Step", justify="right")
    table.add_column("First put up", ratio=1, overflow="fold")
    table.add_column("then take away", ratio=1, overflow="fold")
    table.add_column("Then stand", justify="right")
    table.add_column("Street enclosed", justify="right")
    for number, step in enumerate(stages.steps, start=1):
        put_up, away = (
            Text("; ".join(clean(stages.places.get(arm, arm)) for arm in arms) or "-")
            for arms in (step.put_up, step.take_away)
        )
        table.add_row(str(number), put_up, away, str(step.stand), f"{step.enclosed_street_m:,.0f} m")
    return Group(heading, table, Text(f"At most {counted(stages.most_at_once, 'barrier')} stand at once."))


def comparison_board(compared: Comparison) -> RenderableType:
    """Figures beside each other, then the places of one and of the other."""
    sides = (compared.first, compared.second)
    table = _table()
    table.add_column("")
    for side in sides:
        table.add_column(Text(clean(side.name)), justify="right")
    table.add_row("Seals", *(_seals(side) for side in sides))
    table.add_row("Arms", *(str(len(side.arms)) for side in sides))
    for label, name in (("Sites", "sites"), ("Blocks", "blocks"), ("Staff", "staff")):
        table.add_row(label, *(str(getattr(side, name)) for side in sides))
    table.add_row("Street enclosed", *(f"{side.enclosed_street_m:,.0f} m" for side in sides))
    if compared.first.enclosed_addresses is not None:
        table.add_row("Addresses enclosed", *(f"{side.enclosed_addresses:,}" for side in sides))
    table.add_row("Importance of the streets closed", *(str(side.through) for side in sides))
    parts: list[RenderableType] = [Text("Two cordons beside each other", style="bold"), table]
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
            parts.append(Text(f"\n{clean(side.name)}: on no street of the ring stand {names}"))
    return Group(*parts)


def _seals(side: Side) -> Text:
    if side.seals:
        return Text("yes", style="bold green")
    return Text("NO: by " + ", ".join(clean(street) for street in side.leaks[:3]), style="bold red")


def _burden_shown(burden: float, against: Burden) -> str:
    if against is Burden.STREET:
        return f"{burden / 10:,.0f} m"
    return f"{burden:,.0f}" if float(burden).is_integer() else f"{burden:,.1f}"


def _moved(reason: ArmReason, price: int | None, where: str) -> str:
    """The price of moving the line by a street, or why it can't be; a barrier that holds nothing has no line."""
    if price is None:
        return where if reason.opens else "-"
    return f"{price} more" if price > 0 else "the same"


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False)
