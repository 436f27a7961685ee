"""The state of the operation at any moment, as known at any moment: a pure fold of the log."""

from ringfence.picture.chronicle import Chronicle
from ringfence.picture.claims import BarrierWordings, RivalPair, Rivals, RivalSide, Standing, rivals, wordings
from ringfence.picture.counts import BasisCount, Count, CountHistory, Spread, count_history, counts
from ringfence.picture.effects import SURE
from ringfence.picture.figures import CountSaid
from ringfence.picture.flags import Flag, flags
from ringfence.picture.fold import (
    BarrierPicture,
    Picture,
    RulePicture,
    SegmentPicture,
    SitePicture,
    bearing_entries,
    change_times,
    fold,
    known_entries,
    rival_claims,
    turning_entries,
)
from ringfence.picture.standing import Worth, acted_on, acts, retracted_entries, worth_of

__all__ = [
    "SURE",
    "BarrierPicture",
    "BarrierWordings",
    "BasisCount",
    "Chronicle",
    "Count",
    "CountHistory",
    "CountSaid",
    "Flag",
    "Picture",
    "RivalPair",
    "RivalSide",
    "Rivals",
    "RulePicture",
    "SegmentPicture",
    "SitePicture",
    "Spread",
    "Standing",
    "Worth",
    "acted_on",
    "acts",
    "bearing_entries",
    "change_times",
    "count_history",
    "counts",
    "flags",
    "fold",
    "known_entries",
    "retracted_entries",
    "rival_claims",
    "rivals",
    "turning_entries",
    "wordings",
    "worth_of",
]
