"""Downloads one file into a folder: resumes after a break, and checks the hash before the final rename.

    jar = download(EMULATOR_JAR, cache_folder(), report=bar)

If two processes want the same file, the second one waits and then finds it.
"""

import fcntl
import hashlib
import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

CHUNK_BYTES = 1 << 18
WORTH_ANOTHER_TRY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 429}

Report = Callable[[int], None]
"""Called repeatedly with the number of bytes received so far."""


class DownloadError(RuntimeError):
    """The download failed; the text gives the reason in one line."""


@dataclass(frozen=True)
class Artifact:
    """A file as its publisher describes it."""

    name: str
    url: str
    size: int
    """In bytes."""
    sha256: str


@dataclass(frozen=True)
class Patience:
    """The limits for a bad connection."""

    tries_max: int = 4
    """Consecutive attempts without a byte."""
    stall_seconds: float = 30
    """Without a byte; then the rest is requested on a new connection."""
    pause_seconds: float = 1


def download(
    artifact: Artifact, folder: Path, report: Report = lambda _done: None, patience: Patience | None = None
) -> Path:
    """The file in the folder. Raises DownloadError, and OSError where the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    target, partial = folder / artifact.name, folder / f"{artifact.name}.part"
    with waiting_turn(folder / f"{artifact.name}.lock"):
        if is_whole(artifact, target):
            return target
        is_resumed = partial.exists()
        fill(artifact, partial, report, patience or Patience())
        if find_digest(partial) != artifact.sha256 and is_resumed:
            partial.unlink()  # the rest of an earlier run may be corrupt: start again
            fill(artifact, partial, report, patience or Patience())
        if find_digest(partial) != artifact.sha256:
            partial.unlink()
            raise DownloadError(f"{artifact.url} has another content than its publisher says (SHA-256)")
        partial.replace(target)
    return target


def is_whole(artifact: Artifact, path: Path) -> bool:
    """Whether the file exists; it is renamed to this name only after its checksum was verified."""
    return path.is_file() and path.stat().st_size == artifact.size


@contextmanager
def waiting_turn(lock: Path) -> Iterator[None]:
    """Let one process in at a time; a killed process releases the lock."""
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fill(artifact: Artifact, partial: Path, report: Report, patience: Patience) -> None:
    """Complete the partial file, over as many connections as needed. Raises DownloadError."""
    tries = 0
    while (before := size_of(partial)) != artifact.size:
        try:
            receive(artifact, partial, report, patience.stall_seconds)
        except (OSError, http.client.HTTPException) as error:
            tries = 0 if size_of(partial) > before else tries + 1
            if tries == patience.tries_max or not is_worth_another_try(error):
                raise DownloadError(f"{artifact.url}: {getattr(error, 'reason', error)}") from error
            time.sleep(patience.pause_seconds)


def is_worth_another_try(error: OSError | http.client.HTTPException) -> bool:
    """Whether to retry: after a broken connection, a 5xx, or a status in WORTH_ANOTHER_TRY."""
    if not isinstance(error, urllib.error.HTTPError):
        return True
    return error.code in WORTH_ANOTHER_TRY or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR


def receive(artifact: Artifact, partial: Path, report: Report, stall_seconds: float) -> None:
    """Receive over one connection. Raises OSError, HTTPException if it breaks; DownloadError if a retry is useless."""
    have = size_of(partial)
    if have > artifact.size:
        partial.unlink()
        have = 0
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    request = urllib.request.Request(artifact.url, headers=headers)  # noqa: S310 — addresses are constants of ours
    with urllib.request.urlopen(request, timeout=stall_seconds, context=trust()) as answer:  # noqa: S310 — likewise
        start = find_start(answer, have)
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and start + int(length) != artifact.size:
            raise DownloadError(f"{artifact.url} has {start + int(length)} bytes, not {artifact.size}")
        with partial.open("r+b" if start else "wb") as file:
            file.seek(start)
            while chunk := answer.read1(CHUNK_BYTES):
                file.write(chunk)
                report(file.tell())
                if file.tell() > artifact.size:
                    raise DownloadError(f"{artifact.url} has more than {artifact.size} bytes")
    if size_of(partial) < artifact.size:
        raise ConnectionError("the connection broke off")


def find_start(answer: http.client.HTTPResponse, have: int) -> int:
    """The offset of the answer's first byte: a server may ignore Range and start at 0."""
    if answer.status != HTTPStatus.PARTIAL_CONTENT:
        return 0
    if not re.match(rf"bytes {have}-", answer.headers.get("Content-Range", "")):
        raise DownloadError("the server sent another part of the file than the one asked for")
    return have


def trust() -> ssl.SSLContext:
    """The system's certificates (a company may have added its own), or certifi's if this Python has none."""
    import certifi  # here, because .ci/run asks infra.local.tools before anything is installed

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def size_of(path: Path) -> int:
    """In bytes; 0 where there is no file."""
    return path.stat().st_size if path.exists() else 0
