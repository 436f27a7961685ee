"""The checker: are the promises kept? It shares no code with the planner, whose plans it checks."""

from ringfence.promises.certificate import Verdict, verify_certificate
from ringfence.promises.check import Checker, HistoryStretch, Memo, check_promises, promise_history
from ringfence.promises.findings import Finding
from ringfence.promises.holds import Hold, find_leaks, list_holds
from ringfence.promises.impossible import Refusal, verify_impossible
from ringfence.promises.mending import mending
from ringfence.promises.reach import Searching
from ringfence.promises.weights import BarrierWeight, barrier_weights

__all__ = [
    "BarrierWeight",
    "Checker",
    "Finding",
    "HistoryStretch",
    "Hold",
    "Memo",
    "Refusal",
    "Searching",
    "Verdict",
    "barrier_weights",
    "check_promises",
    "find_leaks",
    "list_holds",
    "mending",
    "promise_history",
    "verify_certificate",
    "verify_impossible",
]
