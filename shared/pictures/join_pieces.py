"""Taking back a request of plain words because another message of the same moment belongs to it.

An app sends a comment and the photo forwarded with it as two messages of one second, and a long text as several; they
arrive in any order. The words alone may have become a request already: it is canceled silently, its hold is released,
and its words join the other message. Nothing is taken back once there is a picture. If the bot had asked about the
words, that question is closed.
"""

from datetime import timedelta

from shared.codec import as_written
from shared.jobs.accept_request import find_accepted
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import CANCELABLE, Job
from shared.people.accounts import OpenUser, log_gift, open_user, try_until_won
from shared.people.users import Waiting, remember_joined
from shared.pictures.cards import draft_language
from shared.pictures.draft import Doubt, Draft, DraftState
from shared.pictures.open_drafts import close_of, open_draft, show_draft
from shared.pictures.picture import is_picture, request_of
from shared.pictures.wishes import ANSWERS, awaits_picture, read_words
from shared.ports import Ports, Screen
from shared.telegram.address import message_ref
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text

SAME_MOMENT = timedelta(seconds=1)
"""The longest time between messages that an app sends together; Telegram's times are whole seconds."""
OVERTAKEN = timedelta(seconds=60)
"""The longest time between a photo and the words sent after it, if the words were handled first."""
_OWN_WORDS = frozenset({Doubt.SHORT, Doubt.REFERS_BACK, Doubt.ALONE})
"""Doubts about a person's own words, which a forwarded picture resolves."""


def is_same_moment(waiting: Waiting, message: Message) -> bool:
    """Whether a message was sent together with the last one in this place, or just before it."""
    if waiting.kind == "job" or waiting.sent_at is None:
        return False
    apart = abs(message.sent_at - waiting.sent_at)
    return apart <= SAME_MOMENT or (message.message_id < waiting.message_id and apart <= OVERTAKEN)


async def take_back(ports: Ports, visit: Visit, message: Message, waiting: Waiting | None) -> str | None:
    """Cancel the plain request of the same moment; returns its words, or None if there is none or it is too late.

    `visit` is updated with the changed person. Idempotent. Raises UnavailableError.
    """
    if waiting is None or not is_same_moment(waiting, message):
        return None
    if waiting.kind == "draft":
        return await _take_question_back(ports, visit, waiting.id) if message.is_foreign else None
    accepted = await find_accepted(ports, waiting.id)
    if accepted is None or not all(_may_join(opened.job) for opened in accepted.jobs):
        return None
    jobs = [await cancel_job(ports, opened.job.id, is_joined=True) for opened in accepted.jobs]
    if not all(job is not None and job.is_joined for job in jobs):
        return None  # a picture was faster
    request = request_of(accepted.jobs[0].job)
    return request.words or request.prompt


async def take_asked_words(ports: Ports, visit: Visit, message: Message, waiting: Waiting | None) -> str | None:
    """The words that announced a photo and were asked about before it came; None if there are none.

    Afterwards `visit` holds the updated person. Idempotent. Raises UnavailableError.
    """
    if waiting is None or waiting.kind != "draft" or waiting.sent_at is None or message.replied is not None:
        return None
    is_soon = timedelta() <= message.sent_at - waiting.sent_at <= OVERTAKEN
    opened = await open_draft(ports, waiting.id) if is_soon else None
    if opened is None or not _is_about_words(opened.draft) or not awaits_picture(opened.draft.caption):
        return None
    return await _take_question_back(ports, visit, waiting.id)


async def _take_question_back(ports: Ports, visit: Visit, draft_id: str) -> str | None:
    """Close a question about words that the picture resolves; returns the words, or None for another or bought one."""
    draft = await try_until_won(ports, lambda: _join(ports, visit, draft_id))
    if draft is None or await find_accepted(ports, draft_id) is not None:
        return None
    if draft.card_message_id is not None:  # otherwise its poster finds the draft closed and deletes the card
        await show_draft(ports, draft, Screen(html_text(draft_language(draft), "card-joined")))
    return draft.caption


async def _join(ports: Ports, visit: Visit, draft_id: str) -> Draft | None:
    """Close the draft and mark its message as joined; returns None if it is not about words alone."""
    opened = await open_draft(ports, draft_id)
    if opened is None or not _is_about_words(opened.draft):
        return None
    draft = opened.draft
    if draft.state is not DraftState.CLOSED:
        user = await open_user(ports, draft.user_id)
        marked = remember_joined(user.user, message_ref(draft.chat_id, draft.message_id))
        writes = [close_of(draft, opened.record), *user.writes(marked)]
        _, version, *_ = await ports.store.commit(writes)
        log_gift(user)
        visit.opened = OpenUser(marked, as_written(writes[1], version))
    return draft


def _is_about_words(draft: Draft) -> bool:
    has_pictures = bool(draft.parts) or draft.parent_id is not None
    return draft.doubt in _OWN_WORDS and not has_pictures and read_words(draft.caption) in ANSWERS


def _may_join(job: Job) -> bool:
    """Whether the job is from words alone and has no picture yet."""
    if not is_picture(job) or request_of(job).material_count:
        return False
    return job.is_joined or job.state in CANCELABLE
