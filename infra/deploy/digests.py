"""The name of an image that cannot mean another one tomorrow."""

import argparse
import re

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class DigestError(argparse.ArgumentTypeError, ValueError):
    """It may mean another image tomorrow. As an argument's type, argparse shows these very words."""


def read_digest(text: str) -> str:
    """A digest, also from the end of `registry/name@sha256:…`. Raises DigestError."""
    digest = text.strip().rpartition("@")[2]
    if not DIGEST.fullmatch(digest):
        raise DigestError(f"{text!r} is no digest (sha256: and 64 hex digits)")
    return digest
