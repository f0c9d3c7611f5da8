"""Thought signatures: opaque bytes the model gives with a picture and wants back with it.

Google refuses bytes that it did not make ("Thought signature is not valid."), which catches a signature that
was encoded twice on its way through a database; so does this server. Two documented words skip the check.
"""

import hashlib
from typing import Final

_MARK: Final = b"\x12local-gemini\x00"
_BYPASSES: Final = frozenset({b"skip_thought_signature_validator", b"context_engineering_is_the_way_to_go"})
_DIGEST_BYTES: Final = 48


def sign(*parts: bytes) -> bytes:
    """The signature of an answer; not valid UTF-8, so that treating it as text fails at once."""
    digest = hashlib.sha384(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return _MARK + b"\xff" + digest.digest()


def is_known_signature(signature: bytes) -> bool:
    """Whether it has the form `sign` gives, or is one of the two words that skip the check."""
    whole = len(_MARK) + 1 + _DIGEST_BYTES
    return signature in _BYPASSES or (signature.startswith(_MARK) and len(signature) == whole)
