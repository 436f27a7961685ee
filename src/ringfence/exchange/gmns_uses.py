"""The uses of a GMNS folder as vehicle classes."""

from __future__ import annotations

from ringfence.base.traffic import ALL_CLASSES
from ringfence.exchange.csv_tables import Table
from ringfence.exchange.defaults import BICYCLE, BUS, EMERGENCY, FOOT, MOTOR
from ringfence.exchange.rows import CityRows
from ringfence.exchange.words import CLASS_BITS

CAR, HEAVY = CLASS_BITS["car"], CLASS_BITS["heavy"]

USE_BITS = {
    **CLASS_BITS,
    **dict.fromkeys(("auto", "automobile", "sov", "hov", "hov2", "hov3", "passenger", "drive", "taxi"), CAR),
    **dict.fromkeys(("truck", "trucks", "hgv", "freight", "goods", "mut", "sut"), HEAVY),
    **dict.fromkeys(("transit", "psv", "buses"), BUS),
    **dict.fromkeys(("bike", "bikes", "cycle", "cyclist"), BICYCLE),
    **dict.fromkeys(("walk", "ped", "peds", "pedestrian", "pedestrians"), FOOT),
    **dict.fromkeys(("motor", "motor_vehicle", "vehicle"), MOTOR),
    **dict.fromkeys(("all", "any"), ALL_CLASSES),
    "none": 0,
}
"""Use names that are understood, in small letters."""

CELL_LENGTH_MAX = 2000


class Uses:
    """What the uses of one folder mean. Where no use is called emergency, emergency vehicles go where cars go.

    Uses that are not understood are counted in `rows`, once for each different cell.
    """

    def __init__(self, definitions: Table, groups: Table, rows: CityRows) -> None:
        self._bits = dict(USE_BITS)
        self._rows = rows
        named = {use.strip().lower() for use in definitions["use"]}
        self._implied = 0 if "emergency" in named else EMERGENCY
        members = list(zip(groups["use_group"], groups["uses"], strict=True))
        self._bits.update({name.strip().lower(): self._sum(uses) or 0 for name, uses in members})

    def find(self, cell: str) -> int | None:
        """The class mask of a comma list of uses and groups. An empty cell says nothing: everyone."""
        return self._sum(cell) if cell.strip() else ALL_CLASSES

    def _sum(self, cell: str) -> int | None:
        if len(cell) > CELL_LENGTH_MAX:
            return None
        mask = 0
        for word in cell.lower().split(","):
            if (bits := self._bits.get(word.strip())) is None:
                self._rows.leave_out("use that is no vehicle class")
            mask |= bits or 0
        return mask | (self._implied if mask & CAR else 0)
