"""One import of an extract, in this process and no other: `python importing.py ringfence|osmnx|pyrosm FILE`.

Started as a script, also by an interpreter that has neither Ringfence nor OSMnx. The last line that it prints tells the
peak memory: of this process, and on top of it the largest of those that it started.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import tempfile
from importlib import import_module
from pathlib import Path


def ringfence(extract: Path) -> None:
    """The network file: streets, rules for six vehicle classes, turn bans, addresses, sites."""
    from ringfence.network import write_network_file
    from ringfence.osm import read_osm

    with tempfile.TemporaryDirectory() as scratch:
        write_network_file(read_osm(extract), Path(scratch) / "city.rfn")


def osmnx(extract: Path) -> None:
    """The simplified graph, in memory."""
    from osmnx import graph_from_xml

    graph_from_xml(extract, retain_all=True)


def pyrosm(extract: Path) -> None:
    """Tables of nodes and edges, in memory: no graph yet."""
    # By its name only: it stands in an environment of its own, where no type checker looks.
    import_module("pyrosm").OSM(str(extract)).get_network(network_type="all", nodes=True)


def peak_bytes() -> int:
    """Peak resident memory. From /proc where there is one: `getrusage` counts what its parent held, too."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        own = int(found[1])
    return 1024 * (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


if __name__ == "__main__":
    {"ringfence": ringfence, "osmnx": osmnx, "pyrosm": pyrosm}[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"peak_bytes": peak_bytes()}))
