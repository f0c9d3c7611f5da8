"""The fixtures that other tests stand on, used as those tests use them."""

import os
import socket
import urllib.request
from typing import Any, cast

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore, storage
from pytest_socket import SocketConnectBlockedError


@pytest.mark.emulator
async def test_firestore_keeps_a_document(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document written to the emulator with the production client can be read back."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    client = firestore.AsyncClient(project=project_id)
    document = client.document("things/one")
    await document.set({"answer": 42})
    assert (await document.get()).to_dict() == {"answer": 42}


def test_storage_keeps_an_object(storage_emulator: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes put into a fresh bucket with the production client come back unchanged."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage_emulator)
    library: Any = storage  # its functions have no types
    client = library.Client(project="test", credentials=cast("Any", AnonymousCredentials)())
    client.bucket(bucket).blob("a/b.png").upload_from_string(b"\x89PNG", content_type="image/png")
    assert client.bucket(bucket).blob("a/b.png").download_as_bytes() == b"\x89PNG"


def test_network_ends_at_this_machine() -> None:
    """A connection beyond the loopback address is refused before it leaves."""
    with pytest.warns(UserWarning, match="not|tried"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_developers_environment_stays_outside() -> None:
    """No emulator address and no secret of the developer's shell reaches a test."""
    assert not {"FIRESTORE_EMULATOR_HOST", "TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY"} & os.environ.keys()


def test_storage_answers_only_locally(storage_emulator: str) -> None:
    """The storage emulator is reached on 127.0.0.1."""
    assert storage_emulator.startswith("http://127.0.0.1:")
    assert urllib.request.urlopen(storage_emulator, timeout=5).status == 200  # noqa: S310 — loopback
