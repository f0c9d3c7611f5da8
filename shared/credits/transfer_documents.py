"""Documents of transfers, which are written once and never changed."""

from shared.codec import encode
from shared.credits.ledger import Transfer, TransferKind
from shared.ports import Create, Key, Query


def release_key(job_id: str) -> Key:
    """The key of the transfer that released a job's hold."""
    return Key("transfers", f"{TransferKind.RELEASE}:{job_id}")


def create_transfer(transfer: Transfer) -> Create:
    """The creation of a transfer; a second commit with the same id fails."""
    return Create(Key("transfers", transfer.id), encode(transfer))


def last_transfers_of(user_id: int, limit: int) -> Query:
    """A person's newest transfers. The query needs the composite index in infra/firestore.indexes.json."""
    return Query("transfers", (("user_id", "==", user_id),), limit, ("at", "DESCENDING"))
