"""Turns: which arc leads on to which at every junction, for whom, and which movements a restriction forbids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL
from ringfence.network.streets import BINDABLE, Chain, IntArray, Network

EVERYBODY = ALL_CLASSES | PHYSICAL
Arcs = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """States and the turns between them, as in `MovementGraph`."""

    state_arc: IntArray
    from_state: IntArray
    to_state: IntArray
    mask: IntArray
    ban: IntArray


def join_by_turns(network: Network, segment_ix: IntArray, from_node: IntArray, to_node: IntArray) -> Turns:
    """All pairs of arcs that meet at a node, who may take each turn, and the memory that forbidden chains need.

    Deterministic. O(turns log turns).

    Parameters
    ----------
    segment_ix, from_node, to_node : (P,) int
        Of each piece; pieces of one segment stand together, in order along it.
    """
    tail, head = interleave(from_node, to_node), interleave(to_node, from_node)
    turn_from, turn_to = _meeting(tail, head)
    junctions, segments = len(network.junction_ids), len(network.segment_ids)
    via = head[turn_from]
    at_junction = via < junctions
    straight_on = at_junction | (turn_from // 2 != turn_to // 2)
    turn_from, turn_to, via, at_junction = (one[straight_on] for one in (turn_from, turn_to, via, at_junction))
    mask = np.full(len(turn_from), EVERYBODY, dtype=np.int64)
    passing = at_junction & (turn_to != turn_from ^ 1)
    mask[passing] &= ~network.junction_blocked[via[passing]]
    key = (segment_ix[turn_from // 2] * junctions + via) * segments + segment_ix[turn_to // 2]
    ban = np.where(at_junction, _banned(network, key), 0)
    plain = Turns(np.arange(len(tail)), turn_from, turn_to, mask & ~ban, ban)
    patterns = [(arcs, chain.mask) for chain in network.chains for arcs in _arcs_of(network, chain, segment_ix)]
    return _with_memory(plain, patterns) if patterns else plain


def interleave(even: IntArray, odd: IntArray) -> IntArray:
    """One array with the values of two in turn: what holds along each piece, then against it."""
    arcs = np.empty(2 * len(even), dtype=np.int64)
    arcs[0::2], arcs[1::2] = even, odd
    return arcs


def _meeting(tail: IntArray, head: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs of arcs of which the second begins where the first ends, in order of the first."""
    by_tail = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[by_tail], head, side="left")
    count = np.searchsorted(tail[by_tail], head, side="right") - first
    turn_from = np.repeat(np.arange(len(head)), count)
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count) if len(count) else first
    return turn_from, by_tail[starts + np.arange(len(turn_from))]


def _banned(network: Network, key: IntArray) -> IntArray:
    """For each turn, the classes that restrictions over two segments keep from it."""
    junctions, segments = len(network.junction_ids), len(network.segment_ids)
    bans = network.restrictions
    ban_keys, place = np.unique((bans[:, 0] * junctions + bans[:, 1]) * segments + bans[:, 2], return_inverse=True)
    masks = np.zeros(len(ban_keys) + 1, dtype=np.int64)  # the last stands for none
    np.bitwise_or.at(masks, place, network.restriction_mask)
    found = np.searchsorted(ban_keys, key)
    hit = found < len(ban_keys)
    hit[hit] = ban_keys[found[hit]] == key[hit]
    return masks[np.where(hit, found, len(ban_keys))]


def _arcs_of(network: Network, chain: Chain, segment_ix: IntArray) -> Iterator[Arcs]:
    """The arcs driven on a chain: the last of its first segment, all in between, the first of its last segment.

    A loop can be driven either way round, so there may be several.
    """

    def pieces(segment: int) -> range:
        return range(*np.searchsorted(segment_ix, [segment, segment + 1]).tolist())

    def ways(number: int) -> Iterator[Arcs]:
        segment = chain.segments[number]
        entered = chain.junctions[number - 1] if number > 0 else None
        left = chain.junctions[number] if number < len(chain.junctions) else None
        ends = int(network.from_ix[segment]), int(network.to_ix[segment])
        for along, (start, end) in ((True, ends), (False, ends[::-1])):
            if entered not in {None, start} or left not in {None, end}:
                continue
            arcs = [2 * piece for piece in pieces(segment)] if along else [2 * p + 1 for p in reversed(pieces(segment))]
            yield tuple(arcs[-1:] if entered is None else arcs[:1] if left is None else arcs)

    for stretches in product(*(list(ways(number)) for number in range(len(chain.segments)))):
        yield tuple(arc for stretch in stretches for arc in stretch)


def _with_memory(plain: Turns, patterns: Sequence[tuple[Arcs, int]]) -> Turns:
    """Turns that forbid whole chains of arcs, with a state for each chain begun (Aho and Corasick 1975)."""
    begun = sorted({arcs[:length] for arcs, _ in patterns for length in range(2, len(arcs))})
    bound: dict[Arcs, int] = {}
    for pattern, classes in patterns:
        bound[pattern] = bound.get(pattern, 0) | classes
    arcs = len(plain.state_arc)
    state = {prefix: arcs + number for number, prefix in enumerate(begun)}
    mask = plain.mask.copy()
    added: list[tuple[int, int, int, int]] = []  # from, to, mask, ban

    def onward(arc: int) -> range:
        return range(*np.searchsorted(plain.from_state, [arc, arc + 1]).tolist())

    for first in sorted({prefix[0] for prefix in begun}):
        for turn in onward(first):
            beginning = first, int(plain.to_state[turn])
            if beginning in state:
                added.append((first, state[beginning], int(plain.mask[turn]) & BINDABLE, int(plain.ban[turn])))
                mask[turn] &= ~BINDABLE
    for prefix in begun:
        for turn in onward(prefix[-1]):
            driven = (*prefix, int(plain.to_state[turn]))
            ban = int(plain.ban[turn])
            for start in range(len(driven) - 2):
                ban |= bound.get(driven[start:], 0)
            tails = (driven[start:] for start in range(len(driven) - 1))
            to = next((state[tail] for tail in tails if tail in state), driven[-1])
            added.append((state[prefix], to, int(plain.mask[turn]) & BINDABLE & ~ban, ban))
    more = np.array(added, dtype=np.int64).reshape(-1, 4).T
    from_state, to_state = np.concatenate([plain.from_state, more[0]]), np.concatenate([plain.to_state, more[1]])
    order = np.argsort(from_state, kind="stable")
    return Turns(
        np.concatenate([plain.state_arc, np.array([prefix[-1] for prefix in begun], dtype=np.int64)]),
        from_state[order],
        to_state[order],
        np.concatenate([mask, more[2]])[order],
        np.concatenate([plain.ban, more[3]])[order],
    )
