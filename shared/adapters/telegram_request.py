"""The transport of python-telegram-bot's calls: kept connections, each call sent once.

httpx, the library's default, takes 2 ms of CPU per call: a third of the CPU time of `image` per picture, apart from
reducing it. It is still used to read files, because it can stop in the middle of one.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from shared.adapters.http_connections import Answer, HttpConnections, NotConnectedError
from shared.adapters.telegram_errors import NOT_SENT_RETRY_SECONDS
from shared.errors import (
    BlobMissingError,
    DeliveryUnknownError,
    FileTooLargeError,
    FileUnreadableError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.limits import FILE_BYTES_MAX
from shared.ports import StoredFile
from shared.telemetry.names import TELEGRAM_CALL_DURATION
from shared.telemetry.record import observe, open_span

HTTPS_PORT, HTTP_PORT = 443, 80
BAD_REQUEST = 400
BYTES_PER_SECOND_MIN = 2_000_000
"""Of a file that is sent from our bucket: the slowest that is waited for. 50 MB take 25 s."""
Stream = Callable[[str], Awaitable[AsyncIterator[bytes]]]
"""The bytes of a file in our bucket, by its name. Raises BlobMissingError, UnavailableError."""


async def no_stream(name: str) -> AsyncIterator[bytes]:
    """Of a process that sends no files from the bucket."""
    raise BlobMissingError(name)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """The time limits for the parts of a call, in seconds; a whole call may take writing and reading together."""

    connect: float = 5.0
    read: float = 10.0
    write: float = 10.0
    write_media: float = 30.0


USUAL_TIMEOUTS = Timeouts()


class TelegramRequest(BaseRequest):
    """The library's transport to one server; created without a connection, before the event loop's first call."""

    def __init__(self, api_base_url: str, timeouts: Timeouts, stream: Stream = no_stream) -> None:
        self._timeouts, self._stream = timeouts, stream
        parts = urlsplit(api_base_url)
        self._origin, self._host = f"{parts.scheme}://{parts.netloc}", parts.netloc
        is_tls = parts.scheme == "https"
        port = parts.port or (HTTPS_PORT if is_tls else HTTP_PORT)
        self._connections = HttpConnections(parts.hostname or "", port, is_tls=is_tls, connect_seconds=timeouts.connect)
        self._files: httpx.AsyncClient | None = None

    @property
    def read_timeout(self) -> float:
        return self._timeouts.read

    async def initialize(self) -> None:
        """Nothing to do: connections are opened when needed."""

    async def shutdown(self) -> None:
        await self._connections.close()
        if self._files is not None:
            await self._files.aclose()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Make a call; returns status and body. It uses this object's time limits and ignores the library's."""
        name, started = _name_method(url), time.perf_counter()
        about, error_type = {"rpc.system.name": "telegram", "rpc.method": name}, "canceled"
        try:
            with open_span(f"telegram {name}", "client", about) as span:
                answer = await self._call(url, method, request_data)
                error_type = "" if answer.status < BAD_REQUEST else str(answer.status)
                span.set({"http.response.status_code": answer.status})
                if error_type:
                    span.fail(error_type)
        except Exception as error:
            error_type = type(error).__name__
            raise
        finally:
            labels = {"rpc.method": name, **({"error.type": error_type} if error_type else {})}
            observe(TELEGRAM_CALL_DURATION, time.perf_counter() - started, labels)
        return answer.status, answer.body

    async def _call(self, url: str, method: str, request_data: RequestData | None) -> Answer:
        form = write_form(request_data)
        path = url.removeprefix(self._origin)
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: {form.kind}\r\n"
        head += f"Content-Length: {form.size_bytes}\r\n\r\n"
        has_files = request_data is not None and request_data.contains_files
        seconds = self._timeouts.read + (self._timeouts.write_media if has_files else self._timeouts.write)
        seconds += form.stored_bytes / BYTES_PER_SECOND_MIN
        try:
            async with asyncio.timeout(seconds):
                return await self._send(head.encode("ascii"), form)
        except NotConnectedError as error:
            raise NetworkError("not connected") from error
        except (BlobMissingError, UnavailableError) as error:
            raise NetworkError("not sent") from NotConnectedError(str(error))
        except TimeoutError as error:
            raise TimedOut from error
        except OSError as error:
            raise NetworkError("the connection broke") from error

    async def _send(self, head: bytes, form: "Form") -> Answer:
        if form.stored_bytes:
            return await self._connections.send_stream(head, self._pour(form))
        return await self._connections.send((head, b"".join(form.contents())), once=True)

    async def _pour(self, form: "Form") -> AsyncIterator[bytes]:
        """The body in pieces. A file that turns out to be of another size breaks the call off."""
        for part in form.parts:
            if isinstance(part, bytes):
                yield part
                continue
            left = part.size_bytes
            async for piece in await self._stream(part.name):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
            if left:
                raise UnavailableError("the file has another size")

    async def read_file(self, address: str) -> bytes:
        """A file of at most the size that Telegram announced. Raises MessengerErrors, httpx's errors."""
        if self._files is None:
            limits = self._timeouts
            self._files = httpx.AsyncClient(timeout=httpx.Timeout(limits.read, connect=limits.connect))
        headers = {"Accept-Encoding": "identity"}  # so that the counted bytes are the file's
        async with self._files.stream("GET", address, headers=headers) as answer:
            _check_file_answer(answer)
            content = BytesIO()  # unlike a bytearray it can return its buffer without a copy
            async for chunk in answer.aiter_raw():
                content.write(chunk)
                if content.tell() > FILE_BYTES_MAX:
                    raise FileTooLargeError("longer than announced")
        return content.getvalue()


