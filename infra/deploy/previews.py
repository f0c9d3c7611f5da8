"""The names of previews: one tag for each author and branch. Pure.

p-1f3a9c-ada-feature-voice      the branch's mark, who pushed it, and the branch as far as there is room
"""

import hashlib
import re

from infra.deploy.cloud_run import PREVIEW
from infra.deploy.errors import RefusedError

MARK_DIGITS = 6
AUTHOR_LENGTH_MAX = 10
LENGTH_MAX = 32
"""Tag, service and project number share one DNS label of 63 characters: 32 + 3 + 8 + 1 + 12, and some are left."""


def name_preview(author: str, branch: str) -> str:
    """The tag of an author's preview of a branch. Raises RefusedError for a branch without letters."""
    slug = make_slug(branch)
    if not slug:
        raise RefusedError(f"no letters in {branch!r}")
    words = [word for word in (make_slug(author)[:AUTHOR_LENGTH_MAX].strip("-"), slug) if word]
    return f"{mark_branch(branch)}{'-'.join(words)}"[:LENGTH_MAX].strip("-")


def mark_branch(branch: str) -> str:
    """What the tags of all previews of a branch begin with; branches that look alike differ here."""
    return f"{PREVIEW}{hashlib.sha256(branch.encode()).hexdigest()[:MARK_DIGITS]}-"


def make_slug(text: str) -> str:
    """`feature/Big Thing` → `feature-big-thing`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
