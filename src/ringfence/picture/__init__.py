"""The state of the operation at any moment, as known at any moment: a pure fold of the log."""

from ringfence.picture.fold import BarrierPicture, Picture, SitePicture, change_times, fold

__all__ = ["BarrierPicture", "Picture", "SitePicture", "change_times", "fold"]
