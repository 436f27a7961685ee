"""Main streets: each side of a district becomes a chain of links from corner to corner, cut where streets reach it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ringfence.generator.draft import Columns, Draft, Floats, Ints, Kind, Links
from ringfence.generator.fabric import Stubs
from ringfence.generator.frame import Frame
from ringfence.generator.ground import Ground
from ringfence.network.city import Form

SNAP_M = 20.0
"""Streets from both hands that arrive closer together than this meet in one crossing."""

CORNER_CLEAR_M = 28.0
CARRIAGEWAY_M = 9.0
"""From the middle of a dual street to each of its carriageways."""


@dataclass(frozen=True)
class Crossings(Columns):
    """Where a main street crosses a motorway: the junctions on its negative and positive side, and which motorway."""

    negative: Ints
    positive: Ints
    course: Ints


@dataclass(frozen=True)
class _Stops(Columns):
    """Points of the chains, in order. Chain 2 * side is the street, or its right carriageway; 2 * side + 1 its left."""

    chain: Ints
    share: Floats
    junction: Ints


def lay_main_streets(frame: Frame, stubs: Stubs, ground: Ground, draft: Draft, rng: np.random.Generator) -> Crossings:
    """Add the main streets and the last stretches of the streets that reach them; crossings fit for a junction."""
    corner = draft.add_junctions(frame.corner_xy)
    arrivals = _arrivals(frame, stubs, draft)
    chains = np.flatnonzero(np.column_stack([frame.side_used, frame.side_used & frame.side_dual]).ravel())
    dual = chains[frame.side_dual[chains // 2]]
    shoulders = [_Stops(dual, share, _add(frame, dual, share, draft)) for share in _shoulders(frame, dual)]
    ends = [
        _Stops(chains, np.full(len(chains), share), corner[frame.side_ends[chains // 2, end]])
        for end, share in ((0, -1.0), (1, 2.0))
    ]
    stops = _Stops.joined([arrivals, *shoulders, *ends])
    stops = stops.take(np.lexsort((stops.share, stops.chain)))
    follows = np.flatnonzero(stops.chain[1:] == stops.chain[:-1])
    return _add_chains(frame, stops, follows, ground, draft, rng)


def _length_m(frame: Frame, side: Ints) -> Floats:
    run = frame.corner_xy[frame.side_ends[side, 1]] - frame.corner_xy[frame.side_ends[side, 0]]
    return np.asarray(np.hypot(run[:, 0], run[:, 1]))


def _add(frame: Frame, chain: Ints, share: Floats, draft: Draft) -> Ints:
    """Junctions on chains, at a share of their length."""
    side = chain // 2
    start = frame.corner_xy[frame.side_ends[side, 0]]
    run = frame.corner_xy[frame.side_ends[side, 1]] - start
    aside = np.where(frame.side_dual[side], CARRIAGEWAY_M * (1 - 2 * (chain % 2)), 0.0) / np.hypot(run[:, 0], run[:, 1])
    right = np.column_stack([run[:, 1], -run[:, 0]])
    return draft.add_junctions(start + run * share[:, None] + right * aside[:, None])


def _shoulders(frame: Frame, chain: Ints) -> tuple[Floats, Floats]:
    """Where the carriageways of a dual street part and meet again."""
    near = CORNER_CLEAR_M * 0.6 / _length_m(frame, chain // 2)
    return near, 1 - near


def _arrivals(frame: Frame, stubs: Stubs, draft: Draft) -> _Stops:
    """Junctions where streets of the fabric reach a main street, and the links that lead there."""
    length_m = _length_m(frame, stubs.side)
    clear = np.minimum(stubs.share, 1 - stubs.share) * length_m > CORNER_CLEAR_M
    stubs, length_m = stubs.take(clear), length_m[clear]
    chain = 2 * stubs.side + (frame.side_dual[stubs.side] & stubs.left)
    order = np.lexsort((stubs.share, chain))
    stubs, chain, at_m = stubs.take(order), chain[order], (stubs.share * length_m)[order]
    apart = np.ones(len(chain), dtype=np.bool_)
    apart[1:] = (chain[1:] != chain[:-1]) | (np.diff(at_m) > SNAP_M)
    group, first = np.cumsum(apart) - 1, np.flatnonzero(apart)
    share = np.add.reduceat(stubs.share, first) / np.bincount(group)
    junction = _add(frame, chain[first], share, draft)
    draft.add_links(
        Links.of(stubs.junction, junction[group], stubs.kind, flow=stubs.flow, street=stubs.street, along=stubs.along)
    )
    return _Stops(chain[first], share, junction)


def _add_chains(
    frame: Frame, stops: _Stops, follows: Ints, ground: Ground, draft: Draft, rng: np.random.Generator
) -> Crossings:
    """Links between neighbours on the chains, over or under what they cross, or left out where they can't."""
    chain, a, b = stops.chain[follows], stops.junction[follows], stops.junction[follows + 1]
    side = chain // 2
    kind = frame.side_kind[side]
    shore = ground.sides(draft.junctions().xy, widths=False)
    crossed = shore[:, a] * shore[:, b] == -1
    over_river, over_course = crossed[0], crossed[1:].any(axis=0)
    severed = over_course & (kind > Kind.UNCLASSIFIED) & (rng.random(len(a)) < 0.35)
    kept = ~(over_river & ~frame.side_bridges[side]) & ~severed
    under = over_course & ~over_river & (rng.random(len(a)) < 0.15)
    form = np.where(under, Form.TUNNEL, np.where(over_river | over_course, Form.BRIDGE, 0))
    dual = frame.side_dual[side]
    draft.add_links(
        Links.of(
            a,
            b,
            kind,
            flow=np.where(dual, 1 - 2 * (chain % 2), 0),
            street=frame.side_street[side],
            along=frame.side_along[side] + np.clip(stops.share[follows], 0, 1),
            form=form,
            layer=np.select([form == Form.BRIDGE, form == Form.TUNNEL], [1, -1], 0),
        ).take(kept)
    )
    fit = kept & over_course & ~over_river & ~dual & (kind <= Kind.TERTIARY)
    course = crossed[1:, fit].argmax(axis=0)
    swapped = shore[1 + course, a[fit]] > 0
    return Crossings(np.where(swapped, b[fit], a[fit]), np.where(swapped, a[fit], b[fit]), course)
