"""The sections of a statement: which transfers each shows, and the place of a page in a button. Pure."""

import re
from datetime import UTC, datetime
from enum import StrEnum

from shared.credits.ledger import TransferKind
from shared.credits.transfer_documents import transfers_of, transfers_of_jobs, transfers_of_kinds
from shared.ports import Query
from shared.statement.entries import MICROSECOND

TRAIL_MAX = 4
"""How many pages back *Newer* knows the way: each takes 11 of the 64 bytes of a button."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Section(StrEnum):
    """What a page shows; the value stands in its buttons."""

    ALL = "a"
    PURCHASES = "m"
    PICTURES = "p"
    VIDEOS = "v"
    TALK = "t"
    GIFTS = "g"


_OF_JOBS = frozenset({TransferKind.HOLD, TransferKind.CAPTURE, TransferKind.RELEASE})
_JOB_KINDS = {
    Section.PICTURES: ("picture",),
    Section.VIDEOS: ("video",),
    Section.TALK: ("answer", "speech", "transcript"),
}
_PURCHASES = (TransferKind.PURCHASE, TransferKind.REFUND, TransferKind.CHARGEBACK)
_KINDS = {
    Section.PURCHASES: _PURCHASES,
    Section.GIFTS: tuple(kind for kind in TransferKind if kind not in {*_OF_JOBS, *_PURCHASES}),
}
"""A new kind of transfer is among the gifts by itself."""


def query_of(section: Section, user_id: int, limit: int, until: datetime | None) -> Query:
    """The newest transfers of a section, of this time or older."""
    if section in _JOB_KINDS:
        return transfers_of_jobs(user_id, _JOB_KINDS[section], limit, until)
    if section in _KINDS:
        return transfers_of_kinds(user_id, _KINDS[section], limit, until)
    return transfers_of(user_id, limit, until)


def read_section(text: str) -> Section:
    """The section in a button; all of it for a text that is none."""
    return next((section for section in Section if section == text), Section.ALL)


def write_place(until: datetime) -> str:
    """The time at which a page begins, to the microsecond, in base 36: the older pages begin below it."""
    number, digits = (until - _EPOCH) // MICROSECOND, ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def read_place(text: str) -> datetime | None:
    """The place in a button; None if there is none, or nonsense: then the page is the newest."""
    if re.fullmatch(r"[0-9a-z]{1,10}", text) is None:
        return None
    return _EPOCH + int(text, len(_DIGITS)) * MICROSECOND
