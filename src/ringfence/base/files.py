"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import dataclasses
import errno
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringfence.base.errors import BadInput, Fault

MARK_TRIES, MARK_WAIT_S = 50, 0.02
"""How often, and after which wait, a name is tried that somebody else is giving away: a second, for what takes none."""


@contextmanager
def new_file(path: Path, *, replace: bool = False, fails_with: type[Exception] = OSError) -> Iterator[Path]:
    """A name to write a file under; at the end it stands at `path`, or nowhere if anything went wrong.

    Parameters
    ----------
    replace : bool
        Whether it may take the place of a file that is there.
    fails_with : type of exception
        What the writer raises, beside `OSError`, when it can't write.

    Raises
    ------
    BadInput
        If something is there already (``already-there``), or it can't be written (``cannot-write``).
    """
    with _aside(path, replace=replace, fails_with=fails_with) as aside:
        new = aside / "file"
        yield new
        _as_readable_as_any(new)
        _sync(new)
        if replace:
            new.replace(path)
            return
        if not appears(new, path):
            raise _already_there(path)


def appears(new: Path, path: Path) -> bool:
    """Give a finished file its name, beside it; False, and nothing done, if anything has that name already.

    Of several that try at once, in whichever processes, one succeeds: never does a file take another one's place.

    Raises
    ------
    OSError
        If the folder can't be written; or where there are no links, and somebody who gave up midway left a mark.
    """
    try:
        os.link(new, path)  # unlike a rename, it never takes the place of a file that is there
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        return _appears_behind_a_mark(new, path)
    return True


def _appears_behind_a_mark(new: Path, path: Path) -> bool:
    """`appears` by renaming, which looks at nothing: so only whoever has made the mark may look, and rename."""
    mark = path.with_name(f".{path.name[:40]}.appears")
    for _ in range(MARK_TRIES):
        if os.path.lexists(path):
            return False
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            time.sleep(MARK_WAIT_S)
            continue
        try:
            if os.path.lexists(path):
                return False
            new.rename(path)
        finally:
            mark.unlink()
        return True
    message = f"{mark.name} is in the way: delete it if nobody is writing {path.name} now"
    raise OSError(errno.EEXIST, message)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write into; at the end it stands at `path`, or nowhere if it failed. Raises as `new_file`."""
    with _aside(path, replace=False, fails_with=OSError) as aside:
        new = aside / "folder"
        new.mkdir()
        try:
            yield new
        except BadInput as error:  # what can't be written in it is known by the name that it would have had
            where = [fault.where.replace(str(new), str(path)) for fault in error.faults]
            faults = [dataclasses.replace(fault, where=at) for fault, at in zip(error.faults, where, strict=True)]
            raise BadInput(faults) from error
        for written in (*new.rglob("*"), new):
            _sync(written)
        _refuse_taken(path)
        try:
            new.rename(path)
        except OSError:
            _refuse_taken(path)
            raise


def is_folder(path: Path) -> bool:
    """Whether there is a folder; nothing can be there under a name that the system can't hold."""
    try:
        return path.is_dir()
    except OSError:
        return False


def refuse_unwritable(path: Path, *, replace: bool = False) -> None:
    """Refuse a target before the work rather than after it.

    Raises
    ------
    BadInput
        If something is there already (``already-there``), or its folder is missing or closed (``cannot-write``).
    """
    if not replace or is_folder(path):
        _refuse_taken(path)
    folder = path.parent
    if not is_folder(folder):
        raise _cannot_write(path, f"no folder {folder}", "Make that folder first, or choose another place.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _cannot_write(path, f"a folder {folder} closed to you", "Choose another place, or have it opened.")


@contextmanager
def _aside(path: Path, *, replace: bool, fails_with: type[Exception]) -> Iterator[Path]:
    """A folder beside `path` to write into, gone afterwards; `path` is on the disk when this ends without an error."""
    refuse_unwritable(path, replace=replace)
    try:
        # In the same folder, because only within a file system does a rename happen at once.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}.part-") as aside:
            yield Path(aside)
        _sync(path.parent)
    except (OSError, fails_with) as error:
        found = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
        raise _cannot_write(path, found, "Make room or choose another place; nothing was left there.") from error


def _as_readable_as_any(new: Path) -> None:
    """Some libraries write files that only their owner can read; this gives the rights of any new file."""
    probe = new.parent / "probe"
    probe.touch()
    new.chmod(probe.stat().st_mode & 0o777)


def _sync(path: Path) -> None:
    """So that it outlives a power cut. Where folders can't be synced, the system does without."""
    if path.is_dir() and os.name != "posix":
        return
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(held)


def _refuse_taken(path: Path) -> None:
    if os.path.lexists(path):
        raise _already_there(path)


def _cannot_write(path: Path, found: str, do: str) -> BadInput:
    return BadInput([Fault("cannot-write", str(path), "a place to write to", found, do)])


def _already_there(path: Path) -> BadInput:
    found = "a folder" if is_folder(path) else "a file"
    do = "Choose another name, or move away what is there."
    return BadInput([Fault("already-there", str(path), "a name that is free", found, do)])
