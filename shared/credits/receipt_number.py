"""The number of a receipt: short enough to be typed, and found without a document of its own.

    0K3F7-A9QX      the second of the transfer, and three characters of a hash of its id

The alphabet is Crockford's (https://www.crockford.com/base32.html): it has no I, L, O and U, and a reader forgives
small letters, blanks and dashes, O for 0, I and L for 1. A number is looked for among the transfers of one person, so
it tells nobody anything about another.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta

from shared.credits.ledger import Transfer

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOMENT_CHARACTERS, CHECK_CHARACTERS = 6, 3
"""32^6 seconds are 34 years."""
_CHARACTERS = MOMENT_CHARACTERS + CHECK_CHARACTERS
_FORGIVEN = str.maketrans("OIL", "011")


def number_of(transfer: Transfer) -> str:
    """The number of a transfer's receipt."""
    return write_number(transfer.id, transfer.at)


def write_number(transfer_id: str, at: datetime) -> str:
    """The number of the receipt of a transfer with this id, booked at this time."""
    moment = _write((at - EPOCH) // SECOND, MOMENT_CHARACTERS)
    digest = hashlib.sha256(transfer_id.encode("utf-8", "surrogatepass")).digest()
    number = moment + _write(int.from_bytes(digest[:4]), CHECK_CHARACTERS)
    return f"{number[:5]}-{number[5:]}"


def read_number(text: str) -> tuple[str, datetime] | None:
    """The number as `write_number` writes it, and the second in which it was booked; None if it is no number."""
    plain = re.sub(r"[\s-]", "", text).upper().translate(_FORGIVEN)
    if len(plain) != _CHARACTERS or not set(plain) <= set(ALPHABET):
        return None
    seconds = 0
    for character in plain[:MOMENT_CHARACTERS]:
        seconds = seconds * len(ALPHABET) + ALPHABET.index(character)
    return f"{plain[:5]}-{plain[5:]}", EPOCH + seconds * SECOND


def _write(number: int, length: int) -> str:
    """The last `length` digits of a number in base 32."""
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
