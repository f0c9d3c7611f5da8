"""What a commit brings, and whose it is: asked of GitHub, because a token names only whoever started a workflow.

That is often an App.

An author stands in a commit as anybody has written it. Who opened a pull request and who pushed to its branch is what
GitHub has seen itself; all of them count.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from shared.errors import UnavailableError
from shared.releases.actor import Account
from shared.releases.changes import PULLS_MAX as PULLS_KEPT_MAX
from shared.releases.changes import TITLE_CHARACTERS_MAX, Changes, Pull, find_risks

PAGE = 100
PAGES_MAX = 5
"""Of commits since the release that serves; nobody reviews more at once."""
PULLS_MAX = 50
"""Commits whose pull requests are asked for, the newest: squashed, each is one pull request."""
AT_ONCE = 8
SECONDS_MAX = 15.0
OWN = frozenset({"main", "staging"})
"""Branches that everybody's work goes through: of their pushes only those count that brought one of the commits."""
NOBODY = "web-flow"
"""GitHub itself, as the committer of what is merged on its pages."""

Get = Callable[[str], Awaitable[Any]]
"""What GitHub shows at a path of our repository, as JSON. Raises UnavailableError."""


class GitHubHistory:
    """Implements FindChanges by `find_changes`."""

    def __init__(self, get: Get) -> None:
        self._get = get

    async def find_changes(self, commit: str, base: str) -> Changes:
        try:
            async with asyncio.timeout(SECONDS_MAX):
                return await self._find(commit, base)
        except TimeoutError:
            raise UnavailableError(f"GitHub: not told within {SECONDS_MAX:g} s who has a commit built") from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnavailableError("GitHub: a history of another shape") from error

    async def _find(self, commit: str, base: str) -> Changes:
        commits, files = await self._list_commits(commit, base)
        hashes = [each["sha"] for each in commits]
        pulls = [pull for found in await self._ask_all(hashes[-PULLS_MAX:], "/commits/{}/pulls") for pull in found]
        common = {pull["base"]["ref"] for pull in pulls} | OWN
        branches = {pull["head"]["ref"] for pull in pulls} | common
        pushes = await self._ask_all(sorted(branches), "/activity?per_page=100&ref=refs/heads/{}")
        found = [each["user"] for each in pulls]
        found += [each[role] for each in commits for role in ("author", "committer")]
        shared = {f"refs/heads/{branch}" for branch in common}
        counted = (push for some in pushes for push in some if push["ref"] not in shared or push["after"] in hashes)
        found += [push["actor"] for push in counted]
        accounts = (Account(each["id"], each["login"]) for each in found if each and each["login"] != NOBODY)
        merged = {pull["number"]: pull for pull in pulls if pull.get("merged_at")}
        shown = [Pull(number, _clean(pull["title"])) for number, pull in sorted(merged.items(), reverse=True)]
        risks = find_risks(str(file["filename"]) for file in files)
        return Changes(tuple(dict.fromkeys(accounts)), tuple(shown[:PULLS_KEPT_MAX]), risks)

    async def _list_commits(self, commit: str, base: str) -> tuple[list[Any], list[Any]]:
        """The commits that are new, the newest last, and their files; only this one where nothing came before."""
        if not base or base == commit:
            return await self._show_one(commit)
        commits, files = list[Any](), list[Any]()
        for number in range(1, PAGES_MAX + 1):
            page = await self._get(f"/compare/{base}...{commit}?per_page={PAGE}&page={number}")
            commits += page["commits"]
            files += page.get("files") or []  # GitHub names them on the first page
            if len(page["commits"]) < PAGE:
                break
        return (commits, files) if commits else await self._show_one(commit)

    async def _show_one(self, commit: str) -> tuple[list[Any], list[Any]]:
        found = await self._get(f"/commits/{commit}")
        return [found], found.get("files") or []

    async def _ask_all(self, names: Sequence[str], path: str) -> list[Any]:
        """The answers for each name, a few at once."""
        answers = list[Any]()
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            answers += await asyncio.gather(*(self._get(path.format(quote(name))) for name in some))
        return answers


def _clean(title: str) -> str:
    """Without lone surrogates, which JSON allows and no document can have."""
    return title[:TITLE_CHARACTERS_MAX].encode("utf-8", "replace").decode()
