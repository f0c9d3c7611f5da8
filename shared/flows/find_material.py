"""What a reply refers to: an earlier picture, a question of ours, or somebody's photo."""

from dataclasses import replace

from shared.domain.catalogue import ratio_of
from shared.domain.drafts import references_of
from shared.domain.jobs import ENDS, Job, JobState, Reference
from shared.domain.outcomes import DeclineReason
from shared.domain.requests import Material
from shared.domain.updates import File, Replied
from shared.flows.documents import asking_drafts_of, decode_draft, decode_job, draft_by_card, job_by_message
from shared.ports import Ports


def reference_to(file: File) -> Reference:
    """A picture somebody sent, as a job keeps it."""
    return Reference(file.file_id, file.size_bytes, ratio_of(file.width, file.height))


async def find_material(
    ports: Ports, user_id: int, chat_id: int, replied: Replied | None, own: tuple[Reference, ...]
) -> Material | DeclineReason:
    """The replied-to material, then the message's own pictures. Raises UnavailableError."""
    if replied is None:
        return _material(own)
    if replied.sender_id == ports.bot_id:
        found = await _find_ours(ports, chat_id, replied.message_id) or await _find_unasked(ports, user_id, chat_id)
        if isinstance(found, DeclineReason):
            return found
        if found is not None:
            return replace(found, references=(*found.references, *own))
    theirs = () if replied.file is None else (reference_to(replied.file),)
    return _material((*theirs, *own))


def _material(references: tuple[Reference, ...]) -> Material:
    """Pictures of people's own: the new one keeps the shape of the first."""
    return Material(references, ratio=references[0].ratio if references else None, keeps_shape=bool(references))


async def _find_ours(ports: Ports, chat_id: int, message_id: int) -> Material | DeclineReason | None:
    for record in await ports.store.find(job_by_message(chat_id, message_id)):
        return _material_of(decode_job(record))
    for record in await ports.store.find(draft_by_card(chat_id, message_id)):
        return _material(references_of(decode_draft(record)))
    return None


async def _find_unasked(ports: Ports, user_id: int, chat_id: int) -> Material | None:
    """The newest kept pictures whose question was sent, but whose number Telegram's lost answer did not tell."""
    found = [decode_draft(record) for record in await ports.store.find(asking_drafts_of(user_id, chat_id))]
    newest = max(found, key=lambda draft: draft.update_id, default=None)
    return None if newest is None else _material(references_of(newest))


def _material_of(job: Job) -> Material | DeclineReason:
    if job.state not in ENDS:
        return DeclineReason.PARENT_NOT_DONE
    if job.state is not JobState.DELIVERED:  # "say it differently": with the same material
        request = job.request
        return Material(request.references, request.parent_id, request.ratio, request.keeps_shape)
    return DeclineReason.PARENT_DELETED if job.deleted_at is not None else Material((), job.id, job.request.ratio)
