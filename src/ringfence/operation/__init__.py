"""The operation folder: read whole, checked whole, every fault listed at once."""

from ringfence.operation.folder import Operation, open_operation

__all__ = ["Operation", "open_operation"]
