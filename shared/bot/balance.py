"""/balance, and answers that only one person may read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.codec import decode
from shared.credits.ledger import Side, Transfer, TransferKind
from shared.credits.transfer_documents import last_transfers_of
from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.job import Job
from shared.jobs.open_jobs import open_jobs
from shared.people.users import Language
from shared.pictures.picture import is_picture, request_of
from shared.pictures.tools import name_tool
from shared.ports import Button, Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, shorten
from shared.videos.video import is_video, video_request

ENTRIES_SHOWN = 10
TRANSFERS_READ = 2 * ENTRIES_SHOWN
"""Most jobs have two transfers: the hold and its settlement."""
_ENTRIES = {
    TransferKind.CREDIT: "entry-welcome",
    TransferKind.HOLD: "entry-held",
    TransferKind.CAPTURE: "entry-spent",
    TransferKind.RELEASE: "entry-returned",
    TransferKind.PURCHASE: "entry-bought",
    TransferKind.REFUND: "entry-refunded",
    TransferKind.CHARGEBACK: "entry-charged-back",
    TransferKind.GIFT: "entry-given",
    TransferKind.CORRECTION: "entry-given",
    TransferKind.BONUS: "entry-bonus",
    TransferKind.BONUS_BACK: "entry-bonus-back",
    TransferKind.SENT: "entry-gift-sent",
    TransferKind.RECEIVED: "entry-gift-received",
    TransferKind.RECALLED: "entry-gift-back",
}
_CAPTURE, _RELEASE = TransferKind.CAPTURE, TransferKind.RELEASE
_NOUNS = {
    "picture": "entry-picture",
    "answer": "entry-answer",
    "speech": "entry-speech",
    "transcript": "entry-transcript",
    "video": "entry-video",
}
"""Kind of job → the text id of its name."""


async def answer_alone(ports: Ports, visit: Visit, screen: Screen, payload: str) -> None:
    """Answer in the private chat. In a group a line says so, or says how to open the private chat.

    `payload` makes that chat's /start give this answer. Raises MessengerErrors.
    """
    if visit.update.chat.is_private:
        await answer(ports, visit, screen)
        return
    try:
        await answer(ports, visit, screen, Place(visit.update.sender.id))
    except (TooManyRequestsError, DeliveryUnknownError):
        raise
    except MessengerError:
        url = f"https://t.me/{await ports.messenger.username()}?start={payload}"
        button = Button(plain_text(visit.language, "button-chat"), url=url)
        await answer(ports, visit, Screen(html_text(visit.language, "write-first"), ((button,),)))
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "wrote-you")))


async def show_balance(ports: Ports, visit: Visit, message: Message) -> None:
    """/balance: credits and the last entries, the newest first."""
    account, language = visit.opened.user.account, visit.language
    found = await ports.store.find(last_transfers_of(message.sender.id, TRANSFERS_READ))
    entries = await _entries(ports, language, [decode(Transfer, record.fields) for record in found])
    title = html_text(language, "balance", credits=account.available, held=account.held)
    lines = [*entries, html_text(language, "balance-times")] if entries else [html_text(language, "balance-empty")]
    await answer_alone(ports, visit, Screen("\n".join([title, "", *lines])), "balance")


async def _entries(ports: Ports, language: Language, transfers: list[Transfer]) -> list[str]:
    """One line per job or gift; a hold is listed only while it is not settled."""
    told = [each for each in transfers if not _is_told_by_another(each, transfers)][:ENTRIES_SHOWN]
    jobs = await open_jobs(ports, sorted({t.job_id for t in told if t.job_id is not None}))
    nouns = {opened.job.id: _name(language, opened.job) for opened in jobs}
    return [_entry(language, each, nouns) for each in told]


def _is_told_by_another(transfer: Transfer, transfers: Sequence[Transfer]) -> bool:
    """Whether another line covers a transfer: an ended hold, or the rest that was released at a capture."""
    ends = {each.kind for each in transfers if each.job_id == transfer.job_id} & {_CAPTURE, _RELEASE}
    is_rest = transfer.kind is _RELEASE and _CAPTURE in ends
    return transfer.job_id is not None and (is_rest or (transfer.kind is TransferKind.HOLD and bool(ends)))


def _name(language: Language, job: Job) -> str:
    """The name of a job in the list: a picture's prompt unless it was deleted, otherwise its kind."""
    if is_picture(job) and job.deleted_at is None and request_of(job).tool:
        request = request_of(job)
        return shorten(" · ".join(filter(None, (name_tool(language, request.tool), request.words))))
    if is_picture(job) and job.deleted_at is None and request_of(job).prompt:
        return shorten(request_of(job).prompt)
    if is_video(job) and job.deleted_at is None:
        return f"🎬 {shorten(video_request(job).prompt)}"
    return plain_text(language, _NOUNS.get(job.kind, "entry-request"))


def _entry(language: Language, transfer: Transfer, nouns: Mapping[str, str]) -> str:
    """One line. The ledger contains no words of people, so the prompt is read from the job while that exists.

    The reason of an operator's change comes from the transfer.
    """
    name = _ENTRIES.get(transfer.kind, "entry-other")
    if transfer.id.startswith("credit:daily:"):
        name = "entry-daily"
    if transfer.kind is TransferKind.CORRECTION and transfer.source is Side.AVAILABLE:
        name = "entry-taken"
    of_job = nouns.get(transfer.job_id or "") or plain_text(language, "entry-request")
    note = transfer.note if transfer.kind in {TransferKind.GIFT, TransferKind.CORRECTION} else of_job
    return html_text(language, name, date=_date(transfer.at), credits=transfer.credits, note=note)


def _date(at: datetime) -> str:
    return at.strftime("%d.%m %H:%M")
