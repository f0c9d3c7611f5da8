"""Finding somebody, or a job, by what an operator was told.

    digits                      Telegram's number of a person
    16 characters               the code of a job, or of a payment
    0K3F7-A9QX                  the receipt of a purchase; other receipts are looked for in their person's ledger
    anything else               a provider's own number of a payment

At most one query and six reads, whoever is looked for.
"""

from datetime import datetime

from shared.admin.calls import AdminCall
from shared.admin.page import read_person
from shared.codec import decode
from shared.credits.ledger import TransferKind
from shared.credits.receipt_number import SECOND, read_number, write_number
from shared.credits.transfer_documents import end_key
from shared.hash_ids import is_id
from shared.jobs.job_documents import job_key
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.payments.payment_documents import PaymentRecord, paid_after, payment_id, payment_key, purchase_key
from shared.ports import AppPorts
from shared.statement.entries import MICROSECOND
from shared.statement.section import write_place

PROVIDERS = ("stars", "lava", "yookassa")
CHARACTERS_MAX = 200
READ_MAX = 50
"""How many payments of one second are looked through."""


async def find(ports: AppPorts, call: AdminCall) -> Reply:
    """The way to what was looked for. Raises UnavailableError."""
    words = call.value("words")[:CHARACTERS_MAX]
    if user_id := read_person(words):
        return go_to(f"/admin/people/{user_id}")
    if is_id(words):
        paid = end_key(TransferKind.CAPTURE, words)  # stays when the job has expired
        job, captured, payment = await ports.store.read([job_key(words), paid, payment_key(words)])
        if job is not None or captured is not None:
            return go_to(f"/admin/jobs/{words}")
        if payment is not None:
            return _go_to_payment(decode(PaymentRecord, payment.fields))
    if (read := read_number(words)) is not None and (found := await _find_receipt(ports, *read)) is not None:
        return _go_to_payment(found)
    if words:
        records = await ports.store.read([payment_key(payment_id(each, words)) for each in PROVIDERS])
        for record in records:
            if record is not None:
                return _go_to_payment(decode(PaymentRecord, record.fields))
    return go_to("/admin?said=notfound")


async def _find_receipt(ports: AppPorts, number: str, second: datetime) -> PaymentRecord | None:
    """The payment whose purchase has a receipt of this number."""
    found = await ports.store.find(paid_after(second - MICROSECOND, "~", READ_MAX))
    payments = [decode(PaymentRecord, record.fields) for record in found]
    for each in payments:
        is_then = each.paid_at < second + SECOND
        if is_then and write_number(purchase_key(each.id).id, each.paid_at) == number:
            return each
    return None


def _go_to_payment(payment: PaymentRecord) -> Reply:
    """The ledger of whoever paid, from that moment on."""
    return go_to(f"/admin/people/{payment.user_id}/ledger?until={write_place(payment.paid_at)}")
