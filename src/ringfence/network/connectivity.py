"""Who gets where on a whole city: the streets of one kind of traveller as a directed graph, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ringfence.base.traffic import PHYSICAL
from ringfence.network.city import City
from ringfence.network.streets import BoolArray, IntArray


@dataclass(frozen=True, eq=False)
class Web:
    """The n segments that one kind of traveller may use, joined at m nodes.

    A node is a junction. Where the traveller can't pass a junction (a bollard), the end of each segment there is a node
    of its own: one can drive up to it and turn back, and no more. Turn restrictions are left aside, so what the web
    calls apart is apart indeed, and what it calls joined may still be kept apart by a turn ban.

    Attributes
    ----------
    segment_ix : (n,) int
        Positions in the city's columns, ascending.
    tail, head : (n,) int
        The nodes at their from- and to-end.
    forward, backward : (n,) bool
        Open from tail to head, and from head to tail; at least one of them.
    junction_ix : (m,) int
        The junction of each node.
    """

    segment_ix: IntArray
    tail: IntArray
    head: IntArray
    forward: BoolArray
    backward: BoolArray
    junction_ix: IntArray

    @classmethod
    def of(cls, city: City, bit: int) -> Web:
        """The web of a vehicle class's bit, or of `PHYSICAL`: whatever a vehicle could be driven along, either way."""
        if bit == PHYSICAL:
            forward = backward = city.segment_physical.astype(bool)
        else:
            forward, backward = (city.segment_forward & bit) != 0, (city.segment_backward & bit) != 0
        segment_ix = np.flatnonzero(forward | backward)
        ends = np.stack([city.segment_from_ix[segment_ix], city.segment_to_ix[segment_ix]]).astype(np.int64)
        held_up = (city.junction_blocked[ends] & bit) != 0
        junction_ix = np.concatenate([np.arange(city.junction_count), ends[held_up]])
        ends[held_up] = city.junction_count + np.arange(np.count_nonzero(held_up))
        met = np.zeros(len(junction_ix), dtype=bool)
        met[ends] = True
        tail, head = (np.cumsum(met) - 1)[ends]
        return cls(segment_ix, tail, head, forward[segment_ix], backward[segment_ix], junction_ix[met])

    @cached_property
    def core(self) -> BoolArray:
        """The nodes of the largest strongly connected part: all that lead to each other.

        The largest is the one with the most junctions; among equals, the one with the first junction in the city's
        order. Linear in nodes and segments, but for a sort of the nodes.
        """
        if not len(self.junction_ix):
            return np.zeros(0, dtype=bool)
        labels = self.parts("strong")
        # A junction of which a part holds several nodes counts once there.
        stride = int(self.junction_ix.max()) + 1
        pairs = np.sort(labels * stride + self.junction_ix)
        sizes = np.bincount(pairs[np.diff(pairs, prepend=-1) != 0] // stride)
        largest = np.flatnonzero(sizes[labels] == sizes.max())
        first = largest[np.argmin(self.junction_ix[largest])]
        return np.asarray(labels == labels[first])

    def junction_count(self, nodes: BoolArray | None = None) -> int:
        """How many junctions its nodes are, or some of them."""
        return int(np.count_nonzero(np.bincount(self.junction_ix if nodes is None else self.junction_ix[nodes])))

    @cached_property
    def in_core(self) -> BoolArray:
        """The segments, of `segment_ix`, that can be reached from the core and left for it."""
        return np.asarray(self.core[self.tail] & self.core[self.head])

    @cached_property
    def piece(self) -> IntArray:
        """For each node the weakly connected part that it lies in, by number."""
        return self.parts("weak")

    @cached_property
    def on_mainland(self) -> BoolArray:
        """The segments, of `segment_ix`, that hang together with the core, whatever the direction."""
        return np.asarray(np.isin(self.piece[self.tail], self.piece[self.core]))

    def parts(self, connection: Literal["strong", "weak"], *, joined: IntArray | None = None) -> IntArray:
        """For each node the number of the part that it lies in.

        Parameters
        ----------
        joined : (k,) int, optional
            Nodes to be taken as if each led to all the others.
        """
        from scipy.sparse.csgraph import connected_components

        if not len(self.junction_ix):
            return np.zeros(0, dtype=np.int64)
        arcs = self._arcs if joined is None else self._matrix(joined)
        _, labels = connected_components(arcs, directed=True, connection=connection)
        return np.asarray(labels, dtype=np.int64)

    @cached_property
    def entered(self) -> BoolArray:
        """The segments, of `segment_ix`, that somebody can drive or walk into who starts in the core."""
        return self._entered_on(self._arcs)

    def entered_beyond_edge(self, city: City) -> BoolArray:
        """As `entered`, if the core meets all clipped streets beyond the edge."""
        return self._entered_on(self._matrix(self._core_and_clipped(city)))

    @cached_property
    def left(self) -> BoolArray:
        """The segments, of `segment_ix`, from which somebody gets to the core."""
        returns = self._met_from_core(self._arcs.T.tocsr())
        return np.asarray((self.forward & returns[self.head]) | (self.backward & returns[self.tail]))

    def beyond_edge(self, city: City) -> BoolArray:
        """The segments, of `segment_ix`, that are of the core if it meets all clipped streets beyond the edge."""
        labels = self.parts("strong", joined=self._core_and_clipped(city))
        home = np.isin(labels, labels[self.core])
        return np.asarray(home[self.tail] & home[self.head])

    def _core_and_clipped(self, city: City) -> IntArray:
        """A node of the core, and all where the data clips a street."""
        clipped = np.flatnonzero(city.junction_clipped[self.junction_ix])
        return np.concatenate([np.flatnonzero(self.core)[:1], clipped])

    def _entered_on(self, matrix: Any) -> BoolArray:
        reached = self._met_from_core(matrix)
        return np.asarray((self.forward & reached[self.tail]) | (self.backward & reached[self.head]))

    def _met_from_core(self, matrix: Any) -> BoolArray:
        """The nodes on ways out of the core, itself among them."""
        from scipy.sparse.csgraph import breadth_first_order

        met = np.zeros(len(self.junction_ix), dtype=bool)
        if len(met):
            met[breadth_first_order(matrix, np.argmax(self.core), return_predecessors=False)] = True
        return met

    @cached_property
    def _arcs(self) -> Any:
        return self._matrix(np.zeros(0, dtype=np.int64))

    def _matrix(self, ring: IntArray) -> Any:
        """The arcs as a sparse matrix, and with them a ring of arcs from each node of `ring` to the next."""
        from scipy.sparse import coo_array

        rows = np.concatenate([self.tail[self.forward], self.head[self.backward], ring])
        columns = np.concatenate([self.head[self.forward], self.tail[self.backward], np.roll(ring, -1)])
        shape = (len(self.junction_ix), len(self.junction_ix))
        return coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
