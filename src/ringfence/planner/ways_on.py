"""Where drivers stand after each stretch they drive, and from where each stretch is entered: nodes for the ring."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ringfence.network import MovementGraph, Region
from ringfence.network.streets import IntArray
from ringfence.planner.problem import Problem

OUTSIDE, AREA = 0, 1
"""The nodes that stand for all of the outside, and for all of the protected area."""
_OUTSIDE, _RING, _PROTECTED = (int(region) for region in Region)  # arrays compare with numbers sooner than with enums


class WaysOn:
    """Where drivers stand after each state, and from where each state of the ring is entered.

    Nodes are numbered: 0 outside, 1 area, then junctions as the movement graph has them for this driver, then nodes of
    those whom a ban binds, then nodes of states that are entered from several nodes.
    """

    def __init__(self, problem: Problem) -> None:
        graph, driver = problem.graph, problem.driver
        self.graph = graph
        self.usable = problem.usable
        plain_tail, plain_head = (2 + nodes for nodes in graph.nodes_for(driver))
        self.plain_tail = plain_tail
        region, usable, self.arrival = graph.arc_region, self.usable, plain_head
        self.state_arc = np.arange(len(plain_tail))
        first_special = int(plain_tail.max()) + 1 if len(plain_tail) else 2  # where an arc ends another begins
        members: dict[int, tuple[int, ...]] = {}
        if _bans_bind(graph, problem):
            self.state_arc = graph.state_arc
            region, usable = region[self.state_arc], usable[self.state_arc]
            self.arrival = plain_head[self.state_arc]
            members = self._special(problem, first_special)
        self.is_plain = not members
        self._arrival = self.arrival
        # Every node with the states that can follow there: (node, state) pairs.
        arcs = np.flatnonzero(self.usable & (graph.arc_region != _OUTSIDE))
        node, state = plain_tail[arcs], arcs
        if members:
            arriving = usable & (region != _PROTECTED)
            one_way_out = np.concatenate([self._stands(side + 2 * problem.arms.piece) for side in (0, 1)])
            in_use = np.isin(node, np.concatenate([self.arrival[arriving], one_way_out]))
            node, state = node[in_use], state[in_use]
            more = [(one, follower) for one, followers in members.items() for follower in followers]
            added = np.array(more, dtype=np.int64).reshape(-1, 2)
            added = added[region[added[:, 1]] != _OUTSIDE]
            node, state = np.concatenate([node, added[:, 0]]), np.concatenate([state, added[:, 1]])
        self._region, self._pairs = region, (node, state)
        self._outside = np.flatnonzero(self.usable & (graph.arc_region == _OUTSIDE))
        enters = region[state] == _PROTECTED
        begins, ends = np.zeros((2, first_special + len(members)), dtype=bool)
        begins[self.arrival[self._outside]] = True
        ends[node[enters]] = True
        both = np.flatnonzero(begins & ends)
        self.direct = self._direct(int(both[0])) if len(both) else None
        merged = np.arange(len(begins))
        merged[ends] = AREA
        merged[begins] = OUTSIDE
        self.arrival = merged[self.arrival]
        self._merged, self.node_count = merged, len(merged)
        self.ring_states = np.flatnonzero(usable & (region == _RING))
        if members:
            self._enter(merged[node[~enters]], state[~enters])
        else:  # each is entered from where it begins
            self.tail = merged[plain_tail]
            self.free = np.zeros((2, 0), dtype=np.int64)

    def _special(self, problem: Problem, first: int) -> dict[int, tuple[int, ...]]:
        """Nodes of those who have not all the ways on that the junction has; their arrivals are put there."""
        graph = self.graph
        region, usable = graph.arc_region[self.state_arc], self.usable[self.state_arc]
        turns = graph.usable_turns(problem.driver)
        tails, heads = graph.turn_from[turns], graph.turn_to[turns]
        plain = 2 * graph.piece_count
        count = np.bincount(tails, minlength=len(self.state_arc))
        remembers = np.zeros(len(self.state_arc), dtype=bool)
        remembers[tails[heads >= plain]] = True
        ways = np.bincount(self.plain_tail[self.usable], minlength=int(self.arrival.max()) + 1)
        outside = (region == _OUTSIDE) & (np.arange(len(region)) < plain)
        arriving = usable & (outside | (region == _RING))
        special = np.flatnonzero(arriving & (remembers | (count != ways[self.arrival])))
        begins = np.searchsorted(tails, special, side="left")  # turns stand in order of the state that they leave
        ends = np.searchsorted(tails, special, side="right")
        number: dict[tuple[int, int, tuple[int, ...]], int] = {}
        members: dict[int, tuple[int, ...]] = {}
        for state, begin, end in zip(special.tolist(), begins.tolist(), ends.tolist(), strict=True):
            followers = tuple(sorted(heads[begin:end].tolist()))
            # Those who can go nowhere, too, are told apart by where they stand.
            key = (-1, -1, followers) if followers else (int(self.arrival[state]), state, followers)
            node = number.setdefault(key, first + len(number))
            members[node] = followers
            self.arrival[state] = node
        return members

    def _enter(self, node: IntArray, state: IntArray) -> None:
        """From which node each state is entered; one that is entered from several gets a node of its own."""
        self.tail = np.full(len(self.state_arc), -1, dtype=np.int64)
        entered = node != AREA  # who is in the area need not come back
        pairs = np.unique(np.column_stack([state[entered], node[entered]]), axis=0)
        only_left = state[~entered]
        state, node = pairs[:, 0], pairs[:, 1]
        several = np.bincount(state, minlength=len(self.state_arc))
        alone = several[state] == 1
        self.tail[state[alone]] = node[alone]
        own = np.flatnonzero(several != 1)
        own = own[np.isin(own, self.ring_states)]
        self.tail[own] = self.node_count + np.arange(len(own))
        self.node_count += len(own)
        self.tail[only_left[several[only_left] == 0]] = AREA
        from_outside = state[node == OUTSIDE]
        self.tail[from_outside] = OUTSIDE
        shared = ~alone & (self.tail[state] > AREA)
        self.free = np.stack([node[shared], self.tail[state[shared]]])
        reached = np.arange(len(self.state_arc)) < 2 * self.graph.piece_count
        reached[state] = True  # a memory that nobody ever has leads nowhere
        self.ring_states = self.ring_states[reached[self.ring_states]]

    def half_nodes(self, pieces: IntArray) -> IntArray:
        """(K, 2) where somebody stands who has come along each arm to its first and its last end.

        Of an arm that is one-way: where he would stand who came against it.
        """
        if self.is_plain:  # at the junction, where the other direction begins
            return self.tail.reshape(-1, 2)[pieces]
        return self._merged[np.column_stack([self._stands(2 * pieces + 1), self._stands(2 * pieces)])]

    def _direct(self, node: int) -> tuple[int, ...]:
        """A way in that crosses no arm: it arrives from outside where the area begins."""
        return self._arriving[node], int(self.state_arc[self._into_area[node]])

    def _stands(self, arcs: IntArray) -> IntArray:
        """The same, before outside and area are each made one node."""
        return np.where(self.usable[arcs], self._arrival[arcs], self.plain_tail[arcs ^ 1])

    def arcs_with_ends(self, states: list[int], *, from_outside: bool = True) -> tuple[int, ...]:
        """The arcs of a way through the ring, with one before them, outside, and one behind them, in the area."""
        before = [self._arriving[self._entered_from[states[0]]]] if from_outside else []
        into = self._into_area.get(int(self._arrival[states[-1]]))
        return tuple(self.state_arc[[*before, *states, *([] if into is None else [into])]].tolist())

    @cached_property
    def _arriving(self) -> dict[int, int]:
        """By node where the ring begins: the first state that arrives there from outside."""
        return _firsts(self._arrival[self._outside], self._outside)

    @cached_property
    def _entered_from(self) -> dict[int, int]:
        """By state that is entered from outside: the first node where the ring begins from which it is."""
        node, state = self._pairs
        begins = np.isin(node, self._arrival[self._outside])
        return _firsts(state[begins], node[begins])

    @cached_property
    def _into_area(self) -> dict[int, int]:
        """By node at the area: the first state that enters it from there."""
        node, state = self._pairs
        enters = self._region[state] == _PROTECTED
        return _firsts(node[enters], state[enters])


def _firsts(keys: IntArray, values: IntArray) -> dict[int, int]:
    """The first value of each key."""
    return dict(zip(keys[::-1].tolist(), values[::-1].tolist(), strict=True))


def _bans_bind(graph: MovementGraph, problem: Problem) -> bool:
    """Whether a turn ban can bind this driver anywhere near the ring."""
    if not problem.driver.obeys_turn_bans:
        return False
    network, bit = problem.network, problem.driver.bit
    near = np.zeros(len(network.segment_ids), dtype=bool)
    near[graph.piece_segment_ix[graph.piece_region != _OUTSIDE]] = True
    bans = network.restrictions[(network.restriction_mask & bit) != 0]
    chains = any(chain.mask & bit and near[list(chain.segments)].any() for chain in network.chains)
    return chains or bool((near[bans[:, 0]] | near[bans[:, 2]]).any())
