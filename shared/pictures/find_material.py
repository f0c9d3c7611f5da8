"""Finding what a message refers to: an earlier picture, a question of ours, somebody's photo, an album."""

from dataclasses import dataclass, replace

from shared.credits.catalogue import ratio_of
from shared.jobs.frame import is_known
from shared.jobs.identity import album_intent, job_id_of
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job_record
from shared.jobs.screens import screens_of
from shared.people.users import Waiting
from shared.pictures.draft import Draft, DraftState, awaits_subject, references_of
from shared.pictures.draft_documents import decode_draft, draft_by_card, draft_key
from shared.pictures.picture import Reference, is_picture, request_of
from shared.pictures.request import Material
from shared.pictures.tools import REMIX
from shared.ports import Ports, Record
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import job_by_message
from shared.telegram.updates import File, Message, Replied


@dataclass(frozen=True, slots=True)
class Target:
    """What a message refers to: at most one of these, or nothing."""

    job: Job | None = None
    draft: Draft | None = None
    references: tuple[Reference, ...] = ()
    text: str = ""
    """The words of the replied message, or the quoted part."""
    unusable: str = ""
    """The name of unsupported content in the replied message: "video", "voice", …"""
    is_question: bool = False
    """We asked for this message."""
    is_ours: bool = False
    """It is a message of ours that is neither a picture nor a question."""

    @property
    def is_nothing(self) -> bool:
        """Whether the message refers to nothing."""
        return self == Target()


def part_of(message: Message) -> Reference:
    """The file that a message brings, as a draft keeps it."""
    if message.file is not None:
        return reference_to(message.file)
    assert message.attached is not None
    other = message.attached
    mime_type = other.mime_type or "application/octet-stream"
    return Reference(other.file_id, other.size_bytes, mime_type=mime_type, name=other.name, seconds=other.seconds)


def reference_to(file: File) -> Reference:
    """A picture somebody sent, as a job keeps it."""
    return Reference(file.file_id, file.size_bytes, ratio_of(file.width, file.height))


async def find_target(ports: Ports, message: Message, waiting: Waiting | None) -> Target:
    """The target of a message, by its reply or by our open question. Raises UnavailableError."""
    if message.replied is not None:
        return await _find_replied(ports, message, message.replied, waiting)
    if waiting is None:
        return Target()
    if message.file is not None:
        return await _find_remix(ports, waiting)
    asked = await _find_asked(ports, waiting)
    return asked if asked.draft is None or asks_for_words(asked.draft) else Target()


def asks_for_words(draft: Draft) -> bool:
    """Whether the next plain words may answer a question: a remix of one picture still waits for another."""
    return draft.tool != REMIX or bool(references_of(draft))


def material_of(target: Target | DeclineReason, own: tuple[Reference, ...]) -> Material | DeclineReason:
    """The material of the new picture: the target's, then the message's own pictures."""
    if isinstance(target, DeclineReason):
        return target
    if target.job is not None:
        found = _material_of_job(target.job)
        if isinstance(found, DeclineReason):
            return found
        return replace(found, references=(*found.references, *target.references, *own))
    references = (*target.references, *own)
    return Material(references, ratio=references[0].ratio if references else None, keeps_shape=bool(references))


async def find_parent(ports: Ports, draft: Draft) -> Target | DeclineReason:
    """The picture to which a draft refers, beside its own pictures."""
    if draft.parent_id is not None:
        [record] = await ports.store.read([job_key(draft.parent_id)])
        job = None if record is None else _picture_of(ports, record)
        return DeclineReason.PARENT_DELETED if job is None else Target(job=job)
    if draft.replied_to is None:
        return Target()
    found = await ports.store.find(job_by_message(draft.chat_id, draft.replied_to))
    return Target(job=_picture_of(ports, found[0])) if found else Target()


async def _find_replied(ports: Ports, message: Message, replied: Replied, waiting: Waiting | None) -> Target:
    if replied.sender_id == ports.bot_id:
        found = await _find_ours(ports, message, replied)
        if found is not None and found.job is not None and waiting is not None and waiting.id == found.job.id:
            return replace(found, is_question=True)  # its *Edit* was pressed
        if found is not None:
            return found
        # If Telegram's response to our question was lost, its message id is unknown: then take the open question.
        asked = await _find_asked(ports, waiting) if waiting is not None and waiting.kind != "words" else Target()
        return Target(is_ours=True) if asked.is_nothing else asked
    if replied.media_group_id is not None:
        album = await _find_album(ports, message.chat.id, replied.media_group_id)
        if album is not None:
            return album
    references = () if replied.file is None else (reference_to(replied.file),)
    unusable = "" if references else replied.unsupported
    return Target(references=references, text="" if references or unusable else replied.text, unusable=unusable)


