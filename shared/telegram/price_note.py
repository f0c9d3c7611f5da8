"""The price of a job whose result shows none, on what stands in its place until then. Pure."""

from shared.jobs.job import Job
from shared.ports import Screen
from shared.telegram.address import chat_of
from shared.texts import html_text


def with_price(job: Job, text: str) -> str:
    """The text in HTML of a card or draft, with the most that the job may cost: only to its payer, and not if free."""
    note = _price_note(job)
    return f"{text} · {note}" if note else text


def empty_draft(job: Job) -> Screen:
    """The draft of an answer of which there are no words yet: Telegram draws an empty one as *Thinking*."""
    return Screen(_price_note(job))


def _price_note(job: Job) -> str:
    if not job.request.price or not chat_of(job).is_private:
        return ""
    return html_text(job.language, "price-at-most", price=job.request.price)
