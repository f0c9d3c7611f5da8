"""A statement as CSV, for spreadsheets: UTF-8 with a byte order mark, times as ISO 8601 in UTC. Pure.

A cell that begins like a formula gets an apostrophe in front, as OWASP advises
(https://owasp.org/www-community/attacks/CSV_Injection): notes are other people's words, and ids may begin with a dash.
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC

from shared.credits.ledger import Transfer
from shared.credits.receipt_number import number_of
from shared.statement.entries import change_of

COLUMNS = ("time_utc", "kind", "credits", "reserved", "about", "note", "job", "receipt")
"""`credits`: by how much the available credits changed, so that the sum of all rows is the balance; `reserved`: by how
much the reserved ones did."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Without it Excel reads another alphabet."""
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def write_header() -> bytes:
    """The beginning of the file."""
    return BYTE_ORDER_MARK + _write([COLUMNS])


def write_rows(transfers: Iterable[Transfer]) -> bytes:
    """One row for each transfer, in this order."""
    return _write(map(_row, transfers))


def _row(transfer: Transfer) -> tuple[str, ...]:
    change, reserved = change_of(transfer)
    time = transfer.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    words = (transfer.job_kind, transfer.note, transfer.job_id or "", number_of(transfer))
    return (time, _as_text(transfer.kind), str(change), str(reserved), *map(_as_text, words))


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _write(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
