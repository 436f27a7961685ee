"""The operation folder: read whole, checked whole, every fault listed at once."""

from ringfence.operation.folder import Operation, open_operation
from ringfence.operation.ground import check_ground
from ringfence.operation.plans import list_plans, read_plan, save_plan
from ringfence.operation.readers import read_log, validate

__all__ = [
    "Operation",
    "check_ground",
    "list_plans",
    "open_operation",
    "read_log",
    "read_plan",
    "save_plan",
    "validate",
]
