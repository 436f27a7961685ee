"""The operation folder: read whole, checked whole, every fault listed at once."""

from ringfence.operation.folder import Operation, open_operation
from ringfence.operation.readers import read_log, validate

__all__ = ["Operation", "open_operation", "read_log", "validate"]
