"""Streets as a test draws them: rows of the three tables, and the rules that only an imported city has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from typing import Any

import numpy as np

from ringfence.base.errors import Fault
from ringfence.network import Chain, Network, read_network
from ringfence.network.streets import BINDABLE


@dataclass(frozen=True)
class Segment:
    """One line of segments.tsv; `path` in lon, lat."""

    id: str
    start: str
    end: str
    forward: str = "all"
    backward: str = "all"
    physical: bool = True
    path: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class ForbiddenChain:
    """A movement over three or more segments that is forbidden as a whole, and the junctions between them."""

    segments: tuple[str, ...]
    junctions: tuple[str, ...]
    mask: int = BINDABLE


Ban = tuple[str, str, str]


@dataclass(frozen=True)
class StreetMap:
    """What the three tables hold, which `network` reads, and what only an imported city has.

    `ban_masks` names the classes of those bans that do not bind everyone whom a ban can bind; `blocked` says who can't
    pass which junction; `kinds` the class of those streets that are no `street`; `addresses` how far along a
    segment each lies, from 0 to 1.
    """

    junctions: dict[str, tuple[float, float]]
    segments: tuple[Segment, ...]
    bans: tuple[Ban, ...] = ()
    clipped: frozenset[str] = field(default_factory=frozenset)
    ban_masks: dict[Ban, int] = field(default_factory=dict)
    blocked: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=dict)
    widths_m: dict[str, float] = field(default_factory=dict)
    addresses: tuple[tuple[str, float], ...] = ()
    chains: tuple[ForbiddenChain, ...] = ()

    @cached_property
    def network(self) -> Network:
        """The map as the reader sees it."""
        faults: list[Fault] = []
        junctions, segments, bans = (table.encode() for table in self.tables())
        network = read_network(junctions, segments, bans, faults)
        assert network is not None, faults
        network = self._with_rules(network) if self.ban_masks or self.blocked or self.chains else network
        return self._with_facts(network) if self.lanes or self.widths_m or self.addresses else network

    def _with_facts(self, network: Network) -> Network:
        """The network with lanes, widths and addresses."""
        served = sorted(
            (ix, fraction * float(network.length_m[ix]))
            for name, fraction in self.addresses
            if (ix := network.find_segment(name)) is not None
        )
        facts = replace(
            network.facts,
            lanes=np.array([self.lanes.get(name, 0) for name in network.segment_ids], dtype=np.int64),
            width_m=np.array([self.widths_m.get(name, 0.0) for name in network.segment_ids], dtype=np.float64),
            address_segment_ix=np.array([ix for ix, _ in served], dtype=np.int64),
            address_offset_m=np.array([offset for _, offset in served], dtype=np.float64),
            addresses_known=bool(self.addresses),
        )
        return replace(network, facts=facts)

    def _with_rules(self, network: Network) -> Network:
        """The network as read, with what the tables can't say."""
        junctions, segments = network.junction_ids, network.segment_ids
        bans = [(segments[a], junctions[via], segments[b]) for a, via, b in network.restrictions.tolist()]
        segment_ix = {name: ix for ix, name in enumerate(segments)}
        junction_ix = {name: ix for ix, name in enumerate(junctions)}
        return replace(
            network,
            restriction_mask=np.array([self.ban_masks.get(ban, BINDABLE) for ban in bans], dtype=np.int64),
            junction_blocked=np.array([self.blocked.get(name, 0) for name in junctions], dtype=np.int64),
            chains=tuple(
                Chain(
                    tuple(segment_ix[name] for name in chain.segments),
                    tuple(junction_ix[name] for name in chain.junctions),
                    chain.mask,
                )
                for chain in self.chains
            ),
            _positions={},
        )

    def tables(self) -> tuple[str, str, str]:
        """The text of junctions.tsv, segments.tsv and turn_restrictions.tsv."""
        junctions = ["id\tlon\tlat\tclipped\tevidence"]
        for name, (lon, lat) in self.junctions.items():
            junctions.append(f"{name}\t{lon:.9f}\t{lat:.9f}\t{'yes' if name in self.clipped else ''}\tsurveyed")
        segments = ["id\tname\tfrom\tto\tclass\tforward\tbackward\tphysical\tevidence\tpath"]
        for s in self.segments:
            path = " ".join(f"{lon:.9f},{lat:.9f}" for lon, lat in s.path)
            physical = "yes" if s.physical else "no"
            cells = (
                s.id,
                f"{s.id} street",
                s.start,
                s.end,
                self.kinds.get(s.id, "street"),
                s.forward,
                s.backward,
                physical,
                "surveyed",
                path,
            )
            segments.append("\t".join(cells))
        bans = ["id\tfrom_segment\tvia\tto_segment"]
        bans += [f"ban{ix}\t{a}\t{via}\t{b}" for ix, (a, via, b) in enumerate(self.bans)]
        return "\n".join(junctions) + "\n", "\n".join(segments) + "\n", "\n".join(bans) + "\n"

    def shuffled(self, rng: Random) -> StreetMap:
        """The same map with its rows in another order."""
        junctions, segments, bans = list(self.junctions.items()), list(self.segments), list(self.bans)
        chains = list(self.chains)
        rows: list[Any]
        for rows in (junctions, segments, bans, chains):
            rng.shuffle(rows)
        return replace(
            self, junctions=dict(junctions), segments=tuple(segments), bans=tuple(bans), chains=tuple(chains)
        )
