"""What a person sends: words split as the apps split them, and files of every kind, alone or as an album."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from infra.local.telegram.content import CAPTION_UNITS_MAX, TEXT_UNITS_MAX, describe_thumbnail, read_media
from infra.local.telegram.entities import count_units, detect_entities
from infra.local.telegram.errors import ApiError, ControlError
from infra.local.telegram.photos import sketch
from infra.local.telegram.reading import Upload
from infra.local.telegram.sounds import read_duration
from infra.local.telegram.world import Json, World

_ALBUM_MAX = 10
KINDS = ("photo", "document", "video", "voice", "audio", "animation", "sticker", "video_note")
_RECORDINGS = ("voice", "audio")
_WITHOUT_CAPTION = ("sticker", "video_note")
# which kinds may stand in one album: photos and videos together, the others among themselves
_ALBUMS = (frozenset({"photo", "video"}), frozenset({"document"}), frozenset({"audio"}))


@dataclass(frozen=True)
class Attachment:
    """One file as a person sends it; `details` are duration, width, height or, of a sticker, emoji and set_name."""

    kind: str
    upload: Upload
    details: Json = field(default_factory=dict)


def list_attachments(
    photos: Sequence[bytes], documents: Sequence[Upload], attachments: Sequence[Attachment]
) -> list[Attachment]:
    """All files of one message or album, photos first."""
    found = [Attachment("photo", Upload("photo.jpg", "image/jpeg", photo)) for photo in photos]
    return [*found, *(Attachment("document", document) for document in documents), *attachments]


async def prepare_contents(world: World, text: str, files: Sequence[Attachment], caption: str) -> list[Json]:
    """The contents of the messages that become of this, in order. Raises ControlError 400."""
    if not files:
        parts = split_text(text.strip())
        if not parts:
            raise ControlError(400, "nothing to send")
        return [describe_words("text", part) for part in parts]
    words = caption or text
    if count_units(words) > CAPTION_UNITS_MAX:
        raise ControlError(400, f"a caption has at most {CAPTION_UNITS_MAX} characters")
    _check_album([file.kind for file in files], words)
    items = [await _store(world, file) for file in files]
    group = {"media_group_id": str(secrets.randbits(53))} if len(items) > 1 else {}
    captions = [describe_words("caption", words), *({} for _ in items[1:])]
    return [{**item, **said, **group} for item, said in zip(items, captions, strict=True)]


def _check_album(kinds: Sequence[str], words: str) -> None:
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ControlError(400, f"unknown kind {unknown[0]!r}: one of {', '.join(KINDS)}")
    if len(kinds) > _ALBUM_MAX:
        raise ControlError(400, f"an album has at most {_ALBUM_MAX} items")
    if len(kinds) > 1 and not any(set(kinds) <= album for album in _ALBUMS):
        raise ControlError(400, f"no album holds {' and '.join(sorted(set(kinds)))}")
    silent = next((kind for kind in _WITHOUT_CAPTION if kind in kinds), None)
    if words and silent:
        raise ControlError(400, f"a {silent} has no caption")


async def _store(world: World, file: Attachment) -> Json:
    upload = file.upload
    if file.kind == "animation" and upload.mime == "image/gif":  # the apps turn it into a silent video
        upload = Upload(f"{upload.name}.mp4", "video/mp4", upload.content)
    try:
        return await read_media(world, file.kind, upload, {**await _measure(world, file), **file.details})
    except ApiError as error:
        raise ControlError(400, error.description) from None


async def _measure(world: World, file: Attachment) -> Json:
    """How long a recording is; size and thumbnail of what is a picture and not too large or too long for one."""
    if file.kind in _RECORDINGS:
        return {"duration": read_duration(file.upload.content)}
    drawn = None if file.kind == "photo" else await sketch(file.upload.content)
    if drawn is None:
        return {}
    (width, height), picture = drawn
    return {"width": width, "height": height, "thumbnail": describe_thumbnail(world, picture)}


def describe_words(name: str, words: str) -> Json:
    """`text` or `caption` with the entities found in it; nothing for no words."""
    if not words:
        return {}
    entities = sorted(detect_entities(words, []), key=lambda entity: int(entity["offset"]))
    return {name: words, **({"entities" if name == "text" else "caption_entities": entities} if entities else {})}


def split_text(text: str) -> list[str]:
    """Parts of at most 4,096 UTF-16 units, as Telegram's apps send a long text; no character is cut in two."""
    parts, start, units = [], 0, 0
    for index, character in enumerate(text):
        units += count_units(character)
        if units > TEXT_UNITS_MAX:
            parts.append(text[start:index])
            start, units = index, count_units(character)
    return [*parts, text[start:]] if text else []
