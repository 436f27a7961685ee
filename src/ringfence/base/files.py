"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringfence.base.errors import BadInput, Fault


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
        _sync(new)
        if replace:
            new.replace(path)
            return
        try:
            os.link(new, path)  # unlike a rename, it never takes the place of a file that is there
        except FileExistsError:
            raise _already_there(path) from None
        except OSError:  # a file system without links
            _refuse_taken(path)
            new.rename(path)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write into; at the end it stands at `path`, or nowhere if it failed. Raises as `new_file`."""
    with _aside(path, replace=False, fails_with=OSError) as aside:
        new = aside / "folder"
        new.mkdir()
        yield new
        for written in (*new.rglob("*"), new):
            _sync(written)
        _refuse_taken(path)
        try:
            new.rename(path)
        except OSError:
            _refuse_taken(path)
            raise


@contextmanager
def _aside(path: Path, *, replace: bool, fails_with: type[Exception]) -> Iterator[Path]:
    """A folder beside `path` to write into, gone afterwards; `path` is on the disk when this ends without an error."""
    if not replace or path.is_dir():
        _refuse_taken(path)
    try:
        # In the same folder, because only within a file system does a rename happen at once.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}.part-") as aside:
            yield Path(aside)
        _sync(path.parent)
    except (OSError, fails_with) as error:
        found = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
        do = "Make room or choose another place; nothing was left there."
        raise BadInput([Fault("cannot-write", str(path), "a place to write to", found, do)]) from error


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


def _already_there(path: Path) -> BadInput:
    found = "a folder" if path.is_dir() else "a file"
    do = "Choose another name, or move away what is there."
    return BadInput([Fault("already-there", str(path), "a name that is free", found, do)])
