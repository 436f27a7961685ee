"""The checker: are the promises kept? Shares no code with the planner; a plan is checked by someone who did not make it."""

from ringfence.promises.certificate import verify_certificate
from ringfence.promises.check import check_promises, promise_history

__all__ = ["check_promises", "promise_history", "verify_certificate"]
