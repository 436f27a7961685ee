"""Use cases: what the doors may ask of an operation. Doors talk to this room only."""

from ringfence.desk.desk import CheckReport, Desk

__all__ = ["CheckReport", "Desk"]
