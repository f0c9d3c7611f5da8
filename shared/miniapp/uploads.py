"""Pictures that a person uploads to start from.

    uploads/<user>/<id>             the picture as a model gets it: decoded, checked, encoded anew, without metadata
    archives/uploads-<user>/<id>    the same, for a day: of who is incognito or has chosen a shorter term

The id is a hash of the file, so the same file is stored once. The owner is in the name: nobody finds another's. The
bucket deletes uploads when it deletes results.
"""

import hashlib
from dataclasses import dataclass

from shared.credits.catalogue import Ratio, ratio_of
from shared.errors import FileTooManyPixelsError, FileUnreadableError
from shared.hash_ids import hash_id, is_id
from shared.jobs.limits import FILE_BYTES_MAX
from shared.miniapp.calls import NOT_FOUND, Call, Reply, page
from shared.miniapp.page import greet
from shared.miniapp.templates import render
from shared.people.storage import is_brief_for
from shared.people.uploads import brief_upload_prefix, upload_prefix, upload_prefixes
from shared.pictures.picture import Reference
from shared.ports import AppPorts
from shared.texts import plain_text

WIDTH, HEIGHT = "width", "height"
"""The names of a file's metadata, in px."""
FIELD = "file"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file was not taken, as the id of a text."""

    text_id: str


async def take_upload(ports: AppPorts, call: Call) -> Reply:
    """Store the uploaded picture; the answer is its place in the form. Raises UnavailableError."""
    visitor = await greet(ports, call)
    language, storage = visitor.language, visitor.user.storage
    is_brief = is_brief_for(storage, ports.clock.now())
    prefix = (brief_upload_prefix if is_brief else upload_prefix)(call.user_id)
    content = next((each.content for each in call.uploads if each.field_name == FIELD), b"")
    kept = await keep_upload(ports, call.user_id, content, prefix)
    if isinstance(kept, Refused):
        return page(render("upload_refused.html", language, {"why": plain_text(language, kept.text_id)}), 422)
    return page(render("upload.html", language, {"upload_id": kept}))


async def keep_upload(ports: AppPorts, user_id: int, content: bytes, prefix: str) -> str | Refused:
    """Check and store a picture under this prefix; its id. Raises UnavailableError."""
    if len(content) > FILE_BYTES_MAX:
        return Refused("app-upload-large")
    try:
        image = await ports.pictures.check(content)
    except FileTooManyPixelsError:
        return Refused("app-upload-large")
    except FileUnreadableError:
        return Refused("app-upload-unreadable")
    upload_id = hash_id("upload", user_id, hashlib.sha256(image.content).hexdigest())
    facts = {WIDTH: str(image.width), HEIGHT: str(image.height)}
    await ports.blobs.put(f"{prefix}{upload_id}", image.content, image.mime_type, facts)
    return upload_id


async def find_upload(ports: AppPorts, user_id: int, upload_id: str) -> Reference | None:
    """An uploaded picture as material; None if this person has none of this id. Raises UnavailableError."""
    for prefix in upload_prefixes(user_id) if is_id(upload_id) else ():
        name = f"{prefix}{upload_id}"
        about = await ports.media.measure(name)
        if about is not None:
            width, height = (_read_px(about.facts.get(each, "")) for each in (WIDTH, HEIGHT))
            shape: Ratio | None = ratio_of(width, height)
            return Reference("", about.size_bytes, shape, blob=name)
    return None


async def show_upload(ports: AppPorts, call: Call) -> Reply:
    """The person's own uploaded picture. Raises UnavailableError."""
    await greet(ports, call)
    upload_id = call.parameters["upload"]
    for prefix in upload_prefixes(call.user_id) if is_id(upload_id) else ():
        found = await ports.blobs.look(f"{prefix}{upload_id}")
        if found is not None:
            return Reply(found.content, found.mime_type, headers={"Cache-Control": "private, max-age=3600"})
    return NOT_FOUND


def _read_px(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0  # noqa: PLR2004
