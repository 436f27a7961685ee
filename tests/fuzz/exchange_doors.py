"""The exchange forms: GMNS tables and GeoJSON, our own and of other make."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

from ringfence.exchange import read_geojson, read_gmns, write_geojson, write_gmns
from tests.fuzz.city_use import use_city
from tests.fuzz.door import Outcome, Trial, answer
from tests.fuzz.spoiling import SPLICES, odd_text, spoil_bytes, spoil_json, whole_number
from tests.property.cities import draw_city

LOOKED_AT_CLOSELY = 0.05
CITIES = 4

OTHER_MAKE = {
    "node": "node_id,x_coord,y_coord\n1,174.7770,-41.2780\n2,174.7780,-41.2780\n3,174.7790,-41.2790\n",
    "link": "link_id,from_node_id,to_node_id,directed,name,facility_type,lanes,free_speed,allowed_uses,geometry,"
    "dir_flag\n"
    '10,1,2,false,Main Street,residential,1,50,"auto,walk","LINESTRING (174.777 -41.278, 174.778 -41.278)",1\n'
    "11,2,3,true,,,,,,,\n12,3,2,true,,,,,,,\n",
    "movement": "mvmt_id,node_id,ib_link_id,ob_link_id,allowed_uses\n1,2,10,11,none\n",
    "config": "dataset_name,crs,speed,geometry_field_format\nTown,EPSG:4326,mph,wkt\n",
    "use_group": 'use_group,uses\nauto,"car,bus"\n',
    "use_definition": "use\nwalk\n",
}
"""Tables as another program might write them."""

STREETS: dict[str, Any] = {
    "type": "FeatureCollection",
    "license": "CC BY 4.0",
    "features": [
        {
            "type": "Feature",
            "id": "way/1",
            "properties": {"highway": "residential", "name": ["A", "B"], "oneway": "yes"},
            "geometry": {"type": "LineString", "coordinates": [[0, 0], [0.001, 0]]},
        },
        {
            "type": "Feature",
            "id": 2,
            "properties": {"highway": "motorway", "name": "C", "oneway": True},
            "geometry": {"type": "MultiLineString", "coordinates": [[[0.001, 0], [0.002, 0]], [[0, 0], [0, 0.001, 5]]]},
        },
        {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [0, 0]}},
    ],
}
"""Streets as another program might write them."""


def open_gmns(folder: Path) -> Trial:
    """Folders of tables of which some are spoiled: bytes, cells, rows or columns."""
    bases = [_tables(folder / f"gmns-{seed}", seed) for seed in range(CITIES)]
    bases.append({f"{name}.csv": text.encode() for name, text in OTHER_MAKE.items()})
    spoilt = folder / "gmns"
    spoilt.mkdir()

    def trial(random_: random.Random) -> Outcome:
        tables = dict(random_.choice(bases))
        for name in random_.sample(sorted(tables), random_.choice((1, 1, 1, 2))):
            tables[name] = _spoil_table(tables[name], random_)
        for name in {*bases[0], *bases[-1]}:
            if name in tables and random_.random() < 0.99:
                (spoilt / name).write_bytes(tables[name])
            else:
                (spoilt / name).unlink(missing_ok=True)
        return answer(lambda: use_city(read_gmns(spoilt), random_, often=LOOKED_AT_CLOSELY))

    return trial


def _tables(folder: Path, seed: int) -> dict[str, bytes]:
    write_gmns(draw_city(seed, 5, 7, bans=4, addresses=3, sites=2), folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _spoil_table(data: bytes, random_: random.Random) -> bytes:
    if random_.random() < 0.25:
        return spoil_bytes(data, random_)
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    for _ in range(random_.randint(1, 3)):
        row = random_.choice(rows) if rows else []
        kind = random_.randrange(8)
        if kind <= 3 and row:
            row[random_.randrange(len(row))] = _cell(rows, random_)
        elif kind == 4:
            rows.insert(random_.randrange(len(rows) + 1), list(row))
        elif kind == 5 and len(rows) > 1:
            del rows[random_.randrange(len(rows))]
        elif kind == 6 and row:
            column = random_.randrange(len(row))
            for one in rows:
                del one[column : column + 1]
        elif kind == 7:
            random_.shuffle(row)
    text = io.StringIO(newline="")
    csv.writer(text, quoting=random_.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))).writerows(rows)
    return text.getvalue().encode(errors="surrogatepass")


def _cell(rows: list[list[str]], random_: random.Random) -> str:
    kind = random_.randrange(4)
    if kind == 0:
        other = random_.choice(rows)
        return random_.choice(other) if other else ""
    if kind == 1:
        return str(whole_number(random_))
    if kind == 2:
        places = ", ".join(f"{random_.choice(('0', '174.777', 'nan', '1e999', '-180', ''))} 0" for _ in range(3))
        return random_.choice(("LINESTRING", "linestring z", "POINT")) + f" ({places})"
    return odd_text(random_)


def open_geojson(folder: Path) -> Trial:
    """Files of which a member somewhere is spoiled, or the bytes."""
    bases = []
    for seed in range(CITIES):
        path = folder / f"whole-{seed}.geojson"
        write_geojson(draw_city(seed, 4, 5, bans=3, addresses=2, sites=2), path)
        bases.append(path.read_text(encoding="utf-8"))
    bases += [json.dumps(STREETS)] * 2
    spoilt = folder / "fuzz.geojson"

    def trial(random_: random.Random) -> Outcome:
        spoilt.write_bytes(_spoil_document(random_.choice(bases), random_))
        return answer(lambda: use_city(read_geojson(spoilt), random_, often=LOOKED_AT_CLOSELY))

    return trial


def _spoil_document(text: str, random_: random.Random) -> bytes:
    if random_.random() < 0.25:
        return spoil_bytes(text.encode(), random_)
    document = json.loads(text)
    for _ in range(random_.choice((1, 1, 2, 4))):
        spoil_json(document, random_)
    spoiled = json.dumps(document, ensure_ascii=random_.random() < 0.5).encode(errors="surrogatepass")
    if random_.random() < 0.02:
        deep = b"[" * 90_000 if random_.random() < 0.5 else b"[" * 900 + b"]" * 900
        spoiled = spoiled.replace(b"null", deep, 1) + random_.choice(SPLICES)
    return spoiled
