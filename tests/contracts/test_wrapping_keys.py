"""What a wrapping key does: one in a file, and one of Cloud KMS over real HTTP, with a server that stands for it."""

import asyncio
import json
import os
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.adapters import kms
from shared.adapters.data_keys import KEY_BYTES, KeyWrapper
from shared.adapters.google_rest import GoogleRest
from shared.adapters.key_file import KeyFile, make_key_file
from shared.adapters.kms import CloudKms
from shared.errors import UnavailableError
from shared.settings import EncryptionSettings
from shared.wiring import open_wrapping_key
from tests.contracts.http_server import Reply, Request, Server, serve_http

KEY = "projects/p/locations/europe-west1/keyRings/documents/cryptoKeys/words"
CONTENT = os.urandom(KEY_BYTES)


class Kms:
    """What KMS does with one key: it encrypts by the newest version, and decrypts by the one that the bytes name."""

    def __init__(self) -> None:
        self.versions = [AESGCM(os.urandom(32))]
        self.fault: Reply | None = None

    def answer(self, request: Request) -> Reply:
        path, _, verb = request.path.rpartition(":")
        assert path == f"/v1/{KEY}"
        said = {name: b64decode(value) for name, value in json.loads(request.body).items()}
        if self.fault is not None:
            return self.fault
        try:
            made = getattr(self, verb)(**said)
        except InvalidTag:
            return Reply(400, b'{"error": {"code": 400, "message": "Decryption failed", "status": "INVALID_ARGUMENT"}}')
        return Reply(body=json.dumps(made).encode())

    def encrypt(self, plaintext: bytes, additionalAuthenticatedData: bytes) -> dict[str, str]:  # noqa: N803 — KMS's
        nonce, number = os.urandom(12), len(self.versions)
        sealed = self.versions[-1].encrypt(nonce, plaintext, additionalAuthenticatedData)
        wrapped = b64encode(bytes([number]) + nonce + sealed).decode()
        return {"name": f"{KEY}/cryptoKeyVersions/{number}", "ciphertext": wrapped, "protectionLevel": "SOFTWARE"}

    def decrypt(self, ciphertext: bytes, additionalAuthenticatedData: bytes) -> dict[str, str]:  # noqa: N803 — KMS's
        cipher = self.versions[ciphertext[0] - 1]
        opened = cipher.decrypt(ciphertext[1:13], ciphertext[13:], additionalAuthenticatedData)
        return {"plaintext": b64encode(opened).decode(), "protectionLevel": "SOFTWARE"}


class Tokens:
    """Counts what it gives."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def get(self) -> str:
        return f"token-{next(self._numbers)}"

    def forget(self, token: str) -> None:
        pass


@pytest.fixture
def cloud() -> Kms:
    return Kms()


@pytest.fixture
def server(cloud: Kms, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serve_http(cloud.answer) as server:
        host = server.url.removeprefix("http://")
        monkeypatch.setattr(kms, "GoogleRest", lambda _, token: _WithToken(host, token))
        yield server


class _WithToken(GoogleRest):
    """Without TLS, and with a token all the same."""

    def __init__(self, host: str, token: Tokens) -> None:
        super().__init__(host, None)
        self._token = token


@pytest.fixture(params=["file", "kms"])
async def wrapper(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyWrapper]:
    if request.param == "file":
        make_key_file(tmp_path / "key")
        yield open_wrapping_key(str(tmp_path / "key"))
        return
    request.getfixturevalue("server")
    made = open_wrapping_key(KEY, Tokens())
    yield made
    await made.close()


async def test_opens_what_it_wrapped(wrapper: KeyWrapper) -> None:
    """The same bytes come back, and what is stored shows nothing of them."""
    wrapped = await wrapper.wrap(CONTENT, "2026-11")
    assert CONTENT not in wrapped
    assert await wrapper.unwrap(wrapped, "2026-11") == CONTENT


async def test_a_key_under_another_name_is_refused(wrapper: KeyWrapper) -> None:
    """Whoever can write to the database cannot pass an old key off as the one of this month; nor are bytes damaged."""
    wrapped = await wrapper.wrap(CONTENT, "2026-11")
    for strange, name in ((wrapped, "2026-12"), (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), "2026-11")):
        with pytest.raises(UnavailableError):
            await wrapper.unwrap(strange, name)


async def test_a_new_version_of_the_key(cloud: Kms, server: Server) -> None:
    """A rotation in KMS needs nothing of us: what the old version wrapped is opened, the new one wraps."""
    wrapper = CloudKms(KEY, Tokens())
    old = await wrapper.wrap(CONTENT, "2026-11")
    cloud.versions.append(AESGCM(os.urandom(32)))
    new = await wrapper.wrap(CONTENT, "2026-11")
    assert [old[0], new[0]] == [1, 2]
    assert await wrapper.unwrap(old, "2026-11") == await wrapper.unwrap(new, "2026-11") == CONTENT
    assert [request.headers["authorization"] for request in server.requests][:2] == ["Bearer token-1", "Bearer token-2"]
    await wrapper.close()


@pytest.mark.parametrize(
    "fault", [Reply(403, b"{}"), Reply(429), Reply(503), Reply(200, b"<html>"), Reply(200, b"{}"), Reply(200, b"[]")]
)
async def test_every_fault_is_an_outage(cloud: Kms, server: Server, fault: Reply) -> None:
    """A missing right, a key that is switched off and nonsense are all tried again: no document is thought broken."""
    wrapper = CloudKms(KEY, Tokens())
    cloud.fault = fault
    with pytest.raises(UnavailableError, match=r"^Cloud KMS: encrypt"):
        await wrapper.wrap(CONTENT, "2026-11")
    cloud.fault = None
    assert await wrapper.unwrap(await wrapper.wrap(CONTENT, "2026-11"), "2026-11") == CONTENT
    await wrapper.close()


async def test_silence_has_a_limit(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A KMS that accepts calls and never answers is an outage after the time limit."""
    monkeypatch.setattr(kms, "CALL_SECONDS_MAX", 0.2)
    over = Event()

    def hang(_: Request) -> Reply:
        over.wait(5)
        return Reply()

    server.answer = hang
    wrapper = CloudKms(KEY, Tokens())
    with pytest.raises(UnavailableError):
        await asyncio.wait_for(wrapper.unwrap(b"\1", "2026-11"), 5)
    over.set()
    await wrapper.close()


async def test_files_that_are_no_keys(tmp_path: Path) -> None:
    """A missing or damaged file is an outage; the file is its owner's alone, and a second start keeps it."""
    path = tmp_path / "new" / "key"
    with pytest.raises(UnavailableError):
        await KeyFile(path).wrap(CONTENT, "2026-11")
    make_key_file(path)
    first = path.read_bytes()
    make_key_file(path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (first, 0o600)
    path.write_bytes(b"short")
    with pytest.raises(UnavailableError):
        await KeyFile(path).wrap(CONTENT, "2026-11")


def test_settings_open_what_they_name(tmp_path: Path) -> None:
    """A path is a file, a name is a key of KMS."""
    for key, kind in ((str(tmp_path), KeyFile), (KEY, CloudKms)):
        settings = EncryptionSettings.read({"ENCRYPTION_KEY": key})
        assert settings is not None
        assert isinstance(open_wrapping_key(settings.key), kind)
