"""The append-only log of an operation, chained by hashes, in SQLite or PostgreSQL."""

from ringfence.ledger.audit import audit_lines, audit_revealed
from ringfence.ledger.backup import Backup
from ringfence.ledger.chain import Verification, heads_as_told
from ringfence.ledger.export import read_lines, write_line
from ringfence.ledger.growth import Added
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.lines import LedgerLine, entry_of
from ringfence.ledger.places import refuse_address
from ringfence.ledger.texts import RevealedText

__all__ = [
    "Added",
    "Backup",
    "Ledger",
    "LedgerLine",
    "RevealedText",
    "Verification",
    "audit_lines",
    "audit_revealed",
    "entry_of",
    "heads_as_told",
    "read_lines",
    "refuse_address",
    "write_line",
]
