"""Signatures that Telegram makes with a key pair (Ed25519, RFC 8032): checking one needs no secret."""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def make_check(public_key: bytes) -> Callable[[bytes, bytes], bool]:
    """Whether the owner of this key, of 32 bytes, made the signature (the second) of the bytes (the first)."""
    key = Ed25519PublicKey.from_public_bytes(public_key)

    def is_signed(content: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    return is_signed
