"""The function `releases` over a store in memory, with GitHub's tokens for jobs beside it.

The API is our own (shared/release_site.py). A token here is a number that leads to the claims of its job: real
signatures have tests of their own (tests/contracts/test_github_oidc.py).
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shared.errors import UnauthenticatedError
from shared.release_site import ReleaseSite
from shared.releases.workflow import Claims
from tests.cloud.errors import ApiError, CutError
from tests.cloud.faults import Faults
from tests.cloud.github import REPOSITORY
from tests.cloud.serving import Cut, Serving, Silence
from tests.fakes.releases import INITIATOR, Releasing
from tests.fakes.store import FakeStore

T = TypeVar("T")
RESULT_SECONDS_MAX = 10.0


@dataclass(frozen=True)
class Job:
    """One job of a run."""

    file: str
    environment: str
    ref: str = "refs/heads/main"
    run_id: str = "71"
    actor: str = "ada"

    def claim(self, number: int) -> Claims:
        place = f"{REPOSITORY}/.github/workflows/{self.file}@{self.ref}"
        who = (self.actor, str(INITIATOR), f"token {number}")
        return Claims(REPOSITORY, self.ref, place, self.run_id, *who, environment=self.environment)


class Releases(Serving):
    """Serves the API and the tokens; `releasing` is who votes and what is stored."""

    def __init__(self) -> None:
        self.releasing = Releasing(FakeStore())
        self.faults = Faults()
        self.token_faults = Faults()
        self._jobs: dict[str, Job] = {}
        self._claims: dict[str, Claims] = {}
        self._site = ReleaseSite(self, lambda: self.releasing.ports)

    def introduce(self, job: Job) -> dict[str, str]:
        """The variables by which GitHub lets each step of a job ask for its tokens."""
        secret = f"job {len(self._jobs)} TEST"
        self._jobs[secret] = job
        url = f"{self.url}/token?api-version=2.0"
        return {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": secret}

    def do(self, act: Coroutine[Any, Any, T]) -> T:
        """What a person or time does meanwhile."""
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(RESULT_SECONDS_MAX)

    async def read(self, authorization_header: str | None) -> Claims:
        """Implements TokenReader."""
        found = self._claims.get(str(authorization_header).removeprefix("Bearer "))
        if found is None:
            raise UnauthenticatedError("no token")
        return found

    def make_app(self, cut: Cut) -> ASGIApp:
        async def answer(request: Request) -> Response:
            is_token = request.url.path == "/token"
            try:
                (self.token_faults if is_token else self.faults).meet_call(request.method)
                return self._give_token(request) if is_token else await self._site.show(request)
            except ApiError as error:
                return JSONResponse(error.to_json(), error.code)
            except CutError:
                cut(request)
                return Silence()

        return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH"])])

    def _give_token(self, request: Request) -> Response:
        job = self._jobs.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if job is None or request.query_params.get("audience") != self.url:
            return JSONResponse({"message": "no"}, 401)
        value = str(len(self._claims))
        self._claims[value] = job.claim(len(self._claims))
        return JSONResponse({"count": 1, "value": value})
