"""Some thousands of the fuzz's inputs at every door; and the fuzz itself: it finds what is there to be found.

`make fuzz` tries a million.
"""

from __future__ import annotations

import os
import random
import re
import signal
import time
from multiprocessing import active_children
from pathlib import Path

import osmium
import pytest

from ringfence.base.errors import BadInput
from ringfence.osm.passes import OsmFile
from tests.conftest import ROOT
from tests.fuzz import door as door_module
from tests.fuzz import running
from tests.fuzz.door import Door, Outcome, Trial, answer
from tests.fuzz.doors import DOORS, ROUND, door_order, input_of
from tests.fuzz.osm_containers import blocks_of, written
from tests.fuzz.osm_drawing import Drawing, Lines, Node, Relation, Way, as_xml, draw_map
from tests.fuzz.osm_spoiling import spoil_map
from tests.fuzz.osm_words import VALUES
from tests.fuzz.running import Plan, Tally, by_kind, run, try_inputs

INPUTS = {
    "osm-maps": 900, "osm-tags": 2_500, "osm-files": 15, "network-files": 600, "gmns": 200, "geojson": 500,
    "places": 400, "options": 2_000, "plans": 120,
}  # fmt: skip
SEED = 20220221


def numbers_of(door: str) -> range:
    """Enough input numbers for so many inputs of a door."""
    share = next(one.share for one in DOORS if one.name == door)
    return range(INPUTS[door] * ROUND // share)


@pytest.mark.parametrize("door", INPUTS)
def test_a_door_answers_or_refuses(door: str, tmp_path: Path) -> None:
    """A failure names inputs; `python -m tests.fuzz --seed SEED --only NUMBER` tries one again."""
    tally = Tally()
    for part in try_inputs(Plan(SEED, numbers_of(door), (door,)), tmp_path):
        tally.add(part)
    told = [
        f"seed {SEED}: {[one.number for one in alike]}\n{alike[0].told}" for alike in by_kind(tally.findings).values()
    ]
    assert not told, "\n".join(told)
    assert tally.total >= INPUTS[door] * 0.8
    assert tally.counts[door, "answered"], "nothing gets through: this fuzz proves nothing"
    assert door == "osm-tags" or tally.counts[door, "refused"], "nothing is spoiled: this fuzz proves nothing"


def test_most_inputs_are_spoiled_behind_the_container_and_reach_the_tags() -> None:
    assert len(door_order()) == ROUND
    assert sum(one.share for one in DOORS if one.decoded) > ROUND / 2
    assert set(INPUTS) == {one.name for one in DOORS}


def test_most_spoiled_maps_still_make_a_city(tmp_path: Path) -> None:
    """Else the rules behind the first refusal would hardly be reached."""
    trial = next(one for one in DOORS if one.name == "osm-maps").open(tmp_path)
    outcomes = [trial(input_of(SEED, number)) for number in range(200)]
    assert outcomes.count(Outcome.ANSWERED) > 100


def test_the_words_are_those_of_the_rule_book() -> None:
    """Every key and value that the rule book puts between backticks is drawn."""
    book = (ROOT / "docs" / "osm-tags.md").read_text(encoding="utf-8")
    drawn = {*VALUES, *(value for values in VALUES.values() for value in values)}
    said = {word for quoted in re.findall(r"`([a-z_:=|]+)`", book) for word in re.split(r"[=|]", quoted)}
    explained = {"name:xx", "only_", "no_", "may", "m", ":conditional", ":forward", "addr:interpolation"}
    assert said - drawn - explained == set()


def test_our_lines_are_those_that_osmium_writes(tmp_path: Path) -> None:
    drawing = Drawing(
        [
            Node(1, {"barrier": "gate", "note": "a b,c=d@e%f ß\N{SOFT HYPHEN}あ𝄞\t'\"<&"}, (-86_000_000, 411_500_000)),
            Node(2, {}, (1, -1)),
            Node(3, {"": "x", "barrier": ""}, (1_800_000_000, -900_000_000)),
            Node(-4, {}, None),
        ],
        [Way(7, {"highway": "road"}, [1, 2, -4]), Way(8, {"building": "yes", "name": "x"}, []), Way(9, {}, [1])],
        [Relation(5, {"type": "restriction"}, [("w", 7, "from"), ("n", 1, "v i,a"), ("r", 5, "")])],
    )
    path = tmp_path / "drawing.osm"
    path.write_text(as_xml(drawing), encoding="utf-8")
    ours = Lines(drawing)
    with OsmFile(path) as theirs:
        theirs.header()
        assert list(ours.relations()) == list(theirs.relations())
        assert list(ours.named_buildings()) == list(theirs.named_buildings())
        assert list(ours.ways()) == list(theirs.ways())
        assert list(ours.tagged_nodes()) == list(theirs.tagged_nodes())
        assert b"".join(ours.node_blocks()) == b"".join(theirs.node_blocks())


@pytest.mark.parametrize("packed", [True, False])
def test_a_pbf_that_is_taken_apart_and_put_together_reads_the_same(packed: bool, tmp_path: Path) -> None:
    plain, pbf, again = tmp_path / "a.osm", tmp_path / "a.osm.pbf", tmp_path / "b.osm.pbf"
    plain.write_text(as_xml(Drawing([Node(1, {"a": "b"}, (3, 4))], [Way(2, {"c": "d"}, [1])])), encoding="utf-8")
    with osmium.SimpleWriter(str(pbf)) as writer:
        osmium.apply(str(plain), writer)
    again.write_bytes(b"".join(written(block, packed=packed) for block in blocks_of(pbf.read_bytes())))
    read = [[(str(one), dict(one.tags)) for one in osmium.FileProcessor(str(path))] for path in (pbf, again)]
    assert read[0] == read[1]
    assert len(read[0]) == 2


def test_seed_and_number_say_all_of_an_input() -> None:
    def drawn(seed: int, number: int) -> Drawing:
        random_ = input_of(seed, number)
        return spoil_map(draw_map(random_), random_)

    assert drawn(1, 77) == drawn(1, 77)
    assert drawn(1, 77) != drawn(1, 78)
    assert drawn(1, 77) != drawn(2, 77)


def crash(_random: random.Random) -> Outcome:
    return answer(lambda: VALUES["missing"])


def hang(_random: random.Random) -> Outcome:
    def read() -> None:
        while True:
            try:
                time.sleep(0.001)
            except Exception:
                continue

    return answer(read)


def refuse_without_a_reason(_random: random.Random) -> Outcome:
    def read() -> None:
        raise BadInput([])

    return answer(read)


@pytest.mark.parametrize("trial", [crash, hang, refuse_without_a_reason])
def test_what_goes_wrong_is_found_with_its_number(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Door("planted", ROUND, decoded=False, open=lambda _folder: trial)
    monkeypatch.setattr(running, "door_order", lambda: (planted,))
    monkeypatch.setattr(running, "SECONDS_MAX", 0.05)
    (tally,) = try_inputs(Plan(1, range(3, 5)), tmp_path)
    assert [one.number for one in tally.findings] == [3, 4]
    assert tally.counts == {("planted", "found"): 2}


def test_an_alarm_reaches_through_a_reader_that_catches_every_exception() -> None:
    assert not issubclass(door_module.TooSlow, Exception)


def test_a_worker_that_dies_is_a_finding_and_the_rest_is_still_tried() -> None:
    parts = run(1, range(10**9), jobs=1, doors=("options",))
    before = next(parts)
    (worker,) = active_children()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    found = next(part for part in parts if part.findings)
    after = next(part for part in parts if part.total)
    parts.close()
    assert before.total > 0
    assert [(one.door, one.kind) for one in found.findings] == [("options", "the process ended with -9")]
    assert after.total > 0
    assert not after.findings
    assert not active_children()
