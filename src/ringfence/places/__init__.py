"""Places named the way people name them: words in, points on the network out, with the reasons."""

from ringfence.places.find import find_places

__all__ = ["find_places"]
