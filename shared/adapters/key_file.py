"""A wrapping key in a file: for a system on one machine, where there is no KMS."""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.errors import UnavailableError

KEY_BYTES = 64


class KeyFile:
    """Implements KeyWrapper."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def wrap(self, content: bytes, name: str) -> bytes:
        return self._open().encrypt(content, [name.encode()])

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        try:
            return self._open().decrypt(wrapped, [name.encode()])
        except InvalidTag as error:
            raise UnavailableError(f"the key file is not the one that wrapped {name}") from error

    async def close(self) -> None:
        """Nothing is open."""

    def _open(self) -> AESSIV:
        try:
            return AESSIV(b64decode(self._path.read_bytes(), validate=False))
        except (OSError, ValueError) as error:
            raise UnavailableError(f"no usable key file: {type(error).__name__}") from error


def make_key_file(path: Path) -> None:
    """Make a file with a new key, which only its owner can read; one that exists stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(b64encode(os.urandom(KEY_BYTES)) + b"\n")
