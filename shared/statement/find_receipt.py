"""Finding what a receipt tells: by its number, or for a job. Only the person's own transfers are looked through."""

from shared.codec import decode
from shared.credits.bonuses import bonus_id, cashback_fact, job_of_cashback
from shared.credits.ledger import Transfer, TransferKind, charge_of_return, refund_id
from shared.credits.receipt_number import SECOND, number_of, read_number
from shared.credits.transfer_documents import end_key, transfers_of
from shared.jobs.job import Job
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job_record
from shared.payments.payment_documents import PaymentRecord, payment_key, purchase_key
from shared.ports import Key, Ports, Record
from shared.statement.entries import MICROSECOND
from shared.statement.receipt import EntryReceipt, JobReceipt, PurchaseReceipt, Receipt

READ_MAX = 50
"""How many transfers are read for one number: more than one person's commits book in a second."""
_OF_PAYMENTS = frozenset({TransferKind.PURCHASE, TransferKind.REFUND, TransferKind.CHARGEBACK})


async def find_receipt(ports: Ports, user_id: int, text: str) -> Receipt | None:
    """The receipt with this number; None if this person has none. Raises UnavailableError."""
    read = read_number(text)
    if read is None:
        return None
    number, second = read
    found = await ports.store.find(transfers_of(user_id, READ_MAX, second + SECOND - MICROSECOND))
    transfers = [decode(Transfer, record.fields) for record in found]
    named = next((each for each in transfers if each.at >= second and number_of(each) == number), None)
    return None if named is None else await open_receipt(ports, named)


async def find_last_receipt(ports: Ports, user_id: int) -> Receipt | None:
    """The receipt of a person's newest transfer. Raises UnavailableError."""
    found = await ports.store.find(transfers_of(user_id, 1))
    return await open_receipt(ports, decode(Transfer, found[0].fields)) if found else None


async def open_receipt(ports: Ports, transfer: Transfer) -> Receipt:
    """The receipt that a transfer belongs to. Raises UnavailableError."""
    if job_id := transfer.job_id or job_of_cashback(transfer.id):
        [record] = await ports.store.read([job_key(job_id)])
        job = None if record is None else open_job_record(ports, record).job
        return await _open_of_job(ports, job_id, job)
    if transfer.kind in _OF_PAYMENTS:
        return await _open_of_payment(ports, transfer)
    return EntryReceipt(transfer)


async def open_receipt_of_job(ports: Ports, job: Job) -> JobReceipt:
    """The receipt of a job, also of a free one, which has no number. Raises UnavailableError."""
    return await _open_of_job(ports, job.id, job)


async def _open_of_job(ports: Ports, job_id: str, job: Job | None) -> JobReceipt:
    kinds = (TransferKind.HOLD, TransferKind.CAPTURE, TransferKind.RELEASE)
    keys = [*(end_key(kind, job_id) for kind in kinds), Key("transfers", bonus_id(cashback_fact(job_id)))]
    held, captured, released, cashback = map(_read, await ports.store.read(keys))
    return JobReceipt(job, held, captured, released, cashback)


async def _open_of_payment(ports: Ports, transfer: Transfer) -> Receipt:
    charge_id = charge_of_return(transfer)  # the purchase's id has the same place for it
    keys = [purchase_key(charge_id), Key("transfers", refund_id(charge_id)), payment_key(charge_id)]
    bought, returned, payment = await ports.store.read(keys)
    if bought is None or payment is None:
        return EntryReceipt(transfer)
    return PurchaseReceipt(decode(Transfer, bought.fields), decode(PaymentRecord, payment.fields), _read(returned))


def _read(record: Record | None) -> Transfer | None:
    return None if record is None else decode(Transfer, record.fields)
