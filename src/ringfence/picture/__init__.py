"""The state of the operation at any moment, as known at any moment: a pure fold of the log."""

from ringfence.picture.fold import (
    BarrierPicture,
    Picture,
    RulePicture,
    SegmentPicture,
    SitePicture,
    bearing_entries,
    change_times,
    fold,
    retracted_entries,
    rival_claims,
)
from ringfence.picture.timeline import SURE

__all__ = [
    "SURE",
    "BarrierPicture",
    "Picture",
    "RulePicture",
    "SegmentPicture",
    "SitePicture",
    "bearing_entries",
    "change_times",
    "fold",
    "retracted_entries",
    "rival_claims",
]
