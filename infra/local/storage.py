"""Cloud Storage's emulator as a process: in memory, on the loopback address, with an existing bucket.

`python -m infra.local.storage --port 8705 --bucket nanobanana-media` prints `{"event": "ready", …}` once it
listens.
"""

import argparse
import json
import logging
import signal
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from http.server import HTTPServer
from threading import Event
from typing import Any, cast

import gcp_storage_emulator.server as emulator

from infra.local.ports import HOST

# The emulator answers one connection after another; with the default queue of 5, a burst of uploads
# waits for the kernel to repeat its connection attempts (1 s, 3 s, …).
WAITING_CONNECTIONS_MAX = 256


@dataclass(frozen=True, slots=True)
class UploadPart:
    """A part of an upload, with the two methods of an email's part that the emulator calls."""

    head: Message
    content: bytes

    def get_payload(self, *, decode: bool = False) -> bytes:  # noqa: ARG002 — email's signature; nothing is encoded here
        """The bytes as they came."""
        return self.content

    def get_content_type(self) -> str:
        """As in the part's own header."""
        return self.head.get_content_type()


class UploadParser(BytesParser):
    """Reads an upload at its boundaries.

    The emulator reads it as an email, line by line: that takes 25 ms for a picture of 1 MB, which would be counted as
    our own time.
    """

    def parsebytes(self, text: bytes | bytearray, headersonly: bool = False) -> Message:  # noqa: FBT001, FBT002 — email's
        """An upload's two parts; a batch is read as email does."""
        head, _, body = bytes(text).partition(b"\r\n")
        message = super().parsebytes(head, headersonly=True)
        if message.get_content_type() != "multipart/related":
            return super().parsebytes(text, headersonly)
        pieces = body.split(b"--" + str(message.get_boundary()).encode())[1:-1]
        parts: list[Any] = [_read_part(piece) for piece in pieces]
        message.set_payload(parts)
        return message


def _read_part(part: bytes) -> UploadPart:
    head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    return UploadPart(BytesParser().parsebytes(head, headersonly=True), content.removesuffix(b"\r\n"))


def write_no_list(_: object) -> None:
    """Skips the list of all objects, which is useless in memory.

    The emulator would write it after each upload; the time grows with the number of objects, and the bench would count
    it as ours.
    """


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bucket", required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    HTTPServer.request_queue_size = WAITING_CONNECTIONS_MAX
    server = cast("Any", emulator)  # the package has no types
    server.BytesParser = UploadParser
    server.Storage._write_config_to_file = write_no_list  # noqa: SLF001 — there is no switch for it
    with server.create_server(HOST, arguments.port, in_memory=True, default_bucket=arguments.bucket):
        print(json.dumps({"event": "ready", "url": f"http://{HOST}:{arguments.port}"}), flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