@dataclass(frozen=True, slots=True)
class Form:
    """The content type and the body of a call, in parts."""

    kind: str
    parts: tuple[bytes | StoredFile, ...]

    @property
    def size_bytes(self) -> int:
        """Of the body."""
        return sum(len(part) if isinstance(part, bytes) else part.size_bytes for part in self.parts)

    @property
    def stored_bytes(self) -> int:
        """Of it, what comes from our bucket."""
        return sum(part.size_bytes for part in self.parts if isinstance(part, StoredFile))

    def contents(self) -> list[bytes]:
        """The parts of a body that holds nothing from the bucket."""
        return [part for part in self.parts if isinstance(part, bytes)]


def _name_method(url: str) -> str:
    """The Bot API's method in an address, of which the token is never shown."""
    name = url.rpartition("/")[2]
    return name if name.isascii() and name.isalpha() else "unknown"


def write_form(request_data: RequestData | None) -> Form:
    """The body of a call (https://core.telegram.org/bots/api#making-requests)."""
    if request_data is None:
        return Form("application/x-www-form-urlencoded", (b"",))
    fields: Mapping[str, str] = request_data.json_parameters
    if not request_data.contains_files:
        return Form("application/x-www-form-urlencoded", (urlencode(fields).encode("ascii"),))
    boundary, parts = os.urandom(16).hex(), list[bytes | StoredFile]()
    for name, value in fields.items():
        parts += [_part_head(boundary, f'name="{name}"'), value.encode()]
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        assert isinstance(content, bytes | StoredFile)
        parts += [_part_head(boundary, f'name="{name}"; filename="{filename}"', mime_type), content]
    return Form(f"multipart/form-data; boundary={boundary}", (*parts, f"\r\n--{boundary}--\r\n".encode()))


def _part_head(boundary: str, names: str, mime_type: str = "") -> bytes:
    kind = f"\r\nContent-Type: {mime_type}" if mime_type else ""
    return f"\r\n--{boundary}\r\nContent-Disposition: form-data; {names}{kind}\r\n\r\n".encode()


def _check_file_answer(answer: httpx.Response) -> None:
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise TooManyRequestsError(NOT_SENT_RETRY_SECONDS)
    if answer.is_client_error:
        raise FileUnreadableError(f"the file answers {answer.status_code}")
    if not answer.is_success:
        raise DeliveryUnknownError(f"the file answers {answer.status_code}")
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > FILE_BYTES_MAX:
        raise FileTooLargeError(f"{announced} bytes")
