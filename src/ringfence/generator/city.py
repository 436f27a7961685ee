"""The door of the room: a whole made-up city in the columns of `City`."""

from __future__ import annotations

import numpy as np

from ringfence.generator.addresses import place_addresses, place_sites
from ringfence.generator.bans import set_bans
from ringfence.generator.draft import Draft, Ints, Junctions, Kind, Links, compact
from ringfence.generator.fabric import lay_fabric
from ringfence.generator.frame import lay_frame
from ringfence.generator.frontage import lay_main_streets
from ringfence.generator.ground import Ground, survey
from ringfence.generator.motorways import lay_motorways
from ringfence.generator.naming import name_streets
from ringfence.generator.numerals import numerals
from ringfence.generator.roundabouts import lay_roundabouts
from ringfence.generator.streets import Streets, draw_streets
from ringfence.generator.tidy import edge_degrees, keep_connected
from ringfence.generator.traffic import set_traffic
from ringfence.network.city import City, Origin
from ringfence.network.texts import Texts

JUNCTIONS_MIN, JUNCTIONS_MAX = 1_000, 1_000_000
JUNCTIONS_PER_KM2 = 145.0
"""About what comes out, whatever the size."""

RIM_M = 700.0
"""What is drawn beyond the map, so that the streets on its edge are complete."""

_ID_GAP_MAX = 7
"""Ids rise in steps of 1 to 7, so that nobody takes an id for a position."""

_CONDITIONS = (
    "access:conditional=no @ (Mo-Fr 07:30-09:00)",
    "hgv:conditional=no @ (22:00-06:00)",
    "maxspeed:conditional=20 @ (Mo-Fr 08:00-16:00)",
    "motor_vehicle:conditional=delivery @ (05:00-11:00)",
)


def generate_city(junctions: int, *, seed: int) -> City:
    """A made-up city that looks and behaves like a real one.

    Parameters
    ----------
    junctions : int
        How many junctions it should have, 1,000 to 1,000,000.
    seed : int
        Not negative. The same seed and size give the same bytes (with the same NumPy on the same kind of processor).

    Returns
    -------
    City
        Complete, with at most 2 % more or fewer junctions. The density of streets does not depend on the size.

    Raises
    ------
    ValueError
        If an argument is out of its range or no whole number; the message says so.

    Notes
    -----
    Time and memory grow linearly: about 16 s of one core and 1 GB for a million junctions.
    """
    _check(junctions, seed)
    half_m = 500 * float(np.sqrt(junctions / JUNCTIONS_PER_KM2))
    cover_m = half_m * (1.02 + 0.1 * (1_000 / junctions) ** 0.25) + RIM_M
    while True:
        rng = np.random.default_rng([seed, junctions])
        ground = survey(half_m, rng)
        drawn, links = _draw(cover_m, ground, rng)
        streets = draw_streets(drawn, links, ground, junctions)
        if streets.reach_m <= cover_m - RIM_M:
            return _finished(streets, seed, rng)
        # This seed's city has more water and parks than most: take in more land around it.
        cover_m *= 1.1


def _check(junctions: int, seed: int) -> None:
    for name, value in (("junctions", junctions), ("seed", seed)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{name} must be a whole number, not {value!r}")
    if not JUNCTIONS_MIN <= junctions <= JUNCTIONS_MAX:
        raise ValueError(f"junctions must be {JUNCTIONS_MIN:,} to {JUNCTIONS_MAX:,}, not {junctions:,}")
    if seed < 0:
        raise ValueError(f"seed must not be negative, but is {seed}")


def _draw(cover_m: float, ground: Ground, rng: np.random.Generator) -> tuple[Junctions, Links]:
    """The draft of all streets, some way beyond the edge of the map."""
    draft = Draft()
    frame = lay_frame(cover_m, ground, draft, rng)
    stubs = lay_fabric(frame, ground, draft, rng)
    crossings = lay_main_streets(frame, stubs, ground, draft, rng)
    lay_motorways(cover_m, crossings, ground, draft)
    junctions, links = compact(draft.junctions(), draft.links())
    junctions, links = lay_roundabouts(junctions, links, draft.street_count, rng)
    return keep_connected(*compact(junctions, links))


def _finished(streets: Streets, seed: int, rng: np.random.Generator) -> City:
    """All columns, for the streets as drawn."""
    traffic = set_traffic(streets, rng)
    bans = set_bans(streets, traffic, rng)
    naming = name_streets(streets, rng)
    addresses = place_addresses(streets, naming.segment_name_ix, rng)
    junction_number = np.cumsum(rng.integers(1, _ID_GAP_MAX + 1, len(streets.junction_e7))) + 1_000
    sites = place_sites(streets, int(junction_number[-1]) + 1, rng)
    way_number = np.cumsum(rng.integers(1, _ID_GAP_MAX + 1, int(streets.way.max()) + 1)) + 1_000
    conditioned = np.flatnonzero(rng.random(len(streets.kind)) < 0.002)
    return City(
        junction_id=numerals("n", junction_number),
        junction_e7=streets.junction_e7,
        junction_clipped=streets.junction_clipped,
        junction_blocked=streets.junction_blocked,
        segment_id=numerals("w", way_number[streets.way], "-", _rank_in_way(streets.way)),
        segment_name_ix=naming.segment_name_ix,
        segment_kind_ix=streets.kind,
        segment_from_ix=streets.start.astype(np.int32),
        segment_to_ix=streets.end.astype(np.int32),
        segment_forward=traffic.forward,
        segment_backward=traffic.backward,
        segment_physical=traffic.physical,
        segment_limited=traffic.limited,
        segment_form=streets.form,
        segment_layer=streets.layer,
        segment_lanes=traffic.lanes,
        segment_maxspeed_kmh=traffic.maxspeed_kmh,
        segment_width_dm=traffic.width_dm,
        segment_box_e7=_boxes(streets),
        shape_start=streets.shape_start,
        shape_e7=streets.shape_e7,
        kind=Texts.of(kind.name.lower() for kind in Kind),
        name=naming.name,
        alias_segment_ix=naming.alias_segment_ix,
        alias_name_ix=naming.alias_name_ix,
        ban_start=bans.start,
        ban_segment_ix=bans.segment_ix,
        ban_junction_ix=bans.junction_ix,
        ban_mask=bans.mask,
        condition_segment_ix=conditioned.astype(np.int32),
        condition=Texts.of(_CONDITIONS[ix] for ix in rng.integers(0, len(_CONDITIONS), len(conditioned))),
        address_number=addresses.number,
        address_street_ix=addresses.street_ix,
        address_e7=addresses.e7,
        address_segment_ix=addresses.segment_ix,
        address_offset_m=addresses.offset_m,
        site_id=sites.id,
        site_name=sites.name,
        site_kind_ix=sites.kind_ix,
        site_e7=sites.e7,
        site_kind=sites.kind,
        origin=_origin(seed, streets.reach_m),
    )


def _rank_in_way(way: Ints) -> Ints:
    """1, 2, 3 ... along each way."""
    return np.arange(len(way)) - np.searchsorted(way, way) + 1


def _boxes(streets: Streets) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """West, south, east, north of every shape."""
    start = streets.shape_start[:-1]
    return np.column_stack([np.minimum.reduceat(streets.shape_e7, start), np.maximum.reduceat(streets.shape_e7, start)])


def _origin(seed: int, reach_m: float) -> Origin:
    return Origin(
        source=f"generated city, seed {seed}",
        source_hash="",
        timestamp="",
        licence="generated; no real place",
        edge=edge_degrees(reach_m),
        edge_stated=True,
    )
