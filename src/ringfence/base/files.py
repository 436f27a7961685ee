"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from ringfence.base.errors import BadInput, Fault


def write_whole(path: Path, write: Callable[[Path], object], *, fails_with: type[Exception] = OSError) -> None:
    """Put a file in place that `write` makes under another name beside it: nobody sees it before it is whole.

    Parameters
    ----------
    write : callable
        Gets the path to write to.
    fails_with : type of exception
        What it may raise, beside `OSError`, when it can't write.

    Raises
    ------
    BadInput
        ``cannot-write``; nothing is left behind, and a file that stood there stands.
    """
    part = path.with_name(f".{path.name}.part-{uuid4().hex}")
    with _refusing(path, fails_with):
        try:
            write(part)
            with part.open("rb+") as written:
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _refusing(path: Path, fails_with: type[Exception]) -> Iterator[None]:
    try:
        yield
    except (OSError, fails_with) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
        do = "Free some room or choose another place; nothing was written."
        raise BadInput([Fault("cannot-write", path.name, "a place that can be written", found, do)]) from error
