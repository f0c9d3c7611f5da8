"""The name of an image that cannot mean another one tomorrow."""

import re

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def read_digest(text: str) -> str:
    """A digest, also from the end of `registry/name@sha256:…`. Raises ValueError."""
    digest = text.strip().rpartition("@")[2]
    if not DIGEST.fullmatch(digest):
        raise ValueError(f"{text!r} is no digest (sha256: and 64 hex digits)")
    return digest
