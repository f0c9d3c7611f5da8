"""Parsing image digests, which unlike tags never change their meaning."""

import argparse
import re

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class DigestError(argparse.ArgumentTypeError, ValueError):
    """The name is not a digest. As an argument's type, argparse shows this error's text."""


def read_digest(text: str) -> str:
    """A digest, alone or at the end of `registry/name@sha256:…`. Raises DigestError."""
    digest = text.strip().rpartition("@")[2]
    if not DIGEST.fullmatch(digest):
        raise DigestError(f"{text!r} is no digest (sha256: and 64 hex digits)")
    return digest
