"""A plan as the barriers of an operation's folder: the same line once it is there, whatever streets are called."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.model.operation import BarriersFile
from ringfence.model.plans import Plan, PlanQuestion
from ringfence.report.barriers_toml import barriers_toml

EXAMPLE = Path(__file__).parents[2] / "examples" / "wellington-2022"
QUESTION = PlanQuestion(threat=Threat.DETERMINED)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The example without its log, whose entries name the eight barriers."""
    folder = tmp_path / "op"
    shutil.copytree(EXAMPLE, folder)
    (folder / "log.jsonl").write_text("", encoding="utf-8")
    return Desk.open(folder)


def test_a_plan_as_barriers_is_the_same_line_once_the_operation_has_it(desk: Desk) -> None:
    plan = desk.planning.plan(QUESTION)
    desk.planning.save("nine", "Nine", QUESTION, plan)
    assert desk.folder is not None
    (desk.folder / "barriers.toml").write_bytes(desk.export_plan(QUESTION, plan, "toml"))
    again = Desk.open(desk.folder)
    compared = again.planning.compare(None, "planned", "nine")
    assert (len(again.operation.barriers), len(plan.barriers)) == (9, 9)
    assert (compared.only_first, compared.only_second) == ((), ())
    assert compared.first.seals
    assert [one.name for one in again.operation.barriers] == [one.place for one in plan.barriers]
    assert [one.arms[0].inside for one in again.operation.barriers] == [one.inside for one in plan.barriers]


@pytest.mark.parametrize("name", ['a " b', "\\", '"""', "]\n[x]", "\u202eabc", "# no", "\x7f", "Ōtāhuhu"])
def test_no_name_of_a_street_acts_in_the_file(desk: Desk, name: str) -> None:
    plan = desk.planning.plan(QUESTION)
    one = plan.barriers[0].model_copy(update={"place": name, "notes": (name,)})
    (barrier,) = written(desk, plan.model_copy(update={"barriers": (one,)})).barrier
    assert not set(barrier.name) & {"\n", "\x7f", "\u202e"}
    assert barrier.name == barrier.note
    assert barrier.name.replace("\ufffd", "") == "".join(" ".join(name.split()).replace("\u202e", "").split("\x7f"))


def test_arms_of_one_street_get_ids_of_their_own(desk: Desk) -> None:
    plan = desk.planning.plan(QUESTION)
    named = [plan.barriers[0].model_copy(update={"id": name}) for name in ("a#1", "a.1", "a#2")]
    found = written(desk, plan.model_copy(update={"barriers": tuple(named)}))
    assert [one.id for one in found.barrier] == ["a.1", "a.1-", "a.2"]


def written(desk: Desk, plan: Plan) -> BarriersFile:
    return BarriersFile.model_validate(tomllib.loads(barriers_toml(desk.operation, plan).decode()))
