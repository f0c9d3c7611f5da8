"""Starting GitHub's workflows as our GitHub App.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app: a JWT that the App's key signs
buys a token of the installation, which lasts an hour. We ask for a token that may start workflows of one repository and
read its history, whatever more the App may do. Neither the key nor a token gets into an error.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt

from shared.adapters.http_connections import Answer, HttpConnections
from shared.errors import UnavailableError

CALL_SECONDS_MAX = 6.0
START_SECONDS_MAX = 20.0
"""Of all calls of one start together: less than `releases` may run."""
JWT_SECONDS = 540
"""GitHub accepts at most ten minutes, by its own clock."""
CLOCK_SECONDS = 60
"""So far our clock may be ahead of GitHub's."""
TOKEN_SECONDS = 3000.0
"""A token is used for so long: ten minutes less than GitHub accepts it."""
RUNS_MAX = 30
"""The newest: a workflow is started by hand or by us a few times a day, and each run is described in 20 kB."""
ANSWER_BYTES_MAX = 4 * 1024 * 1024
VERSION = "2022-11-28"
PERMISSIONS = {"actions": "write", "contents": "read", "pull_requests": "read"}
"""To start workflows; to read who pushed, wrote and merged what is released."""
OK, CREATED, NO_CONTENT, UNAUTHENTICATED = 200, 201, 204, 401
_PORTS = {"https": 443, "http": 80}


class GitHubWorkflows:
    """Implements Workflows for one repository.

    The connections belong to the event loop that uses them first, and must not exist before the server forks.
    """

    def __init__(
        self, client_id: str, installation_id: str, repository: str, repository_id: str, key: str, base_url: str
    ) -> None:
        """`key` is the App's private key in PEM; http is for a server on this machine."""
        address = urlsplit(base_url)
        self._host, self._path = address.netloc, address.path.rstrip("/")
        self._connections = HttpConnections(
            address.hostname or "", address.port or _PORTS[address.scheme], is_tls=address.scheme == "https"
        )
        self._client_id, self._installation_id, self._key = client_id, installation_id, key
        self._repository, self._repository_id = repository, int(repository_id)
        self._token, self._renew_at = "", 0.0
        self._lock = asyncio.Lock()

    async def start(self, workflow: str, branch: str, request: str, inputs: Mapping[str, str]) -> None:
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                if not await self._is_started(workflow, branch, request):
                    await self._dispatch(workflow, branch, {**inputs, "request": request})
        except TimeoutError:
            raise UnavailableError(f"GitHub: {workflow} not started within {START_SECONDS_MAX:g} s") from None

    async def get(self, path: str) -> Any:
        """What GitHub shows of our repository at a path such as `/commits`, as JSON. Raises UnavailableError."""
        answer = await self._call("GET", f"/repos/{self._repository}{path}")
        try:
            said = json.loads(answer.body) if answer.status == OK and len(answer.body) <= ANSWER_BYTES_MAX else None
        except (ValueError, RecursionError):
            said = None
        if said is None:
            raise UnavailableError(f"GitHub: status {answer.status} to {path.partition('?')[0]}")
        return said

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._connections.close()

    async def _is_started(self, workflow: str, branch: str, request: str) -> bool:
        """Whether a run of this branch has the request in its name: each workflow's `run-name` ends in it."""
        query = urlencode({"event": "workflow_dispatch", "branch": branch, "per_page": RUNS_MAX})
        answer = await self._call("GET", f"{self._place(workflow)}/runs?{query}")
        try:
            runs = _read(answer, OK)["workflow_runs"]
            return any(request in str(run["display_title"]).split() for run in runs)
        except (KeyError, TypeError) as error:
            raise UnavailableError("GitHub: no list of runs") from error

    async def _dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> None:
        """Never repeated by itself: an answer that was lost may be one of a run that has begun."""
        said = {"ref": branch, "inputs": dict(inputs)}
        answer = await self._call("POST", f"{self._place(workflow)}/dispatches", said, once=True)
        if answer.status not in {OK, NO_CONTENT}:
            raise UnavailableError(f"GitHub: status {answer.status} to the start of {workflow}")

    def _place(self, workflow: str) -> str:
        return f"/repos/{self._repository}/actions/workflows/{quote(workflow)}"

    async def _call(
        self, method: str, path: str, said: Mapping[str, Any] | None = None, *, once: bool = False
    ) -> Answer:
        """Make a call as the installation; a refused token is renewed once. `once`: see HttpConnections."""
        token = await self._find_token()
        answer = await self._send(method, path, token, said, once=once)
        if answer.status != UNAUTHENTICATED:
            return answer
        if token == self._token:
            self._renew_at = 0.0
        return await self._send(method, path, await self._find_token(), said, once=once)

    async def _find_token(self) -> str:
        if time.monotonic() >= self._renew_at:
            async with self._lock:
                if time.monotonic() >= self._renew_at:
                    self._token = await self._fetch_token()
                    self._renew_at = time.monotonic() + TOKEN_SECONDS
        return self._token

    async def _fetch_token(self) -> str:
        now = int(time.time())
        claims = {"iat": now - CLOCK_SECONDS, "exp": now + JWT_SECONDS - CLOCK_SECONDS, "iss": self._client_id}
        try:
            proof = jwt.encode(claims, self._key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise UnavailableError(f"the App's key signs nothing: {type(error).__name__}") from None
        wanted = {"repository_ids": [self._repository_id], "permissions": PERMISSIONS}
        path = f"/app/installations/{self._installation_id}/access_tokens"
        token = _read(await self._send("POST", path, proof, wanted), CREATED).get("token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise UnavailableError("GitHub: no token of the installation")
        return token

    async def _send(
        self, method: str, path: str, token: str, said: Mapping[str, Any] | None, *, once: bool = False
    ) -> Answer:
        body = b"" if said is None else json.dumps(said).encode()
        head = f"{method} {self._path}{path} HTTP/1.1\r\nHost: {self._host}\r\nUser-Agent: nanobanana-releases\r\n"
        head += f"Accept: application/vnd.github+json\r\nX-GitHub-Api-Version: {VERSION}\r\n"
        head += f"Authorization: Bearer {token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        try:
            async with asyncio.timeout(CALL_SECONDS_MAX):
                return await self._connections.send((f"{head}\r\n".encode("ascii"), body), once=once)
        except TimeoutError:
            raise UnavailableError(f"GitHub: no answer within {CALL_SECONDS_MAX:g} s") from None
        except OSError as error:
            raise UnavailableError(f"GitHub cannot be reached: {type(error).__name__}") from error


def _read(answer: Answer, status: int) -> dict[str, Any]:
    """The answer's JSON. Raises UnavailableError for another status, and for what is no object."""
    if answer.status != status:
        raise UnavailableError(f"GitHub: status {answer.status}")
    try:
        said = json.loads(answer.body) if len(answer.body) <= ANSWER_BYTES_MAX else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise UnavailableError("GitHub: an answer that is no object")
    return said
