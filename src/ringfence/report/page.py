"""One self-contained HTML page on an operation: what held, what opened, what would have been enough, and how sure.

The page needs no script, no network and no other file. All text is escaped; maps are put inline as still drawings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ringfence.base.times import show_time
from ringfence.model.answers import AnswerWord, PromiseAnswer
from ringfence.model.plans import Plan
from ringfence.operation import Operation
from ringfence.picture import Picture
from ringfence.report.svg import inline_svg
from ringfence.report.words import (
    NOT_CERTAIN,
    SHAPES,
    answer_shown,
    barrier_state_shown,
    clean,
    counted,
    driver_shown,
    duration_shown,
    enclosed_shown,
    is_doubted,
    knowledge_shown,
    leaks_of,
    letter,
    moment_shown,
    numbered,
    planned_place_shown,
    proof_shown,
    since_shown,
    streets_shown,
    tally,
)

_CERTIFICATE_NAMES = {
    "disjoint_paths": "ways in that share no street beyond its cost",
    "covering_paths": "ways in to be covered",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """The operation at one moment: its picture, the answers of the checker, and the map as `draw_map` gives it."""

    label: str
    at: datetime
    known_at: datetime | None
    picture: Picture
    answers: tuple[PromiseAnswer, ...]
    svg: bytes


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan and its map."""

    plan: Plan
    svg: bytes


@dataclass(frozen=True, slots=True)
class WeightRow:
    """What opens if one barrier alone goes. `opens` is empty where nothing does."""

    barrier: str
    opens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A stretch of time over which one promise had one answer.

    `since` None: from the first entry; `until` None: to the end of what was looked at.
    """

    promise: str
    since: datetime | None
    until: datetime | None
    answer: AnswerWord
    certain: bool
    says: str


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """One thing that the answers rest on, what was tried instead, and what came of it."""

    assumption: str
    instead: str
    outcome: str
    changes_answer: bool


def render_page(
    operation: Operation,
    *,
    moments: Sequence[Moment],
    plans: Sequence[PlanView],
    weights: Sequence[WeightRow],
    history: Sequence[HistoryRow],
    sensitivity: Sequence[SensitivityRow],
) -> str:
    """The page as HTML text. A section without rows is left out.

    Raises
    ------
    BadInput
        If a map is not a still drawing with a title (`inline_svg`).
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ringfence.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        title=clean(operation.file.title),
        area=clean(operation.area.name),
        summary=_summary(operation, moments, plans),
        moments=[_moment_view(operation, moment, position) for position, moment in enumerate(moments, start=1)],
        barriers=_barriers_view(operation),
        plans=[_plan_view(view, position) for position, view in enumerate(plans, start=1)],
        weights=[{"barrier": clean(row.barrier), "opens": [clean(one) for one in row.opens]} for row in weights],
        history_title=_history_title(operation, history),
        history=[_history_view(operation, row) for row in history],
        sensitivity=[
            {
                "assumption": clean(row.assumption),
                "instead": clean(row.instead),
                "outcome": clean(row.outcome),
                "changes": "changes" if row.changes_answer else "stays",
            }
            for row in sensitivity
        ],
        credits=[clean(credit) for credit in operation.file.credits],
        not_certain=NOT_CERTAIN,
        shapes=SHAPES,
    )


def _summary(operation: Operation, moments: Sequence[Moment], plans: Sequence[PlanView]) -> str:
    arms = sum(len(barrier.arms) for barrier in operation.barriers)
    sentences = [
        f"{counted(len(operation.barriers), 'barrier')} with {counted(arms, 'arm')} stand around "
        f"{clean(operation.area.name)}, and {counted(len(operation.promises), 'promise')} hang on them."
    ]
    for moment in moments:
        counts = ", ".join(f"{count} {word}" for word, count in tally(moment.answers))
        doubt = f" ({NOT_CERTAIN} where the log leaves it open)" if any(map(is_doubted, moment.answers)) else ""
        sentences.append(f"{clean(moment.label)}: {counts}{doubt}.")
    for view in plans:
        plan, driver = view.plan, driver_shown(view.plan.threat, view.plan.vehicle_class)
        if not plan.possible:
            sentences.append(f"Against {driver} no cordon exists within the limit.")
            continue
        proven = ", proven least" if plan.optimal else ", not proven least"
        sentences.append(
            f"Against {driver}, {counted(plan.arms, 'arm')} at {counted(plan.sites, 'site')} "
            f"{'is' if plan.arms == 1 else 'are'} enough{proven}."
        )
    return " ".join(sentences)


