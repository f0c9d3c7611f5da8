"""Handling files other than pictures in a mode that answers: collect albums; without words, ask what is wanted."""

from shared.conversations.answer_screens import file_text
from shared.conversations.attachment import find_trouble
from shared.conversations.question_files import list_files
from shared.people.talk import mode_in, place_of
from shared.people.users import find_waiting
from shared.pictures.ask_first import add_photo, ask_for_words
from shared.pictures.collect_parts import collect_part
from shared.ports import Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def take_file(ports: Ports, visit: Visit, message: Message) -> bool:
    """Handle such a file; returns whether it was one. Raises UnavailableError, TooManyRequestsError."""
    chat, user = message.chat, visit.opened.user
    if message.attached is None or mode_in(user.talk, place_of(ports.bot_id, chat.id, chat.thread_id)) == "picture":
        return False
    if (trouble := find_trouble(list_files(message))) is not None:
        returned = plain_text(visit.language, "returned", price=0)
        await answer(ports, visit, Screen(html_text(visit.language, file_text(trouble), returned=returned)))
    elif message.media_group_id is not None:
        await collect_part(ports, visit, message, message.own_words)
    else:
        waiting = find_waiting(user, chat.id, chat.thread_id, ports.clock.now())
        if not await add_photo(ports, visit, message, waiting, ""):
            await ask_for_words(ports, visit, message, "")
    return True
