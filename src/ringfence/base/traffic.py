"""Vehicle classes, threat levels, and what a given driver may and can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VehicleClass(StrEnum):
    """Who moves on the network (`car` stands for every private light vehicle)."""

    CAR = "car"
    HEAVY = "heavy"
    BUS = "bus"
    EMERGENCY = "emergency"
    BICYCLE = "bicycle"
    FOOT = "foot"

    @property
    def bit(self) -> int:
        """This class's bit in a class mask."""
        return 1 << list(VehicleClass).index(self)

    @property
    def by(self) -> str:
        """How somebody of this class travels, in words: ``by car``, ``on foot``."""
        return {"foot": "on foot", "heavy": "by heavy vehicle", "emergency": "by emergency vehicle"}.get(
            self.value, f"by {self.value}"
        )


ALL_CLASSES = (1 << len(VehicleClass)) - 1
"""The class mask of a street that everyone may use."""

PHYSICAL = 1 << len(VehicleClass)
"""The mask bit of an arc that a vehicle could physically be driven along, lawful or not."""


CAR_PASSES_M = 1.8
"""A gap so wide lets a car through."""


class Threat(StrEnum):
    """How far a driver goes: `lawful` obeys one-ways, turn bans and signs, `determined` only what is physical."""

    LAWFUL = "lawful"
    DETERMINED = "determined"


@dataclass(frozen=True, slots=True)
class Driver:
    """One kind of traveller: a threat level and a vehicle class (`foot` is a person walking).

    A determined driver is the same whatever the class: only the physical bit counts.
    """

    threat: Threat = Threat.LAWFUL
    vehicle_class: VehicleClass = VehicleClass.CAR

    @property
    def bit(self) -> int:
        """The mask bit that an arc must carry for this driver to use it."""
        if self.threat is Threat.DETERMINED and self.vehicle_class is not VehicleClass.FOOT:
            return PHYSICAL
        return self.vehicle_class.bit

    @property
    def obeys_turn_bans(self) -> bool:
        """Whether turn restrictions bind this driver (they never bind people on foot)."""
        return self.threat is Threat.LAWFUL and self.vehicle_class is not VehicleClass.FOOT


def mask_of(classes: str) -> int:
    """Class mask of ``all``, ``none`` or a comma list of class names.

    Raises
    ------
    ValueError
        If a name is no vehicle class; the message names it.

    Examples
    --------
    >>> mask_of("car,bus") == VehicleClass.CAR.bit | VehicleClass.BUS.bit
    True
    """
    if classes == "all":
        return ALL_CLASSES
    if classes == "none":
        return 0
    mask = 0
    for name in classes.split(","):
        mask |= VehicleClass(name.strip()).bit
    return mask


def classes_of(mask: int) -> tuple[VehicleClass, ...]:
    """The vehicle classes of a class mask."""
    return tuple(one for one in VehicleClass if mask & one.bit)
