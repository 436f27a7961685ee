"""The example: Wellington 2022, some hundred streets."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np

from benchmarks.harness import EXAMPLE, Line, forget_pictures, interleaved
from ringfence.base.times import parse_time
from ringfence.base.traffic import Driver, Threat
from ringfence.desk.live import LiveDesk
from ringfence.desk.replay import Replayer
from ringfence.desk.views import WhatIf
from ringfence.desk.what_if import Supposer
from ringfence.model.entries import EntryDraft
from ringfence.network import Region, build_movement_graph
from ringfence.operation import Operation, open_operation
from ringfence.planner import make_plan
from ringfence.promises import Memo, check_promises, verify_certificate


def networkx_minimum_cut(operation: Operation) -> float:
    """The same cut with networkx: same pieces, unit capacities, no certificate and no tie-break."""
    graph = build_movement_graph(operation.network, operation.area)
    flow = nx.DiGraph()
    region = graph.piece_region

    def node(number: int) -> str | int:
        return terminals.get(number, number)

    terminals: dict[int, str] = {}
    for piece in np.flatnonzero(region != Region.RING).tolist():
        name = "outside" if region[piece] == Region.OUTSIDE else "area"
        terminals[int(graph.piece_from_node[piece])] = terminals[int(graph.piece_to_node[piece])] = name
    for piece in np.flatnonzero(region == Region.RING).tolist():
        ends = node(int(graph.piece_from_node[piece])), node(int(graph.piece_to_node[piece]))
        for tail, head in (ends, ends[::-1]):
            known = flow.get_edge_data(tail, head, {"capacity": 0})["capacity"]
            flow.add_edge(tail, head, capacity=known + 1)
    return float(nx.minimum_cut_value(flow, "outside", "area"))


def example_lines() -> list[Line]:
    """What is asked of the example."""
    operation = open_operation(EXAMPLE)
    noon = parse_time("2022-02-22T12:00", operation.zone)
    network, area, determined = operation.network, operation.area, Driver(Threat.DETERMINED)
    plan = make_plan(network, area, determined)
    assert plan.certificate is not None
    assert networkx_minimum_cut(operation) == plan.arms
    certificate = plan.certificate
    ours, peer = interleaved(lambda: make_plan(network, area, determined), lambda: networkx_minimum_cut(operation))
    lines = [
        Line("fewest arms, determined, with certificate and tie-break", ours, "networkx minimum_cut, value only", peer)
    ]
    alone = {
        "fewest arms, lawful, turn bans": lambda: make_plan(network, area, Driver()),
        "check a certificate": lambda: verify_certificate(network, area, certificate, driver=determined),
        "open the operation": lambda: open_operation(EXAMPLE),
        "all nine promises at one moment": lambda: check_promises(operation, at=noon, with_since=False),
        "all nine promises, with since when": lambda: check_promises(operation, at=noon),
    }
    lines += [Line(what, interleaved(work)[0]) for what, work in alone.items()]
    lines += live_lines()
    for arguments in (["--help"], ["check", str(EXAMPLE), "--at", "2022-02-22T12:00", "--json"]):
        cold = [sys.executable, "-m", "ringfence.cli.main", *arguments]
        seconds = interleaved(partial(subprocess.run, cold, capture_output=True, check=False))[0]
        lines.append(Line(f"cold process: ringfence {arguments[0]}", seconds))
    return lines


def live_lines() -> list[Line]:
    """What a person at the console waits for, inside the server's process."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "operation"
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("ledger.sqlite*"))
        live = LiveDesk.open(folder)
        note = EntryDraft.model_validate(
            {"kind": "note", "what": "A note", "source": {"by": "bench"}, "certainty": "observed"}
        )
        lifted = WhatIf.model_validate(
            {"at": "2022-02-21T12:00:00+13:00", "changes": [{"do": "lift", "barrier": "hill-street"}]}
        )
        live.what_if(lifted)

        def suppose_anew() -> object:
            forget_pictures()
            return Supposer(Memo()).answer(live.desk.operation, live.desk.picture(at=lifted.at), lifted.changes)

        def replay_anew() -> object:
            forget_pictures()
            return Replayer(Memo()).replay(live.desk.operation, "all", last_position=0)

        works: dict[str, Callable[[], object]] = {
            "what if, never asked before": suppose_anew,
            "what if, asked before": lambda: live.what_if(lifted),
            "add an entry to the ledger, on the disk": lambda: live.add(note, key=None),
            "replay of the two days, nothing remembered": replay_anew,
        }
        lines = [Line(what, interleaved(work)[0]) for what, work in works.items()]
        live.close()
    return lines
