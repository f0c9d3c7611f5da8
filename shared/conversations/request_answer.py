"""Turning a question into a job, or declining it with a reason."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.conversations.answer import MEDIUM, Answer, AnswerRequest, Way
from shared.conversations.answer_screens import file_text
from shared.conversations.attachment import FILES_MAX, Attachment, bound_tokens, find_trouble
from shared.conversations.conversation import conversation_id, incognito_conversation_id, lent_conversation_id
from shared.credits.catalogue import TALK, answer_credits
from shared.jobs.accept_request import Accepted, Order, Origin
from shared.jobs.job_events import log_declined
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.jobs.mailbox import MAILBOX_MAX, is_full
from shared.people.accounts import OpenUser
from shared.people.facts import known_facts
from shared.people.manner import Manner, as_assistant, day_of, is_lent
from shared.people.speech_settings import wants_speech
from shared.people.storage import is_incognito
from shared.people.talk import day_counted, is_free
from shared.people.users import Language, User
from shared.pictures.declines import decline
from shared.pictures.place_order import place_order
from shared.ports import Ports, Screen, Write
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import ChatAddress
from shared.texts import html_text, plain_text


@dataclass(frozen=True, slots=True)
class Question:
    """A question before it becomes a request."""

    words: str
    quoted: str = ""
    """Another text that the question is about."""
    way: Way = "ask"
    replaces: str = ""
    """The job whose answer is to be replaced."""
    search: bool = False
    """The model may search the web; such an answer is never free."""
    is_foreign: bool = False
    """The words are a prompt shared by somebody else, or a button's under the answer to one."""
    conversation_id: str = ""
    """The conversation that it continues; empty: the current one of its place."""
    is_spoken: bool = False
    """The question was spoken: it takes its transcript's place in the mailbox."""
    was_spoken: bool = False
    """The person said it aloud, and pressed *Answer* later."""
    files: tuple[Attachment, ...] = ()
    """The files that it is about, in the order in which the person sent them."""
    without_links: bool = False
    """It continues an answer without links."""
    is_filled: bool = False
    """The message gave values for the variables of a prompt."""


async def request_answer(
    ports: Ports,
    opened: OpenUser,
    origin: Origin,
    place: str,
    question: Question,
    extra_writes: tuple[Write, ...] = (),
) -> Accepted | Screen:
    """Accept a question; returns its job, or the screen that declines it. Raises as `accept_request` does."""
    if len(question.words) > PROMPT_CHARACTERS_MAX:
        return _decline(opened, origin, DeclineReason.PROMPT_TOO_LONG, question.words)
    if not question.words and not question.quoted:
        return Screen(html_text(origin.language, "ask-usage"))
    if len(question.files) > FILES_MAX:
        return _decline(opened, origin, DeclineReason.TOO_MANY_REFERENCES, question.words)
    if (trouble := find_trouble(question.files)) is not None:
        log_declined(opened.user, origin.asked.received_at, trouble, MEDIUM)
        return Screen(html_text(origin.language, file_text(trouble), returned=_nothing(origin)))
    if is_full(opened.user, place) and not question.is_spoken:
        log_declined(opened.user, origin.asked.received_at, DeclineReason.TOO_MANY_JOBS.value, MEDIUM)
        return Screen(html_text(origin.language, "answer-declined-many", limit=MAILBOX_MAX))
    request = _make_request(opened, place, question, origin.language, ports.clock.now())
    is_hidden = is_incognito(opened.user.storage, origin.asked.received_at)
    request = _choose_conversation(request, opened.user, place, question, is_hidden=is_hidden)
    if (
        not is_hidden and _is_private(origin) and not question.is_foreign and not is_lent(request.manner)
    ):  # among other people it tells nothing that was said elsewhere
        request = replace(request, with_facts=bool(known_facts(opened.user.talk)))
    is_next = question.is_spoken or place not in opened.user.mailboxes
    is_new = is_next and origin.first_address is None
    is_draft = ports.drafts and _is_private(origin) and is_new
    order = Order(TALK.kind, request, Answer(), 1, place, has_card=not is_draft)
    has_room = origin.asked.sent_at is not None  # what answers a press has none for a hint
    hint = html_text(origin.language, "search-declined") if request.search and has_room else ""
    return await place_order(ports, opened, origin, order, extra_writes, hint)


def _make_request(opened: OpenUser, place: str, question: Question, language: Language, now: datetime) -> AnswerRequest:
    """The request: free while the day has free answers left, otherwise with a hold for its upper bound.

    A question that may cost twice as much as plain words, such as one with a PDF, uses two free answers.
    """
    user, today = opened.user, now.astimezone(UTC).date()
    day = day_counted(user.talk, day_of(user.manner, language, now))
    bound = TALK.bound_usd_micros(today, bound_tokens(question.files), search=question.search)
    free_count = max(1, bound // TALK.bound_usd_micros(today))
    free_day = day if is_free(user.talk, day, free_count) and not question.search else ""
    manner = _choose_manner(user.manner, question)
    return AnswerRequest(
        words=question.words,
        conversation_id="",
        bound_usd_micros=bound,
        quoted=question.quoted,
        way=question.way,
        replaces=question.replaces,
        is_aloud=wants_speech(opened.user.speech, is_spoken=question.is_spoken or question.was_spoken),
        free_day=free_day,
        free_count=free_count,
        files=question.files,
        manner=manner,
        search=question.search,
        is_foreign=question.is_foreign,
        without_links=question.without_links or is_lent(manner),
        is_filled=question.is_filled,
        kept_days=user.talk.kept_days,
        price=0 if free_day else answer_credits(bound),
    )


def _choose_conversation(
    request: AnswerRequest, user: User, place: str, question: Question, *, is_hidden: bool
) -> AnswerRequest:
    """The request in its conversation. A button under an answer that was hidden goes on in the current one."""
    hidden, asked = incognito_conversation_id(user, place), question.conversation_id
    if is_lent(request.manner):
        talk_id = lent_conversation_id(user, place)
    elif is_hidden:
        talk_id = asked or hidden
    else:
        talk_id = asked if asked and asked != hidden else conversation_id(user, place)
    return replace(request, conversation_id=talk_id)


def _choose_manner(manner: Manner, question: Question) -> Manner:
    """The manner for a question: without a role for a stranger's prompt; without a lent role for files."""
    return as_assistant(manner) if question.is_foreign or (question.files and is_lent(manner)) else manner


def _nothing(origin: Origin) -> str:
    return plain_text(origin.language, "returned", price=0)


def _is_private(origin: Origin) -> bool:
    return isinstance(origin.address, ChatAddress) and origin.address.is_private


def _decline(opened: OpenUser, origin: Origin, reason: DeclineReason, words: str) -> Screen:
    log_declined(opened.user, origin.asked.received_at, reason.value, MEDIUM)
    return decline(origin.language, reason, words)
