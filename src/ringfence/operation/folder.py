"""Opening an operation folder. Nothing is written; either all of it is sound, or every fault is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.times import find_zone
from ringfence.model.disclosure import NOTHING_PUBLIC, DisclosureFile
from ringfence.model.entries import Entry
from ringfence.model.operation import (
    AccessFile,
    Barrier,
    BarriersFile,
    OperationFile,
    Portal,
    Promise,
    PromisesFile,
    Site,
)
from ringfence.network import (
    Area,
    City,
    MovementGraph,
    Network,
    Stop,
    build_movement_graph,
    read_area,
    read_network,
    read_network_file,
    window,
)
from ringfence.operation.crosscheck import Draft, crosscheck
from ringfence.operation.ground import turned_to_area
from ringfence.operation.log_check import Grounds, check_log, entries_in_circles, unfit_entries
from ringfence.operation.names import Names
from ringfence.operation.readers import read_log, read_portals, read_sites, read_toml

OPERATION_FILE = "operation.toml"
INPUT_BYTES_MAX = 256 * 1024 * 1024
TABLES = ("junctions", "segments", "turn_restrictions")


@dataclass(frozen=True)
class Operation:
    """One cordon, as its folder describes it. Immutable; everything derived is a function of it.

    `network` is what the cordon can touch; where the folder holds a whole city, `city` is all of it.
    """

    file: OperationFile
    zone: ZoneInfo
    network: Network
    area: Area
    barriers: tuple[Barrier, ...]
    access: AccessFile
    promises: tuple[Promise, ...]
    sites: tuple[Site, ...]
    portals: tuple[Portal, ...]
    entries: tuple[Entry, ...]
    city: City | None = None
    disclosure: DisclosureFile = NOTHING_PUBLIC

    @cached_property
    def stops(self) -> tuple[tuple[str, Stop, str], ...]:
        """Every arm of every barrier: barrier id, where it stops traffic, and the end towards which the inside lies."""
        return tuple(
            (barrier.id, Stop(self._segment_ix(arm.segment), arm.offset_m), arm.inside)
            for barrier in self.barriers
            for arm in barrier.arms
        )

    @cached_property
    def graph(self) -> MovementGraph:
        """The movement graph, split at the area and at every barrier arm, in the order of `stops`."""
        stops = [stop for _, stop, _ in self.stops]
        return build_movement_graph(self.network, self.area, stops, without_stops=self.bare_graph)

    @cached_property
    def bare_graph(self) -> MovementGraph:
        """The movement graph without any barrier."""
        return build_movement_graph(self.network, self.area)

    def with_entries(self, entries: Iterable[Entry]) -> Operation:
        """The same operation with another log; streets and barriers are not read or split again.

        Raises
        ------
        BadInput
            If an entry names what the operation does not have, or contradicts itself.
        """
        return _with_log(self, ()).with_added(tuple(entries))

    def with_added(self, entries: Sequence[Entry]) -> Operation:
        """The same operation after further entries; only these are checked.

        Raises
        ------
        BadInput
            As `with_entries`.
        """
        faults: list[Fault] = []
        check_log("log", entries, self._grounds, faults, before=self._entry_ids)
        refuse_if(faults)
        grown = _with_log(self, (*self.entries, *entries))
        grown.__dict__["_entry_ids"] = self._entry_ids | {entry.id for entry in entries}
        return grown

    def unfit(self, entries: Sequence[Entry]) -> dict[str, tuple[Fault, ...]]:
        """Which of further entries do not fit, and why, by id.

        They name what the operation does not have, or contradict themselves. Where there are none such: they follow, or
        take back, each other in a circle.
        """
        return unfit_entries("log", entries, self._grounds, before=self._entry_ids) or entries_in_circles(
            "log", entries
        )

    def with_texts(self, entries: tuple[Entry, ...]) -> Operation:
        """The same operation and log, but for texts in it that were erased, or have come: nothing to check again."""
        return _keeping(self, _with_log(self, entries), "_entry_ids")

    @cached_property
    def _entry_ids(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.entries)

    @cached_property
    def _grounds(self) -> Grounds:
        return Grounds(
            barriers=frozenset(barrier.id for barrier in self.barriers),
            sites=frozenset(site.id for site in self.sites),
            logged_rules=frozenset(rule.id for rule in self.access.rule if rule.logged),
            segments=frozenset(self.network.segment_ids),
            promises=frozenset(promise.id for promise in self.promises),
        )

    def with_barriers(self, barriers: Iterable[Barrier]) -> Operation:
        """The same operation with other barriers, for a "what if".

        The log is not checked against them. Their arms must lie on the network; `inside` is set by the ground.
        """
        drawn = _keeping(self, replace(self, barriers=tuple(barriers)), "bare_graph")
        turned = replace(drawn, barriers=turned_to_area(drawn.barriers, drawn.graph))
        return _keeping(drawn, turned, "bare_graph", "graph")

    def on_ground(self, network: Network, area: Area) -> Operation:
        """The same operation over other streets of its city and another area, for what is only drawn or listed.

        Its barriers and sites may lie off these streets.
        """
        return replace(self, network=network, area=area)

    def _segment_ix(self, segment_id: str) -> int:
        ix = self.network.find_segment(segment_id)
        assert ix is not None  # crosscheck refused unknown segments
        return ix


def _with_log(operation: Operation, entries: tuple[Entry, ...]) -> Operation:
    """The same operation with another log, unchecked."""
    return _keeping(operation, replace(operation, entries=entries), "stops", "bare_graph", "graph", "_grounds")


def _keeping(old: Operation, new: Operation, *derived: str) -> Operation:
    """Hand what is already worked out, and still true, to a changed copy."""
    new.__dict__.update({name: old.__dict__[name] for name in derived if name in old.__dict__})
    return new


def open_operation(folder: Path) -> Operation:
    """Read and check an operation folder.

    Raises
    ------
    BadInput
        With every fault found in every file.
    """
    faults: list[Fault] = []
    try:
        found = folder.is_dir()
    except OSError:  # a name that no system allows
        found = False
    if not found:
        expected = "an operation folder"
        faults.append(Fault("no-folder", str(folder), expected, "no such folder", "Name a folder with operation.toml."))
        refuse_if(faults)
    main = _read_bytes(folder / OPERATION_FILE, OPERATION_FILE, faults)
    refuse_if(faults)
    assert main is not None
    file = read_toml(main, OPERATION_FILE, OperationFile, faults)
    refuse_if(faults)
    assert file is not None
    zone = find_zone(file.timezone)
    if zone is None:
        faults.append(
            Fault(
                "unknown-zone",
                f"{OPERATION_FILE}, timezone",
                "an IANA time zone, such as Pacific/Auckland",
                repr(file.timezone[:60]),
                "Correct the name.",
            )
        )
    if file.ends <= file.starts:
        faults.append(
            Fault("ends-before-start", f"{OPERATION_FILE}, ends", "a time after starts", str(file.ends), "Correct it.")
        )
    names = file.inputs.model_dump(exclude_none=True)
    data = {key: _read_input(folder, key, name, faults) for key, name in names.items() if key != "network"}
    city = _read_city(folder, names["network"], faults) if "network" in names else None
    return _read_inputs(file, zone, names, data, city, faults)


def _read_inputs(
    file: OperationFile,
    zone: ZoneInfo | None,
    names: Mapping[str, str],
    data: Mapping[str, bytes | None],
    city: City | None,
    faults: list[Fault],
) -> Operation:
    area = None if data["area"] is None else read_area(data["area"], names["area"], faults)
    network = _read_tables(names, data, faults)
    if city is not None and area is not None:
        network = _cut_window(city, area, names["area"], faults)
    barriers = read_toml(data["barriers"], names["barriers"], BarriersFile, faults)
    access = read_toml(data["access"], names["access"], AccessFile, faults)
    promises = read_toml(data["promises"], names["promises"], PromisesFile, faults)
    disclosure = _read_disclosure(names, data, faults)
    draft = Draft(
        files=names,
        network=network,
        area=area,
        barriers=barriers.barrier if barriers else None,
        access=access,
        promises=promises.promise if promises else None,
        sites=read_sites(data["sites"], names["sites"], faults),
        portals=read_portals(data["portals"], names["portals"], faults),
        entries=read_log(data["log"], names["log"], faults),
    )
    graphs = crosscheck(draft, faults)
    refuse_if(faults)
    assert zone
    assert network
    assert area
    assert barriers
    assert access
    assert promises
    assert graphs
    operation = Operation(
        file=file,
        zone=zone,
        city=city,
        network=network,
        area=area,
        barriers=barriers.barrier,
        access=access,
        promises=promises.promise,
        sites=tuple(draft.sites),
        portals=tuple(draft.portals),
        entries=tuple(draft.entries),
        disclosure=disclosure or NOTHING_PUBLIC,
    )
    operation.__dict__.update(bare_graph=graphs[0], graph=graphs[1])  # the check has worked them out
    return operation


def _read_tables(names: Mapping[str, str], data: Mapping[str, bytes | None], faults: list[Fault]) -> Network | None:
    """The network that three tables draw, if the folder has them."""
    junctions, segments, restrictions = (data.get(key) for key in TABLES)
    if junctions is None or segments is None or restrictions is None:
        return None
    tables = (names["junctions"], names["segments"], names["turn_restrictions"])
    return read_network(junctions, segments, restrictions, faults, names=tables)


def _read_disclosure(
    names: Mapping[str, str], data: Mapping[str, bytes | None], faults: list[Fault]
) -> DisclosureFile | None:
    if "disclosure" not in names:
        return None
    found = read_toml(data["disclosure"], names["disclosure"], DisclosureFile, faults)
    Names(faults).unique(names["disclosure"], found.role if found else ())
    return found


def _read_city(folder: Path, name: str, faults: list[Fault]) -> City | None:
    if not _is_inside(folder, name):
        faults.append(_outside_folder("network", name))
        return None
    try:
        return read_network_file(folder / name)
    except BadInput as error:
        faults += error.faults
        return None


def _cut_window(city: City, area: Area, where: str, faults: list[Fault]) -> Network | None:
    """The part of the city that a cordon within the limit can touch."""
    try:
        return window(city, area.limit)
    except ValueError:
        west, south, east, north = city.origin.edge
        expected = f"an area within the network, {west:.4f} to {east:.4f} east and {south:.4f} to {north:.4f} north"
        found = "one with no street near it"
        faults.append(Fault("area-without-streets", where, expected, found, "Draw it where the streets are."))
        return None


def _read_input(folder: Path, key: str, name: str, faults: list[Fault]) -> bytes | None:
    path = folder / name
    if not _is_inside(folder, name):
        faults.append(_outside_folder(key, name))
        return None
    return _read_bytes(path, f"{OPERATION_FILE}, inputs.{key}", faults)


def _outside_folder(key: str, name: str) -> Fault:
    where, expected = f"{OPERATION_FILE}, inputs.{key}", "a file inside the operation folder"
    return Fault("outside-folder", where, expected, repr(name[:80]), "Copy the file into the folder.")


def _is_inside(folder: Path, name: str) -> bool:
    try:
        return not Path(name).is_absolute() and (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a name with a null byte, or links that lead in a circle
        return False


def _read_bytes(path: Path, where: str, faults: list[Fault]) -> bytes | None:
    try:
        if path.stat().st_size > INPUT_BYTES_MAX:
            faults.append(
                Fault(
                    "file-too-large", where, f"at most {INPUT_BYTES_MAX} bytes", str(path.stat().st_size), "Split it."
                )
            )
            return None
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        faults.append(
            Fault(
                "missing-file", where, "a readable file", f"{path.name}: {reason}", "Add the file or correct its name."
            )
        )
        return None
