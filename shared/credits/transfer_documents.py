"""Documents of transfers, which are written once and never changed.

The queries need the composite indexes in infra/firestore.indexes.json. `until`: only transfers of this time or older.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.codec import encode
from shared.credits.ledger import Transfer, TransferKind
from shared.ports import Create, Key, Op, Query


def release_key(job_id: str) -> Key:
    """The key of the transfer that released a job's hold."""
    return end_key(TransferKind.RELEASE, job_id)


def end_key(kind: TransferKind, job_id: str) -> Key:
    """The key of a job's transfer of this kind."""
    return Key("transfers", f"{kind}:{job_id}")


def create_transfer(transfer: Transfer) -> Create:
    """The creation of a transfer; a second commit with the same id fails."""
    return Create(Key("transfers", transfer.id), encode(transfer))


def transfers_of(user_id: int, limit: int, until: datetime | None = None) -> Query:
    """A person's newest transfers."""
    return _newest(user_id, (), limit, until)


def transfers_of_kinds(user_id: int, kinds: Sequence[TransferKind], limit: int, until: datetime | None = None) -> Query:
    """A person's newest transfers of these kinds."""
    return _newest(user_id, (("kind", "in", tuple(kind.value for kind in kinds)),), limit, until)


def transfers_of_jobs(user_id: int, job_kinds: Sequence[str], limit: int, until: datetime | None = None) -> Query:
    """A person's newest transfers for jobs of these kinds; those of 0.3 and older name no kind."""
    return _newest(user_id, (("job_kind", "in", tuple(job_kinds)),), limit, until)


def all_transfers_of(user_id: int, limit: int, after: tuple[datetime, str] | None) -> Query:
    """A page of all transfers of a person, the newest first, after one with this time and id."""
    return Query("transfers", (("user_id", "==", user_id),), limit, ("at", "DESCENDING"), after)


def _newest(user_id: int, where: tuple[tuple[str, Op, Any], ...], limit: int, until: datetime | None) -> Query:
    span: tuple[tuple[str, Op, Any], ...] = () if until is None else (("at", "<=", until),)
    return Query("transfers", (("user_id", "==", user_id), *where, *span), limit, ("at", "DESCENDING"))
