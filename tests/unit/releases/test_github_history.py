"""Whose a release is, from what GitHub shows of its commits, pull requests and pushes."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from shared.adapters import github_history
from shared.adapters.github_history import PAGE, PULLS_MAX, GitHubHistory
from shared.errors import UnavailableError
from shared.releases.actor import Account
from shared.releases.changes import FILES_MAX, TITLE_CHARACTERS_MAX, Pull, find_risks

ANN, BO, CY, DI, EVE, WEB = (
    {"id": number, "login": login} for number, login in enumerate(("ann", "bo", "cy", "di", "eve", "web-flow"), start=1)
)
APP = {"id": 9, "login": "delivery[bot]"}
PULL = {"user": APP, "head": {"ref": "feature/a b"}, "base": {"ref": "staging"}, "number": 7, "title": "open"}


def commit(name: str, author: Any = None, committer: Any = WEB) -> dict[str, Any]:
    return {"sha": name, "author": author, "committer": committer}


def push(branch: str, after: str, actor: Any) -> dict[str, Any]:
    return {"ref": f"refs/heads/{branch}", "after": after, "actor": actor}


class GitHub:
    """What GitHub shows at each path; nothing elsewhere."""

    def __init__(self, pages: Mapping[str, Any]) -> None:
        self.pages, self.asked = pages, list[str]()

    async def get(self, path: str) -> Any:
        self.asked.append(path)
        return self.pages.get(path, [])


async def test_people_behind_an_app() -> None:
    """Whoever wrote, committed, opened or pushed counts; of a common branch only the pushes of these commits."""
    github = GitHub(
        {
            "/compare/base...c2?per_page=100&page=1": {"commits": [commit("c1", ANN), commit("c2", None, BO)]},
            "/commits/c2/pulls": [PULL],
            "/activity?per_page=100&ref=refs/heads/feature/a%20b": [push("feature/a b", "gone", CY)],
            "/activity?per_page=100&ref=refs/heads/staging": [
                push("staging", "c2", DI),
                push("staging", "before", EVE),
                push("staging", "c1", None),
            ],
        }
    )
    found = await GitHubHistory(github.get).find_changes("c2", "base")
    assert {each.login for each in found.accounts} == {"ann", "bo", "cy", "di", "delivery[bot]"}
    assert Account(1, "ann") in found.accounts
    assert found.pulls == ()


@pytest.mark.parametrize("base", ["", "c1"])
async def test_nothing_came_before(base: str) -> None:
    """The first release, and one of the commit that serves, are its author's and its committer's."""
    github = GitHub({"/commits/c1": commit("c1", ANN, BO)})
    assert (await GitHubHistory(github.get).find_changes("c1", base)).accounts == (Account(1, "ann"), Account(2, "bo"))


async def test_a_commit_that_has_nothing_new() -> None:
    """A release of what is older than the one that serves is its own author's."""
    github = GitHub({"/compare/base...c1?per_page=100&page=1": {"commits": []}, "/commits/c1": commit("c1", ANN)})
    assert (await GitHubHistory(github.get).find_changes("c1", "base")).accounts == (Account(1, "ann"),)


async def test_many_commits() -> None:
    """All pages are read, and the pull requests of the newest commits."""
    pages = {
        f"/compare/base...head?per_page=100&page={number}": {
            "commits": [commit(f"c{number}.{place}") for place in range(count)]
        }
        for number, count in ((1, PAGE), (2, 7))
    }
    github = GitHub(pages)
    await GitHubHistory(github.get).find_changes("head", "base")
    asked = [path for path in github.asked if path.endswith("/pulls")]
    assert (len(asked), asked[-1]) == (PULLS_MAX, "/commits/c2.6/pulls")


async def test_github_says_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of another shape, and none at all, is an outage: nobody's release begins by mistake."""
    for answer in ({"commits": [{"sha": "c1"}]}, {"commits": 7}, [1]):
        github = GitHub({"/compare/base...c1?per_page=100&page=1": answer})
        with pytest.raises(UnavailableError):
            await GitHubHistory(github.get).find_changes("c1", "base")
    monkeypatch.setattr(github_history, "SECONDS_MAX", 0.0)
    with pytest.raises(UnavailableError):
        await GitHubHistory(lambda _: asyncio.Event().wait()).find_changes("c1", "")


async def test_what_a_release_brings() -> None:
    """Merged pull requests, the newest first and each once, and the risks in the files that GitHub names."""
    merged = {**PULL, "merged_at": "2026-11-30T00:00:00Z"}
    pulls = {"c1": [merged], "c2": [{**merged, "number": 9, "title": "\ud800" + "x" * 200}, merged]}
    names = ("terraform/main.tf", "shared/jobs/job_documents.py", "docs/a.md", "requirements-dev.txt")
    page = {"commits": [commit("c1"), commit("c2")], "files": [{"filename": name} for name in names]}
    pages = {f"/commits/{name}/pulls": found for name, found in pulls.items()}
    github = GitHub({"/compare/base...c2?per_page=100&page=1": page} | pages)
    found = await GitHubHistory(github.get).find_changes("c2", "base")
    assert found.pulls == (Pull(9, "?" + "x" * (TITLE_CHARACTERS_MAX - 1)), Pull(7, "open"))
    assert found.risks == ("schema", "infrastructure", "dependencies")
    assert find_risks(["docs/a.md"] * FILES_MAX) == ("size",)
