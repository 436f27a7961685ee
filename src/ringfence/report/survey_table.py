"""The survey of a city's data for a terminal: what is there, what is cut off, what was not taken over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ringfence.network.survey_records import (
    AddressAccess,
    Addresses,
    Conditions,
    DeadOneWays,
    Island,
    Islands,
    Street,
    Survey,
    Traveller,
)
from ringfence.report.words import clean, counted

_BY = {"car": "By car", "foot": "On foot"}
_WHOM = {"car": "cars", "foot": "people on foot"}


def survey_table(survey: Survey) -> RenderableType:
    """A survey as tables and plain lines, readable at 80 columns and without colour.

    Where the data comes from; who may use how much of it and what hangs together; then each thing that is amiss, with
    examples to look at; what was not applied or left out; last, the streets and sites by kind.
    """
    return Group(
        Text(clean(survey.origin.source), style="bold"),
        _origin(survey),
        *_section("Who may use the streets", _travellers(survey)),
        *_section("Parts that nothing reaches", *(part for islands in survey.islands for part in _islands(islands))),
        *_section("Dead one-ways", *_dead_one_ways(survey.dead_one_ways)),
        *_section("Addresses", *_addresses(survey.addresses)),
        *_section("Turn restrictions and barriers", _bans(survey), _blocked(survey)),
        *_section("Tags that hold only at times", *_conditions(survey.conditions)),
        *_section("Left out", *_left_out(survey)),
        *_section("Streets and sites by kind", _kinds(survey)),
    )


def _section(heading: str, *parts: RenderableType) -> Iterable[RenderableType]:
    yield Text(f"\n{heading}", style="bold")
    yield from (Padding(part, (0, 0, 0, 2)) for part in parts)


def _origin(survey: Survey) -> Table:
    origin = survey.origin
    west, south, east, north = origin.edge
    stated = "as the source states" if origin.edge_stated else "estimated: the source does not state it"
    nameless = f"{_share(survey.nameless_segments, survey.segments)} of the segments ({survey.nameless_km:,.1f} km)"
    clipped = f", of them {survey.clipped_junctions:,} clipped at the edge of the data"
    rows = (
        ("Timestamp", origin.timestamp or "not stated"),
        ("Licence", origin.licence or "not stated"),
        ("Edge", f"{west:.5f}, {south:.5f} to {east:.5f}, {north:.5f}\n{stated}"),
        ("Source hash", origin.source_hash or "none"),
        ("Content hash", survey.content_hash or "none: this is no network file"),
        ("Junctions", f"{survey.junctions:,}{clipped}"),
        ("Segments", f"{survey.segments:,}, {survey.km:,.1f} km of street"),
        ("Rail crossings", f"on {counted(survey.rail_crossed_segments, 'segment')}"),
        ("Names", f"{survey.names:,}; nameless: {nameless}"),
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(label, Text("\n".join(clean(line) for line in value.split("\n")), overflow="fold"))
    return grid


def _travellers(survey: Survey) -> RenderableType:
    table = _table_of("Who", "Segments", "km", "One-way", "Junctions", "Core", "Outside")
    for row in survey.travellers:
        table.add_row(*_traveller(row))
    return Group(
        table,
        Text(
            "Core: the junctions of the largest part in which every street leads to every other; outside: the others."
            " Turn restrictions are left aside here and in what follows."
        ),
    )


def _traveller(row: Traveller) -> Sequence[str]:
    one_way = "-" if row.who == "determined" else f"{row.oneway_share:.0%}"
    junctions = (f"{count:,}" for count in (row.junctions, row.core_junctions, row.outside_core))
    return (row.who, f"{row.segments:,}", f"{row.km:,.1f}", one_way, *junctions)


def _islands(islands: Islands) -> Iterable[RenderableType]:
    by = _BY[islands.who]
    if not islands.count:
        yield Text(f"{by}: none.")
        return
    yield Text(
        f"{by}: {counted(islands.count, 'part')} with {counted(islands.segments, 'segment')},"
        f" {islands.km:,.1f} km; {islands.at_edge:,} may be joined beyond the edge. The longest:"
    )
    yield _examples((island.street, _island(island)) for island in islands.biggest)


def _island(island: Island) -> str:
    edge = ", at the edge" if island.at_edge else ""
    return f"{island.km:,.2f} km, {counted(island.segments, 'segment')}{edge}"


def _dead_one_ways(dead: DeadOneWays) -> Iterable[RenderableType]:
    if not dead.segments:
        yield Text("By car: none.")
        return
    yield Text(
        f"By car: {counted(dead.segments, 'segment')}, {dead.km:,.1f} km: {dead.no_way_out:,} can be driven into and"
        f" never left, {dead.no_way_in:,} left and never driven into, {dead.neither:,} lie between such."
        f" {dead.beyond_edge:,} of all are explained if streets go on beyond the edge of the data. The"
        " longest, first those that the edge does not explain:"
    )
    yield _examples((example.street, f"{example.street.km:,.2f} km, {example.ending}") for example in dead.examples)


def _addresses(addresses: Addresses) -> Iterable[RenderableType]:
    if not addresses.count:
        yield Text("None in the data.")
        return
    unserved = f"{addresses.unserved:,} of them served by no segment" + _such_as(addresses.unserved_examples)
    yield Text(f"{addresses.count:,} in all, {unserved if addresses.unserved else 'each served by a segment'}.")
    yield from (Text(_address_access(access)) for access in addresses.access)


def _address_access(access: AddressAccess) -> str:
    if not access.closed and not access.cut_off:
        return f"{_BY[access.who]}: all of these can be reached."
    explained = f", {access.beyond_edge:,} of them perhaps from beyond the edge" if access.beyond_edge else ""
    cut_off = f"{access.cut_off:,} that no way leads to from the core{explained}" + _such_as(access.examples)
    return f"{_BY[access.who]}: {access.closed:,} on streets closed to {_WHOM[access.who]}, {cut_off}."


def _bans(survey: Survey) -> Text:
    if not survey.bans_by_length:
        return Text("Forbidden turns: none in the data.")
    total = sum(count for _, count in survey.bans_by_length)
    lengths = ", ".join(f"{count:,} over {length} segments" for length, count in survey.bans_by_length)
    bound = ", ".join(f"{row.who} {row.bans:,}" for row in survey.travellers if row.bans)
    return Text(f"{counted(total, 'forbidden turn')}: {lengths}. They bind: {bound or 'nobody'}.")


def _blocked(survey: Survey) -> Text:
    blocked = ", ".join(f"{row.who} {row.blocked_junctions:,}" for row in survey.travellers if row.blocked_junctions)
    return Text(f"Junctions that can't be passed, such as bollards: {blocked or 'none in the data'}.")


def _conditions(conditions: Conditions) -> Iterable[RenderableType]:
    if not conditions.count:
        yield Text("None in the data.")
        return
    count = f"{counted(conditions.count, 'tag')}, {counted(conditions.different, 'wording')}"
    yield Text(f"{count}. None was applied. The most frequent:")
    grid = _grid("right", "left", "left")
    for one in conditions.most:
        where = _named(one.street) if one.street else "turn restriction"
        segment = one.street.segment if one.street else ""
        grid.add_row(f"{one.count:,}", Text(clean(one.tag)), Text(clean(f"{segment} {where}".strip())))
    yield grid


def _left_out(survey: Survey) -> Iterable[RenderableType]:
    if not survey.origin.left_out:
        yield Text("Nothing.")
        return
    grid = _grid("right", "left")
    for reason, count in survey.origin.left_out:
        grid.add_row(f"{count:,}", Text(clean(reason)))
    yield grid


def _kinds(survey: Survey) -> RenderableType:
    streets = _table_of("Street", "Segments", "km")
    for row in survey.kinds:
        streets.add_row(Text(clean(row.kind)), f"{row.segments:,}", f"{row.km:,.1f}")
    sites = _table_of("Site", "Count")
    for kind, count in survey.sites:
        sites.add_row(Text(clean(kind)), f"{count:,}")
    side_by_side = _grid("left", "left")
    side_by_side.add_row(streets, sites if survey.sites else Text("No sites in the data."))
    return side_by_side


def _examples(rows: Iterable[tuple[Street, str]]) -> Table:
    grid = _grid("left", "left", "left")
    for street, says in rows:
        grid.add_row(Text(clean(street.segment)), Text(clean(_named(street))), says)
    return grid


def _named(street: Street) -> str:
    return street.name if clean(street.name) else f"nameless {street.kind}"


def _such_as(examples: Sequence[str]) -> str:
    return f" ({', '.join(clean(example) for example in examples)})" if examples else ""


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def _grid(*justify: JustifyMethod) -> Table:
    grid = Table.grid(padding=(0, 2))
    for one in justify:
        grid.add_column(justify=one, overflow="fold")
    return grid


def _table_of(first: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table
