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
    def junction_count(self) -> int:
        """How many junctions its nodes are."""
        return len(np.unique(self.junction_ix))

    @cached_property
    def core(self) -> BoolArray:
        """The nodes of the largest strongly connected part: all that lead to each other.

        The largest is the one with the most junctions; among equals, the one with the first junction in the city's
        order. Linear in nodes and segments, but for a sort of the nodes.
        """
        if not len(self.junction_ix):
            return np.zeros(0, dtype=bool)
        labels = self.parts("strong")
        of_junctions = np.unique(labels * (self.junction_ix.max() + 1) + self.junction_ix)
        sizes = np.bincount(of_junctions // (self.junction_ix.max() + 1))
        largest = np.flatnonzero(sizes[labels] == sizes.max())
        first = largest[np.argmin(self.junction_ix[largest])]
        return np.asarray(labels == labels[first])

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
        _, labels = connected_components(self._matrix(joined), directed=True, connection=connection)
        return np.asarray(labels, dtype=np.int64)

    @cached_property
    def entered(self) -> BoolArray:
        """The segments, of `segment_ix`, that somebody can drive or walk into who starts in the core."""
        reached = self._met_from_core(self._matrix(None))
        return np.asarray((self.forward & reached[self.tail]) | (self.backward & reached[self.head]))

    @cached_property
    def left(self) -> BoolArray:
        """The segments, of `segment_ix`, from which somebody gets to the core."""
        returns = self._met_from_core(self._matrix(None).T.tocsr())
        return np.asarray((self.forward & returns[self.head]) | (self.backward & returns[self.tail]))

    def beyond_edge(self, city: City) -> BoolArray:
        """The segments, of `segment_ix`, that are of the core if it meets all clipped streets beyond the edge."""
        clipped = np.flatnonzero(city.junction_clipped[self.junction_ix])
        labels = self.parts("strong", joined=np.concatenate([np.flatnonzero(self.core)[:1], clipped]))
        home = np.isin(labels, labels[self.core])
        return np.asarray(home[self.tail] & home[self.head])

    def _met_from_core(self, matrix: Any) -> BoolArray:
        """The nodes on ways out of the core, itself among them."""
        from scipy.sparse.csgraph import breadth_first_order

        met = np.zeros(len(self.junction_ix), dtype=bool)
        if len(met):
            met[breadth_first_order(matrix, np.argmax(self.core), return_predecessors=False)] = True
        return met

    def _matrix(self, joined: IntArray | None) -> Any:
        """The arcs as a sparse matrix; a ring of arcs through the joined nodes."""
        from scipy.sparse import coo_array

        ring = np.zeros(0, dtype=np.int64) if joined is None else joined
        rows = np.concatenate([self.tail[self.forward], self.head[self.backward], ring])
        columns = np.concatenate([self.head[self.forward], self.tail[self.backward], np.roll(ring, -1)])
        shape = (len(self.junction_ix), len(self.junction_ix))
        return coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
