"""Forms with files: bounded before they are parsed, so that nothing is ever unpacked that was not counted."""

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from shared.errors import UnusableFormError
from shared.http import Haste, read_body
from shared.miniapp.calls import Call, Upload

BYTES_MAX = 21_000_000
"""One file of the 20 MB that Telegram gives to bots at most, or several smaller ones."""
HASTE = Haste(grace_seconds=5.0, bytes_per_second_min=32_000.0, seconds_max=40.0)
"""A slow phone sends 0.25 Mbit/s. Whoever is slower, or stops, gives their turn to others; a call may take 50 s."""
FILES_MAX = 10
FIELDS_MAX = 100


async def read_files(call: Call, request: Request) -> Call:
    """The call with the fields and files of a form. Raises BodyTooLargeError, BodyTooSlowError, UnusableFormError.

    A form that names a character set is refused: no browser does, and Python decodes some of them (Punycode) in
    quadratic time, which is minutes for one field of the parser's 1 MB.
    """
    if "charset" in request.headers.get("Content-Type", "").lower():
        raise UnusableFormError("a form with a character set of its own")
    body = await read_body(request, BYTES_MAX, HASTE)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = MultiPartParser(request.headers, stream(), max_files=FILES_MAX, max_fields=FIELDS_MAX)
        parsed = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise UnusableFormError("a form with files that is none") from error
    form: dict[str, list[str]] = {}
    uploads: list[Upload] = []
    for name, value in parsed.multi_items():
        if isinstance(value, UploadFile):
            uploads.append(Upload(name, value.filename or "", await value.read()))
        else:
            form.setdefault(name, []).append(value)
    await parsed.close()
    return call.with_form(form, uploads)
