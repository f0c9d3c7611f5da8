"""From an HTTP request to one Bot API call: query string, form, multipart (direct and `attach://`), JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from telegram.constants import FileSizeLimit

from infra.local.telegram.errors import ApiError, bad_request

UPLOAD_BYTES_MAX = int(FileSizeLimit.FILESIZE_UPLOAD)
_BODY_BYTES_MAX = UPLOAD_BYTES_MAX * 10 + 1_000_000  # an album of ten
_FIELD_BYTES_MAX = 4_000_000
_ATTACH = "attach://"


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body."""

    name: str
    mime: str
    content: bytes


@dataclass
class Call:
    """One call of `method` (as written by the caller); values are strings or, from JSON, already decoded."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        value = self.params.get(name)
        return default if value is None else value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str) -> int | None:
        """A parameter as a whole number; None if it is absent or no number."""
        try:
            return int(self.text(name))
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """A parameter as yes or no, read as the real server reads it."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def json(self, name: str) -> Any:
        """A structured parameter, decoded; None if it is absent."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name}: expected a JSON value") from None

    def upload(self, reference: str) -> Upload | None:
        """The file a field name or an `attach://name` value stands for."""
        return self.uploads.get(reference.removeprefix(_ATTACH))

    def file_or_id(self, name: str) -> Upload | str:
        """What a media parameter holds: an upload or a file_id; an empty text if there is nothing."""
        if name in self.uploads:
            return self.uploads[name]
        value = self.text(name)
        return self.resolve(value)

    def resolve(self, value: str) -> Upload | str:
        """An `attach://name` turned into its upload, anything else unchanged."""
        if not value.startswith(_ATTACH):
            return value
        upload = self.upload(value)
        if upload is None:
            raise bad_request(f"file must be non-empty, but {value!r} is not in the request")
        return upload

    def to_log(self) -> dict[str, Any]:
        """The parameters as the call log shows them: no file bytes."""
        files = {name: {"file": u.name, "size": len(u.content)} for name, u in self.uploads.items()}
        return {**{name: _readable(value) for name, value in self.params.items()}, **files}


async def read_call(request: Request, method: str) -> Call:
    """The call in `request`; ApiError 413 for more than 50 MB in one file, 400 for a body nobody can read."""
    call = Call(method, dict(request.query_params))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    await _refuse_huge(request)
    if kind == "application/json":
        call.params.update(_decode_object(await request.body()))
    elif kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        await _read_form(request, call)
    return call


async def _refuse_huge(request: Request) -> None:
    if int(request.headers.get("content-length") or 0) <= _BODY_BYTES_MAX:
        return
    async for _ in request.stream():  # read to the end: the client is still writing
        pass
    raise ApiError(413, "Request Entity Too Large")


def _decode_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("expected a JSON object")
    return value


async def _read_form(request: Request, call: Call) -> None:
    async with request.form(max_files=30, max_fields=200, max_part_size=_FIELD_BYTES_MAX) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                call.uploads[name] = await _read_upload(value)
            else:
                call.params[name] = value


async def _read_upload(file: UploadFile) -> Upload:
    if (file.size or 0) > UPLOAD_BYTES_MAX:
        raise ApiError(413, "Request Entity Too Large")
    mime = file.content_type or "application/octet-stream"
    return Upload(file.filename or "file", mime, await file.read())


def _readable(value: Any) -> Any:
    """Structured parameters decoded, so that a reader of the log need not."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def require_known(names: Iterable[str], known: frozenset[str], what: str) -> None:
    """Refuse names that `what` does not have."""
    unknown = sorted(set(names) - known)
    if unknown:
        raise bad_request(f"unknown parameter {unknown[0]!r} of {what} (refused by the local server only)")
