"""A city in the forms that other programs read and write: GMNS tables and GeoJSON."""

from ringfence.exchange.geojson_read import read_geojson
from ringfence.exchange.geojson_write import write_geojson
from ringfence.exchange.gmns_read import read_gmns
from ringfence.exchange.gmns_write import write_gmns

__all__ = ["read_geojson", "read_gmns", "write_geojson", "write_gmns"]
