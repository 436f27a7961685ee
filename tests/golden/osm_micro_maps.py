"""All hand-drawn maps of OpenStreetMap's quirks, in one tuple."""

from tests.golden.osm_maps_of_access import ACCESS, KINDS
from tests.golden.osm_maps_of_driving import PHYSICALLY
from tests.golden.osm_maps_of_nodes import BARRIERS, MEETING
from tests.golden.osm_maps_of_oneways import ONEWAYS
from tests.golden.osm_maps_of_rails import RAILS
from tests.golden.osm_maps_of_turns import READINGS, TURNS, VIA_WAYS

OSM_MICRO_MAPS = (*KINDS, *PHYSICALLY, *ACCESS, *ONEWAYS, *BARRIERS, *MEETING, *RAILS, *TURNS, *VIA_WAYS, *READINGS)
