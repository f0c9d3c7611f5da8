"""The API of releases over HTTP, for GitHub's workflows that prove themselves with their own token.

POST  /api/tg-bot/release     begin a release: 201, a repetition 200
PATCH /api/tg-bot/release     report a step: 200, 403, 404, 409 or 412
POST  /api/tg-bot/member      join a member to the account of GitHub that runs the workflow: 200, 403
GET   /api/tg-bot/health      for everybody
GET   /api/v1/…               releases, their events, environments, and openapi.json
Everything that is refused is a problem (RFC 9457). What a token is used for once are POST and PATCH.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.errors import ForbiddenError, UnauthenticatedError, UnusableReportError
from shared.http import STRANGERS, answer_error, read_body
from shared.logs import log_event
from shared.problems import PROBLEM, read_object, show_problem
from shared.releases.actor import Actor, ActorKind
from shared.releases.api_description import describe_api
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.begin_release import begin_release
from shared.releases.change_member import join_account
from shared.releases.change_release import Outcome, change_release
from shared.releases.decide_change import refuse
from shared.releases.describe import describe_environment, describe_event, describe_refusal, describe_release
from shared.releases.environment import PRODUCTION
from shared.releases.needs import Case
from shared.releases.read_case import decode_readable
from shared.releases.read_report import read_attempt, read_beginning, read_code
from shared.releases.release import Release, Status, is_release_id, is_service_name, release_id
from shared.releases.release_documents import (
    decode_environment,
    decode_release,
    environment_key,
    event_key,
    release_key,
    releases_by_time,
)
from shared.releases.release_ports import Caller, ReleasePorts
from shared.releases.workflow import Claims, TokenReader, find_joining, identify_workflow

REPORT = "/api/tg-bot/release"
MEMBER = "/api/tg-bot/member"
HEALTH = "/api/tg-bot/health"
READING = "/api/v1/"
BODY_BYTES_MAX = 64 * 1024
RELEASES_A_PAGE = 5
EVENTS_A_PAGE = 50
NUMBER_DIGITS_MAX = 9


class ReleaseSite:
    """The API, one per process."""

    def __init__(self, tokens: TokenReader, ports: Callable[[], ReleasePorts]) -> None:
        self._tokens, self._ports = tokens, ports

    async def show(self, request: Request) -> Response:
        """The answer to anything that is no probe; an error becomes a problem."""
        try:
            response = await self._answer(request)
        except Exception as error:  # noqa: BLE001 — so that every error is a problem
            status = answer_error(error).status_code
            detail = str(error) if isinstance(error, UnusableReportError) else ""
            response = show_problem(status, detail)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _answer(self, request: Request) -> Response:
        path, method = request.url.path, request.method
        if path == HEALTH and method == "GET":
            return JSONResponse({"status": "ok"})
        if path == REPORT and method in {"POST", "PATCH"}:
            caller = await self._identify(request)
            said = read_object(await read_body(request, BODY_BYTES_MAX, STRANGERS))
            return await (self._begin if method == "POST" else self._report)(caller, said)
        if path == MEMBER and method == "POST":
            return await self._join(request)
        if path.startswith(READING) and method == "GET":
            caller = await self._identify(request)
            if _actor_of(caller).kind is ActorKind.STRANGER:
                raise ForbiddenError("none of our workflows")
            return await self._read(request, _actor_of(caller), path.removeprefix(READING).split("/"))
        is_known = path in {HEALTH, REPORT, MEMBER} or path.startswith(READING)
        return show_problem(HTTPStatus.METHOD_NOT_ALLOWED if is_known else HTTPStatus.NOT_FOUND)

    async def _identify(self, request: Request) -> Caller:
        return identify_workflow(await self._read_claims(request))

    async def _read_claims(self, request: Request) -> Claims:
        """What the token says. A refused one is logged only, as it can name any release. Raises as TokenReader."""
        try:
            return await self._tokens.read(request.headers.get("Authorization"))
        except (UnauthenticatedError, ForbiddenError) as error:
            need = Need.TOKEN if isinstance(error, UnauthenticatedError) else Need.REPOSITORY
            log_event("release_refused", severity="WARNING", need=need.value)
            raise

    async def _begin(self, caller: Caller, said: dict[str, Any]) -> Response:
        """Who began it comes from the token; a body that names somebody else is refused."""
        actor, beginning = _actor_of(caller), read_beginning(said)
        if said.get("initiated_by_id", actor.github_id) != actor.github_id:
            id_ = release_id(beginning.service_name, beginning.release_tag)
            await change_release(self._ports(), caller, id_, Attempt(Status.INITIATED, 1), _refuse_claim)
            raise ForbiddenError("the body names another initiator")
        outcome = await begin_release(self._ports(), caller, beginning)
        return _show_outcome(outcome, actor, HTTPStatus.OK if outcome.is_repeat else HTTPStatus.CREATED)

    async def _join(self, request: Request) -> Response:
        """Whose account it is comes from the token. It may come again: a code is used once, by one account."""
        claims = await self._read_claims(request)
        account = find_joining(claims)
        if account is None:
            raise ForbiddenError("another workflow than the one that joins accounts")
        code = read_code(read_object(await read_body(request, BODY_BYTES_MAX, STRANGERS)))
        if not await join_account(self._ports(), code, account):
            return show_problem(HTTPStatus.FORBIDDEN, "no such code, or it was used, or it is over")
        return JSONResponse({"joined": account.login})

    async def _report(self, caller: Caller, said: dict[str, Any]) -> Response:
        id_, attempt = read_attempt(said)
        outcome = await change_release(self._ports(), caller, id_, attempt)
        return _show_outcome(outcome, _actor_of(caller), HTTPStatus.OK)

    async def _read(self, request: Request, actor: Actor, parts: list[str]) -> Response:
        match parts:
            case ["openapi.json"]:
                return JSONResponse(describe_api())
            case ["releases"]:
                return await self._list(request, actor)
            case ["releases", id_]:
                release = await self._find(id_)
                return show_problem(404) if release is None else JSONResponse(describe_release(release, actor))
            case ["releases", id_, "events"]:
                release = await self._find(id_)
                return show_problem(404) if release is None else await self._list_events(request, release)
            case ["environments", name] if name == PRODUCTION:
                [record] = await self._ports().store.read([environment_key(name)])
                return JSONResponse(describe_environment(decode_environment(record, name)))
        return show_problem(404)

    async def _find(self, id_: str) -> Release | None:
        [record] = await self._ports().store.read([release_key(id_)]) if is_release_id(id_) else [None]
        return None if record is None else decode_release(record)

    async def _list(self, request: Request, actor: Actor) -> Response:
        """A page of the newest; `next` is the `after` of the page that follows."""
        service = request.query_params.get("service", "")
        if service and not is_service_name(service):
            raise UnusableReportError("service")
        after = _read_place(request.query_params.get("after", ""))
        found = await self._ports().store.find(releases_by_time(service, after, RELEASES_A_PAGE))
        last = found[-1] if len(found) == RELEASES_A_PAGE else None
        following = "" if last is None else f"{last.fields['created_at'].isoformat()},{last.key.id}"
        releases = [describe_release(each, actor) for each in decode_readable(found)]
        return JSONResponse({"releases": releases, "next": following})

    async def _list_events(self, request: Request, release: Release) -> Response:
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) <= NUMBER_DIGITS_MAX):
            raise UnusableReportError("after")
        first = int(after) + 1
        numbers = range(first, min(first + EVENTS_A_PAGE, release.event_count + 1))
        found = await self._ports().store.read([event_key(release.id, number) for number in numbers])
        events = [describe_event(record.fields) for record in found if record is not None]
        following = numbers[-1] if numbers and numbers[-1] < release.event_count else None
        return JSONResponse({"events": events, "next": following})


def _show_outcome(outcome: Outcome, actor: Actor, status: int) -> Response:
    if outcome.refusal is not None:
        problem = describe_refusal(outcome.refusal)
        return JSONResponse(problem, problem["status"], media_type=PROBLEM)
    assert outcome.release is not None, "what is not refused is there"
    return JSONResponse(describe_release(outcome.release, actor), status)


def _refuse_claim(case: Case, _attempt: Attempt) -> Refusal:
    """A body that names another initiator is in the history of the release that it names, where there is one."""
    return refuse(case, RefusalKind.FORBIDDEN, Need.INITIATOR)


def _actor_of(caller: Caller) -> Actor:
    assert caller.actor is not None, "a workflow's caller has an actor"
    return caller.actor


def _read_place(text: str) -> tuple[datetime, str] | None:
    """Where a page begins. Raises UnusableReportError."""
    if not text:
        return None
    moment, _, id_ = text.partition(",")
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))  # a plus that was not encoded
    except ValueError as error:
        raise UnusableReportError("after") from error
    if at.tzinfo is None or not is_release_id(id_):
        raise UnusableReportError("after")
    return at, id_
