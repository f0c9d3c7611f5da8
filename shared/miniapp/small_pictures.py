"""Small pictures of results. Each is made once, and kept beside the result's own files, with which it is deleted."""

from shared.errors import BlobMissingError, FileTooManyPixelsError, FileUnreadableError
from shared.gallery.find_results import open_result
from shared.gallery.result import Result
from shared.miniapp.calls import NOT_FOUND, Call, Reply
from shared.miniapp.page import greet
from shared.miniapp.tiles import source_of_small
from shared.pictures.picture import result_of
from shared.pictures.signed_file import read_picture
from shared.ports import AppPorts

JPEG = "image/jpeg"
KEPT_SECONDS = 3600
"""How long a browser keeps it: the same address always shows the same."""


async def show_small(ports: AppPorts, call: Call) -> Reply:
    """The small picture of a result of this person. Raises UnavailableError."""
    await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    content = b"" if opened is None else await _find_small(ports, Result(opened.job))
    if not content:
        return NOT_FOUND
    return Reply(content, JPEG, headers={"Cache-Control": f"private, max-age={KEPT_SECONDS}"})


async def _find_small(ports: AppPorts, result: Result) -> bytes:
    """The JPEG; empty if there is nothing to make it of."""
    source = source_of_small(result)
    if not source:
        return b""
    try:
        if result.medium == "video":
            return await ports.blobs.get(source)
        name = f"{source}.small.jpg"
        known = await ports.blobs.look(name)
        if known is not None:
            return known.content
        made = await ports.pictures.thumbnail(await read_picture(ports.blobs, result_of(result.job)))
    except (BlobMissingError, FileUnreadableError, FileTooManyPixelsError):
        return b""
    await ports.blobs.put(name, made, JPEG)
    return made
