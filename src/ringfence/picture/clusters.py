"""Clusters of entries that are tied to each other: what one is worth, and when it was, hangs on its cluster alone.

A picture of a moment therefore asks only for the clusters that reach near it, however many a log has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ringfence.picture.zones import ALWAYS, NEVER, UNTIED, Columns, Numbers


class Clusters:
    """Sets of entry ids joined by links, also over ids of entries that have not arrived.

    One thread writes, others read meanwhile, of entries that were there before. A cluster only ever gains members, and
    its bounds only widen: whoever still sees an entry in the one where it was before two were joined finds all there
    that the log of that time tied to it.
    """

    def __init__(self) -> None:
        self.bounds = Columns(2)  # of each cluster, the first and the last moment (µs) of any entry in it
        self._members: list[list[str]] = []
        self._arrived: list[int] = []
        self._of: dict[str, int] = {}
        self._found()  # the first stands for no cluster

    def of(self, entry_id: str) -> int:
        """The number of an entry's cluster, `UNTIED` if it has none."""
        return self._of.get(entry_id, UNTIED)

    def members(self, cluster: int) -> list[str]:
        """Ids of its entries: those that have arrived, and those that have not."""
        return list(self._members[cluster])

    def is_whole(self, cluster: int) -> bool:
        """Whether it has not become a part of another one."""
        return self.of(self._members[cluster][0]) == cluster

    def arrived(self, cluster: int) -> int:
        """A number that grows with each entry of it that arrives: what was found out about it before is out of date."""
        return self._arrived[cluster]

    def has_arrived(self, cluster: int) -> None:
        """All that is to be known of a further entry of it is known."""
        self._arrived[cluster] += 1

    def join(self, entry_ids: Iterable[str]) -> tuple[int, list[str]]:
        """Tie entries together: the number of their cluster, and which of its entries were not in it before."""
        ids = list(dict.fromkeys(entry_ids))
        joined = {self.of(one) for one in ids} - {UNTIED}
        cluster = max(joined, key=lambda one: len(self._members[one])) if joined else self._found()
        added = [one for one in ids if self.of(one) == UNTIED]
        for other in joined - {cluster}:
            self.widen(cluster, *self.bounds.columns()[:, other].tolist())
            added += self._members[other]
        self._members[cluster] += added
        self._of |= dict.fromkeys(added, cluster)
        return cluster, added

    def widen(self, cluster: int, first: int, last: int) -> None:
        """An entry of it lies between these moments."""
        bounds = self.bounds.columns()
        bounds[0, cluster] = min(int(bounds[0, cluster]), first)
        bounds[1, cluster] = max(int(bounds[1, cluster]), last)

    def _found(self) -> int:
        self._members.append([])
        self._arrived.append(0)
        self.bounds.append(ALWAYS, NEVER)
        return len(self._members) - 1


def joined(rows: Sequence[int], pairs: Numbers) -> list[tuple[int, ...]]:
    """Those of some rows whose pairs share a number, directly or over others; each set in the order given.

    `pairs` has two columns, with the two numbers of each row.
    """
    numbers, times = np.unique(pairs, return_counts=True)
    is_shared = np.isin(pairs, numbers[times > 1]).any(axis=0)
    over: dict[int, int] = {}

    def first(one: int) -> int:
        while (other := over.setdefault(one, one)) != one:
            over[one] = one = over[other]
        return one

    for one, other in pairs[:, is_shared].T.tolist():
        over[first(one)] = first(other)
    found: dict[int, list[int]] = {}
    for row, one in zip(rows, pairs[0].tolist(), strict=True):
        found.setdefault(first(one) if one in over else one, []).append(row)
    return [tuple(rows) for rows in found.values()]
