"""At the end of a run: from which numbers its crashes were drawn, also where nothing failed."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    drawn: defaultdict[str, set[int]] = defaultdict(set)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and "tests/crash" in report.nodeid:
                test = report.nodeid.rpartition("/")[2].partition("[")[0]
                drawn[test].update(map(int, re.findall(r"^seed (\d+)$", report.capstdout, re.MULTILINE)))
    for test, seeds in sorted(drawn.items()):
        if seeds:
            told = f"crashes drawn from seeds {min(seeds)} to {max(seeds)}, {len(seeds)} in all"
            terminalreporter.write_line(f"{test}: {told}")
