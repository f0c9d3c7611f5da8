"""The price of a job whose result shows none, on what stands in its place until then, and who pays it. Pure."""

from dataclasses import replace

from shared.jobs.job import Job, JobState
from shared.ports import Screen
from shared.telegram.address import chat_of
from shared.texts import html_text


def with_price(job: Job, text: str) -> str:
    """The text in HTML of a card or draft, with the most that the job may cost: only to its payer, and not if free."""
    note = _price_note(job)
    return f"{text} · {note}" if note else text


def note_payer(job: Job, card: Screen) -> Screen:
    """The card of a job, saying that the group's wallet pays it or has its credits back; a result says neither."""
    if not job.wallet_id or card.marks is not None or job.state in {JobState.MADE, JobState.DELIVERED}:
        return card
    is_back = job.state in {JobState.REFUSED, JobState.FAILED, JobState.CANCELED}
    note = html_text(job.language, "wallet-has-back" if is_back else "wallet-pays")
    return replace(card, text=f"{card.text}\n{note}")


def empty_draft(job: Job) -> Screen:
    """The draft of an answer of which there are no words yet: Telegram draws an empty one as *Thinking*."""
    return Screen(_price_note(job))


def _price_note(job: Job) -> str:
    if not job.request.price or not chat_of(job).is_private:
        return ""
    return html_text(job.language, "price-at-most", price=job.request.price)
