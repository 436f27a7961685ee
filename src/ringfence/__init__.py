"""Ringfence: plan, check and watch a street cordon."""

__version__ = "0.1.0"
