"""Places named the way people name them: words in, points on the network out, with the reasons."""

from ringfence.places.city_find import find_in_city
from ringfence.places.find import find_places
from ringfence.places.known import NamesKnown
from ringfence.places.suggest import Name, suggest_names

__all__ = ["Name", "NamesKnown", "find_in_city", "find_places", "suggest_names"]
