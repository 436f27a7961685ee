"""Where PostgreSQL's programs are: on the path, where systems put them, or as `pgserver` brings them from PyPI."""

from __future__ import annotations

import atexit
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

PROGRAMS = ("initdb", "pg_ctl", "postgres")
OLDEST = 15
"""What the store for several desks asks for."""
WISH = "RINGFENCE_POSTGRES"
"""The variable that names the folder of the programs, or says `pgserver`; else they are looked for."""
PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat, from PostgreSQL's own packages
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",  # built from source
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@cache
def folder_of_programs() -> Path:
    """The folder, readable by the account that the server runs as. Without one the test fails, aloud."""
    for folder in _candidates(os.environ.get(WISH)):
        version = version_of(folder)
        if version is not None and version >= OLDEST:
            return _readable(folder)
    pytest.fail(
        f"The tests of the ledger need PostgreSQL's server, {OLDEST} or newer: {', '.join(PROGRAMS)}. They are on the"
        f" PATH, in {', '.join(PLACES)}, in the folder that {WISH} names, or come with the package pgserver."
    )


@cache
def account() -> pwd.struct_passwd | None:
    """Whom the server runs as where the tests run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.fail("PostgreSQL refuses to run as root, and there is no account named postgres or nobody.")


def as_account() -> list[str]:
    """What is put before a command so that the account runs it."""
    other = account()
    if other is None:
        return []
    return ["setpriv", "--reuid", str(other.pw_uid), "--regid", str(other.pw_gid), "--clear-groups"]


def version_of(folder: Path) -> int | None:
    """The version of the programs in a folder that has all of them."""
    if any(shutil.which(program, path=folder) is None for program in PROGRAMS):
        return None
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else None


def installed(places: tuple[str, ...] = PLACES) -> list[Path]:
    """Where systems put them: the newest version first."""
    found = [folder for place in places for folder in Path("/").glob(place.removeprefix("/"))]
    return sorted(found, key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))], reverse=True)


def _candidates(wish: str | None) -> Iterator[Path]:
    if wish and wish != "pgserver":
        yield Path(wish)
        return
    if not wish:
        on_path = shutil.which("postgres")
        if on_path is not None:
            yield Path(on_path).resolve().parent  # a link on the path need not have the others beside it
            yield Path(on_path).parent
        yield from installed()
    package = find_spec("pgserver")  # found, not imported: only its programs are wanted
    for folder in (package.submodule_search_locations or []) if package is not None else []:
        yield Path(folder) / "pginstall" / "bin"


def _readable(folder: Path) -> Path:
    """The folder; a copy of the installation where its account may not look, as in a clone in root's own home."""
    # From a shell: what setpriv starts itself still has root's rights to look.
    command = [*as_account(), "sh", "-c", '"$0/initdb" --version && "$0/postgres" --version', str(folder)]
    if subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0:
        return folder
    copy, base = Path(tempfile.mkdtemp(prefix="rf-pg-programs-")), folder.parents[2]
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    for part in (folder.parent, base / "pgserver.libs"):  # a wheel's programs find their libraries there
        if part.is_dir():
            shutil.copytree(part, copy / part.relative_to(base), symlinks=True)
    return copy / folder.relative_to(base)
