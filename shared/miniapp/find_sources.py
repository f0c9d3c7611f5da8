"""What a new picture or video starts from: the person's own uploads and results, each checked for its owner."""

import asyncio

from shared.gallery.find_results import open_result
from shared.gallery.result import Result
from shared.miniapp.create_form import CreateForm, Sources
from shared.miniapp.uploads import find_upload
from shared.pictures.picture import Reference, is_picture, request_of, result_of
from shared.pictures.request import Material
from shared.ports import AppPorts
from shared.providers.outcomes import DeclineReason
from shared.videos.video import is_video, video_artefacts


async def find_sources(ports: AppPorts, user_id: int, form: CreateForm) -> Sources | DeclineReason:
    """The material of a form, or why there is none: something of it was deleted. Raises UnavailableError.

    The first picture of the gallery is the one of which this is a new version. A video is changed or continued, alone.
    """
    opened = await asyncio.gather(*(open_result(ports, user_id, each) for each in form.results))
    uploads = await asyncio.gather(*(find_upload(ports, user_id, each) for each in form.uploads))
    results = [Result(each.job) for each in opened if each is not None]
    sent = [each for each in uploads if each is not None]
    if len(results) < len(form.results) or len(sent) < len(form.uploads):
        return DeclineReason.PARENT_DELETED
    if form.medium == "video" and results and is_video(results[0].job):
        return _of_clip(results[0])
    pictures = [each for each in results if is_picture(each.job)]
    parent = pictures[0] if pictures else None
    references = (*map(_reference_to, pictures[1:]), *sent)
    if parent is not None:
        return Sources(Material(references, parent.id, request_of(parent.job).ratio))
    shape = references[0].ratio if references else None
    return Sources(Material(references, ratio=shape, keeps_shape=bool(references)))


def _of_clip(result: Result) -> Sources | DeclineReason:
    video = video_artefacts(result.job).video
    return DeclineReason.PARENT_DELETED if video is None else Sources(clip_id=result.id, clip_seconds=video.seconds)


def _reference_to(result: Result) -> Reference:
    made = result_of(result.job)
    return Reference("", made.size_bytes, request_of(result.job).ratio, blob=made.blob)
