"""A download against a server that breaks off, lies, stalls and refuses."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar

import pytest

from infra.local.downloads import Artifact, DownloadError, Patience, download

CONTENT = hashlib.shake_256(b"the emulator").digest(300_000)
HALF = len(CONTENT) // 2
IMPATIENT = Patience(tries_max=3, stall_seconds=0.3, pause_seconds=0)


@dataclass
class Manners:
    """How the server behaves, and what it was asked."""

    content: bytes = CONTENT
    status: int = 200
    sends_at_most: int | None = None
    """In bytes, then the connection breaks off."""
    says_length: int | None = None
    knows_range: bool = True
    wrong_part: bool = False
    stalls_first: bool = False
    """The first connection sends half and then nothing, without an end."""
    ranges: list[str] = field(default_factory=list)
    """The Range header of each request."""
    over: Event = field(default_factory=Event)


class Handler(BaseHTTPRequestHandler):
    manners: ClassVar[Manners]

    def do_GET(self) -> None:
        manners = self.manners
        manners.ranges.append(self.headers.get("Range", ""))
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        start = start if manners.knows_range else 0
        rest = manners.content[start:]
        self.send_response(206 if start and manners.status == 200 else manners.status)
        if start:
            place = start + 1 if manners.wrong_part else start
            self.send_header("Content-Range", f"bytes {place}-{len(manners.content) - 1}/{len(manners.content)}")
        if manners.says_length != 0:
            self.send_header("Content-Length", str(manners.says_length or len(rest)))
        self.end_headers()
        if manners.stalls_first and len(manners.ranges) == 1:
            self.wfile.write(rest[:HALF])
            manners.over.wait(30)
            return
        self.wfile.write(rest[: manners.sends_at_most])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class's name
        """Say nothing."""


Serve = Callable[[Manners], Artifact]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start a server of such manners; what its publisher says of its one file."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers: list[ThreadingHTTPServer] = []

    def start(manners: Manners) -> Artifact:
        kind = type("Mannered", (Handler,), {"manners": manners})
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), kind))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{servers[-1].server_port}/emulator.jar"
        return Artifact("emulator.jar", url, len(CONTENT), hashlib.sha256(CONTENT).hexdigest())

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_file_arrives_whole(serve: Serve, tmp_path: Path) -> None:
    """The file has its name, its content and nothing beside it; the progress ends with its size."""
    told: list[int] = []
    path = download(serve(Manners()), tmp_path / "cache", told.append)
    assert path == tmp_path / "cache" / "emulator.jar"
    assert path.read_bytes() == CONTENT
    assert not (tmp_path / "cache" / "emulator.jar.part").exists()
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)


def test_what_is_there_is_not_asked_for(serve: Serve, tmp_path: Path) -> None:
    """The second call needs no network."""
    manners = Manners()
    artifact = serve(manners)
    download(artifact, tmp_path)
    download(artifact, tmp_path)
    assert len(manners.ranges) == 1


def test_a_broken_connection_is_resumed(serve: Serve, tmp_path: Path) -> None:
    """A server that breaks off after a third of the file is asked for the rest, until it is whole."""
    manners = Manners(sends_at_most=100_000)
    path = download(serve(manners), tmp_path, patience=IMPATIENT)
    assert path.read_bytes() == CONTENT
    assert manners.ranges == ["", "bytes=100000-", "bytes=200000-"]


def test_a_later_run_goes_on_where_an_earlier_one_ended(serve: Serve, tmp_path: Path) -> None:
    """What a run that was killed left behind is not fetched again."""
    (tmp_path / "emulator.jar.part").write_bytes(CONTENT[:HALF])
    manners = Manners()
    assert download(serve(manners), tmp_path, patience=IMPATIENT).read_bytes() == CONTENT
    assert manners.ranges == [f"bytes={HALF}-"]


def test_a_spoiled_part_is_thrown_away(serve: Serve, tmp_path: Path) -> None:
    """Where the part of an earlier run is not the file's, everything is fetched once more."""
    (tmp_path / "emulator.jar.part").write_bytes(b"x" * HALF)
    manners = Manners()
    assert download(serve(manners), tmp_path, patience=IMPATIENT).read_bytes() == CONTENT
    assert manners.ranges == [f"bytes={HALF}-", ""]


