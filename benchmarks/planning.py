"""The planner on whole cities, as a section of docs/benchmarks.md with a verdict on each target.

`python -m benchmarks.planning` measures and prints it; `python -m benchmarks.run planning` also writes it on the page.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.ground import SEED
from benchmarks.harness import Timed, Unit, grid
from benchmarks.planning_times import (
    CITIES,
    FRONT_RUNS,
    NETWORKX_RUNS,
    RADII_M,
    RING_M,
    RING_RUNS,
    RUNS,
    WHOLE_RUNS,
    Measured,
    Place,
    measure,
    networkx_on_whole_cities,
)

IGRAPH_FACTOR = 20.0
"""How much quicker than igraph on the whole city of 250,000 junctions a minimum with its certificate must be."""
CERTIFIED_S, FRONT_S, LAWFUL_S = 0.05, 2.0, 10.0
"""At a million junctions: a proven minimum without bans, a front of supported choices, a plan under turn bans."""


def planning_text() -> str:
    """Measure everything, and say it."""
    networkx = networkx_on_whole_cities()
    measured = list(measure())
    return "\n".join(
        [
            _told(),
            "### A plan with its certificate, from the whole city in memory\n",
            _plans(measured),
            _parts(measured),
            _TOLD_CHARGED,
            _charged(measured),
            f"### Beside others on the whole city\n{_TOLD_WHOLE}",
            _whole(measured, networkx),
            f"### Beside others on the same ring\n{_TOLD_RING}",
            _ring(measured),
            f"### The front, {measured[-1].place.city.junction_count:,} junctions\n{_TOLD_FRONT}",
            _fronts(measured),
            "### Floors and targets\n",
            _verdicts(measured),
        ]
    )


def _told() -> str:
    small, large = (f"{radius:.0f} m ({2 * radius:,.0f} m across)" for radius in RADII_M)
    runs = f"{RUNS} runs after one warm-up, each in another order"
    others = f"{WHOLE_RUNS} where whole cities are solved, {RING_RUNS} on rings, {FRONT_RUNS} for fronts"
    return (
        f"Generated cities, seed {SEED}; everything in one process. The protected area is a disc around the city's "
        f"middle, of radius {small}\nor {large}; the limit lies {RING_M:.0f} m farther out. {runs};\n{others}. "
        "All must come to the same minimum, which is compared when no clock is running. The city lies in memory with "
        "its indexes;\nbefore each run it forgets the shapes of streets that it keeps, so that the place is always one "
        "never looked at, except where it says *again*.\n"
    )


_TOLD_WHOLE = """
Determined driver. *Plan*: ours from the window to the end, with ties broken, places named, certificate written.
*Minimum*: a cheapest cut with its certificate, and no more. Theirs: value and cut (as the streets to close), no proof.
Their graph is made from the same columns with NumPy, streets near the limit cut at the outlines by the same code as
ours; that counts for both. *As it is*: every street that can be driven, those outside the ring with unlimited
capacity, a source joined to all nodes right beyond the limit. *Contracted*: all that lies beyond the limit made one
node, and the area another, before the graph is built. What an opened city has for the next question, its indexes, is
made once and counts for nobody; with it, see *first after opening* above. In brackets: the ratios, peer / our minimum,
and peer / our plan.
"""
_TOLD_RING = """
Determined driver; the same answer for all, the cheapest cut and its arms. *On the arrays*: everybody gets the ring's
edges and what its arms cost; setting prices and adding edges counts. Our minimum is OR-Tools' own max-flow, asked
backwards: the area touches fewer streets than the outside. *With its paths* adds the proof. *From the window*: streets
cut at the outlines (by the same code for both), nodes numbered, then the cut; ours also names the arms and refuses
clipped streets. Why the floor is held against the arrays: [decision 21](decisions/0021-beside-a-solver.md). In
brackets: the ratio to our figure before it, peer / ours; of the peers on the arrays to our minimum.
"""
_TOLD_CHARGED = f"""
With a site charge (each junction at which something is put up costs one arm more) no max-flow answers, and an integer
program does. The same from the whole city in memory to the certificate, {FRONT_RUNS} runs:
"""
_TOLD_FRONT = """
From the whole city in memory. *Supported*: the choices that some weighing of cost and burden makes the best, each with
paths as its certificate, or, where bans spoil those, proven by cases. *Whole*: with those between them, each by an
integer program.
"""


def _ms(seconds: float) -> str:
    return Unit.MILLISECONDS.shown(seconds)


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs"


def _size(one: Measured) -> str:
    return f"{one.place.words}: {one.arms} arms, {one.bans} bans"


def _plans(measured: Sequence[Measured]) -> str:
    head = [
        "city and disc: arms in the ring, turn bans in the window",
        "determined",
        "again",
        "first after opening",
        "lawful, bans taken out",
        "lawful",
        "minimum: determined, lawful",
        "the checker: determined, lawful",
    ]
    rows = [
        [
            _size(one),
            *(_ms(one.plans[name].seconds) for name in ("determined", "again", "first", "without bans", "lawful")),
            ", ".join(_proven(plan.cost, plan.lower_bound) for plan in one.answers.values()),
            ", ".join(_ms(one.plans[f"{name}, checked"].seconds) for name in one.answers),
        ]
        for one in measured
    ]
    return grid(head, rows)


def _proven(cost: int, bound: int) -> str:
    return f"{cost}, proven" if cost == bound else f"{cost}, at least {bound}"


def _parts(measured: Sequence[Measured]) -> str:
    """Where the time goes, in the largest city."""
    times: list[tuple[str, Timed]] = [
        (f"{one.place.words}: {driver}", one.plans[f"{driver}, in parts"])
        for one in measured[-len(RADII_M) :]
        for driver in one.answers
    ]
    head = ["where the time goes", *times[0][1].laps]
    return grid(head, [[words, *(_ms(seconds) for seconds in timed.laps.values())] for words, timed in times])


def _charged(measured: Sequence[Measured]) -> str:
    head = ["city and disc", *(f"{driver}, a site charge of 1" for driver in measured[0].charged)]
    return grid(head, [[_size(one), *(_ms(times.seconds) for times in one.charged.values())] for one in measured])


def _whole(measured: Sequence[Measured], networkx: dict[Place, dict[str, Timed]]) -> str:
    head = ["city and disc", "our minimum", "our plan", *_WHOLE_PEERS]
    rows = []
    for one in measured:
        ours = [one.whole[name].seconds for name in ("minimum", "ours")]
        theirs = [one.whole[name.removesuffix(_AS_IT_IS)].seconds for name in _WHOLE_PEERS]
        peers = [f"{_ms(took)} ({', '.join(f'{took / own:.2f}' for own in ours)})" for took in theirs]
        rows.append([one.place.words, *map(_ms, ours), *peers])
    lines = [
        f"NetworkX, as it is, {place.words}: {Unit.SECONDS.shown(times['NetworkX'].seconds)} beside "
        f"{_ms(times['ours'].seconds)} (ratio {times['NetworkX'].seconds / times['ours'].seconds:.0f}), "
        f"runs: {NETWORKX_RUNS[runs]}."
        for (place, times), runs in zip(networkx.items(), NETWORKX_RUNS, strict=True)
    ]
    return grid(head, rows) + "\n" + "\n".join(lines) + "\n"


_AS_IT_IS = ", as it is"
_WHOLE_PEERS = (f"igraph{_AS_IT_IS}", "igraph, contracted", f"OR-Tools{_AS_IT_IS}", "OR-Tools, contracted")
_RING_PEERS = ("OR-Tools", "OR-Tools, backwards", "igraph", "NetworkX")


def _beside(ours: float, theirs: float) -> str:
    """A peer's time, and how it stands to ours."""
    return f"{_ms(theirs)} ({theirs / ours:.2f})"


