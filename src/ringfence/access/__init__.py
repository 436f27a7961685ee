"""Access rules as data: may this category pass this gate, this way, now, and why."""

from ringfence.access.rules import Decision, decide

__all__ = ["Decision", "decide"]
