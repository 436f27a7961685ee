"""Documentation that is held against the code: the Wellington figures, the commands, the rooms, the links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ringfence.base.traffic import Threat
from ringfence.desk import Desk
from ringfence.desk.sensitivity import differences
from ringfence.desk.tour import Tour, take_tour
from ringfence.model.answers import Leak
from tests.conftest import EXAMPLE, ROOT
from tests.contract.test_cli import COMMANDS

PAGE = ROOT / "docs" / "wellington-2022.md"


@pytest.fixture(scope="module")
def tour() -> Tour:
    return take_tour(Desk.open(EXAMPLE))


def promise_table(tour: Tour) -> str:
    heads = [f"{moment.at:%d Feb %H:%M}" for moment in tour.moments]
    lines = [f"| promise | {' | '.join(heads)} |", "| --- |" + " --- |" * len(heads)]
    for number, answer in enumerate(tour.reports[0].promises):
        cells = [report.promises[number] for report in tour.reports]
        words = [cell.answer + ("" if cell.certain else " (not certain)") for cell in cells]
        lines.append(f"| {answer.text} (`{answer.id}`) | {' | '.join(words)} |")
    return "\n".join(lines)


def leak_table(tour: Tour) -> str:
    lines = ["| when | promise | through | by | metres |", "| --- | --- | --- | --- | --- |"]
    for moment, report in zip(tour.moments, tour.reports, strict=True):
        for answer in report.promises:
            for leak in (Leak.model_validate(one) for one in answer.witness.get("leaks", ())):
                way = " → ".join(leak.path.streets)
                lines.append(
                    f"| {moment.at:%d Feb %H:%M} | `{answer.id}` | {leak.through} | {way} | {leak.path.length_m:.0f} |"
                )
    return "\n".join(lines)


def history_table(tour: Tour) -> str:
    lines = ["| promise | from | to | answer | certain | ways in |", "| --- | --- | --- | --- | --- | --- |"]
    for promise, stretch in tour.history:
        ends = [f"{moment:%d Feb %H:%M}" if moment else "end" for moment in (stretch.since, stretch.until)]
        sure = "yes" if stretch.finding.certain else "no"
        leaks = len(stretch.finding.witness["leaks"])
        lines.append(f"| `{promise.id}` | {ends[0]} | {ends[1]} | {stretch.finding.answer} | {sure} | {leaks} |")
    return "\n".join(lines)


def plan_table(tour: Tour) -> str:
    lines = ["| drivers | arms | sites | proven | where |", "| --- | --- | --- | --- | --- |"]
    for plan in tour.plans:
        where = "; ".join(barrier.place for barrier in plan.barriers)
        lines.append(f"| {plan.threat} | {plan.arms} | {plan.sites} | {'yes' if plan.optimal else 'no'} | {where} |")
    return "\n".join(lines)


def weight_table(tour: Tour) -> str:
    opened = {(one.barrier, one.threat): one.opened_m for one in tour.weights}
    lines = ["| barrier | opens to lawful drivers | opens to determined drivers |", "| --- | --- | --- |"]
    for barrier in dict.fromkeys(one.barrier for one in tour.weights):
        lawful, determined = opened[barrier, Threat.LAWFUL], opened[barrier, Threat.DETERMINED]
        lines.append(f"| `{barrier}` | {lawful:.0f} m | {determined:.0f} m |")
    return "\n".join(lines)


def sensitivity_table(tour: Tour) -> str:
    lines = ["| as drawn | if instead | then |", "| --- | --- | --- |"]
    for variant in tour.variants:
        then = "; ".join(differences(tour.as_drawn, variant.outcome))
        lines.append(f"| {variant.assumption} | {variant.instead} | {then} |")
    return "\n".join(lines)


TABLES = [promise_table, leak_table, history_table, plan_table, weight_table, sensitivity_table]


def test_every_table_of_the_wellington_page_is_what_the_run_finds(tour: Tour) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for table in TABLES:
        assert table(tour) in text, f"{table.__name__} of docs/wellington-2022.md is out of date; it should read:\n" + (
            table(tour)
        )
    assert f"{len(tour.variants)} of {tour.variants_tried}" in text


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert re.search(rf"(ringfence|make) {command}\b", readme), command


@pytest.mark.parametrize(
    "page",
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src").rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_readme_acknowledges_a_promise_that_init_makes() -> None:
    made = (ROOT / "src" / "ringfence" / "desk" / "templates" / "promises.toml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (promise,) = re.findall(r"^ringfence acknowledge my-op (\S+)", readme, re.M)
    assert f'id = "{promise}"' in made
