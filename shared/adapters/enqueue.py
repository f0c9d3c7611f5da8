"""One task per update, for the webhook: Cloud Tasks' CreateTask without any of Google's libraries.

Those double the webhook's cold start. The message is small and nearly constant, so it is written by hand
(https://protobuf.dev/programming-guides/encoding/); a test compares every byte with what the library sends.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import grpc
import grpc.aio

from shared.adapters.metadata_token import METADATA_HOST, MetadataToken
from shared.adapters.targets import Target, complete_headers
from shared.errors import UnavailableError
from shared.usage import current_usage

METHOD = "/google.cloud.tasks.v2.CloudTasks/CreateTask"
CLOUD_HOST = "cloudtasks.googleapis.com:443"
CALL_SECONDS_MAX = 5.0
CHECK_SECONDS_MAX = 2.0
POST = 1
CHANNEL_OPTIONS = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 5_000))
"""Without these, after an outage calls would go on failing unsent for up to two minutes."""


class Enqueuer:
    """Stores updates as tasks for one function.

    With `emulator_host` ("host:port") it talks to a local server, without TLS or a token. The channel belongs
    to the event loop that uses it first, and must not exist before the server forks.
    """

    def __init__(self, target: Target, path: str, emulator_host: str = "", metadata_host: str = METADATA_HOST) -> None:
        self._encoder = CreateTaskEncoder(target, path)
        self._metadata = (("x-goog-request-params", urlencode({"parent": target.queue}, safe="/")),)
        self._emulator_host = emulator_host
        self._token = None if emulator_host else MetadataToken(metadata_host)
        self._channel: grpc.aio.Channel | None = None
        self._create_task: Any = None

    async def enqueue(self, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Return once the task is stored. Raises UnavailableError: it may be stored all the same."""
        request = self._encoder.encode(body, headers or {})
        token = await self._token.get() if self._token else ""
        authorization = (("authorization", f"Bearer {token}"),) if token else ()
        try:
            await self._connect()(request, timeout=CALL_SECONDS_MAX, metadata=self._metadata + authorization)
        except grpc.aio.AioRpcError as error:
            if self._token and error.code() is grpc.StatusCode.UNAUTHENTICATED:
                self._token.forget(token)
            raise UnavailableError(f"Cloud Tasks: {error.code().name}: {error.details()}") from error
        current_usage().tasks += 1

    async def check(self) -> None:
        """Return when the service can be reached. Raises UnavailableError."""
        self._connect()
        assert self._channel is not None
        try:
            await asyncio.wait_for(self._channel.channel_ready(), CHECK_SECONDS_MAX)
        except TimeoutError:
            raise UnavailableError("Cloud Tasks cannot be reached") from None

    async def close(self) -> None:
        """Hang up, in the loop that used it."""
        if self._channel is not None:
            channel, self._channel, self._create_task = self._channel, None, None
            await channel.close()

    def _connect(self) -> Any:
        if self._channel is None:
            if self._emulator_host:
                self._channel = grpc.aio.insecure_channel(self._emulator_host, CHANNEL_OPTIONS)
            else:
                credentials = grpc.ssl_channel_credentials()
                self._channel = grpc.aio.secure_channel(CLOUD_HOST, credentials, CHANNEL_OPTIONS)
            self._create_task = self._channel.unary_unary(METHOD)  # without serializers: bytes in, bytes out
        return self._create_task


class CreateTaskEncoder:
    """Writes CreateTaskRequest messages that differ in body and headers only."""

    def __init__(self, target: Target, path: str) -> None:
        self._parent = _field(1, target.queue)
        self._url_and_method = _field(1, target.url_of(path)) + _number(2, POST)
        self._usual_headers = _headers({})
        self._oidc_token = _field(6, _field(1, target.service_account) + _field(2, target.audience))
        self._deadline = _field(6, _number(1, target.deadline_seconds))

    def encode(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The message, its parts in the order of their numbers."""
        request = self._url_and_method + (_headers(headers) if headers else self._usual_headers)
        if body:
            request += _field(4, body)
        task = _field(3, request + self._oidc_token) + self._deadline
        return self._parent + _field(2, task)


def _headers(headers: Mapping[str, str]) -> bytes:
    """HttpRequest.headers: a map is a repeated pair."""
    pairs = sorted(complete_headers(headers).items())
    return b"".join(_field(3, _field(1, name) + _field(2, value)) for name, value in pairs)


def _field(number: int, content: bytes | str) -> bytes:
    """A text, bytes or a message under a field number."""
    if isinstance(content, str):
        content = content.encode()
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    """A whole number, not negative, under a field number."""
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    """Seven bits per byte, the lowest first; all but the last byte have the eighth bit."""
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004 — seven bits
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
