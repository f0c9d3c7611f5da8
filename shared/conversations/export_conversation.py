"""A conversation as a file: Markdown, the oldest first, in parts of bounded size.

A part is read in pages by the keys of the messages; expired messages are left out. A part ends at PART_MESSAGES or
PART_BYTES, and names the message with which the next part begins.
"""

from dataclasses import dataclass

from shared.codec import decode
from shared.conversations.conversation import Conversation
from shared.conversations.messages import Message, message_key
from shared.people.users import Language
from shared.ports import Media, Ports
from shared.texts import plain_text

PAGE = 200
PART_MESSAGES = 4_000
PART_BYTES = 2 * 1024 * 1024
"""Far below what bots may send (50 MB), so that several exports at once fit into the memory of `bot`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file, and the number of the message with which the next part begins; 0: there is none."""

    file: Media
    following: int


async def export_part(ports: Ports, talk: Conversation, language: Language, first: int) -> Part:
    """The part that begins with this message. Raises UnavailableError."""
    written, size, number, now = [_write_head(talk, language)], 0, first, ports.clock.now()
    while number <= talk.count and size < PART_BYTES and number < first + PART_MESSAGES:
        numbers = range(number, min(number + PAGE, talk.count + 1))
        records = await ports.store.read([message_key(talk, each) for each in numbers])
        messages = [decode(Message, record.fields) for record in records if record is not None]
        found = [_write(each, language) for each in messages if each.expire_at > now]
        written += found
        size += sum(map(len, found))
        number = numbers.stop
    name = f"conversation-{talk.started_at:%Y-%m-%d}{'' if first == 1 else f'-{first}'}.md"
    return Part(Media(b"\n".join(written), name), number if number <= talk.count else 0)


def _write_head(talk: Conversation, language: Language) -> bytes:
    dates = f"{talk.started_at:%Y-%m-%d} — {talk.changed_at:%Y-%m-%d}"
    lines = [f"# {talk.title}", dates]
    if talk.summary:
        lines.append(f"{plain_text(language, 'export-summary')} {talk.summary}")
    return ("\n\n".join(lines) + "\n").encode()


def _write(message: Message, language: Language) -> bytes:
    who = plain_text(language, f"export-{message.speaker}")
    return f"**{who}** · {message.at:%Y-%m-%d %H:%M} UTC\n\n{message.text}\n".encode()
