"""Do words name a place at all? Asked of many words, without placing any of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringfence.base.errors import BadInput, Fault
from ringfence.model.operation import Site
from ringfence.network import City, Network
from ringfence.places.gazetteer import Gazetteer
from ringfence.places.ground import Ground
from ringfence.places.land import Land
from ringfence.places.names import fold_words
from ringfence.places.wording import read_phrase


class NamesKnown:
    """The names of a network, its sites and, where there is one, its whole city; filed once, asked often.

    Parameters
    ----------
    network : Network
    sites : sequence of Site
    wordings : iterable of str
        Further words that are known to mean a place, such as the names of barriers.
    city : City, optional
        Asked where the network knows a name not; its names are filed with the first such question.
    """

    def __init__(
        self, network: Network, sites: Sequence[Site], wordings: Iterable[str] = (), city: City | None = None
    ) -> None:
        self._gazetteer = Gazetteer(Ground(network).segments, sorted(sites, key=lambda site: site.id))
        self._wordings = frozenset(map(fold_words, wordings))
        self._city = city
        self._found: dict[str, tuple[Fault, ...]] = {}

    def unknown(self, words: str) -> tuple[Fault, ...]:
        """A fault for each name in the words that no map has; none if they are no text that could name a place.

        Each wording is looked up once; what was found is kept.
        """
        if words not in self._found:
            self._found[words] = self._look_up(words)
        return self._found[words]

    def _look_up(self, words: str) -> tuple[Fault, ...]:
        if fold_words(words) in self._wordings:
            return ()
        near = self._faults(words, self._gazetteer)
        if near and self._city is not None and not self._faults(words, Land(self._city).index.names):
            return ()
        return near

    def _faults(self, words: str, names: Gazetteer) -> tuple[Fault, ...]:
        try:
            read_phrase(words, names)
        except BadInput as error:
            return tuple(fault for fault in error.faults if fault.code == "unknown-place")
        return ()
