"""A result as a small picture among others. Pure."""

from dataclasses import dataclass

from shared.credits.catalogue import title_of
from shared.gallery.result import Result
from shared.people.users import Language
from shared.pictures.picture import artefacts_of, is_picture, request_of
from shared.texts import plain_text, shorten
from shared.videos.video import video_artefacts, video_request

WORDS_CHARACTERS_MAX = 80
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Tile:
    """See the module's docstring."""

    id: str
    alt: str
    """What it shows, for those who do not see it."""
    has_image: bool
    """There is a small picture of it, at /gallery/{id}/small."""
    is_video: bool
    is_starred: bool


def draw_tile(result: Result, language: Language) -> Tile:
    """The tile of a result."""
    is_video = result.medium == "video"
    words = shorten(result.prompt, WORDS_CHARACTERS_MAX)
    alt = plain_text(language, "app-video-of" if is_video else "app-picture-of", words=words)
    return Tile(result.id, alt, bool(source_of_small(result)), is_video, result.is_starred)


def source_of_small(result: Result) -> str:
    """The file of which a small picture is made; empty if there is none."""
    if result.medium == "video":
        video = video_artefacts(result.job).video
        return "" if video is None else video.thumbnail_blob
    made = artefacts_of(result.job).result
    return "" if made is None else made.blob


def describe_result(result: Result) -> str:
    """Model, shape and size."""
    if is_picture(result.job):
        request = request_of(result.job)
        return f"{title_of(request.model)} · {request.ratio} · {request.size}"
    video = video_request(result.job)
    return f"{video.offer.title} · {video.ratio} · {video.resolution}"


def find_file(result: Result) -> tuple[str, str]:
    """The whole file's name in the bucket, and its name for the person; both empty if there is none."""
    if result.medium == "video":
        video = video_artefacts(result.job).video
        return ("", "") if video is None else (video.blob, f"{result.id}.mp4")
    made = artefacts_of(result.job).result
    return ("", "") if made is None else (made.blob, f"{result.id}.{_ENDINGS.get(made.mime_type, 'png')}")
