"""The addresses at which a provider tells us that a video has ended: the job stands in the address. Pure.

A notice is a reason to ask, nothing more: its body is never read (docs/decisions/0093-large-videos-and-notices.md).
"""

import re

from shared.hash_ids import is_id

NOTICES_PATH = "/videos"
_PATH = re.compile(rf"{NOTICES_PATH}/([a-z]{{1,16}})/([^/]+)")


def write_notice_url(base_url: str, provider: str, job_id: str) -> str:
    """Where this provider tells of this job; empty without a base: then it is not asked to."""
    return f"{base_url}{NOTICES_PATH}/{provider}/{job_id}" if base_url else ""


def read_notice_path(path: str) -> tuple[str, str] | None:
    """The provider and the job in the path of such an address; None for any other path."""
    found = _PATH.fullmatch(path)
    return (found[1], found[2]) if found is not None and is_id(found[2]) else None