def test_a_part_that_is_too_long_is_thrown_away(serve: Serve, tmp_path: Path) -> None:
    """A part longer than the file cannot be its beginning."""
    (tmp_path / "emulator.jar.part").write_bytes(b"x" * (len(CONTENT) + 1))
    assert download(serve(Manners()), tmp_path, patience=IMPATIENT).read_bytes() == CONTENT


def test_a_server_without_ranges_begins_anew(serve: Serve, tmp_path: Path) -> None:
    """A server that ignores Range and sends everything again is taken at its word."""
    (tmp_path / "emulator.jar.part").write_bytes(CONTENT[:HALF])
    assert download(serve(Manners(knows_range=False)), tmp_path, patience=IMPATIENT).read_bytes() == CONTENT


def test_a_stalled_connection_is_given_up_and_resumed(serve: Serve, tmp_path: Path) -> None:
    """After a while without a byte the rest is asked for on another connection."""
    manners = Manners(stalls_first=True)
    assert download(serve(manners), tmp_path, patience=IMPATIENT).read_bytes() == CONTENT
    manners.over.set()
    assert manners.ranges == ["", f"bytes={HALF}-"]


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        pytest.param(Manners(status=404), "Not Found", id="not there"),
        pytest.param(Manners(status=503), "Service Unavailable", id="out of order"),
        pytest.param(Manners(content=CONTENT[:HALF]), f"has {HALF} bytes, not {len(CONTENT)}", id="a shorter file"),
        pytest.param(Manners(says_length=1 << 40), "bytes, not", id="a length that is a lie"),
        pytest.param(Manners(says_length=0, content=CONTENT * 2), "more than", id="a longer file of no length"),
        pytest.param(Manners(content=CONTENT[::-1]), "another content", id="wrong bytes"),
        pytest.param(Manners(sends_at_most=0), "broke off", id="never a byte"),
        pytest.param(Manners(sends_at_most=HALF, knows_range=False), "broke off", id="never to the end"),
        pytest.param(Manners(sends_at_most=HALF, wrong_part=True), "another part", id="another part than asked for"),
    ],
)
def test_what_cannot_be_had_is_one_line(serve: Serve, tmp_path: Path, manners: Manners, words: str) -> None:
    """The file does not get its name, and the error says in one line what happened."""
    with pytest.raises(DownloadError, match=words) as caught:
        download(serve(manners), tmp_path, patience=IMPATIENT)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "emulator.jar").exists()
    assert len(manners.ranges) <= 4


def test_no_network_is_one_line(serve: Serve, tmp_path: Path) -> None:
    """Where nobody listens, the error is the system's word for it."""
    artifact = Artifact("emulator.jar", "http://127.0.0.1:9/emulator.jar", 5, "")
    with pytest.raises(DownloadError, match="Connection refused"):
        download(artifact, tmp_path, patience=IMPATIENT)


def test_wrong_bytes_do_not_stay(serve: Serve, tmp_path: Path) -> None:
    """After wrong bytes the next run begins anew, and can be right."""
    manners = Manners(content=CONTENT[::-1])
    artifact = serve(manners)
    with pytest.raises(DownloadError):
        download(artifact, tmp_path, patience=IMPATIENT)
    manners.content = CONTENT
    assert download(artifact, tmp_path, patience=IMPATIENT).read_bytes() == CONTENT


def test_two_at_once_fetch_once(serve: Serve, tmp_path: Path) -> None:
    """Of two that want the file at the same time, one fetches it and the other waits for it."""
    manners = Manners()
    artifact = serve(manners)
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: download(artifact, tmp_path), range(2)))
    assert [path.read_bytes() for path in paths] == [CONTENT, CONTENT]
    assert len(manners.ranges) == 1
