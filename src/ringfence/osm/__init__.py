"""Cities from OpenStreetMap extracts."""

from ringfence.osm.read import LICENCE, read_osm

__all__ = ["LICENCE", "read_osm"]
