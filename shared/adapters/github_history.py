"""Who has a commit built: asked of GitHub, because a token of a workflow names only whoever started it, often an App.

An author stands in a commit as anybody has written it. Who opened a pull request and who pushed to its branch is what
GitHub has seen itself; all of them count.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from shared.errors import UnavailableError
from shared.releases.actor import Account

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
    """Implements FindInitiators by `find_initiators`."""

    def __init__(self, get: Get) -> None:
        self._get = get

    async def find_initiators(self, commit: str, base: str) -> tuple[Account, ...]:
        try:
            async with asyncio.timeout(SECONDS_MAX):
                return await self._find(commit, base)
        except TimeoutError:
            raise UnavailableError(f"GitHub: not told within {SECONDS_MAX:g} s who has a commit built") from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnavailableError("GitHub: a history of another shape") from error

    async def _find(self, commit: str, base: str) -> tuple[Account, ...]:
        commits = await self._list_commits(commit, base)
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
        return tuple(dict.fromkeys(accounts))

    async def _list_commits(self, commit: str, base: str) -> list[Any]:
        """The commits that are new, the newest last; only this one where nothing came before."""
        if not base or base == commit:
            return [await self._get(f"/commits/{commit}")]
        commits = list[Any]()
        for number in range(1, PAGES_MAX + 1):
            page = await self._get(f"/compare/{base}...{commit}?per_page={PAGE}&page={number}")
            commits += page["commits"]
            if len(page["commits"]) < PAGE:
                break
        return commits or [await self._get(f"/commits/{commit}")]

    async def _ask_all(self, names: Sequence[str], path: str) -> list[Any]:
        """The answers for each name, a few at once."""
        answers = list[Any]()
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            answers += await asyncio.gather(*(self._get(path.format(quote(name))) for name in some))
        return answers
