"""Listing the files of a question, and deciding whether words beside a picture are a question about it. Pure."""

from collections.abc import Iterable

from shared.conversations.answer import is_answer, question_of
from shared.conversations.attachment import Attachment
from shared.conversations.read_rules import Act, Before, Situation, read_rules
from shared.jobs.job import Job, JobState
from shared.people.talk import Mode
from shared.pictures.picture import Reference, artefacts_of, is_picture
from shared.pictures.wishes import Reading, read_words
from shared.telegram.updates import Attached, File, Message, Replied

PICTURE_TYPE = "image/jpeg"
"""The type of every photo at Telegram; for a picture sent as a file the bytes are more reliable than the name."""
_PICTURES = frozenset({Act.DRAW, Act.EDIT, Act.ANIMATE, Act.ASK})
"""The acts that the flow of pictures handles."""


def list_files(message: Message) -> tuple[Attachment, ...]:
    """The files of a message."""
    return _list(message.file, message.attached)


def list_replied(replied: Replied) -> tuple[Attachment, ...]:
    """The files of the replied message."""
    return _list(replied.file, replied.attached)


def list_references(references: Iterable[Reference]) -> tuple[Attachment, ...]:
    """The references of a picture, or of a draft."""
    return tuple(
        Attachment(each.file_id, each.size_bytes, each.mime_type or PICTURE_TYPE, each.name, seconds=each.seconds)
        for each in references
    )


def list_shown(job: Job) -> tuple[Attachment, ...]:
    """The files behind a message of ours: its picture, or the files that its answer is about."""
    if is_answer(job):
        return question_of(job).files
    if not is_picture(job) or job.state is not JobState.DELIVERED or job.deleted_at is not None:
        return ()
    result = artefacts_of(job).result
    photo = "" if result is None else result.photo_file_id
    return (Attachment(photo, 0, PICTURE_TYPE),) if photo else ()


def asks_in_words(words: str, mode: Mode, replied: Before = Before.NOTHING) -> bool:
    """Whether words beside a picture, or in reply to one, want an answer.

    In *Chat* everything but an order to change the picture does; in the other modes only a plain question.
    """
    act = read_rules(words, Situation(brings_picture=replied is Before.NOTHING, replied=replied))
    if mode == "chat":
        return act not in _PICTURES and read_words(words) is not Reading.MORE
    return act is Act.ANSWER


def _list(file: File | None, attached: Attached | None) -> tuple[Attachment, ...]:
    if file is not None:
        return (Attachment(file.file_id, file.size_bytes, PICTURE_TYPE),)
    if attached is not None:
        size, seconds = attached.size_bytes, attached.seconds
        return (Attachment(attached.file_id, size, attached.mime_type, attached.name, seconds=seconds),)
    return ()