def _ring(measured: Sequence[Measured]) -> str:
    head = ["city and disc", "on the arrays: our minimum", "with its paths", *_RING_PEERS]
    head += ["from the window: our minimum", "OR-Tools", "igraph", "our whole plan", "OR-Tools beside that"]
    rows = []
    for one in measured:
        ours, proven, cut, plan = (
            one.ring[name].seconds for name in ("cut only", "ours", "cut from the window", "plan")
        )
        theirs, igraphs = (one.ring[f"{name} from the window"].seconds for name in ("OR-Tools", "igraph"))
        peers = [_beside(ours, one.ring[name].seconds) for name in _RING_PEERS]
        last = [_ms(cut), _beside(cut, theirs), _beside(cut, igraphs), _ms(plan), f"({theirs / plan:.2f})"]
        rows.append([_size(one), _ms(ours), _ms(proven), *peers, *last])
    return grid(head, rows)


def _fronts(measured: Sequence[Measured]) -> str:
    head = ["disc and driver", "burden", "supported choices", "time", "all choices", "time", "nothing missing"]
    rows = [
        [
            f"radius {one.place.radius_m:.0f} m, {driver}",
            burden.value,
            f"{front.supported_points}",
            Unit.SECONDS.shown(front.supported.seconds),
            f"{len(front.front.points)}",
            Unit.SECONDS.shown(front.whole.seconds),
            "yes" if front.front.complete else "no",
        ]
        for one in measured
        for (driver, burden), front in one.fronts.items()
    ]
    return grid(head, rows)


