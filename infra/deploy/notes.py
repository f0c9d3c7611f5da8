"""Release notes: the changes since the last release, in their authors' words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.deploy.branches import SYNC
from infra.deploy.github import GitHub
from infra.deploy.versions import is_release

Json = dict[str, Any]
GROUPS = {"feature/": "New", "fix/": "Fixed", "hotfix/": "Fixed"}
OTHER = "Other"
ORDER = ("New", "Fixed", OTHER)
NUMBER_AT_END = re.compile(r"\s*\(#\d+\)$")
SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


@dataclass(frozen=True)
class Change:
    """One line of the notes."""

    group: str
    title: str
    reference: str
    """`#12`, or the abbreviated hash of a commit without a pull request."""


def collect_changes(github: GitHub, base: str | None, head: str) -> list[Change]:
    """The changes in `head` that `base` lacks, the oldest first; all if `base` is None."""
    commits = list(list_commits(github, base, head))
    pulls = {pull["merge_commit_sha"]: pull for pull in list_merged_pulls(github, commits)}
    within = find_within(commits, pulls)
    changes = [make_change(commit, pulls.get(commit["sha"])) for commit in commits if commit["sha"] not in within]
    return [change for change in changes if change is not None]


def find_within(commits: list[Json], pulls: dict[str, Json]) -> set[str]:
    """The commits inside a merged, not squashed branch, such as a hotfix: its pull request stands for them."""
    parents = {commit["sha"]: [parent["sha"] for parent in commit["parents"]] for commit in commits}
    within: set[str] = set()
    for sha, (first, *others) in ((sha, found) for sha, found in parents.items() if len(found) > 1):
        if sha in pulls and not is_seam(pulls[sha]):
            within |= reach(others, parents) - reach([first], parents)
    return within


def reach(starts: list[str], parents: dict[str, list[str]]) -> set[str]:
    """The commits that are reachable from `starts`."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        sha = waiting.pop()
        if sha in parents and sha not in found:
            found.add(sha)
            waiting.extend(parents[sha])
    return found


def list_commits(github: GitHub, base: str | None, head: str) -> list[Json]:
    """The commits of `head` that `base` lacks, the oldest first."""
    if base is None:
        return list(github.pages("/commits", sha=head))[::-1]
    return list(github.pages(f"/compare/{base}...{head}", key="commits"))


def list_merged_pulls(github: GitHub, commits: list[Json]) -> Iterator[Json]:
    """Merged pull requests, at least all of those that made one of the commits."""
    if not commits:
        return
    oldest = min(commit["commit"]["committer"]["date"] for commit in commits)
    for pull in github.pages("/pulls", state="closed", sort="updated", direction="desc"):
        if pull["updated_at"] < oldest:
            return  # the list is sorted by update time, so no later entry was merged in this range
        if pull["merged_at"]:
            yield pull


def is_seam(pull: Json) -> bool:
    """Whether it only carries the changes of other pull requests."""
    return is_release(pull) or pull["head"]["ref"] == SYNC


def make_change(commit: Json, pull: Json | None) -> Change | None:
    """The line of one commit; None for releases, merges back from `main`, and bare merges."""
    if pull is None:
        if len(commit["parents"]) > 1:
            return None
        return Change(OTHER, commit["commit"]["message"].partition("\n")[0], commit["sha"][:10])
    if is_seam(pull):
        return None
    prefix = pull["head"]["ref"].partition("/")[0] + "/"
    return Change(GROUPS.get(prefix, OTHER), pull["title"], f"#{pull['number']}")


def write_notes(changes: list[Change]) -> str:
    """Markdown: a heading per group, a line per change."""
    parts = []
    for group in ORDER:
        lines = [f"- {escape_markdown(each.title)} ({each.reference})" for each in changes if each.group == group]
        if lines:
            parts.append("\n".join((f"### {group}", "", *lines)))
    return "\n\n".join(parts)


def escape_markdown(title: str) -> str:
    """A title as text, without markup and without mentions by `@name`."""
    plain = NUMBER_AT_END.sub("", " ".join(title.split()))
    return SPECIAL.sub(r"\\\1", plain).replace("@", "@<!-- -->")
