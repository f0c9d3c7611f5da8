"""Version numbers: `v2026.11.21.1`, the day of the release in UTC and a counter within it.

By date, because no other program depends on an interface of this one: people only ask which version is newer and when
it was made. Versions sort as tuples of numbers.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from infra.deploy.branches import MAIN, STAGING
from infra.deploy.context import Context
from infra.deploy.github import GitHub
from infra.deploy.pulls import Json, find_last_pull

VERSION = re.compile(r"v\d{4}\.\d{1,2}\.\d{1,2}\.\d+")
TITLE = re.compile(rf"Release ({VERSION.pattern})")


def next_version(taken: Iterable[str], today: date) -> str:
    """The first version of the day that is newer than those taken."""
    day = (today.year, today.month, today.day)
    numbers = [key[3] for key in map(version_key, filter(VERSION.fullmatch, taken)) if key[:3] == day]
    return "v" + ".".join(map(str, (*day, max(numbers, default=0) + 1)))


def version_key(version: str) -> tuple[int, ...]:
    """The numbers of a version, for sorting."""
    return tuple(map(int, version.removeprefix("v").split(".")))


def list_releases(github: GitHub) -> dict[str, str]:
    """All released versions with their commits, the newest first."""
    tags = {tag["name"]: tag["commit"]["sha"] for tag in github.pages("/tags") if VERSION.fullmatch(tag["name"])}
    return dict(sorted(tags.items(), key=lambda tag: version_key(tag[0]), reverse=True))


def write_title(version: str) -> str:
    """The title of a release's pull request, which contains the version."""
    return f"Release {version}"


def read_version(title: str) -> str | None:
    """The version in a release's title."""
    found = TITLE.fullmatch(title.strip())
    return found.group(1) if found else None


def is_release(pull: Any) -> bool:
    """Whether a pull request is a release: from this repository's `staging` to `main`, not from a fork's."""
    return bool(pull["base"]["ref"] == MAIN and pull["head"]["ref"] == STAGING and is_own(pull))


def is_own(pull: Any) -> bool:
    """Whether the branch of a pull request is this repository's. GitHub shows no repository for a deleted fork."""
    return bool((pull["head"]["repo"] or {}).get("full_name") == pull["base"]["repo"]["full_name"])


def find_version(github: GitHub, context: Context, commit: str) -> str:
    """The version that a commit of `main` has or will have.

    It comes from the tag, or from the title of the release's pull request; a hotfix gets the next version.
    """
    releases = list_releases(github)
    tagged = [version for version, sha in releases.items() if sha == commit]
    if tagged:
        return tagged[0]
    pull = find_merged_pull(github, commit)
    named = read_version(pull["title"]) if pull is not None and is_release(pull) else None
    today = context.clock.now().date()
    # Anybody who may push can edit the title: a day that has not come yet would stand before all releases to come.
    if named and named not in releases and version_key(named)[:3] <= (today.year, today.month, today.day):
        return named
    return next_version(list_taken(github, releases), today)


def find_merged_pull(github: GitHub, commit: str) -> Json | None:
    """The pull request whose merge created this commit; None if there is none."""
    pulls = github.pages(f"/commits/{commit}/pulls")
    return next((pull for pull in pulls if pull["merge_commit_sha"] == commit), None)


def list_taken(github: GitHub, releases: Iterable[str]) -> list[str]:
    """Used versions: those released, and the one of the last merged release.

    The last one has no tag if it was given up, but two images must not share a version.
    """
    last = find_last_pull(github, STAGING, MAIN)
    merged = read_version(last["title"]) if last is not None and last["merged_at"] else None
    return [*releases, *([merged] if merged else [])]