async def _find_ours(ports: Ports, message: Message, replied: Replied) -> Target | None:
    chat_id, message_id = message.chat.id, replied.message_id
    for record in await ports.store.find(job_by_message(chat_id, message_id)):
        job = open_job_record(ports, record).job
        return Target(job=job) if is_picture(job) else _target_of_words(ports, message, replied, job)
    for record in await ports.store.find(draft_by_card(chat_id, message_id)):
        draft = decode_draft(record)
        return await _target_of(ports, draft)
    return None


def _target_of_words(ports: Ports, message: Message, replied: Replied, job: Job) -> Target:
    """The target for a reply to a job that is not a picture: the text that it shows, such as a transcript.

    A person who did not request it gets only what the message shows.
    """
    read = screens_of(ports, job).quotes if is_known(ports, job) else None
    if read is None or job.state is not JobState.DELIVERED:
        return Target(is_ours=True)
    words = read(job) if job.user_id == message.sender.id else replied.text
    return Target(text=words) if words else Target(is_ours=True)


async def _find_asked(ports: Ports, waiting: Waiting) -> Target:
    if waiting.kind == "words" or waiting.is_video:
        return Target()
    key = job_key(waiting.id) if waiting.kind == "job" else draft_key(waiting.id)
    [record] = await ports.store.read([key])
    if record is None:
        return Target()
    if waiting.kind == "job":
        job = _picture_of(ports, record)
        return Target(is_ours=True) if job is None else Target(job=job, is_question=True)
    draft = decode_draft(record)
    return Target() if draft.state is DraftState.CLOSED else await _target_of(ports, draft)


async def _find_remix(ports: Ports, waiting: Waiting) -> Target:
    """The question that asks for more photos, if that is what the person was asked last."""
    asked = await _find_asked(ports, waiting) if waiting.kind == "draft" else Target()
    return asked if asked.draft is not None and asked.draft.tool == REMIX else Target()


async def _target_of(ports: Ports, draft: Draft) -> Target:
    """The target for a draft: any words answer a question about pictures, only a yes one about words."""
    parent = await find_parent(ports, draft)
    job = None if isinstance(parent, DeclineReason) else parent.job
    references = references_of(draft)
    is_question = bool(references) or job is not None or awaits_subject(draft)
    return Target(job=job, draft=draft, references=references, is_question=is_question)


async def _find_album(ports: Ports, chat_id: int, media_group_id: str) -> Target | None:
    """All pictures of an album, if the message replies to one of them."""
    [record] = await ports.store.read([draft_key(album_intent(ports.bot_id, chat_id, media_group_id))])
    return None if record is None else Target(references=references_of(decode_draft(record)))


async def find_last_job(ports: Ports, waiting: Waiting | None) -> Job | None:
    """The picture that a person requested last in this place, within minutes."""
    job_id = None if waiting is None else await _last_id(ports, waiting)
    if job_id is None:
        return None
    [record] = await ports.store.read([job_key(job_id)])
    return None if record is None else _picture_of(ports, record)


def is_sold(ports: Ports, job: Job) -> bool:
    """Whether this release can handle the job's buttons, edits and replies; otherwise only a newer one can."""
    return is_known(ports, job) and is_picture(job) and job.request.is_known()


def _picture_of(ports: Ports, record: Record) -> Job | None:
    """The job, if it is a picture of a known kind."""
    job = open_job_record(ports, record).job
    return job if is_picture(job) else None


async def _last_id(ports: Ports, waiting: Waiting) -> str | None:
    """The first job of the last plain request; after a question, the job to which its words may refer."""
    if waiting.kind != "draft":
        return job_id_of(waiting.id, 1) if waiting.kind == "words" else None
    [record] = await ports.store.read([draft_key(waiting.id)])
    return None if record is None else decode_draft(record).last_id


def _material_of_job(job: Job) -> Material | DeclineReason:
    if job.state not in ENDS:
        return DeclineReason.PARENT_NOT_DONE
    if job.state is not JobState.DELIVERED:  # *Other words* after a refusal: use the same material
        request = request_of(job)
        return Material(request.references, request.parent_id, request.ratio, request.keeps_shape)
    return DeclineReason.PARENT_DELETED if job.deleted_at is not None else Material((), job.id, request_of(job).ratio)
