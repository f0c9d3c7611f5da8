"""The HTTP interface: GitHub's REST API, the keys of its tokens, the local Cloud Run, the control and the page."""

import asyncio
import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.local.github import history
from infra.local.github.dispatching import Unfit, find_fault, name_run
from infra.local.github.page import show_page
from infra.local.github.play import Player
from infra.local.github.repository import (
    APP,
    BUILD,
    DEVELOPER,
    OWNER_AND_NAME,
    PERMISSIONS,
    REPOSITORY_ID,
    WORKFLOWS,
    Behaviour,
    Json,
    Repository,
    Run,
    Version,
)
from infra.local.github.tokens import AppTokens, JobTokens

_SEE_OTHER, _NO_CONTENT, _CREATED = 303, 204, 201
_PER_PAGE_MAX = 100
_PLACE = f"/repos/{OWNER_AND_NAME}"
_API = f"{_PLACE}/actions"


class Door:
    """The handlers of one server."""

    def __init__(
        self,
        repository: Repository,
        player: Player,
        jobs: JobTokens,
        app: AppTokens,
        *,
        bot_url: str = "",
        log: bool = False,
    ) -> None:
        self._repository, self._player, self._jobs, self._app = repository, player, jobs, app
        self._bot_url, self._log = bot_url, log
        self._playing = set[asyncio.Task[None]]()

    def make_routes(self) -> list[Route]:
        """All routes."""
        return [
            Route("/health", self._tell_health),
            Route("/.well-known/jwks.json", self._list_keys),
            Route("/app/installations/{id:int}/access_tokens", self._give_token, methods=["POST"]),
            Route(f"{_API}/workflows/{{file}}/dispatches", self._dispatch, methods=["POST"]),
            Route(f"{_API}/workflows/{{file}}/runs", self._list_runs),
            Route(f"{_API}/runs", self._list_runs),
            Route(f"{_API}/runs/{{id:int}}", self._show_run),
            Route(f"{_PLACE}/commits/{{commit}}", self._show_commit),
            Route(f"{_PLACE}/commits/{{commit}}/pulls", self._list_pulls),
            Route(f"{_PLACE}/compare/{{pair}}", self._compare),
            Route(f"{_PLACE}/activity", self._list_activity),
            Route("/staging/version", self._tell_staging),
            Route("/production/version", self._tell_production),
            Route("/", self._show_page, methods=["GET"]),
            Route("/", self._press, methods=["POST"]),
            Route("/control/push", self._push, methods=["POST"]),
            Route("/control/behaviour", self._behave, methods=["GET", "POST"]),
            Route("/control/runs", self._list_all),
        ]

    def push(self, tag: str, flaw: str = "") -> Run:
        """A developer pushes a tag, and the build begins. Raises ValueError."""
        version = self._repository.add_version(tag, flaw)
        run = self._repository.add_run(BUILD, version.tag, f"refs/tags/{tag}", DEVELOPER, event="push")
        self.begin(run)
        return run

    def seed(self, tag: str) -> Version:
        """A version that production has served for long."""
        version = self._repository.add_version(tag, "")
        for place in (self._player.staging, self._player.production):
            place.begin(version)
            place.promote()
        return version

    def begin(self, run: Run) -> None:
        """Play a run in the background."""
        playing = asyncio.create_task(self._play(run))
        self._playing.add(playing)
        playing.add_done_callback(self._playing.discard)

    async def close(self) -> None:
        """Stop all that plays."""
        for playing in self._playing:
            playing.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)

    async def _play(self, run: Run) -> None:
        self._note("workflow_started", run)
        await self._player.play(run)
        self._note("workflow_ended", run)

    def _note(self, event: str, run: Run) -> None:
        if self._log:
            about = {"workflow": run.file, "run": run.id, "title": run.title, "conclusion": run.conclusion}
            last = {"last_step": run.steps[-1]} if run.conclusion == "failure" and run.steps else {}
            print(json.dumps({"event": event, **about, **last}), flush=True)

    # --- GitHub ------------------------------------------------------------------------------------------

    async def _tell_health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _list_keys(self, _request: Request) -> Response:
        return JSONResponse(self._jobs.list_keys())

    async def _give_token(self, request: Request) -> Response:
        if self._repository.behaviour.status:
            return self._fail()
        token = self._app.give(_read_token(request))
        if token is None:
            return _refuse(401, "A JSON web token could not be decoded")
        wanted = await request.json() if await request.body() else {}
        if {str(each) for each in wanted.get("repository_ids", [])} - {REPOSITORY_ID}:
            return _refuse(422, "There is at least one repository that does not exist or is not accessible")
        may = wanted.get("permissions") or PERMISSIONS
        if not may.items() <= PERMISSIONS.items():
            return _refuse(422, "The permissions requested are not granted to this installation.")
        return JSONResponse({"token": token, "expires_at": "2099-01-01T00:00:00Z", "permissions": may}, _CREATED)

    async def _dispatch(self, request: Request) -> Response:
        refused = self._find_refusal(request)
        if refused is not None:
            return refused
        file = request.path_params["file"]
        workflow = WORKFLOWS.get(file)
        if workflow is None:
            return _refuse(404, "Not Found")
        try:
            given = await request.json()
            fault = find_fault(workflow, given)
        except (ValueError, Unfit):
            return _refuse(400, "Problems parsing JSON")
        if fault:
            return _refuse(422, fault)
        inputs = {name: str(value) for name, value in (given.get("inputs") or {}).items()}
        run = self._repository.add_run(file, name_run(workflow, file, inputs), workflow.ref, APP, inputs=inputs)
        self.begin(run)
        if self._repository.behaviour.lose:
            self._repository.behaviour.lose = False
            return self._fail(502)
        if not given.get("return_run_details"):
            return Response(status_code=_NO_CONTENT)
        about = run.to_json(self._jobs.issuer)
        return JSONResponse({"workflow_run_id": run.id, "run_url": about["url"], "html_url": about["html_url"]})

    async def _list_runs(self, request: Request) -> Response:
        refused = self._find_refusal(request)
        if refused is not None:
            return refused
        query = request.query_params
        runs = self._repository.list_runs(request.path_params.get("file", ""))
        runs = [run for run in runs if query.get("event", run.event) == run.event]
        size = min(int(query.get("per_page", "30")), _PER_PAGE_MAX)
        first = (int(query.get("page", "1")) - 1) * size
        shown = [run.to_json(self._jobs.issuer) for run in runs[first : first + size]]
        return JSONResponse({"total_count": len(runs), "workflow_runs": shown})

    async def _show_run(self, request: Request) -> Response:
        refused = self._find_refusal(request)
        if refused is not None:
            return refused
        run = self._repository.find_run(request.path_params["id"])
        return _refuse(404, "Not Found") if run is None else JSONResponse(run.to_json(self._jobs.issuer))

    async def _show_commit(self, request: Request) -> Response:
        return self._show(request, history.find_commit(self._repository, request.path_params["commit"]))

    async def _list_pulls(self, request: Request) -> Response:
        return self._show(request, history.list_pulls(self._repository, request.path_params["commit"]))

    async def _compare(self, request: Request) -> Response:
        return self._show(request, history.compare(self._repository, *history.read_pair(request)))

    async def _list_activity(self, request: Request) -> Response:
        return self._show(request, history.list_activity(self._repository, request.query_params.get("ref", "")))

    def _show(self, request: Request, found: Json | list[Json] | None) -> Response:
        refused = self._find_refusal(request)
        if refused is not None:
            return refused
        return _refuse(404, "Not Found") if found is None else JSONResponse(found)

    def _find_refusal(self, request: Request) -> Response | None:
        if self._repository.behaviour.status:
            return self._fail()
        return None if self._app.knows(_read_token(request)) else _refuse(401, "Bad credentials")

    def _fail(self, status: int = 0) -> Response:
        return _refuse(status or self._repository.behaviour.status, "as told")

    # --- the local Cloud Run, the control and the page ---------------------------------------------------

    async def _tell_staging(self, _request: Request) -> Response:
        return JSONResponse(self._player.staging.describe())

    async def _tell_production(self, _request: Request) -> Response:
        return JSONResponse(self._player.production.describe())

    async def _show_page(self, request: Request) -> Response:
        language = request.query_params.get("lang", "en")
        page = show_page(self._repository, self._player, language, self._bot_url)
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def _press(self, request: Request) -> Response:
        async with request.form() as form:
            flaw = str(form.get("flaw", ""))
        self.push(self._repository.name_next(), flaw)
        return RedirectResponse(str(request.url), _SEE_OTHER)

    async def _push(self, request: Request) -> Response:
        given = await request.json()
        try:
            run = self.push(given["tag"], given.get("flaw", ""))
        except (KeyError, ValueError) as error:
            return _refuse(400, str(error))
        return JSONResponse({"run": run.id})

    async def _behave(self, request: Request) -> Response:
        known = vars(self._repository.behaviour)
        if request.method == "POST":
            known |= {name: value for name, value in (await request.json()).items() if name in known}
            self._repository.behaviour = Behaviour(**known)
        return JSONResponse(known)

    async def _list_all(self, _request: Request) -> Response:
        shown = [{**run.to_json(self._jobs.issuer), "steps": run.steps} for run in self._repository.list_runs("")]
        return JSONResponse({"runs": shown})


def create_app(door: Door) -> Starlette:
    """The ASGI application."""
    return Starlette(routes=door.make_routes())


def _read_token(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind.lower() in {"bearer", "token"} else ""


def _refuse(status: int, message: str) -> Response:
    return JSONResponse({"message": message, "documentation_url": "https://docs.github.com/rest"}, status)
