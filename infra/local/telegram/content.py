"""What a message holds: text or caption with entities, and media from an upload or a file_id."""

import time
from typing import Any

from telegram.constants import MessageLimit

from infra.local.telegram.entities import count_units, detect_entities, sort_entities, trim_text
from infra.local.telegram.errors import bad_request
from infra.local.telegram.files import StoredFile
from infra.local.telegram.given_entities import check_entities
from infra.local.telegram.photos import Rendition
from infra.local.telegram.reading import Call, Upload, require_known
from infra.local.telegram.richtext import parse_html
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.world import Json, World

TEXT_UNITS_MAX = int(MessageLimit.MAX_TEXT_LENGTH)
CAPTION_UNITS_MAX = int(MessageLimit.CAPTION_LENGTH)
MEDIA_FIELDS = ("photo", "animation", "document", "video", "voice", "audio", "sticker", "video_note")
CONTENT_FIELDS = {*MEDIA_FIELDS, "text", "entities", "link_preview_options", "caption", "caption_entities"}
CONTENT_FIELDS |= {"show_caption_above_media", "has_media_spoiler"}
# content → the permission it needs in a group, and how the refusal calls it; animations hold a document, too
MEDIA_PERMISSIONS = {
    "photo": ("can_send_photos", "photos"),
    "animation": ("can_send_other_messages", "animations"),
    "sticker": ("can_send_other_messages", "stickers"),
    "document": ("can_send_documents", "documents"),
    "video": ("can_send_videos", "videos"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "video_note": ("can_send_video_notes", "video notes"),
    "audio": ("can_send_audios", "music"),
    "text": ("can_send_messages", "text messages"),
}
_SOURCE_BYTES_MAX = 1 << 15  # read in the Bot API server's `get_formatted_text`
_STICKER_SIDE = 512
_NOTE_SIDE = 384


def read_text(call: Call) -> Json:
    """The `text` and `entities` of a text message."""
    source = call.text("text")
    if not source:
        raise bad_request("message text is empty")
    text, entities = format_text(source, call.text("parse_mode"), call.json("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    if count_units(text) > TEXT_UNITS_MAX:
        raise bad_request("message is too long")
    preview = call.json("link_preview_options")
    require_known(preview or {}, known_fields("LinkPreviewOptions"), "LinkPreviewOptions")
    extra = {"link_preview_options": preview} if preview else {}
    return {"text": text, **({"entities": entities} if entities else {}), **extra}


def read_caption(source: str, parse_mode: str, given: Any) -> Json:
    """The `caption` and `caption_entities` of a media message; nothing for an empty caption."""
    text, entities = format_text(source, parse_mode, given)
    if count_units(text) > CAPTION_UNITS_MAX:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    if not text:
        return {}
    return {"caption": text, **({"caption_entities": entities} if entities else {})}


def format_text(source: str, parse_mode: str, given: Any) -> tuple[str, list[Json]]:
    """Plain text and entities from a marked-up source or from entities given beside it."""
    if len(source.encode("utf-8", "surrogatepass")) > _SOURCE_BYTES_MAX:
        raise bad_request("text is too long")
    if parse_mode.lower() == "html":
        text, entities = parse_html(source)
    elif parse_mode:
        raise bad_request("unsupported parse_mode (the local server knows HTML only)")
    else:
        text, entities = source, check_entities(source, given or [])
    text, entities = trim_text(text, entities)
    return text, sort_entities([*entities, *detect_entities(text, entities)])


async def read_media(world: World, kind: str, source: Upload | str, extra: Json) -> Json:
    """The media field of a message, such as `{"photo": [sizes…]}`, from an upload or a file_id."""
    if source in {"", None} or (isinstance(source, Upload) and not source.content):
        raise bad_request(f"there is no {kind} in the request")
    if isinstance(source, str):
        if source.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content (the local server fetches nothing)")
        return _describe(kind, _find_of_kind(world, kind, source), extra)
    if kind == "photo":
        return _describe(kind, world.files.add_photo(await world.photos.render(source.content)), extra)
    file = world.files.add_file(kind, source.content, source.name, source.mime)
    return _describe(kind, (file,), extra)


def _find_of_kind(world: World, kind: str, file_id: str) -> tuple[StoredFile, ...]:
    files = world.files.find(file_id)
    if files[0].kind != kind:
        raise bad_request(f"can't use file of type {files[0].kind.capitalize()} as {kind.capitalize()}")
    return files


def _describe(kind: str, files: tuple[StoredFile, ...], extra: Json) -> Json:
    if kind == "photo":
        return {"photo": [_size_fields(file) for file in files]}
    file = files[0]
    known = _file_fields(file) | ({"thumbnail": extra["thumbnail"]} if "thumbnail" in extra else {})
    if kind == "sticker":
        return {"sticker": {**_describe_sticker(file.mime, extra), **known}}
    if kind == "video_note":
        return {kind: {**known, "duration": int(extra.get("duration") or 0), "length": _NOTE_SIDE}}
    body = {**known, "mime_type": file.mime}
    if kind in {"document", "video", "audio", "animation"}:
        body["file_name"] = file.name
    if kind in {"video", "audio", "voice", "animation"}:
        body["duration"] = int(extra.get("duration") or 0)
    if kind in {"video", "animation"}:
        body |= {"width": int(extra.get("width") or 0), "height": int(extra.get("height") or 0)}
    # for the sake of old bots Telegram gives an animation as a document, too
    return {kind: body, **({"document": body} if kind == "animation" else {})}


def _describe_sticker(mime: str, extra: Json) -> Json:
    size = {"width": int(extra.get("width") or _STICKER_SIDE), "height": int(extra.get("height") or _STICKER_SIDE)}
    motion = {"is_animated": mime == "application/x-tgsticker", "is_video": mime == "video/webm"}
    known: Json = {name: str(extra[name]) for name in ("emoji", "set_name") if name in extra}
    return {"type": "regular", **size, **motion, **known}


def _size_fields(file: StoredFile) -> Json:
    return {**_file_fields(file), "width": file.width, "height": file.height}


def describe_thumbnail(world: World, picture: Rendition) -> Json:
    """A small picture that stands for a file, as Telegram adds one."""
    [file] = world.files.add_photo((picture,))
    return _size_fields(file)


def _file_fields(file: StoredFile) -> Json:
    return {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size_bytes}


def find_kind(body: Json) -> str:
    """What a message is by its content: `photo`, `text`, …; an animation is none of the documents."""
    return next((kind for kind in MEDIA_PERMISSIONS if kind in body), "")


def is_same_content(one: Json, other: Json) -> bool:
    """Whether an edit from one body to the other would change nothing a person sees."""
    watched = ("text", "entities", "caption", "caption_entities", "reply_markup", "show_caption_above_media")
    same = all(one.get(name) == other.get(name) for name in watched)
    same = same and one.get("link_preview_options") == other.get("link_preview_options")
    return same and _media_identity(one) == _media_identity(other)


def _media_identity(body: Json) -> tuple[str, str, bool] | None:
    kind = next((name for name in MEDIA_FIELDS if name in body), None)
    if kind is None:
        return None
    media = body[kind][-1] if kind == "photo" else body[kind]
    return kind, str(media["file_unique_id"]), bool(body.get("has_media_spoiler"))


def read_seconds() -> int:
    """The time as messages carry it."""
    return int(time.time())
