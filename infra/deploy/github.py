"""GitHub's REST API for one repository, and its GraphQL API for features that REST lacks.

https://docs.github.com/en/rest, API version 2022-11-28. Environment: `GITHUB_TOKEN`, `GITHUB_REPOSITORY`
(`owner/name`), `GITHUB_API_URL` (default https://api.github.com).

Events created with a job's Actions token do not trigger workflows. So pull requests, pushes and merges that should
trigger some need the token of the delivery App.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import httpx

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError, UnreachableError

API_URL, UPLOADS_URL = "https://api.github.com", "https://uploads.github.com"
FILE_BYTES_MAX = 16 << 20
"""Of a release's file that we read."""
TRIES = 4
WAIT_SECONDS_MAX = 90.0
"""The longest rate limit that we wait for: the job's time is worth more than the call."""
REST_SECONDS = 60.0
"""The wait if GitHub names none: it asks for "at least one minute"."""
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
    """One repository. Paths are relative to it; a full URL below `api_url` reaches other resources."""

    def __init__(self, context: Context) -> None:
        self.api_url = (context.environment.get("GITHUB_API_URL") or API_URL).rstrip("/")
        self.repository = context.require("GITHUB_REPOSITORY")
        self.owner = self.repository.partition("/")[0]
        self.repository_url = f"{self.api_url}/repos/{self.repository}"
        token = context.require("GITHUB_TOKEN")
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        super().__init__(self.repository_url, lambda: token, context, headers)

    def pages(self, path: str, key: str = "", **parameters: Any) -> Iterator[Any]:
        """Every entry of a paginated list; `key` is the list's field if the response is an object."""
        response = self._send("GET", path, params={"per_page": PAGE_SIZE, **parameters})
        while True:
            found = response.json()
            yield from found[key] if key else found
            following = response.links.get("next", {}).get("url")
            if not following:
                return
            if not following.startswith(f"{self.api_url}/"):
                raise RefusedError(f"GET {path}: the next page is on another host")  # which would get the token
            response = self._send("GET", following)

    def find(self, path: str) -> Any:
        """The response's JSON; None if the resource does not exist."""
        try:
            return self.get(path)
        except MissingError:
            return None

    def find_redirect(self, path: str) -> str:
        """Where GitHub leads: logs are on another host, which must not get the token. Raises DeployError."""
        answer = self._try("GET", path, {})
        if isinstance(answer, DeployError):
            raise answer
        if not answer.has_redirect_location:
            raise _error_of("GET", path, answer)
        return answer.headers["Location"]

    def upload(self, upload_url: str, name: str, content: bytes) -> Any:
        """Add a file to a release, at the address that the release names. Raises DeployError."""
        address = upload_url.partition("{")[0]
        if not address.startswith((f"{UPLOADS_URL}/", f"{self.api_url}/")):
            raise RefusedError(f"{name}: the release is on another host")  # which would get the token
        headers = {"Content-Type": "application/octet-stream"}
        return self._call("POST", address, params={"name": name}, content=content, headers=headers)

    def download(self, asset_id: int) -> bytes:
        """The content of a release's file. GitHub leads to a store, which gets no token. Raises DeployError."""
        headers = {"Accept": "application/octet-stream"}
        response = self._send("GET", f"/releases/assets/{asset_id}", headers=headers, follow_redirects=True)
        if len(response.content) > FILE_BYTES_MAX:
            raise RefusedError(f"a release's file has more than {FILE_BYTES_MAX} bytes")
        return response.content

    def mutate(self, mutation: str, **variables: Any) -> Any:
        """Run a GraphQL mutation. Raises DeployError with GitHub's message."""
        answer = self.change("POST", f"{self.api_url}/graphql", {"query": mutation, "variables": variables})
        if answer and answer.get("errors"):
            raise DeployError("; ".join(str(error.get("message", "")) for error in answer["errors"])[:300])
        return answer

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._send(method, path, **arguments)
        return response.json() if response.content else None

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The successful response. Rate-limited calls are retried; calls without a response only if they are reads."""
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
        headers = {"Authorization": f"Bearer {self._token()}", **arguments.get("headers", {})}
        try:
            return self._client.request(method, path, **{**arguments, "headers": headers})
        except httpx.HTTPError as error:
            return UnreachableError(f"{method} {path}: {type(error).__name__}")


def find_or_make(find: Callable[[], Found | None], make: Callable[[], Found | None]) -> Found | None:
    """Find an object or create it; returns None only under `--dry-run`.

    If the creation fails because its response was lost or somebody else was faster, the object exists.
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
    """Seconds until a retry; None if the call must not be retried."""
    if isinstance(answer, httpx.Response) and is_limited(answer):
        seconds = read_rest(answer, now)
        return seconds if seconds <= WAIT_SECONDS_MAX else None
    is_unknown = isinstance(answer, DeployError) or answer.status_code >= BROKEN
    return 2.0**attempt if is_unknown and method == "GET" else None


def is_limited(response: httpx.Response) -> bool:
    """Whether a rate limit rejected the call, by 429 or by 403; then GitHub did nothing."""
    if response.status_code == LIMITED:
        return True
    headers = response.headers
    named = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return response.status_code == FORBIDDEN and (named or "rate limit" in _words(response).lower())


def read_rest(response: httpx.Response, now: datetime) -> float:
    """The wait that GitHub demands, in seconds."""
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
    """GitHub's message and its list of reasons, shortened."""
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
