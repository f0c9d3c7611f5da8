"""Documents of transfers: written once, never changed."""

from shared.codec import encode
from shared.credits.ledger import Transfer, TransferKind
from shared.ports import Create, Key, Query


def release_key(job_id: str) -> Key:
    """The transfer that gave a job's credits back."""
    return Key("transfers", f"{TransferKind.RELEASE}:{job_id}")


def create_transfer(transfer: Transfer) -> Create:
    """A transfer is written once; its id makes a second time fail."""
    return Create(Key("transfers", transfer.id), encode(transfer))


def last_transfers_of(user_id: int, limit: int) -> Query:
    """A person's newest transfers; needs the composite index in infra/firestore.indexes.json."""
    return Query("transfers", (("user_id", "==", user_id),), limit, ("at", "DESCENDING"))
