"""Plans kept in an operation's folder, one file each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ringfence.base.errors import BadInput, Conflict, Fault, refuse_if
from ringfence.base.files import is_folder, new_file
from ringfence.base.tables import ID_PATTERN, decode_text
from ringfence.model.plans import SavedPlan
from ringfence.operation.readers import validate

PLANS_FOLDER = "plans"
PLAN_BYTES_MAX = 64 * 1024 * 1024


def list_plans(folder: Path) -> tuple[str, ...]:
    """Names of the plans that an operation's folder holds, in order."""
    kept = folder / PLANS_FOLDER
    if not is_folder(kept):
        return ()
    return tuple(sorted(path.stem for path in kept.glob("*.json") if re.fullmatch(ID_PATTERN, path.stem)))


def read_plan(folder: Path, name: str) -> SavedPlan:
    """A plan that the folder holds.

    Raises
    ------
    BadInput
        If there is none of that name (``no-such-plan``), or its file is damaged.
    """
    known = list_plans(folder)
    where = f"{PLANS_FOLDER}/{name}.json"
    if name not in known:
        found = f"{name!r}; there {'is' if len(known) == 1 else 'are'} {', '.join(known) or 'none'}"
        do = "Save one with `ringfence plan OP --save NAME`."
        raise BadInput([Fault("no-such-plan", PLANS_FOLDER, "the name of a saved plan", found, do)])
    path = folder / PLANS_FOLDER / f"{name}.json"
    faults: list[Fault] = []
    if path.stat().st_size > PLAN_BYTES_MAX:
        expected, found = f"at most {PLAN_BYTES_MAX} bytes", str(path.stat().st_size)
        raise BadInput([Fault("plan-too-large", where, expected, found, "Save it again.")])
    text = decode_text(path.read_bytes(), where, faults)
    refuse_if(faults)
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise BadInput([Fault("bad-json", where, "a saved plan", str(error)[:100], "Save it again.")]) from None
    plan = validate(_from_format_1(document), where, SavedPlan, faults)
    refuse_if(faults)
    assert plan is not None
    return plan.model_copy(update={"name": name})  # a file that was copied goes by its own name


def _from_format_1(document: Any) -> Any:
    """A file of format 1 in format 2: its certificate knows for which outlines it was made; without one, nobody."""
    if not isinstance(document, dict) or document.get("format") != 1:
        return document
    plan = document.get("plan")
    certificate = plan.get("certificate") if isinstance(plan, dict) else None
    known = certificate if isinstance(certificate, dict) else {}
    outlines = {"area": known.get("area", ""), "limit": known.get("limit", "")}
    return {**document, "format": 2, **outlines}


def save_plan(folder: Path, plan: SavedPlan, *, replace: bool = False) -> None:
    """Keep a plan in the folder, whole or not at all.

    Raises
    ------
    BadInput
        If nothing can be written there.
    Conflict
        ``plan-kept``: one of the same name is there, and is not to be replaced.
    """
    if not replace and plan.name in list_plans(folder):
        do = "Choose another name, or replace it: --replace."
        raise Conflict([Fault("plan-kept", PLANS_FOLDER, "a name that is free", repr(plan.name), do)])
    kept = folder / PLANS_FOLDER
    try:
        kept.mkdir(exist_ok=True)
    except OSError as error:
        found = f"{kept}: {error.strerror}"
        do = "Work on a folder that can be written."
        raise BadInput([Fault("cannot-write", PLANS_FOLDER, "a folder for plans", found, do)]) from None
    with new_file(kept / f"{plan.name}.json", replace=True) as path:
        path.write_text(json.dumps(plan.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
