"""Starting the local GitHub, and the handle tests use: what people do, what went on, troubles."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from infra.deploy.context import Clock
from tests.cloud.errors import ApiError, CutError
from tests.cloud.faults import Call, Faults
from tests.cloud.github import actions_api, code_api, issues_api, merging, pulls_api, releases_api, settings_api
from tests.cloud.github.asking import ENDPOINTS, Asked, Endpoint, Listed
from tests.cloud.github.errors import Json, Refusal, missing
from tests.cloud.github.git import Commit, Files, Git
from tests.cloud.github.state import ACTORS, NAME, OWNER, REPOSITORY, Actor, Check, Event, Pull, State
from tests.cloud.serving import Cut, Serving, Silence

APIS = (actions_api, code_api, issues_api, pulls_api, releases_api, settings_api)  # importing them fills the table
LOGS, REDIRECT = "/logs/", 302
PERSON = Actor("ada", {})
ROOT = f"/repos/{OWNER}/{NAME}"
PEOPLE = {"ada": 1001, "grace": 1002}
TEAMS = {f"{OWNER}/keepers": 2001}


class GitHub(Serving):
    """A running local GitHub with `main` and `staging` on the same first commit."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.state = State(clock.now, Git(clock.now))
        self.faults = Faults()
        self.calls: list[Call] = []
        self.page_size_max = 100
        self._limits: list[tuple[int, dict[str, str], str]] = []
        self._events_taken = 0
        first = self.state.git.add({"README.md": "NanoBanana"}, (), "First")
        self.state.git.refs |= {"heads/main": first.sha, "heads/staging": first.sha}

    @property
    def environment(self) -> dict[str, str]:
        """What a workflow would give the verbs, with the delivery App's token."""
        return {"GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": "app-TEST-token"}

    # --- what people and other workflows do

    def commit(self, branch: str, message: str, files: Files, *, author: str = "Ada", base: str = "staging") -> Commit:
        """Push a commit; a branch that is not there yet begins at `base`. A file's text `""` deletes it."""
        git = self.state.git
        parent = git.resolve(branch if f"heads/{branch}" in git.refs else base)
        kept = {name: text for name, text in {**parent.files, **files}.items() if text}
        made = git.add(kept, (parent.sha,), message, author)
        self.state.set_branch(f"heads/{branch}", made.sha, replace(PERSON, login=author.lower()))
        return made

    def check(self, ref: str, *names: str, conclusion: str | None = "success") -> None:
        """Let checks run on a branch or commit (None: they begin); what was waiting for them merges."""
        checks = self.state.checks.setdefault(self.state.git.resolve(ref).sha, [])
        checks[:] = [each for each in checks if each.name not in names]
        checks.extend(Check(name, conclusion) for name in names)
        merging.settle_auto_merges(self.state)

    def approve(self, number: int, *logins: str) -> None:
        """People agree: by default those two who are in every test."""
        self.state.pulls[number].approvals.update(logins or PEOPLE)
        merging.settle_auto_merges(self.state)

    def merge(self, number: int, method: str = "merge", login: str = "grace") -> Commit:
        """A person presses the button. Raises Refusal where the rules do not let them."""
        return merging.merge(self.state, self.state.pulls[number], replace(PERSON, login=login), method)

    def close(self, number: int) -> None:
        self.state.pulls[number].state = "closed"

    def open_from_fork(self, branch: str = "feature/theirs", base: str = "staging") -> Pull:
        """Somebody else's pull request, from a repository of theirs."""
        made = self.commit(branch, "From outside", {"app/theirs.py": "1"})
        del self.state.git.refs[f"heads/{branch}"]
        number, now = max(self.state.pulls, default=0) + 1, self.clock.now()
        pull = Pull(number, branch, base, "From outside", "", "mallory", now, now, made.sha, fork="mallory/nanobanana")
        self.state.pulls[number] = pull
        return pull

    # --- what went on

    def branch(self, name: str) -> Commit:
        return self.state.git.resolve(name)

    def pull(self, number: int) -> Pull:
        return self.state.pulls[number]

    def open_pulls(self) -> list[Pull]:
        return [pull for pull in self.state.pulls.values() if pull.state == "open"]

    def take_events(self) -> list[Event]:
        """What happened since the last time that starts workflows; what a job's own token did is left out."""
        new = self.state.events[self._events_taken :]
        self._events_taken = len(self.state.events)
        return [event for event in new if event.starts_workflows]

    def changes(self) -> list[Call]:
        """The calls that were to change something."""
        return [call for call in self.calls if call.method != "GET"]

    # --- troubles

    def limit_calls(
        self, times: int = 1, *, status: int = 403, retry_after: int | None = 5, reset: int | None = None
    ) -> None:
        """Turn the next calls away, as for too many of them; without any time, or with one of the two kinds."""
        headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
        if reset is not None:
            headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        words = "API rate limit exceeded" if reset is not None else "You have exceeded a secondary rate limit."
        self._limits.extend([(status, headers, words)] * times)

    # --- serving

    def make_app(self, cut: Cut) -> ASGIApp:
        async def answer(request: Request) -> Response:
            found = self._answer(request, await request.body())
            status = 0 if found is None else found.status_code
            path = request.url.path.removeprefix(ROOT)
            self.calls.append(Call(self.clock.now(), request.method, path, status))
            if found is None:
                cut(request)
                return Silence()
            return found

        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(routes=[Route("/{path:path}", answer, methods=methods)])

    def _answer(self, request: Request, body: bytes) -> Response | None:
        """None where the connection is to be cut."""
        try:
            self.faults.meet_call(request.method)
            self._meet_limit()
            return self._serve_call(request, body)
        except CutError:
            return None
        except ApiError as error:
            return JSONResponse({"message": error.message}, error.code)
        except Refusal as refusal:
            return JSONResponse(refusal.to_json(), refusal.status, refusal.headers)

    def _meet_limit(self) -> None:
        if self._limits:
            status, headers, words = self._limits.pop(0)
            raise Refusal(status, words, headers=headers)

    def _serve_call(self, request: Request, body: bytes) -> Response:
        if request.url.path.startswith(LOGS):
            return self._show_log(request)
        actor = find_actor(request)
        path = request.scope["path"]
        is_file = request.headers.get("content-type") == "application/octet-stream"
        query, read = dict(request.query_params), {} if is_file else read_body(body)
        asked = Asked(self.state, actor, {}, query, read, body if is_file else b"", self.url)
        if request.method == "GET" and (found_id := re.fullmatch(rf"{ROOT}/releases/assets/(\d+)", path)):
            return Response(self.state.files[int(found_id[1])], media_type="application/octet-stream")
        if request.method == "POST" and path == "/graphql":
            return self._change(request, lambda: pulls_api.run_graphql(asked))
        if request.method == "GET" and (person := find_person(path)):
            return JSONResponse(person)
        endpoint, parts = find_endpoint(request.method, path)
        require_permission(actor, endpoint)
        asked = replace(asked, parts=parts)
        if request.method != "GET":
            return self._change(request, lambda: endpoint.handle(asked))
        status, found = endpoint.handle(asked)
        if status == REDIRECT:
            return Response(status_code=status, headers={"Location": f"{self.url}{found}"})
        return self._page(request, found) if isinstance(found, Listed) else JSONResponse(found, status)

    def _show_log(self, request: Request) -> Response:
        """The other host, which is nobody to give a token to."""
        if "authorization" in request.headers:
            raise Refusal(400, "a token for another host")
        return Response(self.state.logs[int(request.url.path.removeprefix(LOGS))], media_type="text/plain")

    def _change(self, request: Request, make: Any) -> Response:
        self.faults.begin_change(f"{request.method} {request.url.path}")
        status, found = make()
        merging.settle_auto_merges(self.state)
        self.faults.end_change()
        return Response(status_code=status) if found is None else JSONResponse(found, status)

    def _page(self, request: Request, listed: Listed) -> Response:
        query = dict(request.query_params)
        size = min(int(query.get("per_page", 30)), self.page_size_max)
        page = int(query.get("page", 1))
        shown = listed.entries[(page - 1) * size : page * size]
        following = {**query, "page": str(page + 1)}
        url = f"{self.url}{request.url.path}?{urlencode(following)}"
        headers = {"Link": f'<{url}>; rel="next"'} if len(listed.entries) > page * size else {}
        return JSONResponse({**listed.around, listed.key: shown} if listed.key else shown, 200, headers)


