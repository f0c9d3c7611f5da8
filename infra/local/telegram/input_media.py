"""An `InputMedia…` object, as albums and edits bring it."""

from typing import Any

from infra.local.telegram.content import read_caption, read_media
from infra.local.telegram.errors import bad_request
from infra.local.telegram.reading import Call, require_known
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.videos import read_video
from infra.local.telegram.world import Json, World

_INPUT_MEDIA = {"photo": "InputMediaPhoto", "document": "InputMediaDocument", "video": "InputMediaVideo"}
_INPUT_MEDIA |= {"audio": "InputMediaAudio", "animation": "InputMediaAnimation"}


async def read_input_media(world: World, call: Call, media: Any) -> Json:
    """Its media and caption fields. Raises ApiError."""
    kind = media.get("type") if isinstance(media, dict) else None
    if kind not in _INPUT_MEDIA:
        raise bad_request(f"type {kind!r} of the media is unknown")
    require_known(media, known_fields(_INPUT_MEDIA[kind]) | {"type"}, _INPUT_MEDIA[kind])
    if not media.get("media"):
        raise bad_request("media not found")
    caption = read_caption(media.get("caption") or "", media.get("parse_mode") or "", media.get("caption_entities"))
    source = call.resolve(str(media["media"]))
    read = read_video(world, call, source, media) if kind == "video" else read_media(world, kind, source, media)
    body = await read
    shown = {"has_media_spoiler": True} if media.get("has_spoiler") else {}
    above = {"show_caption_above_media": True} if media.get("show_caption_above_media") and caption else {}
    return {**body, **caption, **shown, **above}
