"""GitHub's REST interface of one repository, and its GraphQL for what REST lacks.

https://docs.github.com/en/rest, API version 2022-11-28. Environment: `GITHUB_TOKEN`, `GITHUB_REPOSITORY`
(`owner/name`), `GITHUB_API_URL` (default https://api.github.com).

A token that Actions makes for a job starts no workflows with what it does: pull requests, pushes and merges that
others wait for need the token of the delivery App.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import httpx

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError, UnreachableError

API_URL = "https://api.github.com"
TRIES = 4
WAIT_SECONDS_MAX = 90.0
"""A longer rest than this is not waited for: the job's time is worth more than the call."""
REST_SECONDS = 60.0
"""What GitHub asks for when it names no time of its own: "at least one minute"."""
PAGE_SIZE = 100

FORBIDDEN, MISSING, CONFLICT, LIMITED, BROKEN = 403, 404, 409, 429, 500
ERRORS: dict[int, type[DeployError]] = {
    401: RefusedError,
    FORBIDDEN: RefusedError,
    MISSING: MissingError,
    CONFLICT: ConflictError,
    LIMITED: UnreachableError,
}
Found = TypeVar("Found")


class GitHub(Api):
    """One repository. Paths are relative to it; a whole URL below `api_url` reaches the rest."""

    def __init__(self, context: Context) -> None:
        self.api_url = (context.environment.get("GITHUB_API_URL") or API_URL).rstrip("/")
        self.repository = context.require("GITHUB_REPOSITORY")
        self.owner = self.repository.partition("/")[0]
        self.repository_url = f"{self.api_url}/repos/{self.repository}"
        token = context.require("GITHUB_TOKEN")
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        super().__init__(self.repository_url, lambda: token, context, headers)

    def pages(self, path: str, key: str = "", **parameters: Any) -> Iterator[Any]:
        """Every entry of a list, page by page; `key` names it where the answer is an object."""
        response = self._send("GET", path, params={"per_page": PAGE_SIZE, **parameters})
        while True:
            found = response.json()
            yield from found[key] if key else found
            following = response.links.get("next", {}).get("url")
            if not following:
                return
            if not following.startswith(f"{self.api_url}/"):
                raise RefusedError(f"GET {path}: the next page is on another host")  # it would be shown the token
            response = self._send("GET", following)

    def find(self, path: str) -> Any:
        """The answer's JSON, None where there is no such thing."""
        try:
            return self.get(path)
        except MissingError:
            return None

    def mutate(self, mutation: str, **variables: Any) -> Any:
        """Run a GraphQL mutation. Raises DeployError with what GitHub says against it."""
        answer = self.change("POST", f"{self.api_url}/graphql", {"query": mutation, "variables": variables})
        if answer and answer.get("errors"):
            raise DeployError("; ".join(str(error.get("message", "")) for error in answer["errors"])[:300])
        return answer

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._send(method, path, **arguments)
        return response.json() if response.content else None

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The good answer. What a limit turned away is asked again, what got no answer only if it is a read."""
        for attempt in range(TRIES):
            answer = self._try(method, path, arguments)
            if isinstance(answer, httpx.Response) and answer.is_success:
                return answer
            seconds = choose_pause(method, answer, attempt, self._context.clock.now())
            if seconds is None or attempt == TRIES - 1:
                break
            self._context.clock.sleep(seconds)
        raise answer if isinstance(answer, DeployError) else _error_of(method, path, answer)

    def _try(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response | DeployError:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            return self._client.request(method, path, headers=headers, **arguments)
        except httpx.HTTPError as error:
            return UnreachableError(f"{method} {path}: {type(error).__name__}")


def find_or_make(find: Callable[[], Found | None], make: Callable[[], Found | None]) -> Found | None:
    """What is there, or what is made now; None only under `--dry-run`.

    A change whose answer was lost, or that somebody made at the same moment, fails: then the thing is there.
    """
    found = find()
    if found is not None:
        return found
    try:
        return make()
    except DeployError:
        found = find()
        if found is None:
            raise
        return found


def choose_pause(method: str, answer: httpx.Response | DeployError, attempt: int, now: datetime) -> float | None:
    """Seconds until the same call may be made again, None when it must not."""
    if isinstance(answer, httpx.Response) and is_limited(answer):
        seconds = read_rest(answer, now)
        return seconds if seconds <= WAIT_SECONDS_MAX else None
    is_unknown = isinstance(answer, DeployError) or answer.status_code >= BROKEN
    return 2.0**attempt if is_unknown and method == "GET" else None


def is_limited(response: httpx.Response) -> bool:
    """Whether a rate limit turned the call away; GitHub says so with 429 or with 403, and did nothing."""
    if response.status_code == LIMITED:
        return True
    headers = response.headers
    named = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return response.status_code == FORBIDDEN and (named or "rate limit" in _words(response).lower())


def read_rest(response: httpx.Response, now: datetime) -> float:
    """Seconds GitHub wants to be left alone."""
    headers = response.headers
    if headers.get("retry-after", "").isdigit():
        return float(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdigit():
        return max(float(headers["x-ratelimit-reset"]) - now.timestamp(), 1.0)
    return REST_SECONDS


def _error_of(method: str, path: str, response: httpx.Response) -> DeployError:
    status = response.status_code
    kind = UnreachableError if status >= BROKEN or is_limited(response) else ERRORS.get(status, DeployError)
    return kind(f"{method} {path}: {status} {_words(response)}".strip())


def _words(response: httpx.Response) -> str:
    """GitHub's message and its list of reasons, cut short."""
    try:
        found = response.json()
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    reasons = [each.get("message") or each.get("code") if isinstance(each, dict) else each for each in _list(found)]
    return "; ".join(str(words) for words in (found.get("message"), *reasons) if words)[:300]


def _list(found: dict[str, Any]) -> list[Any]:
    errors = found.get("errors")
    return errors if isinstance(errors, list) else []
