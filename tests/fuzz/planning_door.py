"""What a planner draws and demands, and the plans that a folder holds."""

from __future__ import annotations

import json
import math
import random
import shutil
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.plan_views import SaveQuestion
from ringfence.model.plans import PlanQuestion
from ringfence.operation import open_operation, read_plan, validate
from tests.conftest import EXAMPLE
from tests.fuzz.door import Outcome, Trial, answer
from tests.fuzz.spoiling import TEXTS, WHOLE, spoil_bytes, spoil_json


def open_plans(folder: Path) -> Trial:
    """Questions about the example with odd areas, demands and fields; and plan files spoiled in members and bytes."""
    copy = folder / "operation"
    shutil.copytree(EXAMPLE, copy)
    desk = Desk.open(copy)
    operation = open_operation(copy)
    arms = desk.planning.ring(PlanQuestion()).problem.arms.ids
    names = (*arms, *(barrier.id for barrier in operation.barriers), *operation.network.segment_ids[:20])
    own = mapping(operation.area.protected)
    saved = desk.save_plan("kept", SaveQuestion(title="Kept", question=PlanQuestion(threat=Threat.DETERMINED)))
    kept = json.dumps(saved.model_dump(mode="json")).encode()
    path = copy / "plans" / "odd.json"

    def question(random_: random.Random) -> dict[str, Any]:
        def some() -> list[str]:
            return [random_.choice((*names, *names, *TEXTS)) for _ in range(random_.choice((0, 0, 1, 2, 5)))]

        asked: dict[str, Any] = {
            "threat": random_.choice(("lawful", "determined")),
            "measure": random_.choice([one.value for one in Measure]),
            "must": some(),
            "must_not": some(),
            "fixed": some(),
            "together": [[random_.choice(names), random_.choice(names)] for _ in range(random_.choice((0, 0, 1)))],
            "site_charge": random_.choice((0, 0, 0, 0, 1, -1, 2**31)),  # high ones are proven slowly
            "costs": {random_.choice(names): random_.choice((1, 2, 9, *WHOLE)) for _ in range(random_.choice((0, 2)))},
        }
        if random_.random() < 0.6:
            asked[random_.choice(("protected", "limit"))] = _bent(own, random_)
        if random_.random() < 0.3:
            spoil_json(asked, random_)
        return asked

    def trial(random_: random.Random) -> Outcome:
        if random_.random() < 0.3:
            path.write_bytes(spoil_bytes(kept, random_))
            return answer(lambda: read_plan(copy, "odd"))
        document = question(random_)

        def plan() -> None:
            faults: list[Any] = []
            asked = validate(document, "question", PlanQuestion, faults)
            if asked is None:
                assert faults
                return
            found = desk.planning.plan(asked)  # the checker verifies the certificate
            assert found.possible or found.witness is not None or asked.must or asked.fixed or asked.together
            if random_.random() < 0.2 and not (asked.site_charge or asked.together):  # those may rightly take long
                front = desk.planning.front(asked, random_.choice((Burden.STREET, Burden.THROUGH)))
                assert (len(front.points) > 0) == found.possible
                if front.points:
                    assert front.points[0].cost == found.cost

        return answer(plan)

    return trial


def _bent(geometry: Any, random_: random.Random) -> Any:
    """An outline with corners moved a little or far, left out, doubled, turned, or of strange numbers."""
    rings = [list(map(list, ring)) for ring in geometry["coordinates"]]
    for _ in range(random_.choice((1, 1, 2, 6))):
        ring = random_.choice(rings)
        at = random_.randrange(len(ring))
        kind = random_.randrange(7)
        if kind <= 2:
            ring[at] = [ring[at][0] + random_.gauss(0, 0.0005), ring[at][1] + random_.gauss(0, 0.0005)]
        elif kind == 3:
            ring[at] = [random_.choice((0.0, 180.0, -180.0, 1e308, -1e308, math.inf, math.nan, 174.777)), ring[at][1]]
        elif kind == 4 and len(ring) > 1:
            del ring[at]
        elif kind == 5:
            ring.insert(at, list(ring[at]))
        else:
            random_.shuffle(ring)
    if random_.random() < 0.7 and all(rings):
        rings = [[*ring[:-1], ring[0]] for ring in rings]
    form = geometry["type"] if random_.random() < 0.9 else random_.choice(("MultiPolygon", "Point", "LineString", ""))
    return {"type": form, "coordinates": rings}
