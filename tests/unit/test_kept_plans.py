"""Kept plans hold for the streets and outlines of their day, and nothing that their files say is believed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely.affinity import scale
from shapely.geometry import mapping, shape

from ringfence.base.errors import BadInput, Fault
from ringfence.base.measures import Burden
from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.plan_views import FrontPick, SaveQuestion
from ringfence.model.plans import PlanQuestion, SavedPlan
from ringfence.promises import certificate
from tests.conftest import EXAMPLE

DETERMINED = PlanQuestion(threat=Threat.DETERMINED)
Spoil = Callable[[dict[str, Any]], None]


def redraw(folder: Path, role: str, share: float = 0.97) -> None:
    """The outline of a role drawn anew, a little smaller."""
    path = folder / "area.geojson"
    document = json.loads(path.read_text())
    for feature in document["features"]:
        if feature["properties"]["role"] == role:
            feature["geometry"] = mapping(scale(shape(feature["geometry"]), share, share))
    path.write_text(json.dumps(document))


def rewrite(folder: Path, name: str, spoil: Spoil) -> None:
    path = folder / "plans" / f"{name}.json"
    document = json.loads(path.read_text())
    spoil(document)
    path.write_text(json.dumps(document))


def refused(ask: Callable[[], object]) -> Fault:
    with pytest.raises(BadInput) as caught:
        ask()
    return caught.value.faults[0]


def kept(folder: Path, name: str, pick: FrontPick | None = None, question: PlanQuestion = DETERMINED) -> SavedPlan:
    return Desk.open(folder).save_plan(name, SaveQuestion(title=name, question=question, pick=pick))


def export(folder: Path, name: str) -> dict[str, Any]:
    desk = Desk.open(folder)
    saved = desk.planning.saved(name)
    document: dict[str, Any] = json.loads(desk.export_plan(saved.question, saved.plan, "geojson"))
    return document


@pytest.mark.parametrize(
    ("role", "words"), [("protected", "the protected area changed"), ("limit", "the limit changed")]
)
def test_a_kept_plan_holds_no_longer_once_its_outline_is_drawn_anew(spoilable: Path, role: str, words: str) -> None:
    """The streets are the same, and so was all that was compared: the sheets showed the new area as proven."""
    kept(spoilable, "tight")
    redraw(spoilable, role)
    desk = Desk.open(spoilable)
    fault = refused(lambda: desk.planning.saved("tight"))
    assert (fault.code, fault.where) == ("stale-plan", "plans/tight.json")
    assert words in fault.found
    assert "--like tight" in fault.do
    (line,) = desk.saved_plans().plans
    assert line.stale == fault.found
    assert refused(lambda: desk.planning.compare(None, "tight", "planned")).code == "stale-plan"
    asked = desk.planning.kept.read("tight").question
    desk.save_plan("tight", SaveQuestion(title="Anew", question=asked, replace=True))
    assert desk.saved_plans().plans[0].stale is None
    assert export(spoilable, "tight")["ringfence"]["area_hash"] == desk.operation.area.hash


def test_a_choice_without_a_certificate_knows_its_area_too(spoilable: Path) -> None:
    kept(spoilable, "wide", FrontPick(against=Burden.STREET, cost=3), PlanQuestion())
    rewrite(spoilable, "wide", lambda document: document["plan"].update(certificate=None))
    assert export(spoilable, "wide")["ringfence"]["proof"] == "barriers: without certificate"
    redraw(spoilable, "protected")
    assert refused(lambda: export(spoilable, "wide")).code == "stale-plan"


def test_a_plan_for_outlines_of_its_own_outlives_the_operations(spoilable: Path) -> None:
    operation = Desk.open(spoilable).operation
    drawn = {"protected": mapping(operation.area.protected), "limit": mapping(operation.area.limit)}
    question = PlanQuestion.model_validate_json(json.dumps({"threat": "determined", **drawn}))
    saved = kept(spoilable, "own", question=question)
    redraw(spoilable, "protected")
    assert Desk.open(spoilable).planning.opened("own") == saved


def test_a_plan_of_other_streets_is_refused(spoilable: Path) -> None:
    kept(spoilable, "old")
    rewrite(spoilable, "old", lambda document: document.update(network="0" * 64))
    assert "the streets changed" in refused(lambda: Desk.open(spoilable).planning.saved("old")).found


def test_files_of_format_1_are_read_as_far_as_they_say_for_what_they_are(spoilable: Path) -> None:
    def older(document: dict[str, Any]) -> None:
        document["format"] = 1
        del document["area"], document["limit"]

    saved = kept(spoilable, "old")
    rewrite(spoilable, "old", older)
    assert Desk.open(spoilable).planning.opened("old") == saved
    rewrite(spoilable, "old", lambda document: document["plan"].update(certificate=None))
    assert "did not note" in refused(lambda: Desk.open(spoilable).planning.saved("old")).found


def test_a_plan_goes_by_the_name_of_its_file(spoilable: Path) -> None:
    kept(spoilable, "one")
    (spoilable / "plans" / "two.json").write_bytes((spoilable / "plans" / "one.json").read_bytes())
    assert [line.name for line in Desk.open(spoilable).saved_plans().plans] == ["one", "two"]


def drop_barrier(document: dict[str, Any]) -> None:
    """One barrier less, and every figure to match."""
    plan = document["plan"]
    gone = plan["barriers"].pop()
    plan["certificate"]["cut"].remove(gone["id"])
    for name in ("cost", "arms", "lower_bound"):
        plan[name] -= 1
    plan["blocks"] -= gone["blocks"]
    plan["staff"] -= gone["staff"]
    plan["through"] -= gone["through"]


def claim_more(document: dict[str, Any]) -> None:
    document["plan"]["certificate"]["lower_bound"] = 8
    document["plan"]["certificate"]["paths"].pop()


@pytest.mark.parametrize(
    "spoil",
    [
        drop_barrier,
        claim_more,
        lambda document: document["plan"].update(cost=8),
        lambda document: document["plan"].update(enclosed_street_m=1.0),
        lambda document: document["plan"].update(lower_bound=8, optimal=False),
        lambda document: document["plan"].update(optimal=False),
        lambda document: document["plan"].update(threat="lawful"),
        lambda document: document["plan"].update(possible=False),
        lambda document: document["plan"]["barriers"][0].update(lon=174.0),
        lambda document: document["plan"]["barriers"][0].update(blocks=99),
        lambda document: document["plan"]["barriers"].append(document["plan"]["barriers"][0]),
        lambda document: document["plan"]["certificate"]["paths"].pop(),
        lambda document: document["plan"].update(certificate=None, optimal=True, lower_bound=8, cost=8),
        lambda document: document["question"].update(must_not=[document["plan"]["barriers"][0]["id"]]),
        lambda document: document["question"].update(threat="lawful"),
    ],
)
def test_a_file_changed_by_hand_is_not_believed(tight: tuple[Desk, str], spoil: Spoil) -> None:
    desk, text = tight
    document = json.loads(text)
    spoil(document)
    (desk.planning.kept.folder / "plans" / "spoilt.json").write_text(json.dumps(document))
    assert refused(lambda: desk.planning.opened("spoilt")).code == "untrue-plan"
    saved = desk.planning.saved("spoilt")
    assert refused(lambda: desk.export_plan(saved.question, saved.plan, "csv")).code == "untrue-plan"


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    """A desk in a folder of its own, and the file of a plan that is kept there."""
    folder = tmp_path_factory.mktemp("kept") / "operation"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("ledger.sqlite*"))
    desk = Desk.open(folder)
    desk.save_plan("tight", SaveQuestion(title="Tight", question=DETERMINED))
    return desk, (folder / "plans" / "tight.json").read_text()


def test_a_choice_of_the_front_gets_the_bound_that_is_proven_now(spoilable: Path) -> None:
    saved = kept(spoilable, "wide", FrontPick(against=Burden.STREET, cost=3), PlanQuestion())
    assert (saved.plan.lower_bound, saved.plan.optimal) == (2, False)
    rewrite(spoilable, "wide", lambda document: document["plan"].update(lower_bound=3, optimal=True))
    about = export(spoilable, "wide")["ringfence"]
    assert (about["lower_bound"], about["optimal"]) == (2, False)
    assert about["proof"] == "barriers: proven, a choice of the front"


def test_a_proof_that_the_checker_can_not_follow_is_left_out(
    tight: tuple[Desk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is refuted then, and nothing proven: the export says neither."""
    desk, _ = tight
    question = PlanQuestion(threat=Threat.DETERMINED, site_charge=1)
    plan = desk.planning.plan(question)
    assert plan.optimal
    monkeypatch.setattr(certificate, "WORK_MAX", 1e-9)
    about = json.loads(desk.export_plan(question, plan, "geojson"))["ringfence"]
    assert about["proof"] == "barriers: without certificate"
    assert not about["optimal"]
    assert about["lower_bound"] < plan.lower_bound
