"""Pictures that a person uploads to start from.

    uploads/<user>/<id>     the picture as a model gets it: decoded, checked, encoded anew, without metadata

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
from shared.people.uploads import upload_prefix
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


def upload_name(user_id: int, upload_id: str) -> str:
    """The name of an uploaded picture in the bucket."""
    return f"{upload_prefix(user_id)}{upload_id}"


async def take_upload(ports: AppPorts, call: Call) -> Reply:
    """Store the uploaded picture; the answer is its place in the form. Raises UnavailableError."""
    language = (await greet(ports, call)).language
    content = next((each.content for each in call.uploads if each.field_name == FIELD), b"")
    kept = await keep_upload(ports, call.user_id, content)
    if isinstance(kept, Refused):
        return page(render("upload_refused.html", language, {"why": plain_text(language, kept.text_id)}), 422)
    return page(render("upload.html", language, {"upload_id": kept}))


async def keep_upload(ports: AppPorts, user_id: int, content: bytes) -> str | Refused:
    """Check and store a picture; its id. Raises UnavailableError."""
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
    await ports.blobs.put(upload_name(user_id, upload_id), image.content, image.mime_type, facts)
    return upload_id


async def find_upload(ports: AppPorts, user_id: int, upload_id: str) -> Reference | None:
    """An uploaded picture as material; None if this person has none of this id. Raises UnavailableError."""
    name = upload_name(user_id, upload_id)
    about = await ports.media.measure(name) if is_id(upload_id) else None
    if about is None:
        return None
    width, height = (_read_px(about.facts.get(each, "")) for each in (WIDTH, HEIGHT))
    shape: Ratio | None = ratio_of(width, height)
    return Reference("", about.size_bytes, shape, blob=name)


async def show_upload(ports: AppPorts, call: Call) -> Reply:
    """The person's own uploaded picture. Raises UnavailableError."""
    upload_id = call.parameters["upload"]
    found = await ports.blobs.look(upload_name(call.user_id, upload_id)) if is_id(upload_id) else None
    if found is None:
        return NOT_FOUND
    return Reply(found.content, found.mime_type, headers={"Cache-Control": "private, max-age=3600"})


def _read_px(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0  # noqa: PLR2004
