"""The repository's issues: keeps one open while something needs a person."""

from typing import Any

from infra.deploy.github import GitHub, find_or_make

Json = dict[str, Any]


def keep_open(github: GitHub, title: str, body: str) -> Json | None:
    """Find or create the open issue of this title, and set its text; None under `--dry-run`."""
    issue = find_or_make(
        lambda: find_issue(github, title),
        lambda: github.change("POST", "/issues", {"title": title, "body": body}),
    )
    if issue is not None and (issue["body"] or "") != body:
        github.change("PATCH", f"/issues/{issue['number']}", {"body": body})
    return issue


def close(github: GitHub, title: str) -> Json | None:
    """Close the open issue of this title; None if there is none."""
    issue = find_issue(github, title)
    if issue is not None:
        github.change("PATCH", f"/issues/{issue['number']}", {"state": "closed", "state_reason": "completed"})
    return issue


def find_issue(github: GitHub, title: str) -> Json | None:
    """The oldest open issue of this title. GitHub lists pull requests among the issues; they are left out."""
    listed = github.pages("/issues", state="open", direction="asc")
    return next((each for each in listed if each["title"] == title and "pull_request" not in each), None)
