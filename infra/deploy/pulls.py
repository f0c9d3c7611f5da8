"""Pull requests: finding and opening them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from infra.deploy.github import GitHub, find_or_make

Json = dict[str, Any]
TITLE_LENGTH_MAX = 200
"""GitHub's limit is 256 characters."""


@dataclass(frozen=True)
class Draft:
    """A pull request to open."""

    head: str
    base: str
    title: str
    body: str
    is_draft: bool = False


def find_open_pull(github: GitHub, head: str, base: str | None = None) -> Json | None:
    """The open pull request of a branch of this repository, to any base or to one."""
    pulls: list[Json] = github.get("/pulls", state="open", head=f"{github.owner}:{head}", base=base)
    return pulls[0] if pulls else None


def find_last_pull(github: GitHub, head: str, base: str) -> Json | None:
    """The newest pull request of a branch, open or closed."""
    asked = {"head": f"{github.owner}:{head}", "base": base, "sort": "created", "direction": "desc"}
    pulls: list[Json] = github.get("/pulls", state="all", **asked)
    return pulls[0] if pulls else None


def open_pull(github: GitHub, draft: Draft) -> Json | None:
    """The open pull request of the branch, created if necessary; None under `--dry-run`."""
    body = {
        "head": draft.head,
        "base": draft.base,
        "title": draft.title[:TITLE_LENGTH_MAX],
        "body": draft.body,
        "draft": draft.is_draft,
    }
    return find_or_make(
        lambda: find_open_pull(github, draft.head, draft.base),
        lambda: github.change("POST", "/pulls", body),
    )


def compare(github: GitHub, base: str, head: str) -> Json:
    """How far `head` is from `base`: `status`, `ahead_by`, `behind_by`, and the first page of `commits`."""
    found: Json = github.get(f"/compare/{quote(base, safe='')}...{quote(head, safe='')}", per_page=100)
    return found


def find_head(github: GitHub, branch: str) -> str | None:
    """The head commit of a branch; None if the branch does not exist."""
    found = github.find(f"/git/ref/heads/{quote(branch)}")
    return str(found["object"]["sha"]) if found else None


def read_tree(github: GitHub, commit: str) -> str:
    """The hash of a commit's tree; equal hashes mean identical files."""
    return str(github.get(f"/git/commits/{commit}")["tree"]["sha"])


def comment_once(github: GitHub, number: int, mark: str, text: str) -> None:
    """Comment on a pull request, unless a comment with this mark (an HTML comment) exists."""
    path = f"/issues/{number}/comments"

    def find() -> Json | None:
        return next((each for each in github.pages(path) if mark in (each["body"] or "")), None)

    find_or_make(find, lambda: github.change("POST", path, {"body": f"{mark}\n{text}"}))
