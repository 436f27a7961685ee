"""Where a ledger is kept: a file, or a server."""

from __future__ import annotations

import re
from pathlib import Path

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.tables import ID_PATTERN
from ringfence.ledger.lines import DESK_LENGTH_MAX
from ringfence.ledger.sqlite_file import create_file
from ringfence.ledger.sqlite_store import SqliteStore
from ringfence.ledger.store import Store

Place = Path | str
"""The path of a file, or the address of a PostgreSQL server: ``postgresql://...``."""

_OTHER = "Open the right one."


def create_store(place: Place, operation: str, desk: str) -> Store:
    """The store at `place`, made first if there is none; it must be of this operation and desk."""
    refuse_if([*_name_faults("operation", operation, 80), *_name_faults("desk", desk, DESK_LENGTH_MAX)])
    url = _url(place)
    if url is None:
        create_file(Path(place), operation, desk)
    else:
        from ringfence.ledger.postgres_store import create_schema

        create_schema(url, operation)
    return open_store(place, operation, desk)


def open_store(place: Place, operation: str | None, desk: str | None) -> Store:
    """The store at `place`, of this operation and desk, where they are given."""
    url = _url(place)
    if url is None:
        store: Store = SqliteStore(Path(place))
    else:
        if operation is None:
            do = "Say which: a server may hold several."
            raise BadInput([Fault("operation-missing", "ledger", "the operation whose ledger it is", "none", do)])
        from ringfence.ledger.postgres_store import PostgresStore

        desk = "control" if desk is None else desk
        refuse_if([*_name_faults("operation", operation, 80), *_name_faults("desk", desk, DESK_LENGTH_MAX)])
        store = PostgresStore(url, operation, desk)
    faults = [
        Fault(f"other-{what}", store.where, f"the ledger of {what} {wanted}", f"that of {what} {held}", _OTHER)
        for what, wanted, held in (("operation", operation, store.operation), ("desk", desk, store.desk))
        if wanted not in (None, held)
    ]
    if faults:
        store.close()
        raise BadInput(faults)
    return store


def refuse_address(address: str) -> None:
    """Refuse what is no address of a server, and one with a password in it: other programs could read that.

    Raises
    ------
    BadInput
        ``bad-address``, ``password-in-address``.
    """
    if _url(address) is None:
        do = "Write it as postgresql://user@host:port/database."
        raise BadInput([Fault("bad-address", "ledger", "the address of a PostgreSQL server", "another text", do)])
    from ringfence.ledger.postgres_store import has_password

    if has_password(address):
        do = "Take it out, and put it into a file that only you can read (PGPASSFILE), or into PGPASSWORD."
        expected = "an address without a password: every list of processes would show it"
        raise BadInput([Fault("password-in-address", "ledger", expected, "one with a password", do)])


def _url(place: Place) -> str | None:
    return place if isinstance(place, str) and place.startswith(("postgresql://", "postgres://")) else None


def _name_faults(where: str, name: str, length_max: int) -> list[Fault]:
    if re.fullmatch(ID_PATTERN, name) and len(name) <= length_max:
        return []
    expected = f"at most {length_max} letters, digits, dots, underscores and hyphens"
    return [Fault("bad-id", where, expected, repr(name[:100]), "Choose another one.")]
