"""Files by file_id: who may use them, how they are called, and their bytes within a memory bound.

Bytes are kept once per content and the longest unused go first when the bound is reached: a file then still
has its file_id, but getFile refuses it as temporarily unavailable.
"""

import base64
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from telegram.constants import FileSizeLimit

from infra.local.telegram.errors import bad_request
from infra.local.telegram.photos import Rendition

DOWNLOAD_BYTES_MAX = int(FileSizeLimit.FILESIZE_DOWNLOAD)
_PREFIX = {"photo": "AgACAgIAAx", "video": "BAACAgIAAx", "voice": "AwACAgIAAx", "audio": "CQACAgIAAx"}
_PREFIX |= {"animation": "CgACAgIAAx", "sticker": "CAACAgIAAx", "video_note": "DQACAgIAAx"}
_FOLDER = {"photo": "photos", "video": "videos", "voice": "voice", "audio": "music"}
_FOLDER |= {"animation": "animations", "sticker": "stickers", "video_note": "video_notes"}


@dataclass(frozen=True)
class StoredFile:
    """One file or one size of a photo; `path` is what getFile gives."""

    file_id: str
    unique_id: str
    kind: str
    path: str
    digest: bytes
    size_bytes: int
    name: str = ""
    mime: str = ""
    width: int = 0
    height: int = 0


class FileStore:
    """All files of one bot."""

    def __init__(self, bot_id: int, bytes_max: int) -> None:
        self._mark = hashlib.sha256(str(bot_id).encode()).digest()[:6]
        self._bytes_max = bytes_max
        self._bytes_kept = 0
        self._blobs: OrderedDict[bytes, bytes] = OrderedDict()
        self._groups: dict[str, tuple[StoredFile, ...]] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add_photo(self, renditions: tuple[Rendition, ...]) -> tuple[StoredFile, ...]:
        """One stored photo with all its sizes, smallest first."""
        sizes = tuple(
            self._store("photo", r.content, name="photo.jpg", mime="image/jpeg", size=(r.width, r.height))
            for r in renditions
        )
        for size in sizes:
            self._groups[size.file_id] = sizes
        return sizes

    def add_file(self, kind: str, content: bytes, name: str, mime: str) -> StoredFile:
        """One stored document, video, voice message or audio, its bytes unchanged."""
        file = self._store(kind, content, name=name, mime=mime)
        self._groups[file.file_id] = (file,)
        return file

    def find(self, file_id: str) -> tuple[StoredFile, ...]:
        """The file, or all sizes of the photo, that `file_id` names; ApiError for a foreign one."""
        group = self._groups.get(file_id)
        if group is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return group

    def find_exact(self, file_id: str) -> StoredFile:
        """The very size `file_id` names."""
        return next(file for file in self.find(file_id) if file.file_id == file_id)

    def find_path(self, path: str) -> StoredFile | None:
        """The file behind a getFile path."""
        return self._by_path.get(path)

    def read(self, file: StoredFile) -> bytes | None:
        """Its bytes; None when they were evicted."""
        content = self._blobs.get(file.digest)
        if content is not None:
            self._blobs.move_to_end(file.digest)
        return content

    def _store(self, kind: str, content: bytes, *, name: str, mime: str, size: tuple[int, int] = (0, 0)) -> StoredFile:
        digest = hashlib.sha256(content).digest()
        self._keep(digest, content)
        suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
        path = f"{_FOLDER.get(kind, 'documents')}/file_{len(self._by_path)}{suffix}"
        tail = base64.urlsafe_b64encode(self._mark + secrets.token_bytes(24)).decode().rstrip("=")
        unique_id = "AQAD" + secrets.token_urlsafe(9)  # Telegram gives each upload an identity of its own
        file_id = _PREFIX.get(kind, "BQACAgIAAx") + tail
        file = StoredFile(file_id, unique_id, kind, path, digest, len(content), name, mime, *size)
        self._by_path[path] = file
        return file

    def _keep(self, digest: bytes, content: bytes) -> None:
        if digest not in self._blobs:
            self._bytes_kept += len(content)
        self._blobs[digest] = content
        self._blobs.move_to_end(digest)
        while self._bytes_kept > self._bytes_max and len(self._blobs) > 1:
            _, gone = self._blobs.popitem(last=False)
            self._bytes_kept -= len(gone)
