"""Made-up cities of any size, for benchmarks and property tests."""

from ringfence.generator.city import JUNCTIONS_MAX, JUNCTIONS_MIN, generate_city

__all__ = ["JUNCTIONS_MAX", "JUNCTIONS_MIN", "generate_city"]