def _verdicts(measured: Sequence[Measured]) -> str:
    """Each floor and target with what was measured, and what is stricter than they are: told, and no floor.

    What is measured against what, and why: docs/decisions/0021-beside-a-solver.md.
    """
    rows = [row for one in measured for row in _of_place(one)]
    return grid(["what", "asked for", "measured", ""], rows)


def _of_place(one: Measured) -> list[list[str]]:
    what, whole, ring = one.place.words, one.whole, one.ring
    rows = []
    if one.place.city.junction_count < CITIES[-1] * 0.9:
        asked = f"at least {IGRAPH_FACTOR:.0f} times igraph's speed on the whole city, as it is"
        for name, words, verdict in (
            ("minimum", "the minimum with its certificate", _met),
            ("ours", "the whole plan, its ties broken and places named", _besides),
        ):
            factor = whole["igraph"].seconds / whole[name].seconds
            rows.append([what, f"{words}: {asked}", f"{factor:.1f} times", verdict(factor >= IGRAPH_FACTOR)])
    else:
        for name, words in (("determined", "determined"), ("without bans", "lawful, bans taken out")):
            seconds = one.plans[name].seconds
            asked = f"{words}: below {_ms(CERTIFIED_S)}"
            rows.append([what, asked, _ms(seconds), _met(seconds < CERTIFIED_S)])
        seconds = one.plans["first"].seconds
        asked = f"determined, the first after the city was opened, its indexes built: below {_ms(CERTIFIED_S)}"
        rows.append([what, asked, _ms(seconds), _besides(seconds < CERTIFIED_S)])
        seconds, plan = one.plans["lawful"].seconds, one.answers["lawful"]
        asked = f"lawful under turn bans: proven within {LAWFUL_S:.0f} s"
        rows.append([what, asked, _ms(seconds), _met(seconds < LAWFUL_S and plan.optimal)])
        slowest = max(front.supported.seconds for front in one.fronts.values())
        asked = f"front of supported choices: below {FRONT_S:.0f} s"
        rows.append([what, asked, f"slowest of them {slowest:.2f} s", _met(slowest < FRONT_S)])
    window = "from the window, all arms named and put in order by ours alone"
    for how, name, other, shown, verdict in (
        ("on its arrays, making the graph counted for both", "cut only", "OR-Tools", _us, _met),
        ("on its arrays, the paths that prove ours counted too", "ours", "OR-Tools", _us, _besides),
        (window, "cut from the window", "OR-Tools from the window", _ms, _besides),
    ):
        own, theirs = ring[name].seconds, ring[other].seconds
        times = f"{shown(own)} beside {shown(theirs)} (ratio {theirs / own:.2f})"
        asked = f"minimum not slower than OR-Tools on the same ring, {how}"
        rows.append([what, asked, times, verdict(own <= theirs)])
    return rows


def _met(is_met: bool) -> str:
    return "met" if is_met else "**missed**"


def _besides(holds: bool) -> str:
    """What was not asked for."""
    return "no floor; it holds" if holds else "no floor; it does **not** hold"


if __name__ == "__main__":
    print(planning_text())
