"""The checker of `sealed` against the oracle: on random maps, with random barriers, some of them turned round."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ringfence.model.entries import Entry
from ringfence.model.operation import AccessFile, ArmPlace, Barrier, Category, Inputs, OperationFile, SealedPromise
from ringfence.operation import Operation
from ringfence.promises import check_promises
from tests.property.strategies import Instance, draw_instance

DAY = datetime(2022, 2, 21, tzinfo=UTC)
NOON = datetime(2022, 2, 21, 12, tzinfo=UTC)
ROWS = (
    "determined",
    "lawful without bans",
    "lawful with bans",
    "bollards, must and must not",
    "chains, class masks and bollards",
)
INSTANCES, CHUNK = 150, 50


def draw_operation(instance: Instance, rng: Random) -> tuple[Operation, set[int]]:
    """Solid barriers at the middles of some arms, some of them standing; `inside` is thrown like a coin."""
    chosen = [ix for ix in range(len(instance.streets.arms)) if rng.random() < 0.7]
    standing = {ix for ix in chosen if rng.random() < 0.75}
    barriers = []
    for ix in chosen:
        stretch = instance.streets.arm_stretches[ix]
        arm = ArmPlace(
            segment=instance.network.segment_ids[stretch.segment],
            offset_m=(stretch.start_m + stretch.end_m) / 2,
            inside=rng.choice(("from", "to")),
        )
        barriers.append(Barrier(id=f"b{ix}", name=f"Barrier {ix}", foot_gap=False, arms=(arm,)))
    instant = {"precision": "exact", "from": DAY, "to": DAY}
    document = {"kind": "barrier", "what": "w", "so": instant, "reported": instant, "recorded": instant}
    entries = tuple(
        Entry.model_validate(
            {
                **document,
                "id": f"e{ix}",
                "source": {"by": "control"},
                "certainty": "confirmed",
                "barriers": [f"b{ix}"],
                "state": "installed",
            }
        )
        for ix in standing
    )
    names = dict.fromkeys(Inputs.model_fields.keys() - {"network"}, "none")
    file = OperationFile(
        format=1, id="random", title="Random", timezone="UTC", starts=DAY, ends=NOON, inputs=Inputs(**names)
    )
    promise = SealedPromise(
        id="sealed",
        kind="sealed",
        text="Nobody gets in",
        threat=instance.driver.threat,
        vehicle_class=instance.driver.vehicle_class,
        category="any",
    )
    access = AccessFile(category=(Category(id="any", name="anybody"),))
    operation = Operation(
        file, ZoneInfo("UTC"), instance.network, instance.area, tuple(barriers), access, (promise,), (), (), entries
    )
    return operation, standing


@pytest.mark.parametrize("chunk", range(INSTANCES // CHUNK))
@pytest.mark.parametrize("row", ROWS)
def test_sealed_is_kept_just_when_the_oracle_finds_no_way_in(row: str, chunk: int) -> None:
    answers = []
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        instance = draw_instance(seed, row)
        operation, standing = draw_operation(instance, Random(f"sealed {row} {seed}"))
        answer = check_promises(operation, at=NOON)[0]
        leaks = instance.streets.leaks(standing)
        where = f"draw_instance({seed}, {row!r})"
        assert answer.answer == ("broken" if leaks else "kept"), where
        assert bool(answer.witness["leaks"]) == leaks, where
        assert answer.certain, where
        answers.append(leaks)
    assert 0 < sum(answers) < len(answers), "all leak or none does: this chunk proves little"
