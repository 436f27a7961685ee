"""What each kind of promise rests on, and nothing else: pictures that are alike in this are looked into once."""

from __future__ import annotations

from collections.abc import Hashable

from ringfence.base.traffic import VehicleClass
from ringfence.model.operation import (
    AccessPromise,
    ContainedPromise,
    ExitOpenPromise,
    FootOpenPromise,
    Promise,
    SealedPromise,
    SiteOpenPromise,
)
from ringfence.promises.findings import is_stale
from ringfence.promises.passage import Passages


def rests_on(promise: Promise, passages: Passages) -> tuple[Hashable, ...]:
    """All of a picture that a promise's finding is a function of, streets and barriers' places apart.

    A seal rests on what stops its traveller and on the words for what does not; a way in or out on what stops those
    who take it; a site on its own state besides; a perimeter on sweeps and occupied streets alone.
    """
    picture = passages.picture
    match promise:
        case SealedPromise():
            return _seal(promise, passages)
        case ExitOpenPromise():
            return tuple(passages.of(name, promise.vehicle_class).signature for name in promise.categories)
        case FootOpenPromise():
            categories = passages.operation.access.category
            return tuple(passages.of(one.id, VehicleClass.FOOT).signature for one in categories)
        case AccessPromise():
            return (passages.of(promise.category, promise.vehicle_class).signature,)
        case SiteOpenPromise():
            site = next(site for site in picture.sites if site.id == promise.site)
            way = passages.of(promise.category, promise.vehicle_class).signature
            return (way, site.states, site.states_claimed, site.entries)
        case ContainedPromise():
            occupied = tuple((one.segment, one.occupied, one.entries) for one in picture.occupied)
            return (occupied, picture.last_sweep, is_stale(promise, picture))


def _seal(promise: SealedPromise, passages: Passages) -> tuple[Hashable, ...]:
    passage = passages.of(promise.category, promise.vehicle_class)
    words = tuple(
        (one.id, one.state, one.holds, one.staffed)
        for one in passages.picture.barriers
        if passage.closings(one.id, "in").sure != {True}
    )
    return (passage.signature, words)