def find_actor(request: Request) -> Actor:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token not in ACTORS:
        raise Refusal(401, "Bad credentials")
    return ACTORS[token]


def read_body(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(found, dict):
        raise Refusal(400, "Body should be a JSON object")
    return found


def find_person(path: str) -> Json | None:
    """A user or a team, who are not of the repository."""
    kind, _, name = path.removeprefix("/").partition("/")
    if kind == "users" and name in PEOPLE:
        return {"login": name, "id": PEOPLE[name], "type": "User"}
    found = TEAMS.get(name.replace("/teams/", "/"))
    return {"slug": name.rpartition("/")[2], "id": found} if kind == "orgs" and found else None


def find_endpoint(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    if not path.startswith(ROOT):
        raise missing()
    for endpoint in ENDPOINTS:
        found = endpoint.pattern.fullmatch(path.removeprefix(ROOT))
        if endpoint.method == method and found:
            return endpoint, found.groupdict()
    raise missing()


def require_permission(actor: Actor, endpoint: Endpoint) -> None:
    """As the real one does it: an App learns that it may not."""
    level = actor.permissions.get(endpoint.permission)
    is_free = endpoint.permission == "metadata" and endpoint.method == "GET"
    # Comments on pull requests and reading actions come with the wider permissions, too.
    if endpoint.permission == "issues":
        level = level or actor.permissions.get("pull_requests")
    if is_free or level == "write" or (level == "read" and endpoint.method == "GET"):
        return
    raise Refusal(403, "Resource not accessible by integration")
