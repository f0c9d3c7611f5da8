"""Ids are deterministic hashes, not sequences.

A repeated delivery computes the same id and finds the existing document.
"""

import hashlib
import re
from base64 import urlsafe_b64encode

ID_CHARACTERS = 16
"""96 bits: no two of a billion ids collide, and three fit into the 64 bytes of callback data."""


def hash_id(*parts: object) -> str:
    """A 16-character id of [A-Za-z0-9_-], the hash of these parts in this order."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    made = urlsafe_b64encode(digest[:12]).decode("ascii")
    return made.replace("_", "-", 1) if made.startswith("__") else made  # Firestore refuses "__…__"


def is_id(text: str) -> bool:
    """Whether `hash_id` may have made this. Some other texts are not valid document ids ("a/b", "..", "__x__")."""
    return re.fullmatch(r"(?!__.*__$)[A-Za-z0-9_-]{16}", text) is not None
