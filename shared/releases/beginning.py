"""What a workflow says of the release that it begins. Pure."""

import re
from dataclasses import dataclass

from shared.releases.attempt import NAMES_MAX
from shared.releases.release import ReleaseKind, is_service_name, is_tag

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""Of a commit or a tree in Git."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a workflow says of a release. Who begins it, and in which run, is in its token."""

    service_name: str
    release_tag: str
    commit: str
    tree: str
    kind: ReleaseKind = ReleaseKind.RELEASE
    github_ref: str = ""
    github_action_link: str = ""


def is_usable(beginning: Beginning) -> bool:
    """Whether a workflow of ours could have said this: names become ids, links and parts of messages."""
    names = (beginning.github_ref, beginning.github_action_link)
    link = beginning.github_action_link
    return (
        is_service_name(beginning.service_name)
        and is_tag(beginning.release_tag)
        and all(_HASH.fullmatch(each) for each in (beginning.commit, beginning.tree))
        and all(len(each) <= NAMES_MAX for each in names)
        and (not link or link.startswith("https://"))
    )
