"""A person's conversations, for a key that may read them.

GET /conversations?cursor=…              a page, the newest first
GET /conversations/{conv_id}?cursor=…    a page of one conversation's messages, the oldest first
"""

from shared.conversations.conversation import Conversation, own_words
from shared.conversations.history_screens import read_instant, write_instant
from shared.conversations.messages import Message
from shared.conversations.read_conversation import find_conversation, find_conversations, read_messages
from shared.errors import UnusableReportError
from shared.ports import AppPorts
from shared.rest.calls import NOT_FOUND, Json, Problem, RestAnswer
from shared.rest.program import RestCall

MESSAGES_PAGE = 50
"""Messages on a page: one read each."""
NUMBER_DIGITS_MAX = 7


async def list_conversations(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """A page of conversations. Raises UnusableReportError, UnavailableError."""
    cursor = call.query.get("cursor")
    before = None if cursor is None else read_instant(cursor)
    if cursor is not None and before is None:
        raise UnusableReportError("cursor")
    page = await find_conversations(ports, call.user_id, before)
    following = None if page.following is None else write_instant(page.following)
    return RestAnswer({"conversations": [_describe(talk) for talk in page.talks], "next": following})


async def show_conversation(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """A page of messages. Raises UnusableReportError, UnavailableError."""
    after = _read_number(call.query.get("cursor", "0"))
    talk = await find_conversation(ports, call.user_id, call.parameters["conv_id"])
    if talk is None:
        return NOT_FOUND
    numbers = range(after + 1, min(after + MESSAGES_PAGE, talk.count) + 1)
    messages = [_describe_message(each) for each in await read_messages(ports, talk, numbers)]
    following = str(numbers[-1]) if numbers and numbers[-1] < talk.count else None
    return RestAnswer({**_describe(talk), "messages": messages, "next": following})


def _describe(talk: Conversation) -> Json:
    times = {"started_at": talk.started_at.isoformat(), "changed_at": talk.changed_at.isoformat()}
    return {"id": talk.id, "title": talk.title, **times, "count": talk.count}


def _describe_message(message: Message) -> Json:
    is_person = message.speaker == "person"
    text = own_words(message.text) if is_person else message.text
    speaker = "person" if is_person else "bot"
    return {"number": message.number, "speaker": speaker, "text": text, "at": message.at.isoformat()}


def _read_number(text: str) -> int:
    """The number of the last message before the page. Raises UnusableReportError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS_MAX):
        raise UnusableReportError("cursor")
    return int(text)
