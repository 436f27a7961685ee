"""The API's routes for planning: the cheapest cordon, the choices beside it, and plans kept in the operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from ringfence.base.traffic import Threat
from ringfence.desk.plan_views import (
    MEDIA_TYPES,
    AlternativesQuestion,
    CompareQuestion,
    ExportForm,
    FrontQuestion,
    PlanAlternatives,
    PlanReasons,
    ReasonsQuestion,
    SavedPlans,
    SaveQuestion,
    StagesQuestion,
)
from ringfence.model.plans import Comparison, Front, Plan, PlanQuestion, SavedPlan, Stages
from ringfence.model.record import Text
from ringfence.server.asking import ask, house_of
from ringfence.server.etags import JSON, Body, json_bytes
from ringfence.server.responses import EXPORTS, PREFIX, answers, json_body, no_strange_query, wants

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk

Arms = Annotated[tuple[Text, ...], Query(max_length=200)]
PlanName = Annotated[str, Path(min_length=1, max_length=200)]

planning_router = APIRouter(prefix=PREFIX, dependencies=[Depends(no_strange_query)])


async def _work_out(request: Request, question: Callable[[LiveDesk], BaseModel]) -> Response:
    """Answer a question that changes nothing, one after the other: a hard plan must not hold up the watch."""
    house = house_of(request)
    body = await house.workers.run("slow", lambda: json_bytes(question(house.live)))
    return Response(body, 200, {"cache-control": "no-store"}, JSON)


@planning_router.get("/plan", response_model=Plan, responses=answers("GET"), tags=["plan"])
async def get_plan(request: Request, threat: Threat = Threat.LAWFUL, must: Arms = (), must_not: Arms = ()) -> Response:
    """The fewest barriers that seal the area, with the certificate that no fewer do"""
    return await ask(request, lambda live: live.plan(threat, must=must, must_not=must_not), kind="slow")


@planning_router.post(
    "/plan", response_model=Plan, responses=answers("POST"), tags=["plan"], openapi_extra=wants(PlanQuestion)
)
async def post_plan(request: Request, question: Annotated[PlanQuestion, Depends(json_body(PlanQuestion))]) -> Response:
    """The cheapest barriers for an area, a limit and demands of one's own

    Changes nothing.
    """
    return await _work_out(request, lambda live: live.planning.plan(question))


@planning_router.post(
    "/plan/front", response_model=Front, responses=answers("POST"), tags=["plan"], openapi_extra=wants(FrontQuestion)
)
async def post_front(
    request: Request, question: Annotated[FrontQuestion, Depends(json_body(FrontQuestion))]
) -> Response:
    """Every choice from the cheapest plan to the least burdensome

    Changes nothing. The paths of the certificates are left out unless they are asked for.
    """

    def front(live: LiveDesk) -> Front:
        found = live.planning.front(question.question, question.against, only_supported=question.only_supported)
        return found if question.certificates else found.without_paths()

    return await _work_out(request, front)


@planning_router.post(
    "/plan/alternatives",
    response_model=PlanAlternatives,
    responses=answers("POST"),
    tags=["plan"],
    openapi_extra=wants(AlternativesQuestion),
)
async def post_alternatives(
    request: Request, question: Annotated[AlternativesQuestion, Depends(json_body(AlternativesQuestion))]
) -> Response:
    """Further plans, the cheapest first, each of which does without some arms of every one before

    Changes nothing.
    """

    def further(live: LiveDesk) -> PlanAlternatives:
        found = live.planning.alternatives(question.question, differ=question.differ, count=question.count)
        return PlanAlternatives(alternatives=found or (), possible=found is not None)

    return await _work_out(request, further)


@planning_router.post(
    "/plan/reasons",
    response_model=PlanReasons,
    responses=answers("POST"),
    tags=["plan"],
    openapi_extra=wants(ReasonsQuestion),
)
async def post_reasons(
    request: Request, question: Annotated[ReasonsQuestion, Depends(json_body(ReasonsQuestion))]
) -> Response:
    """What each barrier of a plan holds alone, and why it stands there and not one street further

    Changes nothing.
    """

    def reasons(live: LiveDesk) -> PlanReasons:
        return PlanReasons(reasons=live.planning.reasons(question.question, question.arms))

    return await _work_out(request, reasons)


@planning_router.post(
    "/plan/stages",
    response_model=Stages,
    responses=answers("POST", 404),
    tags=["plan"],
    openapi_extra=wants(StagesQuestion),
)
async def post_stages(
    request: Request, question: Annotated[StagesQuestion, Depends(json_body(StagesQuestion))]
) -> Response:
    """From one cordon to another in steps, each of which keeps the area sealed

    Changes nothing. Without `at`, `installed` is what stands now, or at the end of an operation that is long over.
    """

    def stages(live: LiveDesk) -> Stages:
        at = question.at or live.now_in_operation()
        return live.planning.stages(question.question, question.first, question.second, at=at)

    return await _work_out(request, stages)


@planning_router.post(
    "/plan/compare",
    response_model=Comparison,
    responses=answers("POST", 404),
    tags=["plan"],
    openapi_extra=wants(CompareQuestion),
)
async def post_compare(
    request: Request, question: Annotated[CompareQuestion, Depends(json_body(CompareQuestion))]
) -> Response:
    """Two cordons beside each other: saved plans by name, `installed`, `planned` or `fewest`

    Changes nothing. Without `at`, `installed` is what stands now, or at the end of an operation that is long over.
    """

    def compare(live: LiveDesk) -> Comparison:
        at = question.at or live.now_in_operation()
        return live.planning.compare(question.question, question.first, question.second, at=at)

    return await _work_out(request, compare)


@planning_router.get("/plans", response_model=SavedPlans, responses=answers("GET"), tags=["plan"])
async def get_plans(request: Request) -> Response:
    """The plans that are kept in the operation"""
    return await ask(request, lambda live: live.desk.saved_plans())


@planning_router.get("/plans/{name}", response_model=SavedPlan, responses=answers("GET", 404), tags=["plan"])
async def get_saved_plan(request: Request, name: PlanName) -> Response:
    """One plan that is kept in the operation, with what it says of itself verified

    Refused once the streets, the area or the limit are others than it was made for.
    """
    return await ask(request, lambda live: live.planning.opened(name), kind="slow")


@planning_router.get(
    "/plans/{name}/question", response_model=PlanQuestion, responses=answers("GET", 404), tags=["plan"]
)
async def get_saved_question(request: Request, name: PlanName) -> Response:
    """What a plan that is kept was asked for, so that it can be planned anew once the plan holds no longer"""
    return await ask(request, lambda live: live.planning.kept.read(name).question)


@planning_router.post(
    "/plans/{name}",
    response_model=SavedPlan,
    status_code=201,
    responses=answers("POST", 409),
    tags=["plan"],
    openapi_extra=wants(SaveQuestion),
)
async def post_saved_plan(
    request: Request, name: PlanName, question: Annotated[SaveQuestion, Depends(json_body(SaveQuestion))]
) -> Response:
    """Keep a plan in the operation

    It is worked out anew from the question: what is kept is what was proven.
    """
    house = house_of(request)
    body = await house.workers.run("slow", lambda: json_bytes(house.live.desk.save_plan(name, question)))
    location = f"{PREFIX}/plans/{quote(name, safe='')}"
    return Response(body, 201, {"location": location, "cache-control": "no-store"}, JSON)


@planning_router.get("/plans/{name}/export", responses=EXPORTS, response_class=Response, tags=["plan"])
async def get_export(
    request: Request, name: PlanName, form: ExportForm, crews: Annotated[int, Query(ge=1, le=100)] = 1
) -> Response:
    """A plan for those who put it up: GeoJSON, an install list (CSV), or a sheet for each crew (PDF)"""
    house = house_of(request)

    def export() -> Body:
        saved = house.live.planning.saved(name)
        data = house.live.desk.export_plan(saved.question, saved.plan, form, crews=crews)
        return Body.of(data, gzip_bytes=house.limits.gzip_bytes, media_type=MEDIA_TYPES[form])

    return (await house.workers.run("slow", export)).response(request.headers)
