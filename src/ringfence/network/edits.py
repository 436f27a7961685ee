"""Copies of a network with one segment changed, for asking what hangs on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from ringfence.base.traffic import VehicleClass
from ringfence.network.streets import Network

ValueT = TypeVar("ValueT")


def without_segment(network: Network, segment_id: str) -> Network:
    """A copy in which the segment does not exist, nor any turn restriction over it.

    Raises
    ------
    KeyError
        If there is no such segment.
    """
    gone = _position(network, segment_id)
    keep = np.arange(len(network.segment_ids)) != gone
    bound = (network.restrictions[:, [0, 2]] != gone).all(axis=1)
    bans = network.restrictions[bound].copy()
    bans[:, [0, 2]] -= bans[:, [0, 2]] > gone
    chains = (chain for chain in network.chains if gone not in chain.segments)
    return replace(
        network,
        segment_ids=_kept(network.segment_ids, gone),
        segment_names=_kept(network.segment_names, gone),
        highways=_kept(network.highways, gone),
        from_ix=network.from_ix[keep],
        to_ix=network.to_ix[keep],
        forward_mask=network.forward_mask[keep],
        backward_mask=network.backward_mask[keep],
        physical=network.physical[keep],
        inferred=network.inferred[keep],
        shapes=network.shapes.without(gone),
        length_m=network.length_m[keep],
        restrictions=bans,
        restriction_mask=network.restriction_mask[bound],
        facts=network.facts.without(gone),
        chains=tuple(replace(one, segments=tuple(ix - (ix > gone) for ix in one.segments)) for one in chains),
        source_hash="",
        _positions={},
    )


def both_ways(network: Network, segment_id: str) -> Network:
    """A copy in which every class may use the segment in both directions if it may in one.

    Raises
    ------
    KeyError
        If there is no such segment.
    """
    ix = _position(network, segment_id)
    forward, backward = network.forward_mask.copy(), network.backward_mask.copy()
    forward[ix] = backward[ix] = forward[ix] | backward[ix]
    return replace(network, forward_mask=forward, backward_mask=backward, source_hash="", _positions={})


def one_way(network: Network, segment_id: str, *, forward: bool) -> Network:
    """A copy in which only people on foot may use the segment against the direction that is left.

    Raises
    ------
    KeyError
        If there is no such segment.
    """
    ix = _position(network, segment_id)
    along, against = network.forward_mask.copy(), network.backward_mask.copy()
    closed = against if forward else along
    closed[ix] &= VehicleClass.FOOT.bit
    return replace(network, forward_mask=along, backward_mask=against, source_hash="", _positions={})


def _position(network: Network, segment_id: str) -> int:
    ix = network.find_segment(segment_id)
    if ix is None:
        raise KeyError(segment_id)
    return ix


def _kept(values: tuple[ValueT, ...], gone: int) -> tuple[ValueT, ...]:
    return values[:gone] + values[gone + 1 :]
