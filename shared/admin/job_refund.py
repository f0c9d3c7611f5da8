"""What an operator may give back of a job: what its person paid, less what came back to them for it before. Pure.

What a group's wallet paid goes back to the wallet, through the account of the person who asked for the job.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.codec import decode
from shared.credits.bonuses import bonus_id, cashback_fact
from shared.credits.ledger import JOB_REFUND, Change, Hold, Transfer, TransferKind, change_id
from shared.credits.transfer_documents import end_key
from shared.ports import Key, Record


@dataclass(frozen=True, slots=True)
class JobRefund:
    """The transfers of a job that decide about its refund."""

    captured: Transfer | None
    cashback: Transfer | None
    returned: Transfer | None
    """The refund, if there is one."""
    granted: Transfer | None
    """What a group's wallet gave for the job; None: the person paid."""

    @property
    def paid(self) -> int:
        """What the person paid in the end, in credits."""
        back = 0 if self.cashback is None else self.cashback.credits
        return 0 if self.captured is None else self.captured.credits - back

    @property
    def is_open(self) -> bool:
        """Whether something can be given back."""
        return self.paid > 0 and self.returned is None

    def change(self, job_id: str, reason: str) -> Change | None:
        """The change of credits; None if nothing was paid. One job has one reference, so one refund."""
        if self.captured is None or self.paid <= 0:
            return None
        user_id, reference = self.captured.user_id, reference_of(job_id)
        return Change(TransferKind.CORRECTION, user_id, self.paid, reference, reason)


def reference_of(job_id: str) -> str:
    """What names the refund of a job."""
    return f"{JOB_REFUND}{job_id}"


def hold_of_refund(granted: Transfer, change: Change) -> Hold:
    """What a wallet paid, under the name of the refund: what the job's own end gave back has the job's."""
    return Hold(granted.user_id, change.reference, granted.credits, granted.at, granted.job_kind)


def refund_keys(job_id: str) -> list[Key]:
    """The documents that `find_refund` needs, in its order."""
    change = Change(TransferKind.CORRECTION, 0, 0, reference_of(job_id), "")
    return [
        end_key(TransferKind.CAPTURE, job_id),
        Key("transfers", bonus_id(cashback_fact(job_id))),
        Key("transfers", change_id(change)),
        end_key(TransferKind.GRANT, job_id),
    ]


def find_refund(records: Sequence[Record | None]) -> JobRefund:
    """The refund by these documents."""
    return JobRefund(*(None if each is None else decode(Transfer, each.fields) for each in records))
