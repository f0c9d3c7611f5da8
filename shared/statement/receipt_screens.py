"""The words of a receipt. Pure."""

from shared.credits.ledger import TransferKind
from shared.credits.receipt_number import number_of
from shared.jobs.job import ENDS, Job, JobState, is_canceled
from shared.people.users import Language
from shared.ports import Screen
from shared.providers.outcomes import FailureReason
from shared.statement.balance_screens import entry_words
from shared.statement.job_words import list_parameters, name_job
from shared.statement.receipt import EntryReceipt, JobReceipt, PurchaseReceipt, Receipt
from shared.texts import html_text, plain_text, write_moment

NAME_CHARACTERS_MAX = 300
_WHY = {
    FailureReason.SAFETY: "receipt-why-safety",
    FailureReason.NO_RESULT: "receipt-why-nothing",
    FailureReason.BUSY: "receipt-why-busy",
    FailureReason.PROVIDER: "receipt-why-provider",
    FailureReason.LATE: "receipt-why-late",
    FailureReason.FILE_TOO_LARGE: "receipt-why-file",
    FailureReason.FILE_UNREADABLE: "receipt-why-file",
    FailureReason.FILE_GONE: "receipt-why-gone",
    FailureReason.UNDELIVERABLE: "receipt-why-place",
}
"""Why a job has no result; for all others something broke on our side."""
_PROVIDERS = {"stars": "Telegram Stars", "lava": "lava.top", "yookassa": "YooKassa"}
STARS = "XTR"


def receipt_screen(receipt: Receipt, language: Language) -> Screen:
    """The receipt, as text."""
    if isinstance(receipt, JobReceipt):
        lines = _job_lines(receipt, language)
    elif isinstance(receipt, PurchaseReceipt):
        lines = _purchase_lines(receipt, language)
    else:
        lines = _entry_lines(receipt, language)
    return Screen("\n".join(lines))


def write_amount(amount: int, currency: str) -> str:
    """A sum in the smallest unit of its currency, for people."""
    if currency == STARS:
        return f"{amount} ⭐"
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02d} {currency}"


def _job_lines(receipt: JobReceipt, language: Language) -> list[str]:
    job, first = receipt.job, receipt.held or receipt.captured or receipt.released
    lines = [_title(language, "" if first is None else number_of(first))]
    if job is None:
        lines.append(html_text(language, "receipt-expired"))
    else:
        name = name_job(language, job, NAME_CHARACTERS_MAX)
        lines += [html_text(language, "receipt-name", name=name), *list_parameters(language, job)]
    asked_at = job.created_at if job is not None else None if first is None else first.at
    if asked_at is not None:
        lines.append(html_text(language, "receipt-asked", at=write_moment(language, asked_at)))
    back = receipt.cashback
    given = [] if back is None else [html_text(language, "receipt-cashback", credits=back.credits)]
    if job is not None and job.wallet_id:
        given.append(html_text(language, "receipt-wallet"))
    return [*lines, _outcome(receipt, language), *given]


def _outcome(receipt: JobReceipt, language: Language) -> str:
    """What came of a job, and what that means for its credits."""
    job = receipt.job
    if (captured := receipt.captured) is not None:
        at, price = write_moment(language, captured.at), captured.credits
        if receipt.released is None:
            return html_text(language, "receipt-paid", at=at, credits=price)
        return html_text(language, "receipt-paid-part", at=at, credits=price, rest=receipt.released.credits)
    if (released := receipt.released) is not None:
        at, why = write_moment(language, released.at), _why(job, language)
        return html_text(language, "receipt-back", at=at, why=why, credits=released.credits)
    if receipt.held is not None:
        return html_text(language, "receipt-open", credits=receipt.held.credits)
    if job is None or job.state not in ENDS:
        return html_text(language, "receipt-open-free")
    if job.state is JobState.DELIVERED:
        return html_text(language, "receipt-free")
    return html_text(language, "receipt-nothing", why=_why(job, language))


def _why(job: Job | None, language: Language) -> str:
    """Why there is no result, as a sentence."""
    if job is None:
        return plain_text(language, "receipt-why-unknown")
    if job.is_joined:
        return plain_text(language, "receipt-why-joined")
    if is_canceled(job) or job.failure is None:
        return plain_text(language, "receipt-why-canceled")
    return plain_text(language, _WHY.get(job.failure, "receipt-why-ours"))


def _purchase_lines(receipt: PurchaseReceipt, language: Language) -> list[str]:
    payment, returned = receipt.payment, receipt.returned
    amount = write_amount(payment.amount, payment.currency)
    provider = _PROVIDERS.get(payment.provider, payment.provider)
    lines = [
        _title(language, number_of(receipt.bought)),
        html_text(language, "receipt-bought", credits=receipt.bought.credits, amount=amount),
        html_text(language, "receipt-paid-at", at=write_moment(language, payment.paid_at), provider=provider),
        html_text(language, "receipt-charge", charge=payment.charge_id),
    ]
    if 0 < payment.returned_amount < payment.amount:
        back = write_amount(payment.returned_amount, payment.currency)
        return [*lines, html_text(language, "receipt-returned-part", amount=back, credits=payment.returned_credits)]
    if returned is None:
        return [*lines, html_text(language, "receipt-support")]
    text_id = "receipt-returned" if returned.kind is TransferKind.REFUND else "receipt-charged-back"
    credit_count = payment.returned_credits or returned.credits
    return [*lines, html_text(language, text_id, at=write_moment(language, returned.at), credits=credit_count)]


def _entry_lines(receipt: EntryReceipt, language: Language) -> list[str]:
    transfer = receipt.transfer
    said = entry_words(language, transfer, {})
    return [_title(language, number_of(transfer)), said, html_text(language, "balance-times")]


def _title(language: Language, number: str) -> str:
    return html_text(language, "receipt-title", number=number) if number else html_text(language, "receipt-title-free")
