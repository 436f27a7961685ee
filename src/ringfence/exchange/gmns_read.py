"""Reading a folder of GMNS tables, our own or of other make."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ringfence.base.traffic import ALL_CLASSES
from ringfence.exchange.assembly import city_of
from ringfence.exchange.csv_tables import Table, read_table
from ringfence.exchange.gmns_links import Cells, read_links
from ringfence.exchange.gmns_uses import Uses
from ringfence.exchange.report import Report, quoted
from ringfence.exchange.rows import AddressRow, BanRow, CityRows, JunctionRow, SiteRow
from ringfence.exchange.words import Stated, find_classes, find_stated, find_stopped
from ringfence.network.city import City

NEEDED = {
    "node": ("node_id", "x_coord", "y_coord"),
    "link": ("link_id", "from_node_id", "to_node_id", "directed"),
    "movement": ("mvmt_id", "node_id", "ib_link_id", "ob_link_id"),
    "geometry": ("geometry_id", "geometry"),
    "use_group": ("use_group", "uses"),
    "use_definition": ("use",),
    "config": (),
    "rf_ban": ("ban", "seq", "segment", "node_id", "classes"),
    "rf_alias": ("segment", "name"),
    "rf_condition": ("segment", "condition"),
    "rf_address": ("number", "street", "x_coord", "y_coord", "segment", "offset_m"),
    "rf_site": ("site_id", "name", "kind", "x_coord", "y_coord"),
    "rf_city": ("key", "text", "number"),
}
"""Each table with the columns that it must have. Only the first two tables must be there."""

SPEED_KMH = {
    **dict.fromkeys(("", "kph", "kmh", "km/h", "kmph", "kilometers_per_hour"), 1.0),
    **dict.fromkeys(("mph", "mi/h", "miles_per_hour"), 1.609344),
    "m/s": 3.6,
}
DEGREE_SYSTEMS = ("", "4326", "epsg:4326", "wgs84", "wgs 84", "ogc:crs84", "crs84", "urn:ogc:def:crs:ogc:1.3:crs84")
SIDES = ("west", "south", "east", "north")
OFFSET_M_MAX = 1e7
STEP_MAX = 1000


def read_gmns(folder: Path) -> City:
    """The city in a folder of GMNS tables.

    Reads back what `write_gmns` wrote, and tables of other make with the defaults that `docs/network-exchange.md`
    lists. Guesses at the edge of the data where no `rf_clipped` says it, and then rather takes too many junctions for
    clipped than too few. Takes time in proportion to the tables.

    Raises
    ------
    BadInput
        With every fault, by file and line (the first fifty, then a count).
    """
    report = Report(str(folder))
    tables, source_hash = _tables(folder, report)
    rows = CityRows(source=folder.name, source_hash=source_hash)
    speed_kmh = _config(tables["config"], rows, report)
    nodes = _nodes(tables["node"], rows, report)
    uses = Uses(tables["use_definition"], tables["use_group"], rows)
    links = read_links(Cells(tables["link"], tables["geometry"]), nodes, uses, speed_kmh, rows, report)
    segments = {one.id: ix for ix, one in enumerate(rows.segments) if one.id}
    _bans(tables, nodes, links, segments, uses, rows, report)
    rows.aliases = _texts(tables["rf_alias"], "name", segments)
    rows.conditions = _texts(tables["rf_condition"], "condition", segments, blank=-1)
    _addresses(tables["rf_address"], segments, rows)
    _sites(tables["rf_site"], rows, report)
    _about(tables["rf_city"], rows, report)
    return city_of(rows, report)


def _tables(folder: Path, report: Report) -> tuple[dict[str, Table], str]:
    """Every table, and the hash of all files."""
    tables = {}
    digest = hashlib.sha256()
    for name, needed in NEEDED.items():
        file = f"{name}.csv"
        data = None
        try:
            data = (folder / file).read_bytes()
        except FileNotFoundError:
            if name in ("node", "link"):
                report.add(
                    "missing-file", file, f"a table {file} in {folder.name}", "none", "Name a folder of GMNS tables."
                )
        except OSError as error:
            do = "Check the path and the rights on it."
            report.add("cannot-read", file, "a file that can be read", error.strerror or str(error), do)
        if data is not None:
            digest.update(f"{file} {len(data)}\n".encode() + data)
        tables[name] = read_table(data, file, needed, report)
    return tables, digest.hexdigest()


def _config(table: Table, rows: CityRows, report: Report) -> float:
    """Refuses units and coordinates that are not understood; how many km/h one unit of speed is."""
    if not len(table):
        return 1.0
    if name := report.text(table["dataset_name"][0], table.where(0, "dataset_name")):
        rows.source = name
    for column, known in (
        ("crs", DEGREE_SYSTEMS),
        ("geometry_field_format", ("", "wkt")),
        ("speed", tuple(SPEED_KMH)),
    ):
        said = table[column][0].strip()
        if said.lower() not in known:
            expected = f"one of {', '.join(filter(None, known))}"
            do = "Convert the tables, then read them again."
            report.add("unknown-unit", table.where(0, column), expected, quoted(said), do)
    return SPEED_KMH.get(table["speed"][0].strip().lower(), 1.0)


def _nodes(table: Table, rows: CityRows, report: Report) -> dict[str, int]:
    """Adds the junctions; their positions by id."""
    ids, places = table.ids("node_id"), table.wheres()
    clipped = table.words("rf_clipped", find_stated, "true or false", Stated.NOT)
    rows.junctions = [
        JunctionRow(one, lon, lat, None if cut is Stated.NOT else cut is Stated.TRUE, stopped, where)
        for one, lon, lat, cut, stopped, where in zip(
            ids,
            table.numbers("x_coord", -180, 180),
            table.numbers("y_coord", -90, 90),
            clipped,
            table.words("rf_blocked", find_stopped, "a comma list of classes and physical", 0),
            places,
            strict=True,
        )
    ]
    return report.once(ids, places)


def _bans(
    tables: dict[str, Table],
    nodes: dict[str, int],
    links: dict[str, int],
    segments: dict[str, int],
    uses: Uses,
    rows: CityRows,
    report: Report,
) -> None:
    """Adds forbidden movements, over one junction and by way of segments, in the order of their numbers."""
    table = tables["movement"]
    found: list[tuple[int, BanRow]] = []
    allowed = table.words("allowed_uses", uses.find, "a comma list of uses", ALL_CLASSES)
    for number, via, a, b, may, where in zip(
        table["mvmt_id"],
        table.positions("node_id", nodes, "node"),
        table.positions("ib_link_id", links, "link"),
        table.positions("ob_link_id", links, "link"),
        allowed,
        table.wheres(),
        strict=True,
    ):
        if mask := ALL_CLASSES & ~may:
            found.append((_order(number), BanRow((a, b), (via,), mask, where)))
    found += _chains(tables["rf_ban"], nodes, segments, report)
    rows.bans = [ban for _, ban in sorted(found, key=lambda numbered: numbered[0])]


def _order(number: str) -> int:
    """Of a forbidden movement among the others; what is not numbered keeps its order, behind what is."""
    return int(number) if number.isdecimal() and len(number) < 18 else 10**18


def _chains(table: Table, nodes: dict[str, int], segments: dict[str, int], report: Report) -> list[tuple[int, BanRow]]:
    steps: dict[str, list[tuple[int, int, int, int, str]]] = {}
    for ban, seq, segment, node, mask, where in zip(
        table["ban"],
        table.numbers("seq", 1, STEP_MAX),
        table.positions("segment", segments, "segment"),
        table.positions("node_id", nodes, "node", blank=-2),
        table.words("classes", find_classes, "a comma list of classes", 0),
        table.wheres(),
        strict=True,
    ):
        steps.setdefault(ban, []).append((int(seq), segment, node, mask, where))
    found = []
    for ban, chain in steps.items():
        chain.sort()
        seqs, which, junctions, masks, wheres = zip(*chain, strict=True)
        whole = seqs == tuple(range(1, len(chain) + 1)) and len(chain) >= 2 and len(set(masks)) == 1
        if not whole or junctions[-1] != -2 or -2 in junctions[:-1]:
            expected = "rows numbered 1, 2, 3 ..., of the same classes, each but the last with a node"
            report.add("bad-chain", wheres[0], expected, f"{len(chain)} rows", f"Correct movement {ban[:40]!r}.")
            continue
        found.append((_order(ban), BanRow(which, junctions[:-1], masks[0], wheres[0])))
    return found


def _texts(table: Table, column: str, segments: dict[str, int], blank: int | None = None) -> list[tuple[int, str]]:
    which = table.positions("segment", segments, "segment", blank)
    return list(zip(which, table.texts(column), strict=True))


def _addresses(table: Table, segments: dict[str, int], rows: CityRows) -> None:
    rows.addresses = [
        AddressRow(*one)
        for one in zip(
            table.texts("number"),
            table.texts("street"),
            table.numbers("x_coord", -180, 180),
            table.numbers("y_coord", -90, 90),
            table.positions("segment", segments, "segment", blank=-1),
            table.numbers("offset_m", 0, OFFSET_M_MAX, blank=0.0),
            strict=True,
        )
    ]


def _sites(table: Table, rows: CityRows, report: Report) -> None:
    ids, places = table.ids("site_id"), table.wheres()
    report.once(ids, places)
    rows.sites = [
        SiteRow(*one)
        for one in zip(
            ids,
            table.texts("name"),
            table.texts("kind"),
            table.numbers("x_coord", -180, 180),
            table.numbers("y_coord", -90, 90),
            places,
            strict=True,
        )
    ]


def _about(table: Table, rows: CityRows, report: Report) -> None:
    """Where the data comes from, if the folder says so."""
    if not len(table):
        return
    edge: dict[str, float] = {}
    rows.source_hash = ""
    numbers = table.numbers("number", -1e15, 1e15, blank=0.0)
    for ix, (key, text, number) in enumerate(zip(table["key"], table.texts("text"), numbers, strict=True)):
        match key:
            case "licence" | "source" | "source_hash" | "timestamp":
                setattr(rows, key, text)
            case "edge_stated":
                rows.edge_stated = text == "true"
            case "edge" if text in SIDES and abs(number) <= 360:
                edge[text] = number
            case "left_out":
                rows.left_out[text] = rows.left_out.get(text, 0) + int(number)
            case "kind":
                rows.kinds.append(text)
            case "site_kind":
                rows.site_kinds.append(text)
            case _:
                do = "Delete the line."
                report.add("bad-choice", table.where(ix), "a key that the docs list", quoted(f"{key} {text}"), do)
    if len(edge) == len(SIDES):
        west, south, east, north = (edge[side] for side in SIDES)
        rows.edge = (west, south, east, north)
    elif edge:
        report.add("bad-edge", table.name, "all four sides of the edge", f"{len(edge)}", "Add the others.")
