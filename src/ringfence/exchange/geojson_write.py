"""Writing a city as one GeoJSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ringfence.base.files import new_file
from ringfence.exchange.city_view import aliases_of, bans_of, degrees, lines_of, texts_at
from ringfence.exchange.words import CLASS_WORDS, FORM_WORDS
from ringfence.network.city import City

FORMAT = 1
SIDES = ("west", "south", "east", "north")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def write_geojson(city: City, path: Path) -> None:
    """Write `city` as a GeoJSON FeatureCollection (RFC 7946), one feature a line.

    The properties are in `docs/network-exchange.md`. `read_geojson` gives the same city back.
    The same city makes the same bytes. Takes time in proportion to the city.

    Parameters
    ----------
    city : City
    path : Path
        Must not be there yet; the folder that holds it must.

    Raises
    ------
    BadInput
        ``already-there`` if something has that name; ``cannot-write`` if the disk is full or the place can't be
        written to. Nothing is left behind in either case.
    """
    with new_file(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        file.writelines(_text(city))


def _text(city: City) -> Iterator[str]:
    head = {"licence": city.origin.licence, "ringfence": _about(city)}
    yield '{"type":"FeatureCollection",' + _encode(head)[1:-1] + ',"features":['
    before = "\n"
    for features in (_junctions(city), _segments(city), _bans(city), _addresses(city), _sites(city)):
        for feature in features:
            yield before + feature
            before = ",\n"
    yield "\n]}\n"


def _about(city: City) -> dict[str, Any]:
    origin = city.origin
    ids = [*city.segment_id, None]
    return {
        "format": FORMAT,
        "source": origin.source,
        "source_hash": origin.source_hash,
        "timestamp": origin.timestamp,
        "edge": dict(zip(SIDES, map(float, origin.edge), strict=True)),
        "edge_stated": origin.edge_stated,
        "left_out": [{"reason": reason, "count": count} for reason, count in origin.left_out],
        "kinds": list(city.kind),
        "site_kinds": list(city.site_kind),
        "conditions": [
            {"segment": ids[ix], "text": text}
            for ix, text in zip(city.condition_segment_ix.tolist(), city.condition, strict=True)
        ],
    }


def _feature(kind: str, coordinates: str, properties: dict[str, Any], feature_id: str = "") -> str:
    shown_id = f'"id":{_encode(feature_id)},' if feature_id else ""
    geometry = f'{{"type":"{kind}","coordinates":{coordinates}}}'
    return f'{{"type":"Feature",{shown_id}"geometry":{geometry},"properties":{_encode(properties)}}}'


def _junctions(city: City) -> Iterator[str]:
    places = degrees(city.junction_e7, ",")
    clipped, blocked = city.junction_clipped.tolist(), city.junction_blocked.tolist()
    for one, place, cut, stopped in zip(city.junction_id, places, clipped, blocked, strict=True):
        properties = {"ringfence": "junction", "clipped": cut, "blocked": CLASS_WORDS[stopped]}
        yield _feature("Point", f"[{place}]", properties, one)


def _segments(city: City) -> Iterator[str]:
    nodes, aliases = list(city.junction_id), aliases_of(city)
    lines = lines_of(city, degrees(city.shape_e7, ","), "],[")
    names, kinds = texts_at(city.name, city.segment_name_ix), texts_at(city.kind, city.segment_kind_ix)
    columns = zip(
        city.segment_from_ix.tolist(),
        city.segment_to_ix.tolist(),
        city.segment_forward.tolist(),
        city.segment_backward.tolist(),
        city.segment_physical.tolist(),
        city.segment_limited.tolist(),
        city.segment_form.tolist(),
        city.segment_layer.tolist(),
        city.segment_lanes.tolist(),
        city.segment_maxspeed_kmh.tolist(),
        city.segment_width_dm.tolist(),
        strict=True,
    )
    for ix, (one, row) in enumerate(zip(city.segment_id, columns, strict=True)):
        a, b, forward, backward, physical, limited, form, layer, lanes, speed, width = row
        properties = {
            "ringfence": "segment",
            "name": names[ix],
            "highway": kinds[ix],
            "from": nodes[a],
            "to": nodes[b],
            "forward": CLASS_WORDS[forward],
            "backward": CLASS_WORDS[backward],
            "physical": physical,
        }
        more = {
            "aliases": aliases.get(ix, []),
            "limited": CLASS_WORDS[limited] if limited else "",
            "form": FORM_WORDS[form],
            "layer": layer,
            "lanes": lanes,
            "maxspeed_kmh": speed,
            "width_m": width / 10,
        }
        properties |= {key: value for key, value in more.items() if value}
        yield _feature("LineString", f"[[{lines[ix]}]]", properties, one)


def _bans(city: City) -> Iterator[str]:
    nodes, segments, places = list(city.junction_id), list(city.segment_id), degrees(city.junction_e7, ",")
    for ban in bans_of(city):
        properties = {
            "ringfence": "ban",
            "segments": [segments[ix] for ix in ban.segments],
            "junctions": [nodes[ix] for ix in ban.junctions],
            "classes": CLASS_WORDS[ban.mask],
        }
        yield _feature("Point", f"[{places[ban.junctions[0]]}]", properties)


def _addresses(city: City) -> Iterator[str]:
    segments = [*city.segment_id, None]
    columns = zip(
        city.address_number,
        texts_at(city.name, city.address_street_ix),
        city.address_segment_ix.tolist(),
        map(float, map(str, city.address_offset_m)),  # the fewest digits that give the same float32
        degrees(city.address_e7, ","),
        strict=True,
    )
    for number, street, segment, offset_m, place in columns:
        properties = {
            "ringfence": "address",
            "number": number,
            "street": street,
            "segment": segments[segment],
            "offset_m": offset_m,
        }
        yield _feature("Point", f"[{place}]", properties)


def _sites(city: City) -> Iterator[str]:
    kinds = texts_at(city.site_kind, city.site_kind_ix)
    places = degrees(city.site_e7, ",")
    for one, name, kind, place in zip(city.site_id, city.site_name, kinds, places, strict=True):
        yield _feature("Point", f"[{place}]", {"ringfence": "site", "name": name, "kind": kind}, one)
