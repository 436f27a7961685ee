"""The append-only log of an operation, chained by hashes, in SQLite or PostgreSQL."""

from ringfence.ledger.backup import Backup
from ringfence.ledger.chain import Verification
from ringfence.ledger.export import read_lines, write_line
from ringfence.ledger.growth import Added
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.lines import LedgerLine
from ringfence.ledger.places import refuse_address

__all__ = ["Added", "Backup", "Ledger", "LedgerLine", "Verification", "read_lines", "refuse_address", "write_line"]
