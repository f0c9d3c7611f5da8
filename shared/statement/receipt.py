"""What a receipt tells: of a job, of a purchase, or of any other entry."""

from dataclasses import dataclass

from shared.credits.ledger import Transfer
from shared.jobs.job import Job
from shared.payments.payment_documents import PaymentRecord


@dataclass(frozen=True, slots=True)
class JobReceipt:
    """A job and what it moved; no transfers if it was free."""

    job: Job | None
    """None once it has expired."""
    held: Transfer | None
    captured: Transfer | None
    released: Transfer | None
    """All of the hold, or what was left of it at the capture."""
    cashback: Transfer | None = None
    """What came back of it by a campaign."""


@dataclass(frozen=True, slots=True)
class PurchaseReceipt:
    """A payment, the credits that came for it, and what took them back."""

    bought: Transfer
    payment: PaymentRecord
    returned: Transfer | None


@dataclass(frozen=True, slots=True)
class EntryReceipt:
    """Another transfer: a gift, free credits."""

    transfer: Transfer


Receipt = JobReceipt | PurchaseReceipt | EntryReceipt
