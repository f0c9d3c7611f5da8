"""The API of the function `releases`, as workflows use it: shared/release_site.py answers.

Each call has a token of its own, because a token is good for one report. A call without an answer is made again: the
API finds what is done already, and says so.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError, UnreachableError
from infra.deploy.job_token import ask_job_token

Json = dict[str, Any]
SERVICE = "nanobanana"
"""The whole product is one release: one image for all functions."""
REPORT, MEMBER, READING = "/api/tg-bot/release", "/api/tg-bot/member", "/api/v1"
CALL_SECONDS_MAX = 10.0
"""A cold start takes a few seconds."""
TRIES_MAX = 3
PAUSE_SECONDS = 2.0
PAGES_MAX = 20
"""A hundred releases back: what is older is gone back to by hand."""
MISSING, CONFLICT, STALE, BROKEN = 404, 409, 412, 500


def find_run_link(environment: Mapping[str, str]) -> str:
    """Where GitHub shows what this workflow's run says; empty outside of a workflow."""
    server, repository, run_id = (
        environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return f"{server}/{repository}/actions/runs/{run_id}" if server and repository and run_id else ""


def read_version(name: str) -> str:
    """The version of a release that somebody names by its id or by the version alone."""
    return name.partition("_")[2] or name


class NotAllowedError(RefusedError):
    """The API refused a step: 403 or 409. Its text says what is missing."""


class ReleasesApi:
    """One environment's API."""

    def __init__(self, url: str, context: Context) -> None:
        """`url` is the address of the function, which is also the audience of the tokens."""
        self._url = url.rstrip("/")
        self._context = context

    def begin(self, tag: str, commit: str, tree: str, **more: str) -> Json:
        """Begin a release, or find the one that this tree has. Raises DeployError."""
        names = {"service_name": SERVICE, "release_tag": tag, "commit": commit, "tree": tree}
        return self._call("POST", REPORT, names | more)

    def report(self, id_: str, status: str, **more: Any) -> Json:
        """Report a step from wherever the release is, and where its log is. Raises NotAllowedError, DeployError."""
        if link := find_run_link(self._context.environment):
            more["evidence"] = {"log_link": link, **more.get("evidence", {})}
        for tries_left in reversed(range(TRIES_MAX)):
            rev = self.read(id_)["rev"]
            try:
                return self._call("PATCH", REPORT, {"id": id_, "status": status, "expect_rev": rev, **more})
            except ConflictError:  # another report came between
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    def join(self, code: str) -> Json:
        """Join the member who has this code to the account that runs this job. Raises DeployError."""
        return self._call("POST", MEMBER, {"code": code})

    def read(self, id_: str) -> Json:
        """A release. Raises MissingError, DeployError."""
        return self._call("GET", f"{READING}/releases/{id_}")

    def read_environment(self) -> Json:
        """What serves, moves and holds in production. Raises DeployError."""
        return self._call("GET", f"{READING}/environments/production")

    def list_events(self, id_: str) -> list[Json]:
        """The whole history of a release. Raises DeployError."""
        events: list[Json] = []
        after: int | None = 0
        while after is not None:
            page = self._call("GET", f"{READING}/releases/{id_}/events", after=str(after))
            events += page["events"]
            after = page["next"]
        return events

    def list_newest(self, pages_max: int = PAGES_MAX) -> list[Json]:
        """Our releases, the newest first. Raises DeployError."""
        releases: list[Json] = []
        after = ""
        for _ in range(pages_max):
            page = self._call("GET", f"{READING}/releases", service=SERVICE, after=after)
            releases += page["releases"]
            after = page["next"]
            if not after:
                break
        return releases

    def _call(self, method: str, path: str, body: Json | None = None, **parameters: str) -> Json:
        if self._context.dry_run and method != "GET":
            self._context.say(f"would {method} {path} {body}")
            return dict(body or {}) | {"rev": 0}
        for tries_left in reversed(range(TRIES_MAX)):
            try:
                return self._try(method, path, body, parameters)
            except UnreachableError:
                if not tries_left:
                    raise
                self._context.clock.sleep(PAUSE_SECONDS)
        raise AssertionError("unreachable")

    def _try(self, method: str, path: str, body: Json | None, parameters: dict[str, str]) -> Json:
        token = ask_job_token(self._context, self._url, CALL_SECONDS_MAX)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = httpx.request(
                method, self._url + path, json=body, params=parameters, headers=headers, timeout=CALL_SECONDS_MAX
            )
            found = answer.json()
        except httpx.HTTPError as error:
            raise UnreachableError(f"{method} {path}: {type(error).__name__}") from error
        except ValueError as error:
            raise UnreachableError(f"{method} {path}: {answer.status_code}, no JSON") from error
        if answer.is_success and isinstance(found, dict):
            return found
        raise _error_of(answer.status_code, found if isinstance(found, dict) else {}, f"{method} {path}")


def _error_of(status: int, problem: Json, call: str) -> DeployError:
    words = " ".join(str(problem.get("detail") or problem.get("title") or status).split())[:200]
    allowed = ", ".join(map(str, problem.get("allowed") or ()))
    if status in {403, CONFLICT}:
        return NotAllowedError(f"{words}{f'; allowed is {allowed}' if allowed else ''}")
    kinds: dict[int, type[DeployError]] = {401: RefusedError, MISSING: MissingError, STALE: ConflictError}
    kind = UnreachableError if status >= BROKEN else kinds.get(status, DeployError)
    return kind(f"{call}: {status} {words}")
