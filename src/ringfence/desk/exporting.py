"""A plan as a file, in each of its forms; only the writer that is asked for is loaded."""

from __future__ import annotations

from ringfence.desk.plan_views import ExportForm
from ringfence.model.plans import Plan
from ringfence.operation import Operation


def plan_file(operation: Operation, plan: Plan, form: ExportForm, crews: int) -> bytes:
    """GeoJSON, install list (CSV), sheets for crews (PDF), or the operation's own `barriers.toml`.

    Raises
    ------
    BadInput
        If the plan is of other streets or outlines.
    """
    match form:
        case "geojson":
            from ringfence.report.plan_geojson import plan_geojson_bytes

            return plan_geojson_bytes(operation, plan, crews)
        case "csv":
            from ringfence.report.install_list import install_list_csv

            return install_list_csv(operation, plan, crews)
        case "pdf":
            from ringfence.report.crew_sheets import crew_sheets_pdf

            return crew_sheets_pdf(operation, plan, crews)
        case "toml":
            from ringfence.report.barriers_toml import barriers_toml

            return barriers_toml(operation, plan)
