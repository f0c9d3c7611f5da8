"""The addresses at which a provider tells us that a video has ended: the job stands in the address. Pure.

A notice is a reason to ask, nothing more (docs/decisions/0093-large-videos-and-notices.md). Of its body only the id of
the operation is read, for a start whose answer was lost; the provider is asked about it before it counts.
"""

import json
import re

from shared.hash_ids import is_id

NOTICES_PATH = "/videos"
NAMING_PROVIDER = "gemini"
"""Whose notices name the operation. A notice of fal names a request without its endpoint, so nobody can be asked."""
OPERATION = re.compile(r"[A-Za-z0-9_.=~-]{8,256}")
"""The alphabet of an interaction's id, which becomes a part of a URL."""
_PATH = re.compile(rf"{NOTICES_PATH}/([a-z]{{1,16}})/([^/]+)")


def write_notice_url(base_url: str, provider: str, job_id: str) -> str:
    """Where this provider tells of this job; empty without a base: then it is not asked to."""
    return f"{base_url}{NOTICES_PATH}/{provider}/{job_id}" if base_url else ""


def read_notice_path(path: str) -> tuple[str, str] | None:
    """The provider and the job in the path of such an address; None for any other path."""
    found = _PATH.fullmatch(path)
    return (found[1], found[2]) if found is not None and is_id(found[2]) else None


def read_operation(provider: str, body: bytes) -> str:
    """The id of the operation that a notice is about; empty if it names none in the form of an id.

    Gemini names the interaction as `data.id` (ai.google.dev/gemini-api/docs/webhooks).
    """
    try:
        told = json.loads(body)["data"]["id"] if provider == NAMING_PROVIDER else ""
    except (ValueError, RecursionError, TypeError, LookupError):
        return ""
    return as_operation(told)


def as_operation(told: object) -> str:
    """The operation's id, if `told` has the form of one; otherwise empty."""
    return told if isinstance(told, str) and OPERATION.fullmatch(told) is not None else ""