def _moment_view(operation: Operation, moment: Moment, position: int) -> dict[str, Any]:
    zone = operation.zone
    return {
        "id": f"moment-{position}",
        "label": clean(moment.label),
        "at": moment_shown(moment.at, zone),
        "iso": moment.at.astimezone(zone).isoformat(timespec="minutes"),
        "knowledge": knowledge_shown(moment.known_at, zone),
        "tally": [(word, count) for word, count in tally(moment.answers)],
        "answers": [_answer_view(operation, answer, moment.at) for answer in moment.answers],
        "leaking": [_answer_view(operation, answer, moment.at) for answer in moment.answers if leaks_of(answer)],
        "barriers": [
            {
                "number": one.number,
                "name": clean(one.barrier.name),
                "state": barrier_state_shown(one.barrier, moment.picture.barrier(one.barrier.id)),
            }
            for one in numbered(operation.barriers)
        ],
        "svg": inline_svg(moment.svg, f"m{position}"),
    }


def _answer_view(operation: Operation, answer: PromiseAnswer, at: datetime) -> dict[str, Any]:
    since, length = since_shown(answer, at, operation.zone)
    shape, _, word = answer_shown(answer).partition(" ")
    return {
        "kind": answer.answer,
        "shape": shape,
        "word": word,
        "doubted": is_doubted(answer),
        "text": clean(answer.text),
        "says": clean(answer.says),
        "since": since,
        "length": length,
        "leaks": [
            {
                "through": clean(leak.through),
                "streets": streets_shown(leak.path),
                "mend": clean(leak.mend),
                "certain": leak.certain,
            }
            for leak in leaks_of(answer)
        ],
    }


def _barriers_view(operation: Operation) -> dict[str, Any]:
    return {
        "count": counted(len(operation.barriers), "barrier"),
        "arms": sum(len(barrier.arms) for barrier in operation.barriers),
        "sites": len(operation.barriers),
        "list": [
            {"number": one.number, "name": clean(one.barrier.name), "arms": len(one.barrier.arms)}
            for one in numbered(operation.barriers)
        ],
    }


def _plan_view(view: PlanView, position: int) -> dict[str, Any]:
    plan, certificate = view.plan, view.plan.certificate
    return {
        "id": f"plan-{position}",
        "driver": driver_shown(plan.threat, plan.vehicle_class),
        "possible": plan.possible,
        "arms": plan.arms,
        "sites": plan.sites,
        "optimal": plan.optimal,
        "enclosed": enclosed_shown(plan),
        "proof": proof_shown(plan),
        "kind": _CERTIFICATE_NAMES[certificate.kind] if certificate else "",
        "ways": len(certificate.paths) if certificate else 0,
        "lower_bound": certificate.lower_bound if certificate else 0,
        "witness": streets_shown(plan.witness) if plan.witness else "",
        "cannot_close": [f"{clean(one.street)} ({clean(one.arm)}): {clean(one.why)}" for one in plan.cannot_close],
        "barriers": [
            {
                "letter": letter(place),
                "place": planned_place_shown(barrier),
                "blocks": "" if barrier.fixed else barrier.blocks,
                "notes": "; ".join(map(clean, barrier.notes)),
                "evidence": "general knowledge" if barrier.inferred else "a source",
            }
            for place, barrier in enumerate(plan.barriers)
        ],
        "svg": inline_svg(view.svg, f"p{position}"),
    }


def _history_title(operation: Operation, history: Sequence[HistoryRow]) -> str:
    """Names the day, if all that is told began on one."""
    days = {row.since.astimezone(operation.zone).date() for row in history if row.since}
    if len(days) != 1 or any(row.since is None for row in history):
        return "What opened, and for how long"
    day = days.pop()
    return f"What opened on {day:%A} {day.day} {day:%B}, and for how long"


def _history_view(operation: Operation, row: HistoryRow) -> dict[str, Any]:
    zone = operation.zone
    perhaps = "" if row.certain else "perhaps "
    length = ""
    if row.since and row.until:
        length = ("" if row.certain else "up to ") + duration_shown(row.until - row.since)
    doubt = "" if row.certain or row.answer == "unknown" else "?"
    return {
        "promise": clean(row.promise),
        "kind": row.answer,
        "shape": SHAPES[row.answer],
        "word": row.answer.upper() + doubt,
        "doubted": bool(doubt),
        "since": perhaps + show_time(row.since, zone) if row.since else "from the first entry",
        "until": perhaps + show_time(row.until, zone) if row.until else "to the end of the log",
        "length": length or "not bounded",
        "says": clean(row.says),
    }
